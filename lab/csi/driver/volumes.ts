/** The calls of the service Controller that are about volumes. */
import { chmod } from "node:fs/promises";
import { chooseCapacity, fits } from "./capacity.ts";
import { alreadyExists, elsewhere, inUse, invalid, notFound, required } from "./errors.ts";
import { copyTree, fileSystem } from "./files.ts";
import { isId, volumeId } from "./ids.ts";
import type * as csi from "./messages.ts";
import { mountsOf, writersOf } from "./mounts.ts";
import { page } from "./paging.ts";
import * as rules from "./rules.ts";
import type { Volume } from "./store.ts";
import { largest, now } from "./world.ts";
import type { World } from "./world.ts";

export function volumeCalls(world: World) {
    return {
        CreateVolume: async (request: csi.CreateVolumeRequest) => {
            const name = required(request.name, "name");
            rules.checkCapabilities(request.volumeCapabilities);
            rules.checkParameters(request.parameters);
            rules.checkTopology(request.accessibilityRequirements, world.node);
            const id = volumeId(name);
            const source = sourceOf(request.volumeContentSource);
            // What is copied from must stay until it is copied, and get no new writer meanwhile.
            const keys = source ? [source.id, publishing(source.id)] : [];
            const volume = await world.turns.take([id, ...keys], () =>
                create(world, request, source),
            );
            return { volume: described(world, volume) };
        },

        DeleteVolume: async (request: { volumeId: string }) => {
            const id = required(request.volumeId, "volume_id");
            await world.turns.take([id, publishing(id)], async () => {
                const [mount] = await mountsOf(id);
                if (mount) {
                    throw inUse(`volume \`${id}\` is mounted at \`${mount.target}\``);
                }
                await world.volumes.remove(id);
            });
            return {};
        },

        ValidateVolumeCapabilities: async (request: csi.ValidateRequest) => {
            const id = required(request.volumeId, "volume_id");
            if (request.volumeCapabilities.length === 0) {
                throw invalid("`volume_capabilities` is missing");
            }
            await volume(world, id);
            const [unknown] = rules.unknownParameters(request.parameters);
            const message = [
                ...request.volumeCapabilities.map(rules.objection),
                unknown && `the driver has no parameter \`${unknown}\``,
            ].find(text => text);
            const { volumeContext, volumeCapabilities, parameters } = request;
            return message
                ? { message }
                : { confirmed: { volumeContext, volumeCapabilities, parameters } };
        },

        ListVolumes: async (request: csi.ListRequest) => {
            const { items, nextToken } = page(await world.volumes.list(), request);
            return {
                entries: items.map(item => ({ volume: described(world, item) })),
                nextToken,
            };
        },

        ControllerGetVolume: async (request: { volumeId: string }) => {
            const found = await volume(world, required(request.volumeId, "volume_id"));
            return { volume: described(world, found), status: {} };
        },

        GetCapacity: async (request: csi.GetCapacityRequest) => {
            const place = request.accessibleTopology;
            const possible =
                (!place || rules.isHere(place, world.node)) &&
                !request.volumeCapabilities.some(rules.objection) &&
                rules.unknownParameters(request.parameters).length === 0;
            const { available, size } = await fileSystem(world.data);
            return possible
                ? { availableCapacity: available, maximumVolumeSize: { value: size } }
                : { availableCapacity: 0 };
        },
    };
}

/** The key for what mounts and unmounts a volume. */
export const publishing = (id: string) => `${id} publishing`;

/** @throws NOT_FOUND */
export async function volume(world: World, id: string): Promise<Volume> {
    const found = await world.volumes.get(id);
    if (!found) {
        throw notFound("volume", id);
    }
    return found;
}

/** Raises the recorded capacity of a volume, and gives it. Asked again, it changes nothing. */
export async function expand(world: World, request: csi.ExpandRequest): Promise<number> {
    const id = required(request.volumeId, "volume_id");
    if (request.volumeCapability) {
        rules.checkCapability(request.volumeCapability);
    }
    return await world.turns.take([id], async () => {
        const found = await volume(world, id);
        if (!request.capacityRange) {
            throw invalid("`capacity_range` is missing");
        }
        const bounds = { atLeast: found.capacity, atMost: await largest(world) };
        const capacity = chooseCapacity(request.capacityRange, bounds);
        if (capacity !== found.capacity) {
            await world.volumes.put({ ...found, capacity });
        }
        return capacity;
    });
}

interface Source {
    kind: "volume" | "snapshot";
    id: string;
}

function sourceOf(source: csi.ContentSource | null): Source | undefined {
    if (!source) {
        return undefined;
    }
    if (source.snapshot) {
        return { kind: "snapshot", id: required(source.snapshot.snapshotId, "snapshot_id") };
    }
    if (source.volume) {
        return { kind: "volume", id: required(source.volume.volumeId, "volume_id") };
    }
    throw invalid("`volume_content_source` names neither a snapshot nor a volume");
}

/** What is not on this node may be on another: the scheduler is told to try that. */
function missing({ node }: World, { kind, id }: Source): Error {
    return isId(id)
        ? elsewhere(
              `${kind} \`${id}\` is not on node \`${node}\`, and only its own node can copy it`,
          )
        : notFound(kind, id);
}

async function create(
    world: World,
    request: csi.CreateVolumeRequest,
    source: Source | undefined,
): Promise<Volume> {
    const { name, capacityRange } = request;
    const id = volumeId(name);
    const existing = await world.volumes.get(id);
    if (existing) {
        if (!fits(existing.capacity, capacityRange)) {
            throw alreadyExists(
                `volume \`${name}\` exists with ${existing.capacity} bytes, which the request does not allow`,
            );
        }
        if (existing.source !== source?.id) {
            throw alreadyExists(`volume \`${name}\` exists with other contents`);
        }
        return existing;
    }
    const store = source?.kind === "snapshot" ? world.snapshots : world.volumes;
    const origin = source && (await store.get(source.id));
    if (source && !origin) {
        throw missing(world, source);
    }
    const bounds = { atLeast: origin?.capacity ?? 0, atMost: await largest(world) };
    const capacity = chooseCapacity(capacityRange, bounds);
    const item = { id, name, created: now(), capacity, source: source?.id };
    await world.volumes.create(item, async folder => {
        // Whoever may mount it may write into it, as on a disk that a program of this user has formatted.
        await chmod(folder, 0o777);
        if (source?.kind === "snapshot") {
            await copyTree(world.snapshots.files(source.id), folder);
        } else if (source) {
            await copyVolume(world, source.id, folder);
        }
    });
    return item;
}

/** Copies a volume as it is at one moment, also while pods use it: they are held as long as it takes. */
export async function copyVolume(world: World, id: string, to: string): Promise<void> {
    await world.holds.during(await writersOf(id), signal =>
        copyTree(world.volumes.files(id), to, signal),
    );
}

function described(world: World, item: Volume) {
    const [kind] = item.source?.split("-") ?? [];
    return {
        volumeId: item.id,
        capacityBytes: item.capacity,
        accessibleTopology: [rules.topologyOf(world.node)],
        contentSource:
            kind === "snap"
                ? { snapshot: { snapshotId: item.source } }
                : kind === "vol"
                  ? { volume: { volumeId: item.source } }
                  : undefined,
    };
}
