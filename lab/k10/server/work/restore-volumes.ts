/** The volumes of a restore: claims are made anew, from snapshots or to be filled by movers. */
import { claimNames } from "../capture.ts";
import type { Run } from "../action.ts";
import { Failure } from "../failure.ts";
import { textAt, type KubeObject, type Ref } from "../json.ts";
import { CLAIMS, pathOf, PODS, STORAGE_CLASSES } from "../resources.ts";
import type { Captured, Manifest, VolumeRecord } from "../layout.ts";
import { moveVolume, withGrant, type Grant } from "../movers.ts";
import { inParallel } from "../parallel.ts";
import { placed } from "../placement.ts";
import { fromSnapshot, requireSnapshot } from "../snapshots.ts";
import { isClaim, isWorkload } from "../workloads.ts";
import { withStore, type World } from "../world.ts";
import { pauses } from "../wait.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** How long deleted pods and claims may take to be gone. */
const GONE_SECONDS = 120;

/** @throws Failure for the first claim whose StorageClass the cluster does not have. */
export async function requireStorageClasses(world: World, claims: Captured[]): Promise<void> {
    const { items } = await world.cluster.list(pathOf(STORAGE_CLASSES));
    const names = items.map(each => each.metadata.name);
    const hasDefault = items.some(each => each.metadata.annotations?.[DEFAULT_CLASS] === "true");
    for (const { object } of claims) {
        const name = textAt(object, "spec", "storageClassName");
        if (name === "" ? !hasDefault : !names.includes(name)) {
            const cause =
                name === ""
                    ? new Failure("the cluster has no default StorageClass")
                    : new Failure(`storageclasses.storage.k8s.io "${name}" not found`);
            throw new Failure(`Failed to restore PVC ${object.metadata.name}`, { cause });
        }
    }
}

/** @throws Failure for the first claim whose snapshot cannot be restored into a namespace. */
export async function requireSnapshots(world: World, restore: Omit<VolumeRestore, "profile">) {
    const { namespace, manifest, claims } = restore;
    const source = manifest.app.namespace;
    for (const { origin } of claims) {
        const { snapshot } = manifest.volumes.find(each => each.claim === origin) ?? {};
        const failed = (cause: unknown) =>
            new Failure(`Failed to restore PVC ${origin}`, { cause });
        if (snapshot && namespace !== source) {
            const message = `The K10 stand-in restores VolumeSnapshot ${source}/${snapshot.name} into its own namespace only: restore the exported restore point`;
            throw failed(new Failure(message, { retry: false }));
        }
        if (snapshot) {
            await requireSnapshot(world, namespace, snapshot.name).catch((cause: unknown) => {
                throw failed(cause);
            });
        }
    }
}

async function waitGone(run: Run, what: string, left: () => Promise<string[]>): Promise<void> {
    const deadline = Date.now() + GONE_SECONDS * 1000;
    const pause = pauses(500);
    for (;;) {
        run.check();
        const names = await left();
        if (names.length === 0) {
            return;
        }
        if (Date.now() > deadline) {
            throw new Failure(`${what} still exist after ${GONE_SECONDS} s: ${names.join(", ")}`);
        }
        await pause();
    }
}

async function podsOf(world: World, namespace: string): Promise<KubeObject[]> {
    return (await world.cluster.list(pathOf(PODS, namespace))).items;
}

/**
 * Deletes the workloads that will be restored, and waits until no pod uses a claim that will be replaced.
 * @throws Failure that names the pods, when something else keeps them alive.
 */
