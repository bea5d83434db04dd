/**
 * VolumeSnapshots: taken in the application's namespace, kept as long as their restore point, removed with it. The
 * snapshot-controller and the CSI driver do the work.
 */
import { BACKUP_LABEL, labels, STAND_IN, STAND_IN_ANNOTATION, suffix } from "./constants.ts";
import { Failure } from "./failure.ts";
import { at, fieldsAt, isFields, listAt, textAt, type Fields, type KubeObject } from "./json.ts";
import { hasCode, type List } from "./kube.ts";
import { larger } from "./quantity.ts";
import { pathOf, SNAPSHOT_CONTENTS, SNAPSHOTS, VOLUMES } from "./resources.ts";
import { pauses } from "./wait.ts";
import type { World } from "./world.ts";

/** What a restore point keeps of a snapshot: enough to make a claim from it when the first one is gone. */
export interface SnapshotRecord {
    /** Name of the VolumeSnapshot, in the application's namespace. */
    name: string;
    /** Name of its VolumeSnapshotContent, which may outlive it. */
    content: string;
    /** StorageClass of the claim; empty: none. */
    storageClass: string;
    accessModes: string[];
    /** The least size of a claim that is made from it. */
    size: string;
    /** A NodeSelector: where the source's volume, and so a copy of it, can be mounted. Absent: everywhere. */
    nodeAffinity?: Fields;
}

/** Asks for a snapshot and gives its name at once. Names and the first label are K10's (seen). */
export async function requestSnapshot(
    { cluster }: World,
    claim: KubeObject,
    snapshotClass: string,
    backup: string,
): Promise<string> {
    const { name: claimName, namespace = "" } = claim.metadata;
    const name = `k10-csi-snap-${suffix(16)}`;
    await cluster.create(pathOf(SNAPSHOTS, namespace), {
        apiVersion: `${SNAPSHOTS.group}/${SNAPSHOTS.version}`,
        kind: "VolumeSnapshot",
        metadata: {
            name,
            labels: { [labels.appNamespace]: namespace, [BACKUP_LABEL]: backup },
            annotations: { [STAND_IN_ANNOTATION]: STAND_IN },
        },
        spec: {
            volumeSnapshotClassName: snapshotClass,
            source: { persistentVolumeClaimName: claimName },
        },
    });
    return name;
}

/** Of two that write the same object one is told to try again, and does. */
const isTransient = (message: string) => message.includes("the object has been modified");

/** What is missing of a snapshot about which nobody complains. */
async function whyNotReady({ cluster }: World, snapshot: KubeObject): Promise<string> {
    const content = textAt(snapshot, "status", "boundVolumeSnapshotContentName");
    if (content === "") {
        return "it has no VolumeSnapshotContent, as if no snapshot-controller were running";
    }
    const found = await cluster.find(pathOf(SNAPSHOT_CONTENTS, undefined, content));
    return textAt(found, "status", "snapshotHandle") === ""
        ? `VolumeSnapshotContent ${content} has no snapshot handle, as if no csi-snapshotter of the driver were running`
        : `the driver has not finished VolumeSnapshotContent ${content}`;
}

/** @throws Failure with the driver's error as soon as there is one, or when the time is over. */
async function ready(world: World, namespace: string, name: string, check: () => void) {
    const { cluster, config } = world;
    const seconds = config.seconds.snapshotReady;
    const deadline = Date.now() + seconds * 1000;
    const pause = pauses(1_000);
    for (;;) {
        check();
        const snapshot = await cluster.get(pathOf(SNAPSHOTS, namespace, name));
        const error = textAt(snapshot, "status", "error", "message");
        if (error !== "" && !isTransient(error)) {
            throw new Failure(`VolumeSnapshot ${namespace}/${name} failed`, {
                cause: new Error(error),
            });
        }
        if (at(snapshot, "status", "readyToUse") === true) {
            return snapshot;
        }
        if (Date.now() > deadline) {
            const cause = new Error(error || (await whyNotReady(world, snapshot)));
            throw new Failure(
                `VolumeSnapshot ${namespace}/${name} is not ready to use after ${seconds} s`,
                { cause },
            );
        }
        await pause();
    }
}

