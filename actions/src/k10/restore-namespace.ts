/** The namespace that is restored into: made, or taken over where that takes nothing from anybody. */
import type { V1Namespace } from "@kubernetes/client-node";
import type { Cluster } from "../kube/client";
import { ApiError, UserError } from "../kube/errors";
import { deleteNamespace } from "../kube/namespaces";
import { listObjects } from "../proof/objects";
import { newNames } from "./new-names";
import { markOf, RestoreIdentity } from "./restore-spec";

export interface NamespaceInputs extends RestoreIdentity {
    /** What a namespace that is there already means: an error, what is overwritten, or a reason for another name. */
    onConflict: "fail" | "replace" | "newName";
    /** Who restores, project and stack: what one run of it has made is another one's, too. Older states lack it. */
    owner?: string;
    /** What becomes of the namespace when the restore is destroyed, or another run takes its place. @default "keep" */
    restored?: "keep" | "delete";
    /** Seconds that the restore may take, and the namespace to go. */
    timeout: number;
}

/** Stands on a namespace that we restored into: the run that did. Tells our namespace of this run from a stranger's. */
export const runAnnotation = "crossing/restored-by-run";

/**
 * Stands beside it since the namespace was made, or first restored over: who has made it, or nothing. Namespaces of
 * earlier versions lack it.
 */
const makerAnnotation = "crossing/made-by";
/** Stands beside it: what was there before, which an interrupted restore could not count any more. */
export const replacedAnnotation = "crossing/replaced";

/** What a namespace held that was restored over. */
export interface Replaced {
    objects: number;
    /** How many of each kind. What Kubernetes itself puts there, and what other objects own, does not count. */
    kinds: Record<string, number>;
}

/**
 * Makes sure that the namespace is there and that restoring into it takes nothing from anybody: it must be new,
 * of this very restore (an earlier attempt), or given up by `onConflict: replace` or `restored: delete`.
 * @returns its name
 */
export async function prepareNamespace(
    cluster: Cluster,
    inputs: NamespaceInputs,
    report: (line: string) => void,
): Promise<string> {
    const name =
        inputs.onConflict === "newName" ? await freeName(cluster, inputs) : inputs.targetNamespace;
    const namespace = await cluster.namespace(name);
    if (!namespace) {
        report(`creating namespace ${name}`);
        const annotations = marks(inputs, inputs.owner);
        try {
            await cluster.request(
                cluster.core.createNamespace({ body: { metadata: { name, annotations } } }),
            );
            return name;
        } catch (error) {
            // 409: another process of this run was quicker, or somebody else. The next look tells.
            if (error instanceof ApiError && error.code === 409) {
                return prepareNamespace(cluster, inputs, report);
            }
            throw error;
        }
    }
    const isOurs = namespace.metadata?.annotations?.[runAnnotation] === markOf(inputs);
    if (!isOurs && isGivenUp(namespace, inputs)) {
        await deleteRestored(cluster, name, inputs.timeout, report);
        return prepareNamespace(cluster, inputs, report);
    }
    if (namespace.status?.phase === "Terminating") {
        throw new UserError(
            `Namespace \`${name}\` on the target is being deleted. Wait until it is gone and run \`pulumi up\` again.`,
        );
    }
    if (isOurs) {
        return name;
    }
    if (inputs.onConflict === "newName") {
        // Somebody has made it since the names were looked through.
        return prepareNamespace(cluster, inputs, report);
    }
    if (inputs.onConflict === "fail") {
        throw new UserError(
            `Namespace \`${name}\` exists on the target, and a restore would overwrite what is in it. Delete or rename it, or set \`crossing:onConflict\` to \`replace\`.`,
        );
    }
    const replaced = countKinds(await listObjects(cluster, name));
    report(
        `restoring over namespace ${name} with ${replaced.objects} objects, as \`crossing:onConflict\` says`,
    );
    const maker = namespace.metadata?.annotations?.[makerAnnotation] ?? "";
    await cluster.annotateNamespace(name, {
        ...marks(inputs, maker),
        [replacedAnnotation]: JSON.stringify(replaced),
    });
    return name;
}

/** Whether a run of this stack has made it, and it is in the way of the next one, with which it is to go. */
const isGivenUp = (
    { metadata }: V1Namespace,
    { onConflict, restored, owner }: NamespaceInputs,
): boolean =>
    onConflict === "fail" &&
    restored === "delete" &&
    owner !== undefined &&
    metadata?.annotations?.[makerAnnotation] === owner;

/** Deletes a namespace that `crossing:restored` gives up. */
export async function deleteRestored(
    cluster: Cluster,
    name: string,
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    report(`deleting namespace ${name}, as \`crossing:restored\` says`);
    await deleteNamespace(cluster, name, timeout, report);
}

const marks = (inputs: NamespaceInputs, maker: string | undefined) => ({
    [runAnnotation]: markOf(inputs),
    ...(maker === undefined ? {} : { [makerAnnotation]: maker }),
});

function countKinds(objects: { name: string }[]): Replaced {
    const kinds: Record<string, number> = {};
    for (const { name } of objects) {
        const [kind = ""] = name.split(" ");
        kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return { objects: objects.length, kinds };
}

/** What this restore, or an earlier attempt at it, found in the namespace. Undefined where it made it. */
export async function replacedIn(cluster: Cluster, name: string): Promise<Replaced | undefined> {
    const text = (await cluster.namespace(name))?.metadata?.annotations?.[replacedAnnotation];
    try {
        return text === undefined ? undefined : (JSON.parse(text) as Replaced);
    } catch {
        // Somebody has changed it. It is evidence, and no condition of anything.
        return undefined;
    }
}

/** The name that an earlier attempt took, whatever has become free since; or the first free one. */
async function freeName(cluster: Cluster, inputs: NamespaceInputs): Promise<string> {
    const names = newNames(inputs.targetNamespace, inputs.runId);
    const there = new Map(
        (await namespaces(cluster)).map(({ name, annotations }) => [name, annotations]),
    );
    const found =
        names.find(name => there.get(name)?.[runAnnotation] === markOf(inputs)) ??
        names.find(name => !there.has(name));
    if (found === undefined) {
        throw new UserError(
            `The target has a namespace of each name that \`crossing:onConflict: newName\` tries, from \`${names[0]}\` to \`${names.at(-1)}\`. Delete one, or set \`crossing:restore.targetNamespace\` to another name.`,
        );
    }
    return found;
}

export interface OwnNamespace {
    name: string;
    /** Whether a restore of this stack has made it. One that was there before is not ours to delete. */
    made: boolean;
}

/** The namespace of this very restore, or undefined: it is gone, or of another restore. */
export async function ownNamespace(
    cluster: Cluster,
    inputs: NamespaceInputs,
): Promise<OwnNamespace | undefined> {
    const { onConflict, targetNamespace, runId, owner } = inputs;
    const names = newNames(targetNamespace, runId);
    const found =
        onConflict === "newName"
            ? (await namespaces(cluster)).filter(({ name }) => names.includes(name))
            : [annotated(await cluster.namespace(targetNamespace))];
    const own = found.find(({ annotations }) => annotations[runAnnotation] === markOf(inputs));
    const maker = own?.annotations[makerAnnotation];
    return own && { name: own.name, made: maker === undefined || maker === owner };
}

async function namespaces(cluster: Cluster) {
    const { items } = await cluster.request(cluster.core.listNamespace());
    return items.map(annotated);
}

/** What a restore may have left on a namespace. */
const annotated = (namespace: V1Namespace | undefined) => ({
    name: namespace?.metadata?.name ?? "",
    annotations: namespace?.metadata?.annotations ?? {},
});
