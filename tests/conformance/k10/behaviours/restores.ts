/** Restores (§1, §4.3). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { Scratch } from "../../scratch.ts";
import { isReady, objectsIn, parts, proof } from "../application.ts";
import { targetOf } from "../crossing.ts";
import { path, restoreAction } from "../objects.ts";
import { minutes, runToEnd, stateOf, type World } from "../world.ts";
import { noTarget } from "./imports.ts";

/** Posts a RestoreAction whose two namespaces differ; the other one does not exist. */
async function postElsewhere(world: World, scratch: Scratch): Promise<number> {
    const { namespace, point } = await world.crossing.restored();
    const name = `crossing-conformance-${scratch.suffix}`;
    const collection = path.actions("restoreactions", namespace);
    const { kube } = targetOf(world);
    scratch.later(`RestoreAction \`${name}\``, () => kube.remove(`${collection}/${name}`));
    const ref = { name: point.metadata.name, namespace };
    const { code } = await kube.send("POST", collection, restoreAction(name, ref, false, name));
    return code;
}

/** Restores once more. */
async function restoreAgain(
    world: World,
    scratch: Scratch,
    overwrite: boolean,
    more: object = {},
): Promise<void> {
    const { namespace, point } = await world.crossing.restored();
    const target = targetOf(world);
    const action = restoreAction(
        `crossing-conformance-${scratch.suffix}`,
        { name: point.metadata.name, namespace },
        overwrite,
    );
    const { ended } = await runToEnd(
        ...([world, scratch, target, path.actions("restoreactions", namespace)] as const),
        { ...action, spec: { ...action.spec, ...more } },
    );
    assert.equal(stateOf(ended), "Complete", JSON.stringify(ended.status));
}

/** Changes the restored ConfigMap, restores once more, and gives its colour: it was blue, and is made red. */
async function colourAfterRestore(
    world: World,
    scratch: Scratch,
    overwrite: boolean,
    more: object = {},
) {
    const { namespace } = await world.crossing.restored();
    const { kube } = targetOf(world);
    const settings = path.core("configmaps", namespace, parts.settings);
    await kube.merge(settings, { data: { colour: "red" } });
    await restoreAgain(world, scratch, overwrite, more);
    const found = await kube.get(settings);
    return (found?.["data"] as { colour?: string } | undefined)?.colour;
}

export const restores: Behaviour<World>[] = [
    {
        name: "A RestoreAction, without naming a Profile, brings into a namespace of another name what was exported: ConfigMap, Secret, ServiceAccount, Service, claim, Deployment.",
        ...{ source: "D usage, D api, §3.2, §4.3, §11 step 7", confirmed: true, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            const { namespace, action } = await world.crossing.restored();
            assert.equal(stateOf(action), "Complete", JSON.stringify(action.status));
            assert.deepEqual(await objectsIn(world.target, namespace), [
                ...["configmaps/settings", "secrets/key", "serviceaccounts/worker", "services/web"],
                ...["persistentvolumeclaims/data", "deployments/web"],
            ]);
        },
    },
    {
        name: "A RestoreAction is Complete only when the workloads are ready.",
        ...{ source: "D api, KC, KD, §4.3", confirmed: true, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            const { deployment } = await world.crossing.restored();
            assert.ok(isReady(deployment), JSON.stringify(deployment?.status));
        },
    },
    {
        name: "A restored volume holds what the source's volume held.",
        ...{ source: "D usage, §4.3", confirmed: true, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            if (!world.isCluster) {
                return "skipped: no pods run behind this stand-in";
            }
            const { namespace } = await world.crossing.restored();
            const written = await proof(world.source, world.crossing.name);
            assert.match(written, /^proof [0-9a-f]{48}$/);
            assert.equal(await proof(world.target, namespace), written);
        },
    },
    {
        name: "A RestoreAction outside of its target namespace is refused.",
        ...{ source: "D api, §1.4", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const code = await postElsewhere(world, scratch);
            assert.ok(code >= 400, `answered with ${code}`);
        },
    },
    {
        name: "What refuses a RestoreAction outside of its target namespace is 422 Invalid.",
        ...{ source: "U5, §18", confirmed: false, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            assert.equal(await postElsewhere(world, scratch), 422);
        },
    },
    {
        name: "Without overwriteExisting a restore leaves a ConfigMap that exists as it is.",
        ...{ source: "D api, KC, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            assert.equal(await colourAfterRestore(world, scratch, false), "red");
        },
    },
    {
        name: "With overwriteExisting a restore replaces a ConfigMap that exists.",
        ...{ source: "D api, KC, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            assert.equal(await colourAfterRestore(world, scratch, true), "blue");
        },
    },
    {
        name: "A workload that exists is restored again, also without overwriteExisting.",
        ...{ source: "D api, KC, KD, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const { namespace } = await world.crossing.restored();
            const { kube } = world.target;
            const item = path.workloads("deployments", namespace, parts.deployment);
            await kube.merge(item, { metadata: { labels: { changed: "yes" } } });
            await restoreAgain(world, scratch, false);
            assert.equal((await kube.get(item))?.metadata.labels?.["changed"], undefined);
        },
    },
    {
        name: "What filters exclude is not restored, also with overwriteExisting.",
        ...{ source: "D api, GR, §3.2, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const excludeResources = [{ resource: "configmaps", name: parts.settings }];
            const filters = { excludeResources };
            assert.equal(await colourAfterRestore(world, scratch, true, { filters }), "red");
        },
    },
    {
        name: "An inline transform changes what is restored.",
        ...{ source: "D api, PCR, LAB, §3.4", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const transform = {
                ...{ name: "paint", subject: { resource: "configmaps", name: parts.settings } },
                json: [{ op: "replace", path: "/data/colour", value: "green" }],
            };
            const more = { transforms: [transform] };
            assert.equal(await colourAfterRestore(world, scratch, true, more), "green");
        },
    },
    {
        name: "A restore of data only leaves the objects of the application as they are.",
        ...{ source: "D api, FX, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const more = { dataOnly: true };
            assert.equal(await colourAfterRestore(world, scratch, false, more), "red");
        },
    },
];
