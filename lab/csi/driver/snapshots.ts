/** The calls of the service Controller that are about snapshots. */
import { alreadyExists, notFound, required } from "./errors.ts";
import { snapshotId } from "./ids.ts";
import type * as csi from "./messages.ts";
import { page } from "./paging.ts";
import * as rules from "./rules.ts";
import type { Snapshot } from "./store.ts";
import { copyVolume, publishing, volume } from "./volumes.ts";
import { now } from "./world.ts";
import type { World } from "./world.ts";

export function snapshotCalls(world: World) {
    return {
        CreateSnapshot: async (request: csi.CreateSnapshotRequest) => {
            const source = required(request.sourceVolumeId, "source_volume_id");
            const id = snapshotId(required(request.name, "name"));
            rules.checkParameters(request.parameters);
            const snapshot = await world.turns.take([id, source, publishing(source)], () =>
                create(world, request),
            );
            return { snapshot: described(snapshot) };
        },

        DeleteSnapshot: async (request: { snapshotId: string }) => {
            const id = required(request.snapshotId, "snapshot_id");
            await world.turns.take([id], () => world.snapshots.remove(id));
            return {};
        },

        ListSnapshots: async (request: csi.ListSnapshotsRequest) => {
            const { snapshotId: id, sourceVolumeId: source } = request;
            const wanted = (await world.snapshots.list()).filter(
                item => (id === "" || item.id === id) && (source === "" || item.volume === source),
            );
            const { items, nextToken } = page(wanted, request);
            return { entries: items.map(item => ({ snapshot: described(item) })), nextToken };
        },

        GetSnapshot: async (request: { snapshotId: string }) => {
            const id = required(request.snapshotId, "snapshot_id");
            const found = await world.snapshots.get(id);
            if (!found) {
                throw notFound("snapshot", id);
            }
            return { snapshot: described(found) };
        },
    };
}

async function create(world: World, request: csi.CreateSnapshotRequest): Promise<Snapshot> {
    const { name, sourceVolumeId } = request;
    const id = snapshotId(name);
    const existing = await world.snapshots.get(id);
    if (existing) {
        if (existing.volume !== sourceVolumeId) {
            throw alreadyExists(
                `snapshot \`${name}\` exists, of another volume than \`${sourceVolumeId}\``,
            );
        }
        return existing;
    }
    const { capacity } = await volume(world, sourceVolumeId);
    const snapshot = { id, name, created: now(), volume: sourceVolumeId, capacity };
    await world.snapshots.create(snapshot, folder => copyVolume(world, sourceVolumeId, folder));
    return snapshot;
}

function described(snapshot: Snapshot) {
    return {
        snapshotId: snapshot.id,
        sourceVolumeId: snapshot.volume,
        sizeBytes: snapshot.capacity,
        creationTime: { seconds: snapshot.created, nanos: 0 },
        readyToUse: true,
    };
}
