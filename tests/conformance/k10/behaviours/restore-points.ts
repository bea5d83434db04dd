/** Binding what was imported to a namespace (§5, §11). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { Scratch } from "../../scratch.ts";
import { makeNamespace } from "../application.ts";
import { targetOf } from "../crossing.ts";
import { path, restorePoint } from "../objects.ts";
import { minutes, waitFor, type World } from "../world.ts";
import { noTarget } from "./imports.ts";

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

const contentOf = (world: World, name: string) =>
    targetOf(world).kube.get(path.apps("restorepointcontents", undefined, name));

/** Posts a restore point, and removes it if it was made after all. */
async function post(world: World, scratch: Scratch, namespace: string, content: string) {
    const { kube } = targetOf(world);
    const name = nameOf(scratch);
    scratch.later(`RestorePoint \`${namespace}/${name}\``, () =>
        kube.remove(path.apps("restorepoints", namespace, name)),
    );
    return kube.send("POST", path.apps("restorepoints", namespace), restorePoint(name, content));
}

export const restorePoints: Behaviour<World>[] = [
    {
        name: "A RestorePoint in a namespace that does not exist is refused.",
        ...{ source: 'D usage "Restore of Deleted Applications", §1.14', confirmed: true },
        deadline: minutes,
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const { content } = await world.crossing.imported();
            const name = content.metadata.name;
            const { code, body } = await post(world, scratch, nameOf(scratch), name);
            assert.ok(code >= 400, `${code} ${body.message}`);
        },
    },
    {
        name: "A RestorePoint of a content that does not exist is refused with 404.",
        ...{ source: "§17 (derived)", confirmed: false, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            await makeNamespace(world, world.target, scratch, nameOf(scratch));
            const { code } = await post(world, scratch, nameOf(scratch), nameOf(scratch));
            assert.equal(code, 404);
        },
    },
    {
        name: "A RestorePoint that names an imported content binds it: the content is Bound, and refers to it.",
        ...{ source: "D api, K2, FX, §11 step 6", confirmed: true, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            const { content } = await world.crossing.imported();
            const { point } = await world.crossing.restored();
            const { name, namespace } = point.metadata;
            const bound = await contentOf(world, content.metadata.name);
            assert.deepEqual(
                [bound?.status?.["state"], bound?.status?.["restorePointRef"]],
                ["Bound", { name, namespace }],
            );
        },
    },
    {
        name: "A RestorePoint has the application's labels of its content.",
        ...{ source: "D api, §5", confirmed: true, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            const { point } = await world.crossing.restored();
            const item = path.apps("restorepoints", point.metadata.namespace, point.metadata.name);
            const labels = (await world.target.kube.get(item))?.metadata.labels;
            const seen = ["appName", "appNamespace"].map(each => labels?.[`k10.kasten.io/${each}`]);
            assert.deepEqual(seen, [world.crossing.name, world.crossing.name]);
        },
    },
    {
        name: "A content that is bound takes no second RestorePoint: 422 Invalid.",
        ...{ source: "U3, §18", confirmed: false, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            await world.crossing.restored();
            const { content } = await world.crossing.imported();
            await makeNamespace(world, world.target, scratch, nameOf(scratch));
            const { code } = await post(world, scratch, nameOf(scratch), content.metadata.name);
            assert.equal(code, 422);
        },
    },
];

/** Takes the shared restore point away and puts it back: for when nobody looks at it any more. */
export const unbinding: Behaviour<World> = {
    name: "A RestorePoint that is deleted leaves its content, Unbound.",
    ...{ source: "D api, §5", confirmed: true, deadline: minutes },
    async check(world, scratch) {
        if (!world.target) {
            return noTarget;
        }
        const { content } = await world.crossing.imported();
        const { point } = await world.crossing.restored();
        const { name, namespace } = point.metadata;
        const { kube } = world.target;
        await kube.remove(path.apps("restorepoints", namespace, name));
        await waitFor(world, scratch, "the content to be Unbound", async () => {
            const found = await contentOf(world, content.metadata.name);
            return found?.status?.["state"] === "Unbound" ? true : undefined;
        });
        await kube.create(
            path.apps("restorepoints", namespace),
            restorePoint(name, content.metadata.name),
        );
    },
};
