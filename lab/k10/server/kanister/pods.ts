/** The pods of Kanister's functions KubeTask and MultiContainerRun (Kanister documentation, "Functions"). */
import { suffix } from "../constants.ts";
import { Failure } from "../failure.ts";
import { at, fieldsAt, isFields, listAt, textAt, type Fields, type KubeObject } from "../json.ts";
import { HOPELESS, metadata, tidy } from "../movers.ts";
import { pathOf, PODS } from "../resources.ts";
import { pauses } from "../wait.ts";
import type { World } from "../world.ts";

/** Kanister puts so many lines of the first container's log into an error. */
const LOG_LINES = 10;
const OUTPUT = "###Phase-output###:";

const SHARED = "shared";

function container(name: string, image: unknown, command: unknown, more: Fields = {}): Fields {
    return { name, image, command, imagePullPolicy: "IfNotPresent", ...more };
}

/** The containers of a function, the one whose log counts first. */
export function podSpec(func: string, args: Fields): Fields {
    if (func === "KubeTask") {
        return { containers: [container("container", args["image"], args["command"])] };
    }
    const mountPath = textAt(args, "sharedVolumeDir") || "/tmp/";
    const more = { volumeMounts: [{ name: SHARED, mountPath }] };
    const { initImage, initCommand, outputImage, outputCommand } = args;
    const { backgroundImage, backgroundCommand } = args;
    return {
        ...(initImage !== undefined && {
            initContainers: [container("init", initImage, initCommand, more)],
        }),
        containers: [
            container("output", outputImage, outputCommand, more),
            container("background", backgroundImage, backgroundCommand, more),
        ],
        volumes: [{ name: SHARED, emptyDir: {} }],
    };
}

/** `podOverride`, of which the stand-in knows fields of containers alone, by their names. */
export function overridden(spec: Fields, override: unknown): Fields {
    if (override === undefined) {
        return spec;
    }
    const others = Object.keys(isFields(override) ? override : {}).filter(
        key => key !== "containers",
    );
    if (others.length > 0) {
        throw new Failure(`The K10 stand-in does not support podOverride.${others[0]}`, {
            retry: false,
        });
    }
    const wanted = listAt(override, "containers").filter(isFields);
    return {
        ...spec,
        containers: listAt(spec, "containers").map(each => ({
            ...(each as Fields),
            ...wanted.find(({ name }) => name === at(each, "name")),
        })),
    };
}

/** What a phase put out by `kando output` and the like: lines of its log. */
export function outputOf(log: string): Record<string, string> {
    const output: Record<string, string> = {};
    for (const line of log.split("\n").filter(each => each.startsWith(OUTPUT))) {
        const parsed = JSON.parse(line.slice(OUTPUT.length)) as { key: string; value: string };
        output[parsed.key] = parsed.value;
    }
    return output;
}

/** Runs a function's pod to its end. @returns what it put out @throws Failure with the end of its log */
export async function runPod(
    world: World,
    func: string,
    args: Fields,
    seconds: number,
    check: () => void,
): Promise<Record<string, string>> {
    const namespace = textAt(args, "namespace") || world.config.namespace;
    const name = `kanister-job-${suffix(5)}`;
    const path = pathOf(PODS, namespace, name);
    const spec = overridden(podSpec(func, args), args["podOverride"]);
    try {
        await world.cluster.create(pathOf(PODS, namespace), {
            ...{ apiVersion: "v1", kind: "Pod" },
            metadata: {
                ...metadata(name),
                labels: { ...metadata(name).labels, createdBy: "kanister" },
            },
            spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, ...spec },
        });
        return await ended(world, path, textAt(spec, "containers", 0, "name"), seconds, check);
    } finally {
        await tidy(world, [path]);
    }
}

async function ended(
    world: World,
    path: string,
    first: string,
    seconds: number,
    check: () => void,
): Promise<Record<string, string>> {
    const deadline = Date.now() + seconds * 1000;
    const pause = pauses(300);
    for (;;) {
        check();
        const pod = await world.cluster.get(path);
        const { name } = pod.metadata;
        const waiting = hindrance(pod);
        if (waiting !== undefined) {
            const cause = new Failure(waiting);
            throw new Failure(`Failed while waiting for Pod ${name} to be ready`, { cause });
        }
        const phase = textAt(pod, "status", "phase");
        if (phase === "Succeeded" || phase === "Failed") {
            const log = await world.cluster.text(`${path}/log?container=${first}`);
            if (phase === "Succeeded") {
                return outputOf(log);
            }
            // As Kanister wraps it: the log stands between its own words.
            const lines = log
                .trimEnd()
                .split("\n")
                .filter(line => !line.startsWith(OUTPUT));
            const cause = new Failure(`Pod ${name} failed`);
            const said = new Failure(lines.slice(-LOG_LINES).join("\n"), { cause });
            throw new Failure("Pod failed or did not transition into complete state", {
                cause: said,
            });
        }
        if (Date.now() > deadline) {
            throw new Failure(`Pod ${name} did not complete within ${seconds} s`, { retry: false });
        }
        await pause();
    }
}

/** Why a container of a pod does not start, if waiting does not help. */
function hindrance(pod: KubeObject): string | undefined {
    const all = [
        ...listAt(pod, "status", "initContainerStatuses"),
        ...listAt(pod, "status", "containerStatuses"),
    ];
    for (const each of all) {
        const { reason, message } = fieldsAt(each, "state", "waiting");
        if (HOPELESS.includes(String(reason))) {
            return `container ${textAt(each, "name")}: ${String(reason)}: ${String(message)}`;
        }
    }
    return undefined;
}
