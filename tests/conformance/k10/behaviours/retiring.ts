/** Cancelling, and what becomes of restore points that are retired (§4.3, §5, §11). These take the crossing apart. */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject, Reply } from "../../kube.ts";
import type { Scratch } from "../../scratch.ts";
import { backupSpec, cancelAction, path, policy } from "../objects.ts";
import {
    makeConfig,
    minutes,
    runPolicy,
    stateOf,
    validated,
    waitFor,
    type Side,
    type World,
} from "../world.ts";
import { noTarget } from "./imports.ts";

const contents = ({ kube }: Side, { crossing }: World) =>
    kube.list(path.apps("restorepointcontents"), `k10.kasten.io/appNamespace=${crossing.name}`);

/** Starts a backup of the shared application and cancels it at once. */
async function cancelled(world: World, scratch: Scratch) {
    await world.crossing.application();
    const { kube, profile } = world.source;
    const name = `crossing-conformance-${scratch.suffix}`;
    const object = policy(name, backupSpec(profile, world.crossing.name));
    await makeConfig(world, scratch, world.source, "policies", object);
    await validated(world, scratch, world.source, "policies", name, "Success");
    const ref = { name, namespace: world.install };
    const collection = path.actions("cancelactions", world.install);
    let reply: Reply | undefined;
    const { ended } = await runPolicy(world, scratch, world.source, name, ref, async () => {
        reply = await kube.send("POST", collection, cancelAction(name, ref));
    });
    const stored = await kube.send("GET", `${collection}/${name}`);
    return { ended, reply, stored };
}

/** What the source exported, newest last. */
async function exportedContents(world: World): Promise<KubeObject[]> {
    await world.crossing.exported();
    const all = await contents(world.source, world);
    return all.filter(each => each.metadata.labels?.["k10.kasten.io/exportType"] !== undefined);
}

export const retiring: Behaviour<World>[] = [
    {
        name: "A CancelAction is answered with 201 and not stored.",
        ...{ source: "D api, §4.3", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            const { reply, stored } = await cancelled(world, scratch);
            assert.equal(reply?.code, 201, reply?.body.message);
            assert.ok([404, 405].includes(stored.code), `answered with ${stored.code}`);
        },
    },
    {
        name: "A run that is cancelled ends Cancelled.",
        ...{ source: 'D usage "Action States", D api, §4.2, §4.3', confirmed: true },
        deadline: minutes,
        async check(world, scratch) {
            const { ended } = await cancelled(world, scratch);
            if (stateOf(ended) === "Complete") {
                return "skipped: the run was quicker than its cancellation";
            }
            assert.equal(stateOf(ended), "Cancelled");
        },
    },
    {
        name: "A policy that is deleted leaves the restore points of its runs.",
        ...{ source: "D usage, §3.2", confirmed: true, deadline: minutes },
        async check(world) {
            const before = (await exportedContents(world)).map(each => each.metadata.name);
            const { policy: ref } = await world.crossing.exported();
            await world.source.kube.remove(path.config("policies", ref.namespace, ref.name));
            const after = (await exportedContents(world)).map(each => each.metadata.name);
            assert.ok(after.length > 0);
            assert.deepEqual(after, before);
        },
    },
    {
        name: "A RestorePointContent that is deleted goes, with its RestorePoint, by a RetireAction.",
        ...{ source: "D api, §4.3, §5", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (world.target) {
                // Imported before it is retired, for the behaviour after this one.
                await world.crossing.imported();
            }
            const [content] = await exportedContents(world);
            assert.ok(content, "the source has no exported content");
            const { kube } = world.source;
            const before = await retirements(world);
            await kube.remove(path.apps("restorepointcontents", undefined, content.metadata.name));
            await waitFor(world, scratch, "the content to be gone", async () =>
                (await contents(world.source, world)).some(
                    each => each.metadata.name === content.metadata.name,
                )
                    ? undefined
                    : true,
            );
            await waitFor(world, scratch, "a RetireAction to be Complete", async () =>
                (await retirements(world)).find(
                    each =>
                        !before.some(old => old.metadata.name === each.metadata.name) &&
                        stateOf(each) === "Complete",
                ),
            );
            const ref = content.status?.["restorePointRef"] as { name: string; namespace: string };
            const point = path.apps("restorepoints", ref.namespace, ref.name);
            assert.equal(await kube.get(point), undefined);
        },
    },
    {
        name: "What the source has retired is gone from the target after the next import.",
        ...{ source: "D usage, §3.2, §11 step 4", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const { policy: ref, content } = await world.crossing.imported();
            const left = await exportedContents(world);
            if (left.length > 0) {
                return "skipped: the source has not retired what was imported";
            }
            const name = `${ref.name}-${scratch.suffix}`;
            const { ended } = await runPolicy(world, scratch, world.target, name, ref);
            assert.equal(stateOf(ended), "Complete");
            const names = (await contents(world.target, world)).map(each => each.metadata.name);
            assert.ok(!names.includes(content.metadata.name), names.join(", "));
        },
    },
];

const retirements = ({ source }: World) => source.kube.list(path.actions("retireactions"));
