/** RestoreAction (K10 documentation, API "RestoreActions"). */
import { setTimeout as sleep } from "node:timers/promises";
import type { Body } from "../action.ts";
import { Failure } from "../failure.ts";
import { filtered } from "../filters.ts";
import { at, listAt, refAt, type Fields, type KubeObject, type Ref } from "../json.ts";
import { kindOf } from "../kinds.ts";
import { pathOf } from "../resources.ts";
import type { Manifest } from "../layout.ts";
import { contentOf } from "../points.ts";
import { transformed } from "../transforms.ts";
import { isClaim } from "../workloads.ts";
import { configResource, loadManifest, type World } from "../world.ts";
import { dataOnly } from "./data-only.ts";
import { afterRestore, restoreDumps } from "./dumps.ts";
import { requireNamespace, restoreObjects, waitReady } from "./restore-objects.ts";
import {
    quiesce,
    requireSnapshots,
    requireStorageClasses,
    restoreVolumes,
    type Chosen,
} from "./restore-volumes.ts";

const POINT = kindOf("RestorePoint");

/** Inline transforms and those of TransformSets, in their order. */
async function transformsOf(world: World, spec: Fields): Promise<unknown[]> {
    const result: unknown[] = [];
    for (const entry of listAt(spec, "transforms")) {
        const ref = refAt(entry, "transformSetRef");
        if (!ref) {
            result.push(entry);
            continue;
        }
        const namespace = ref.namespace || world.config.namespace;
        const set = await world.cluster.find(
            pathOf(configResource("transformsets"), namespace, ref.name),
        );
        if (!set || at(set, "status", "validation") !== "Success") {
            const state = set ? "is not valid" : "not found";
            throw new Failure(`TransformSet ${namespace}/${ref.name} ${state}`, { retry: false });
        }
        result.push(...listAt(set.spec, "transforms"));
    }
    return result;
}

/** The objects to restore: filtered, then transformed. */
async function chosen(world: World, spec: Fields, manifest: Manifest): Promise<Chosen[]> {
    const transforms = await transformsOf(world, spec);
    return filtered(manifest.objects, at(spec, "filters")).map(each => ({
        ...transformed(each, transforms),
        // A transform may rename a claim; its data is found by the name it had.
        origin: each.object.metadata.name,
    }));
}

function pointOf(world: World, ref: Ref): KubeObject {
    const point = world.catalog.get(POINT, ref.namespace, ref.name);
    if (!point) {
        throw new Failure(`RestorePoint ${ref.namespace}/${ref.name} not found`, { retry: false });
    }
    return point;
}

/** The body of a RestoreAction into the action's own namespace. */
export function restore(world: World, namespace: string): Body {
    return async run => {
        const spec = run.object.spec ?? {};
        const { objects, manifest, profile } = await run.phase(
            "Reading restore point",
            async () => {
                await sleep(world.config.seconds.restore * 1000);
                const found = contentOf(world, pointOf(world, refAt(spec, "subject") as Ref));
                if (!found) {
                    throw new Failure("The restore point has no content", { retry: false });
                }
                const manifest = await loadManifest(world, found.note);
                const wanted = await chosen(world, spec, manifest);
                const objects =
                    at(spec, "dataOnly") === true
                        ? await dataOnly(world, namespace, wanted, manifest)
                        : wanted;
                return { objects, manifest, profile: found.note.profile };
            },
        );
        const claims = objects.filter(isClaim);
        await run.phase("Preparing restore", async () => {
            await requireNamespace(world, namespace);
            await requireStorageClasses(world, claims);
            await requireSnapshots(world, { namespace, manifest, claims });
            await quiesce(world, run, namespace, objects);
        });
        await run.phase("Restoring volumes", () =>
            restoreVolumes(world, run, { namespace, profile, manifest, claims }),
        );
        await run.phase("Restoring application specification", () => {
            const overwriteExisting = at(spec, "overwriteExisting") === true;
            return restoreObjects(world, run, { namespace, manifest, objects, overwriteExisting });
        });
        const { dumps = [] } = manifest;
        // A dump needs a server that answers.
        if (at(spec, "skipWaitForWorkloadReady") !== true || dumps.length > 0) {
            await run.phase("Waiting for workloads", () =>
                waitReady(world, run, namespace, objects),
            );
        }
        await restoreDumps(world, run, namespace, profile, dumps, objects);
        await afterRestore(world, run, namespace, objects);
    };
}