/** Waits until a snapshot is ready to use and gives what a restore point keeps of it. */
export async function readySnapshot(
    world: World,
    claim: KubeObject,
    name: string,
    check: () => void,
): Promise<SnapshotRecord> {
    const { status } = await ready(world, claim.metadata.namespace ?? "", name, check);
    const volume = await world.cluster.find(
        pathOf(VOLUMES, undefined, textAt(claim, "spec", "volumeName")),
    );
    const nodeAffinity = at(volume, "spec", "nodeAffinity", "required");
    const capacity =
        textAt(claim, "status", "capacity", "storage") ||
        textAt(claim, "spec", "resources", "requests", "storage");
    return {
        name,
        content: textAt(status, "boundVolumeSnapshotContentName"),
        storageClass: textAt(claim, "spec", "storageClassName"),
        accessModes: listAt(claim, "spec", "accessModes").map(String),
        size: larger(capacity, textAt(status, "restoreSize")),
        ...(isFields(nodeAffinity) && { nodeAffinity }),
    };
}

/** @throws Failure when the snapshot is gone: no further attempt can help. */
export async function requireSnapshot({ cluster }: World, namespace: string, name: string) {
    if (!(await cluster.find(pathOf(SNAPSHOTS, namespace, name)))) {
        const what = `${SNAPSHOTS.resource}.${SNAPSHOTS.group}`;
        throw new Failure(`${what} "${name}" not found in namespace ${namespace}`, {
            retry: false,
        });
    }
}

/** The spec of a claim that is made from a snapshot. */
export function fromSnapshot(spec: Fields, { name, size }: SnapshotRecord): Fields {
    const requested = textAt(spec, "resources", "requests", "storage");
    return {
        ...spec,
        resources: {
            ...fieldsAt(spec, "resources"),
            requests: {
                ...fieldsAt(spec, "resources", "requests"),
                storage: larger(size, requested),
            },
        },
        dataSource: { apiGroup: SNAPSHOTS.group, kind: "VolumeSnapshot", name },
    };
}

/**
 * Removes a snapshot, also where its class keeps what lies in the storage system, and where its namespace is gone
 * and only the content was left.
 */
export async function removeSnapshot(
    { cluster }: World,
    namespace: string,
    { name, content }: Pick<SnapshotRecord, "name" | "content">,
): Promise<void> {
    const kept = content === "" ? undefined : pathOf(SNAPSHOT_CONTENTS, undefined, content);
    if (kept !== undefined) {
        try {
            await cluster.merge(kept, { spec: { deletionPolicy: "Delete" } });
        } catch (error) {
            if (!hasCode(error, 404)) {
                throw error;
            }
        }
    }
    const path = pathOf(SNAPSHOTS, namespace, name);
    if (await cluster.find(path)) {
        // Its controller removes the content, too.
        await cluster.remove(path);
    } else if (kept !== undefined) {
        await cluster.remove(kept);
    }
}

/** Removes the snapshots that backups left, of one of them or of all that `kept` does not name. */
export async function removeSnapshots(
    world: World,
    { backup, kept = [] }: { backup?: string; kept?: string[] },
): Promise<void> {
    const selector = BACKUP_LABEL + (backup === undefined ? "" : `=${backup}`);
    // Without the CRDs there are none.
    const list = await world.cluster.find<List>(`${pathOf(SNAPSHOTS)}?labelSelector=${selector}`);
    for (const { metadata, status } of list?.items ?? []) {
        const { name, namespace = "" } = metadata;
        const content = textAt(status, "boundVolumeSnapshotContentName");
        if (!kept.includes(name)) {
            await removeSnapshot(world, namespace, { name, content });
        }
    }
}
