/** What the `docker` stand-in asks the engine for, from a Container's inputs. */
import type { ContainerCreateOptions, HostConfig } from "dockerode";
import type { ContainerInputs } from "./container-fields.ts";
import { parseDuration } from "./duration.ts";
import { labelMap } from "./shapes.ts";

const mebibyte = 1024 * 1024;

export function createOptions(inputs: ContainerInputs): ContainerCreateOptions {
    return {
        Image: inputs.image,
        Hostname: inputs.hostname,
        User: inputs.user,
        WorkingDir: inputs.workingDir,
        Env: inputs.envs,
        // An empty list would take the image's own away.
        Cmd: inputs.command?.length ? inputs.command : undefined,
        Entrypoint: inputs.entrypoints?.length ? inputs.entrypoints : undefined,
        Labels: labelMap(inputs.labels),
        Healthcheck: healthcheck(inputs.healthcheck),
        ExposedPorts: Object.fromEntries((inputs.ports ?? []).map(port => [portKey(port), {}])),
        Volumes: Object.fromEntries(
            (inputs.volumes ?? []).map(({ containerPath }) => [containerPath, {}]),
        ),
        HostConfig: {
            Privileged: inputs.privileged,
            ReadonlyRootfs: inputs.readOnly,
            AutoRemove: inputs.rm,
            NetworkMode: inputs.networkMode,
            ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
            PortBindings: portBindings(inputs),
            Binds: binds(inputs),
            Mounts: inputs.mounts?.map(({ type, target, source, readOnly }) => ({
                Type: type as "bind" | "volume" | "tmpfs",
                Target: target,
                Source: source ?? "",
                ReadOnly: readOnly,
            })),
            ...changeable(inputs),
        },
    };
}

/** What can be changed while the container lives. */
export const changeableNames = ["restart", "maxRetryCount", "memory", "memorySwap"];

export function changeable(inputs: ContainerInputs): HostConfig {
    const { restart = "no", maxRetryCount = 0, memory = 0, memorySwap } = inputs;
    return {
        RestartPolicy: { Name: restart, MaximumRetryCount: maxRetryCount },
        Memory: memory * mebibyte,
        // 0 means: as the engine likes it.
        ...(memorySwap && {
            MemorySwap: memorySwap > 0 ? memorySwap * mebibyte : memorySwap,
        }),
    };
}

function healthcheck(
    wanted: ContainerInputs["healthcheck"],
): ContainerCreateOptions["Healthcheck"] {
    if (!wanted) {
        return undefined;
    }
    const nanoseconds = (text: string | undefined) => parseDuration(text ?? "0s");
    const startInterval = nanoseconds(wanted.startInterval);
    return {
        Test: wanted.tests,
        Interval: nanoseconds(wanted.interval),
        Timeout: nanoseconds(wanted.timeout),
        StartPeriod: nanoseconds(wanted.startPeriod),
        Retries: wanted.retries,
        // Engines before 25 do not know it.
        ...(startInterval && { StartInterval: startInterval }),
    };
}

function portKey({ internal, protocol = "tcp" }: { internal: number; protocol?: string }): string {
    return `${internal}/${protocol}`;
}

function portBindings({ ports = [] }: ContainerInputs) {
    const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
    for (const port of ports) {
        // Port 0 lets the engine choose.
        const binding = { HostIp: port.ip ?? "0.0.0.0", HostPort: String(port.external ?? 0) };
        (bindings[portKey(port)] ??= []).push(binding);
    }
    return bindings;
}

/** A volume without a source is an anonymous one, which the engine makes. */
function binds({ volumes = [] }: ContainerInputs): string[] {
    return volumes
        .map(volume => ({ ...volume, source: volume.hostPath || volume.volumeName }))
        .filter(({ source }) => source)
        .map(({ source, containerPath, readOnly }) =>
            [source, containerPath, readOnly ? "ro" : "rw"].join(":"),
        );
}