export async function quiesce(world: World, run: Run, namespace: string, objects: Captured[]) {
    const { cluster } = world;
    for (const workload of objects.filter(isWorkload)) {
        const path = pathOf(workload, namespace, workload.object.metadata.name);
        const foreground = { propagationPolicy: "Foreground" };
        await cluster.remove(path, foreground);
    }
    await waitGone(run, "Workloads", async () => {
        const found = await inParallel(objects.filter(isWorkload), 4, async workload => {
            const { name } = workload.object.metadata;
            const exists = await cluster.find(pathOf(workload, namespace, name));
            return exists ? [`${workload.resource}/${name}`] : [];
        });
        return found.flat();
    });
    const replaced = objects.filter(isClaim).map(each => each.object.metadata.name);
    await waitGone(run, "Pods that use the volumes to be restored", async () =>
        (await podsOf(world, namespace))
            .filter(pod => claimNames(pod).some(claim => replaced.includes(claim)))
            .filter(pod => !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase")))
            .map(pod => pod.metadata.name),
    );
}

/** Deletes a claim, if it exists, and creates it. */
async function renew(world: World, run: Run, namespace: string, claim: KubeObject): Promise<void> {
    const { cluster } = world;
    const path = pathOf(CLAIMS, namespace, claim.metadata.name);
    await cluster.remove(path);
    await waitGone(run, "PVCs", async () =>
        (await cluster.find(path)) ? [claim.metadata.name] : [],
    );
    await cluster.create(pathOf(CLAIMS, namespace), claim);
}

/** An object to restore, and the name it had when it was captured. */
export interface Chosen extends Captured {
    origin: string;
}

export interface VolumeRestore {
    namespace: string;
    profile: Ref | undefined;
    manifest: Manifest;
    /** Claims after filters and transforms. */
    claims: Chosen[];
}

/**
 * Creates claims. Those with data replace what exists, because their workloads are restored again; those
 * without must not destroy data for which there is no copy.
 */
async function createClaims(world: World, run: Run, restore: VolumeRestore) {
    const { namespace, manifest, claims } = restore;
    const filled: { claim: KubeObject; volume: VolumeRecord }[] = [];
    const dumped = (manifest.dumps ?? []).flatMap(dump => dump.claims);
    for (const { object: claim, origin } of claims) {
        const volume = manifest.volumes.find(each => each.claim === origin);
        const path = pathOf(CLAIMS, namespace, claim.metadata.name);
        if (volume?.snapshot) {
            const { snapshot } = volume;
            const spec = fromSnapshot(claim.spec ?? {}, snapshot);
            const made = await placed(world, { ...claim, spec }, snapshot.nodeAffinity);
            // The driver fills it: at once, or when the first pod uses it.
            await renew(world, run, namespace, made);
        } else if (volume) {
            await renew(world, run, namespace, claim);
            filled.push({ claim, volume });
        } else if (!(await world.cluster.find(path))) {
            await world.cluster.create(pathOf(CLAIMS, namespace), claim);
            if (!dumped.includes(origin)) {
                run.exception(
                    `PVC ${claim.metadata.name}: the restore point holds no data of it, so it was created empty`,
                );
            }
        }
    }
    return filled;
}

/** Creates all claims and fills those that had data. */
export async function restoreVolumes(
    world: World,
    run: Run,
    restore: VolumeRestore,
): Promise<void> {
    const { namespace, profile } = restore;
    const filled = await createClaims(world, run, restore);
    if (filled.length === 0) {
        return;
    }
    if (!profile) {
        throw new Failure("No profile found", { retry: false });
    }
    const fill = async (grant: Grant, claim: string, volume: VolumeRecord) => {
        const { object, key, bytes } = volume;
        await withStore(world, profile, async (_, store) => {
            const job = {
                direction: "restore" as const,
                claim,
                store,
                object,
                key,
                bytes,
                passes: 1,
            };
            const result = await moveVolume(world, grant, job, run.check);
            result.exceptions.forEach(text => run.exception(`PVC ${claim}: ${text}`));
        });
    };
    await withGrant(world, namespace, grant =>
        inParallel(filled, world.config.concurrency.restore, async ({ claim, volume }) => {
            const { name } = claim.metadata;
            try {
                await fill(grant, name, volume);
            } catch (cause) {
                run.check();
                throw new Failure(`Failed to restore PVC ${name}`, { cause });
            }
        }),
    );
}
