/** The volumes of a backup: snapshots, and copies by movers of those that cannot be snapshotted. */
import type { Run } from "../action.ts";
import type { Application } from "../capture.ts";
import { deepest, Failure } from "../failure.ts";
import { textAt, type KubeObject, type Ref } from "../json.ts";
import { volumeKey, volumePrefix, type VolumeRecord } from "../layout.ts";
import { log } from "../log.ts";
import { moveVolume, withGrant, type Grant } from "../movers.ts";
import { inParallel } from "../parallel.ts";
import { bytesOf } from "../quantity.ts";
import { newKey } from "../seal.ts";
import { readySnapshot, removeSnapshots, requestSnapshot } from "../snapshots.ts";
import { withStore, type World } from "../world.ts";
import { planVolumes, type VolumePlan } from "./volume-plan.ts";

export interface BackupOptions {
    namespace: string;
    /** `backupParameters.profile` of the policy: where generic volume backup writes. */
    profile: Ref | undefined;
    filters: unknown;
    /** Name of the restore point. */
    restorePoint: string;
    /** Called with the progress from 0 to 100. */
    onProgress?: (percent: number) => void;
}

/** K10's own limit for a cluster (chart value `limiter.csiSnapshotsPerCluster`). */
const SNAPSHOTS_AT_ONCE = 10;

/** What is in a volume only once somebody used it; until then there is no volume. */
function isBound(claim: KubeObject): boolean {
    return textAt(claim, "status", "phase") === "Bound";
}

/** Shows the progress of a backup in its own status and to whoever asked for it. */
export function show(run: Run, { onProgress }: BackupOptions, progress: number): void {
    run.status({ progress });
    onProgress?.(progress);
}

async function moveOne(
    world: World,
    run: Run,
    grant: Grant,
    claim: KubeObject,
    profile: Ref,
    object: (path: string) => string,
): Promise<VolumeRecord> {
    const { name } = claim.metadata;
    return await withStore(world, profile, async (_, access) => {
        const key = newKey();
        const job = {
            direction: "backup" as const,
            claim: name,
            store: access,
            object: object(access.path),
            key,
            bytes: 0,
            passes: world.config.copyPasses,
        };
        const result = await moveVolume(world, grant, job, run.check);
        result.exceptions.forEach(text => run.exception(`PVC ${name}: ${text}`));
        if (!result.settled) {
            run.exception(
                `PVC ${name}: files changed during each of ${result.passes} copies, so the copy is not of one moment`,
            );
        }
        return {
            claim: name,
            object: job.object,
            key,
            bytes: result.bytes,
            entries: result.entries,
        };
    });
}

/** Takes the snapshots of a backup: all are asked for before the first is waited for. */
async function snapshotAll(
    world: World,
    plans: VolumePlan[],
    backup: string,
    check: () => void,
    failed: (claim: KubeObject, cause: unknown) => Failure,
    done: () => void,
): Promise<VolumeRecord[]> {
    const attempt = async <T>(claim: KubeObject, work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (cause) {
            check();
            throw failed(claim, cause);
        }
    };
    const requested = await inParallel(plans, SNAPSHOTS_AT_ONCE, ({ claim, snapshotClass = "" }) =>
        attempt(claim, async () => ({
            claim,
            name: await requestSnapshot(world, claim, snapshotClass, backup),
        })),
    );
    return await inParallel(requested, SNAPSHOTS_AT_ONCE, ({ claim, name }) =>
        attempt(claim, async () => {
            const snapshot = await readySnapshot(world, claim, name, check);
            done();
            return {
                claim: claim.metadata.name,
                object: "",
                key: "",
                bytes: bytesOf(snapshot.size),
                entries: 0,
                snapshot,
            };
        }),
    );
}

/**
 * Snapshots or copies all bound claims of an application. All snapshots are there before the first copy begins, so
 * that the volumes show nearly the same moment.
 * @param backup Names the snapshots and the folder of the copies, so that `discardVolumes` finds them.
 */
export async function backUpVolumes(
    world: World,
    run: Run,
    options: BackupOptions,
    application: Application,
    backup: string,
): Promise<VolumeRecord[]> {
    const claims = application.claims.filter(isBound);
    const { namespace, profile } = options;
    const failed = (claim: KubeObject, cause: unknown) =>
        new Failure(`Failed to snapshot volumes of application ${namespace}`, {
            cause: new Failure(`Failed to back up PVC ${claim.metadata.name}`, { cause }),
        });
    const plans = await planVolumes(world, application, claims, profile, failed);
    let count = 0;
    const done = () => show(run, options, 10 + Math.floor((80 * ++count) / claims.length));
    const snapshotted = plans.filter(plan => plan.snapshotClass !== undefined);
    const records = await snapshotAll(world, snapshotted, backup, run.check, failed, done);
    const copied = plans.filter(plan => plan.snapshotClass === undefined);
    if (copied.length === 0 || !profile) {
        return records;
    }
    const copies = await withGrant(world, namespace, grant =>
        inParallel(copied, world.config.concurrency.backup, async ({ claim }) => {
            const object = (path: string) =>
                volumeKey(path, application.uid, backup, claim.metadata.name);
            try {
                const record = await moveOne(world, run, grant, claim, profile, object);
                done();
                return record;
            } catch (cause) {
                run.check();
                throw failed(claim, cause);
            }
        }),
    );
    return [...records, ...copies];
}

/** Removes what a backup that did not succeed left; a failure here must not hide its cause. */
export async function discardVolumes(
    world: World,
    profile: Ref | undefined,
    namespaceUID: string,
    backup: string,
): Promise<void> {
    const attempt = async (what: string, work: () => Promise<void>) => {
        try {
            await work();
        } catch (error) {
            log(`could not remove the ${what} of an action that failed: ${deepest(error)}`);
        }
    };
    await attempt("snapshots", () => removeSnapshots(world, { backup }));
    if (profile) {
        await attempt("copies", () =>
            withStore(world, profile, async (store, { path }) => {
                await store.removeAll(await store.keys(volumePrefix(path, namespaceUID, backup)));
            }),
        );
    }
}
