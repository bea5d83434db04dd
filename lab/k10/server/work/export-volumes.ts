/** The volumes of an export: what is not in its bucket yet is brought there. */
import type { Run } from "../action.ts";
import { withClone } from "../clones.ts";
import { suffix } from "../constants.ts";
import { Failure } from "../failure.ts";
import type { Ref } from "../json.ts";
import { volumeKey, type VolumeRecord } from "../layout.ts";
import { moveVolume, withGrant, type Grant } from "../movers.ts";
import { inParallel } from "../parallel.ts";
import { Store, type StoreAccess } from "../s3.ts";
import { newKey } from "../seal.ts";
import type { SnapshotRecord } from "../snapshots.ts";
import { storeAccess, usableProfile, type PointNote, type World } from "../world.ts";
import { discardVolumes } from "./backup-volumes.ts";

/** Shows in an action's status how far an export is. Sizes of snapshots are guesses until they have been copied. */
function progressOf(run: Run, volumes: VolumeRecord[]) {
    const sizes = volumes.map(volume => volume.bytes);
    let [bytes, transferred, completed] = [0, 0, 0];
    const show = () => {
        const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
        run.status({
            progress: totalBytes === 0 ? 90 : Math.floor((90 * bytes) / totalBytes),
            progressDetails: {
                totalBytes,
                readBytes: bytes,
                processedBytes: bytes,
                transferredBytes: transferred,
                totalVolumes: volumes.length,
                completedVolumes: completed,
                updatedTime: new Date().toISOString(),
            },
        });
    };
    show();
    return (index: number, size: number, moved: boolean) => {
        sizes[index] = size;
        bytes += size;
        transferred += moved ? size : 0;
        completed++;
        show();
    };
}

/** Copies a clone of a snapshot into the bucket: what the application writes meanwhile is not in it. */
async function copySnapshot(
    world: World,
    run: Run,
    grant: Grant,
    volume: VolumeRecord,
    snapshot: SnapshotRecord,
    store: StoreAccess,
    object: string,
): Promise<VolumeRecord> {
    const key = newKey();
    const result = await withClone(world, grant.namespace, snapshot, claim => {
        const job = {
            direction: "backup" as const,
            claim,
            store,
            object,
            key,
            bytes: 0,
            passes: 1,
        };
        return moveVolume(world, grant, job, run.check, snapshot);
    });
    result.exceptions.forEach(text => run.exception(`PVC ${volume.claim}: ${text}`));
    return { claim: volume.claim, object, key, bytes: result.bytes, entries: result.entries };
}

/** Copies an object of one bucket into another. */
async function copyObject(
    source: StoreAccess,
    target: StoreAccess,
    from: string,
    to: string,
    bytes: number,
) {
    const [reader, writer] = [new Store(source), new Store(target)];
    try {
        await writer.write(to, await reader.read(from), bytes);
    } finally {
        reader.close();
        writer.close();
    }
}

/**
 * Gives the volumes of a local restore point as they lie in the bucket of a profile. Copies that lie there already are
 * portable as they are.
 */
export async function exportVolumes(
    world: World,
    run: Run,
    profile: Ref,
    { profile: own, volumes, app }: PointNote,
): Promise<VolumeRecord[]> {
    const target = await storeAccess(world, await usableProfile(world, profile));
    const copied = volumes.some(volume => !volume.snapshot);
    const source = copied && own && (await storeAccess(world, await usableProfile(world, own)));
    const done = progressOf(run, volumes);
    const folder = suffix(16);
    const exportOne = async (volume: VolumeRecord, grant: Grant | undefined) => {
        const object = volumeKey(target.path, app.namespaceUID, folder, volume.claim);
        if (volume.snapshot && grant) {
            const { snapshot } = volume;
            return await copySnapshot(world, run, grant, volume, snapshot, target, object);
        }
        if (!source || (source.bucket === target.bucket && source.endpoint === target.endpoint)) {
            return volume;
        }
        await copyObject(source, target, volume.object, object, volume.bytes);
        return { ...volume, object };
    };
    const exportAll = (grant?: Grant) =>
        inParallel([...volumes.entries()], world.config.concurrency.backup, async ([i, volume]) => {
            try {
                const record = await exportOne(volume, grant);
                done(i, record.bytes, record.object !== volume.object);
                return record;
            } catch (cause) {
                run.check();
                throw new Failure(`Failed to export PVC ${volume.claim}`, { cause });
            }
        });
    try {
        return volumes.some(volume => volume.snapshot)
            ? await withGrant(world, app.namespace, exportAll)
            : await exportAll();
    } catch (error) {
        await discardVolumes(world, profile, app.namespaceUID, folder);
        throw error;
    }
}
