/** The service Controller: volumes and snapshots come and go. */
import { snapshotCalls } from "./snapshots.ts";
import { volumeCalls } from "./volumes.ts";
import type { World } from "./world.ts";

// Volumes are expanded by their nodes: the resizer, one for all nodes, reaches the driver of its own node only.
const CAPABILITIES = [
    "CREATE_DELETE_VOLUME",
    "LIST_VOLUMES",
    "GET_VOLUME",
    "GET_CAPACITY",
    "CLONE_VOLUME",
    "SINGLE_NODE_MULTI_WRITER",
    "CREATE_DELETE_SNAPSHOT",
    "LIST_SNAPSHOTS",
    "GET_SNAPSHOT",
];

export function controller(world: World) {
    return {
        ControllerGetCapabilities: () => ({
            capabilities: CAPABILITIES.map(type => ({ rpc: { type } })),
        }),
        ...volumeCalls(world),
        ...snapshotCalls(world),
    };
}
