/** The service Node: volumes are mounted where the kubelet wants them. */
import { mkdir, rmdir } from "node:fs/promises";
import { resolve } from "node:path";
import { alreadyExists, inUse, notFound, required } from "./errors.ts";
import { fileSystem, usage } from "./files.ts";
import type * as csi from "./messages.ts";
import { bind, isOf, mountAt, mountsOf, unmount } from "./mounts.ts";
import { SINGLE_WRITER, checkCapability, topologyOf } from "./rules.ts";
import { expand, publishing, volume } from "./volumes.ts";
import type { World } from "./world.ts";

const CAPABILITIES = ["GET_VOLUME_STATS", "EXPAND_VOLUME", "SINGLE_NODE_MULTI_WRITER"];

export function node(world: World) {
    return {
        NodeGetCapabilities: () => ({
            capabilities: CAPABILITIES.map(type => ({ rpc: { type } })),
        }),

        NodeGetInfo: () => ({
            nodeId: world.node,
            accessibleTopology: topologyOf(world.node),
        }),

        NodePublishVolume: async (request: csi.PublishRequest) => {
            const id = required(request.volumeId, "volume_id");
            const target = resolve(required(request.targetPath, "target_path"));
            checkCapability(request.volumeCapability);
            await world.turns.take([publishing(id)], async () => {
                await volume(world, id);
                await publish(world, request, target);
            });
            return {};
        },

        NodeUnpublishVolume: async (request: csi.UnpublishRequest) => {
            const id = required(request.volumeId, "volume_id");
            const target = resolve(required(request.targetPath, "target_path"));
            await world.turns.take([publishing(id)], () => unpublish(target));
            return {};
        },

        NodeGetVolumeStats: async (request: csi.StatsRequest) => {
            const id = required(request.volumeId, "volume_id");
            const path = resolve(required(request.volumePath, "volume_path"));
            const { capacity } = await volume(world, id);
            await checkMounted(id, path);
            const [used, { inodes, freeInodes }] = await Promise.all([
                usage(path),
                fileSystem(path),
            ]);
            return {
                usage: [
                    measured("BYTES", used.bytes, capacity, capacity - used.bytes),
                    measured("INODES", used.inodes, inodes, freeInodes),
                ],
            };
        },

        NodeExpandVolume: async (request: csi.NodeExpandRequest) => {
            const id = required(request.volumeId, "volume_id");
            const path = resolve(required(request.volumePath, "volume_path"));
            const { capacity } = await volume(world, id);
            await checkMounted(id, path);
            // Without a range it means: as large as the controller has made it.
            return {
                capacityBytes: request.capacityRange ? await expand(world, request) : capacity,
            };
        },
    };
}

const measured = (unit: string, used: number, total: number, available: number) => ({
    unit,
    used,
    total,
    available: Math.max(0, available),
});

/** @throws NOT_FOUND when the volume is not mounted at the path */
async function checkMounted(id: string, path: string): Promise<void> {
    if (!(await mountsOf(id)).some(mount => mount.target === path)) {
        throw notFound(`volume \`${id}\` at path`, path);
    }
}

async function publish(world: World, request: csi.PublishRequest, target: string): Promise<void> {
    const { volumeId: id, volumeCapability } = request;
    const mode = volumeCapability?.accessMode?.mode;
    const readonly = request.readonly || mode === "SINGLE_NODE_READER_ONLY";
    const there = await mountAt(target);
    if (there) {
        if (!isOf(there, id) || there.readonly !== readonly) {
            throw alreadyExists(
                `something else than volume \`${id}\`${readonly ? " read-only" : ""} is mounted at \`${target}\``,
            );
        }
        return;
    }
    if (mode === SINGLE_WRITER) {
        const [other] = await mountsOf(id);
        if (other) {
            throw inUse(
                `volume \`${id}\` is for one writer alone and is mounted at \`${other.target}\``,
            );
        }
    }
    await mkdir(target, { recursive: true });
    try {
        await bind(world.volumes.files(id), target, readonly);
    } catch (error) {
        await unpublish(target);
        throw error;
    }
}

/** Removes a mount and its folder. Never what is in the folder: that would be the volume's data. */
async function unpublish(target: string): Promise<void> {
    while (await mountAt(target)) {
        await unmount(target);
    }
    try {
        await rmdir(target);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            throw error;
        }
    }
}
