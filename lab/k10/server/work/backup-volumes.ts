/** The volumes of a backup: generic volume backup, one mover for each claim. */
import type { Run } from "../action.ts";
import type { Application } from "../capture.ts";
import { deepest, Failure } from "../failure.ts";
import { textAt, type KubeObject, type Ref } from "../json.ts";
import { volumeKey, volumePrefix, type VolumeRecord } from "../layout.ts";
import { log } from "../log.ts";
import { moveVolume, withGrant, type Grant } from "../movers.ts";
import { inParallel } from "../parallel.ts";
import { pathOf, STORAGE_CLASSES } from "../resources.ts";
import { newKey } from "../seal.ts";
import { withStore, type World } from "../world.ts";

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

/** Why no volume can be backed up at all, or undefined. */
async function obstacle(
    world: World,
    claim: KubeObject,
    profile: Ref | undefined,
): Promise<Failure | undefined> {
    if (textAt(claim, "spec", "volumeMode") === "Block") {
        return new Failure(
            "The K10 stand-in copies file systems: it cannot back up volumeMode Block",
            {
                retry: false,
            },
        );
    }
    const name = textAt(claim, "spec", "storageClassName");
    const storageClass = await world.cluster.find(pathOf(STORAGE_CLASSES, undefined, name));
    const driver = textAt(storageClass, "provisioner") || `of StorageClass ${name}`;
    const noSnapshot = `no VolumeSnapshotClass with annotation k10.kasten.io/is-snapshot-class: "true" for driver ${driver}`;
    const { token, injected } = world.config.genericBackup;
    if (!profile) {
        return new Failure(
            `${noSnapshot}, and the policy's backup action names no profile for generic volume backup (backupParameters.profile)`,
        );
    }
    if (!token || !injected) {
        return new Failure(
            `${noSnapshot}, and generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)`,
        );
    }
    return undefined;
}

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

/**
 * Copies all bound claims of an application into the bucket.
 * @param backup Names the folder of the copies, so that `discardVolumes` finds them.
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
    for (const claim of claims) {
        const cause = await obstacle(world, claim, profile);
        if (cause) {
            throw failed(claim, cause);
        }
    }
    if (claims.length === 0 || !profile) {
        return [];
    }
    let done = 0;
    return await withGrant(world, namespace, grant =>
        inParallel(claims, world.config.concurrency.backup, async claim => {
            const object = (path: string) =>
                volumeKey(path, application.uid, backup, claim.metadata.name);
            try {
                const record = await moveOne(world, run, grant, claim, profile, object);
                show(run, options, 10 + Math.floor((80 * ++done) / claims.length));
                return record;
            } catch (cause) {
                run.check();
                throw failed(claim, cause);
            }
        }),
    );
}

/** Removes what a backup that did not succeed left in the bucket; a failure here must not hide its cause. */
export async function discardVolumes(
    world: World,
    profile: Ref | undefined,
    namespaceUID: string,
    backup: string,
): Promise<void> {
    if (!profile) {
        return;
    }
    try {
        await withStore(world, profile, async (store, { path }) => {
            await store.removeAll(await store.keys(volumePrefix(path, namespaceUID, backup)));
        });
    } catch (error) {
        log(`could not remove the copies of a failed backup: ${deepest(error)}`);
    }
}
