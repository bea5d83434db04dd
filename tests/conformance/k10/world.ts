/** What K10's behaviours are asked of: one cluster with K10, and where imports are asked, a second one. */
import type { Kube, KubeObject } from "../kube.ts";
import type { Scratch } from "../scratch.ts";
import { until } from "../until.ts";
import type { Crossing } from "./crossing.ts";
import { path, runAction, type Ref } from "./objects.ts";

/** A cluster with K10. */
export interface Side {
    kube: Kube;
    /** A valid location profile in K10's namespace. Both sides' are of the same bucket. */
    profile: Ref;
}

export interface World {
    source: Side;
    /** Where what the source exports is imported. */
    target?: Side;
    /** Where K10 is installed. */
    install: string;
    /** Of the scratch application's pod: needs `sh`, `head` and `od`. */
    image: string;
    /** Of its volume. Absent: the cluster's default. */
    storageClass?: string;
    /** Whether there are pods and a real API server, not only K10's own server in this process. */
    isCluster: boolean;
    /** Whether nobody else uses the clusters, so that what disturbs all backups may be tried, too. */
    exclusive: boolean;
    /** How long things may take, and how often one looks. */
    pace: { seconds: number; interval: number };
    /** What several behaviours look at. */
    crossing: Crossing;
}

/** Seconds for behaviours that wait for backups and restores: real ones take minutes. */
export const minutes = 1_800;

export const waitFor = <T>(
    { pace }: Pick<World, "pace">,
    { signal }: Pick<Scratch, "signal">,
    what: string,
    look: () => Promise<T | undefined>,
): Promise<T> => until({ what, signal, ...pace }, look);

/** What K10 validates. */
type Validated = "profiles" | "policies" | "blueprintbindings";

/** Waits for `status.validation`. */
export const validated = (
    world: World,
    scratch: Scratch,
    { kube }: Side,
    plural: Validated,
    name: string,
    wanted: "Success" | "Failed",
): Promise<KubeObject> =>
    waitFor(world, scratch, `${plural} \`${name}\` to be ${wanted}`, async () => {
        const found = await kube.get(path.config(plural, world.install, name));
        const state = found?.status?.["validation"];
        if (found && state === wanted) {
            return found;
        }
        throw new Error(`it is ${String(state)} ${JSON.stringify(found?.status?.["error"] ?? "")}`);
    });

/** Creates what K10 validates in K10's namespace. */
export async function makeConfig(
    { install }: World,
    scratch: Scratch,
    { kube }: Side,
    plural: Validated,
    object: KubeObject,
): Promise<void> {
    const { name } = object.metadata;
    const item = path.config(plural, install, name);
    scratch.later(`${plural} \`${install}/${name}\``, () => kube.remove(item));
    await kube.create(path.config(plural, install), object);
}

export const states = {
    /** K10 documentation, usage "Action States". */
    all: [
        ...["Pending", "Running", "AttemptFailed", "Failed"],
        ...["Complete", "Cancelled", "Skipped", "Deleting"],
    ],
    final: ["Complete", "Failed", "Cancelled", "Skipped"],
};

/** Empty where an action does not say it. */
export function stateOf(action: { status?: Record<string, unknown> } | undefined): string {
    const state = action?.status?.["state"];
    return typeof state === "string" ? state : "";
}

/**
 * Creates an action and waits for its end.
 * @param begun called as soon as it is created
 * @returns it, and its status at each look
 */
export async function runToEnd(
    world: World,
    scratch: Scratch,
    { kube }: Side,
    collection: string,
    action: KubeObject,
    begun: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ ended: KubeObject; looks: Record<string, unknown>[] }> {
    const { name } = action.metadata;
    const item = `${collection}/${name}`;
    scratch.later(`${action.kind} \`${name}\``, () => kube.remove(item));
    const looks: Record<string, unknown>[] = [];
    const created = await kube.create(collection, action);
    looks.push(created.status ?? {});
    await begun();
    const ended = await waitFor(world, scratch, `${action.kind} \`${name}\` to end`, async () => {
        const found = await kube.get(item);
        looks.push(found?.status ?? {});
        if (found && states.final.includes(stateOf(found))) {
            return found;
        }
        throw new Error(`it is ${stateOf(found)}`);
    });
    return { ended, looks };
}

/** Runs a policy and waits for the end. What it starts in K10's namespace goes away with it. */
export function runPolicy(
    world: World,
    scratch: Scratch,
    side: Side,
    name: string,
    policy: Ref,
    begun?: () => Promise<unknown>,
) {
    scratch.later(`what RunAction \`${name}\` started`, async () => {
        for (const plural of ["exportactions", "importactions"]) {
            const selector = `k10.kasten.io/runActionName=${name}`;
            const started = await side.kube.list(path.actions(plural, world.install), selector);
            for (const { metadata } of started) {
                await side.kube.remove(path.actions(plural, world.install, metadata.name));
            }
        }
    });
    const collection = path.actions("runactions", world.install);
    return runToEnd(world, scratch, side, collection, runAction(name, policy), begun);
}

/** The messages of `status.error`, from the outermost to the innermost; `cause` is JSON in a text. */
export function messages(action: KubeObject): string[] {
    const result: string[] = [];
    let next: unknown = action.status?.["error"];
    while (typeof next === "object" && next !== null) {
        const { message, cause } = next as { message?: unknown; cause?: unknown };
        result.push(String(message));
        next = typeof cause === "string" && cause !== "" ? JSON.parse(cause) : cause;
    }
    return result;
}
