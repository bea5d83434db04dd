/** A Container's outputs in the `docker` stand-in, from what the engine says of the container. */
import type { ContainerInspectInfo } from "dockerode";
import { plainProperties } from "../shared/values.ts";
import type { Properties, Value } from "../shared/values.ts";
import type { ContainerInputs } from "./container-fields.ts";
import { formatDuration } from "./duration.ts";

const mebibyte = 1024 * 1024;

/**
 * The outputs: `properties` are the inputs or the outputs so far. Like the real provider it leaves environment,
 * labels, volumes, networks and uploads as they were said, because images add to them.
 */
export function containerOutputs(
    container: ContainerInspectInfo,
    properties: Properties,
): Properties {
    const before = plainProperties<Partial<ContainerInputs>>(properties);
    const { Config: config, HostConfig: host, State: state } = container;
    return {
        ...properties,
        id: container.Id,
        name: container.Name.replace(/^\//, ""),
        image: imageOf(container, before.image),
        hostname: config.Hostname,
        user: config.User,
        workingDir: config.WorkingDir,
        command: config.Cmd ?? [],
        entrypoints: [config.Entrypoint ?? []].flat(),
        privileged: host.Privileged === true,
        readOnly: host.ReadonlyRootfs === true,
        rm: host.AutoRemove === true,
        networkMode: host.NetworkMode ?? "",
        restart: host.RestartPolicy?.Name ?? "",
        maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
        memory: Math.floor((host.Memory ?? 0) / mebibyte),
        memorySwap: swap(host.MemorySwap ?? 0),
        hosts: ((host.ExtraHosts ?? []) as string[]).map(entry => {
            const colon = entry.indexOf(":");
            return { host: entry.slice(0, colon), ip: entry.slice(colon + 1) };
        }),
        mounts: (host.Mounts ?? []).map(mount => ({
            type: mount.Type,
            target: mount.Target,
            source: mount.Source ?? "",
            readOnly: mount.ReadOnly === true,
        })),
        ...healthcheck(config.Healthcheck),
        ...publishedPorts(container, before),
        bridge: bridge(container.NetworkSettings),
        networkDatas: networkDatas(container),
        // This is how a container that has stopped is noticed: the next update starts it again.
        mustRun: before.mustRun !== false && state.Running,
        ...(!state.Running && { exitCode: state.ExitCode }),
    };
}

/** By id or by name, as the program does it. Nothing where it was left out on purpose: see `undo`. */
function imageOf(container: ContainerInspectInfo, before: string | undefined): string {
    if (before === undefined) {
        return "";
    }
    return before.startsWith("sha256:") ? container.Image : container.Config.Image;
}

function swap(bytes: number): number {
    return bytes > 0 ? Math.floor(bytes / mebibyte) : bytes;
}

function healthcheck(check: ContainerInspectInfo["Config"]["Healthcheck"]): Properties {
    if (!check) {
        return {};
    }
    return {
        healthcheck: {
            tests: check.Test ?? [],
            interval: formatDuration(check.Interval ?? 0),
            timeout: formatDuration(check.Timeout ?? 0),
            startPeriod: formatDuration(check.StartPeriod ?? 0),
            startInterval: formatDuration(startInterval(check)),
            retries: check.Retries ?? 0,
        },
    };
}

// Newer engines know more, or no longer know, what the types say.
function bridge(settings: object): string {
    return "Bridge" in settings && typeof settings.Bridge === "string" ? settings.Bridge : "";
}

function startInterval(check: object): number {
    return "StartInterval" in check && typeof check.StartInterval === "number"
        ? check.StartInterval
        : 0;
}

/** The ports where there are any to speak of. One that has stopped on purpose keeps those that it had. */
function publishedPorts(
    container: ContainerInspectInfo,
    before: Partial<ContainerInputs>,
): Properties {
    if (!before.ports?.length || !(container.State.Running || before.mustRun !== false)) {
        return {};
    }
    const published: Value[] = Object.entries(container.NetworkSettings.Ports ?? {})
        .map(([key, bindings]) => ({ key: key.split("/"), bindings: bindings ?? [] }))
        .sort((a, b) => Number(a.key[0]) - Number(b.key[0]))
        .flatMap(({ key: [internal, protocol], bindings }) =>
            bindings.map(binding => ({
                internal: Number(internal),
                external: Number(binding.HostPort),
                ip: binding.HostIp,
                protocol: protocol,
            })),
        );
    return { ports: published };
}

function networkDatas(container: ContainerInspectInfo): Value[] {
    return Object.entries(container.NetworkSettings.Networks ?? {})
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([networkName, network]) => ({
            networkName,
            ipAddress: network.IPAddress,
            ipPrefixLength: network.IPPrefixLen,
            gateway: network.Gateway,
            globalIpv6Address: network.GlobalIPv6Address,
            globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
            ipv6Gateway: network.IPv6Gateway,
            macAddress: network.MacAddress,
        }));
}
