/**
 * `dataOnly` of a RestoreAction: volumes are restored into an application that is there, whose objects stay as they are
 * (K10 documentation, API "RestoreActions").
 */
import { Failure } from "../failure.ts";
import type { Captured, Manifest } from "../layout.ts";
import { cleaned } from "../manifests.ts";
import { pathOf } from "../resources.ts";
import { isClaim, isWorkload } from "../workloads.ts";
import type { World } from "../world.ts";
import type { Chosen } from "./restore-volumes.ts";

/** The workload as it runs, in place of the one that was backed up. @throws Failure when it does not. */
async function running(world: World, namespace: string, workload: Captured): Promise<Chosen> {
    const { name } = workload.object.metadata;
    if (workload.resource === "pods") {
        // Seen, of applications with pods that nothing owns.
        throw new Failure("spec type not supported", { retry: false });
    }
    const object = await world.cluster.find(pathOf(workload, namespace, name));
    if (!object) {
        // The wording is unconfirmed.
        const cause = new Failure(`${workload.resource} "${name}" not found`);
        throw new Failure("A data-only restore needs the workloads of the backup", {
            ...{ cause, retry: false },
        });
    }
    return { ...workload, object: cleaned({ ...workload, object }), origin: name };
}

/** What a restore of the data replaces: claims whose data was backed up, and the workloads, to be started again. */
export async function dataOnly(
    world: World,
    namespace: string,
    objects: Chosen[],
    { volumes, dumps = [] }: Manifest,
): Promise<Chosen[]> {
    if (dumps.length > 0) {
        throw new Failure(
            "The K10 stand-in does not support dataOnly for what a Blueprint dumped",
            {
                retry: false,
            },
        );
    }
    const claims = objects
        .filter(isClaim)
        .filter(({ origin }) => volumes.some(({ claim }) => claim === origin));
    const workloads: Chosen[] = [];
    for (const workload of objects.filter(isWorkload)) {
        workloads.push(await running(world, namespace, workload));
    }
    return [...claims, ...workloads];
}
