/** What the services work with. */
import { join } from "node:path";
import { fileSystem } from "./files.ts";
import { Holds } from "./holds.ts";
import { Store } from "./store.ts";
import type { Snapshot, Volume } from "./store.ts";
import { Turns } from "./turns.ts";

export const DRIVER_NAME = "csi.crossing.lab";
export const VERSION = "0.1.0-standin";

export interface World {
    /** The name of the node. */
    node: string;
    /** The folder with all data. */
    data: string;
    volumes: Store<Volume>;
    snapshots: Store<Snapshot>;
    turns: Turns;
    holds: Holds;
}

/** @param cgroups where the node's control groups are mounted */
export async function openWorld(node: string, data: string, cgroups: string): Promise<World> {
    return {
        node,
        data,
        volumes: await Store.open<Volume>(join(data, "volumes")),
        snapshots: await Store.open<Snapshot>(join(data, "snapshots")),
        turns: new Turns(),
        holds: await Holds.open({ cgroups, records: join(data, "held") }),
    };
}

/** The largest capacity that a volume can have. */
export async function largest(world: World): Promise<number> {
    return (await fileSystem(world.data)).size;
}

export const now = () => Math.floor(Date.now() / 1000);
