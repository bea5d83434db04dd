/** Imports on the other cluster (§11). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import type { Scratch } from "../../scratch.ts";
import { targetOf, type Exported, type Imported } from "../crossing.ts";
import { importSpec, path, policy } from "../objects.ts";
import {
    makeConfig,
    messages,
    minutes,
    runPolicy,
    stateOf,
    waitFor,
    type Side,
    type World,
} from "../world.ts";

export const noTarget = "skipped: no second cluster was given, by --target" as const;

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

/** A behaviour that is seen in the shared import. */
function seenInImport(
    name: string,
    source: string,
    confirmed: boolean,
    look: (imported: Imported, world: World, exported: Exported) => void | Promise<void>,
): Behaviour<World> {
    return {
        ...{ name, source, confirmed, deadline: minutes },
        async check(world) {
            if (!world.target) {
                return noTarget;
            }
            const { crossing } = world;
            return look(await crossing.imported(), world, await crossing.exported());
        },
    };
}

/** What an import with some receive string says, wherever K10 says it: the policy or its run. */
async function importFailure(
    world: World,
    scratch: Scratch,
    side: Side,
    receiveString: string,
): Promise<string> {
    const name = nameOf(scratch);
    const spec = importSpec(side.profile, receiveString);
    await makeConfig(world, scratch, side, "policies", policy(name, spec));
    const found = await waitFor(world, scratch, "the import policy to be validated", async () => {
        const item = await side.kube.get(path.config("policies", world.install, name));
        const state = String(item?.status?.["validation"]);
        return ["Success", "Failed"].includes(state) ? item : undefined;
    });
    if (found.status?.["validation"] === "Failed") {
        return JSON.stringify(found.status["error"]);
    }
    const ref = { name, namespace: world.install };
    const { ended } = await runPolicy(world, scratch, side, name, ref);
    assert.equal(stateOf(ended), "Failed");
    const imports = await side.kube.list(
        path.actions("importactions"),
        `k10.kasten.io/runActionName=${name}`,
    );
    return [ended, ...imports].flatMap(messages).join("; ");
}

const contents = (side: Side, world: World) =>
    side.kube.list(
        path.apps("restorepointcontents"),
        `k10.kasten.io/appNamespace=${world.crossing.name}`,
    );

const timeOf = (content: KubeObject) => Date.parse(String(content.status?.["actionTime"]));

export const imports: Behaviour<World>[] = [
    seenInImport(
        "An import policy without a selector becomes Success.",
        "D usage, §3.2",
        true,
        async ({ policy: { name, namespace } }, world) => {
            const { kube } = targetOf(world);
            const found = await kube.get(path.config("policies", namespace, name));
            const seen = [found?.spec?.["selector"] ?? undefined, found?.status?.["validation"]];
            assert.deepEqual(seen, [undefined, "Success"]);
        },
    ),
    seenInImport(
        "The receive string and a Profile of the same bucket are all that an import needs: its run is Complete.",
        "PC, K2, ES, VD, §10",
        true,
        ({ run }) => assert.equal(stateOf(run), "Complete"),
    ),
    seenInImport(
        "A run of an import policy starts an ImportAction in K10's namespace, found by label runActionName, that names the content.",
        "D api, §1.10, §4.1, §4.3",
        true,
        ({ imports }, { install }) => {
            const seen = imports.map(({ metadata, status }) => [
                metadata.namespace,
                Boolean((status?.["restorePointContent"] as { name?: string } | undefined)?.name),
            ]);
            assert.deepEqual(seen, [[install, true]]);
        },
    ),
    seenInImport(
        "An import brings a cluster-scoped RestorePointContent, with the source's namespace in label appNamespace.",
        "D api, KD, JAN, LAB, §1.12, §1.13",
        true,
        ({ content }, { crossing }) => {
            const { namespace, labels } = content.metadata;
            const seen = [namespace, labels?.["k10.kasten.io/appNamespace"]];
            assert.deepEqual(seen, [undefined, crossing.name]);
        },
    ),
    seenInImport(
        "A RestorePointContent has status.state Bound or Unbound, and an actionTime of RFC 3339.",
        "D api, §5",
        true,
        ({ content }) => {
            assert.match(String(content.status?.["state"]), /^(Bound|Unbound)$/);
            assert.ok(timeOf(content) > 0, String(content.status?.["actionTime"]));
        },
    ),
    seenInImport(
        "The actionTime of an imported content is not before the startTime of the run that exported it.",
        "§5, §11 step 5",
        false,
        ({ content }, _, { run }) => {
            const started = String(run.status?.["startTime"]);
            const seen = `actionTime ${String(content.status?.["actionTime"])}, startTime ${started}`;
            assert.ok(timeOf(content) >= Date.parse(started), seen);
        },
    ),
    seenInImport(
        "A content whose data was exported has label exportType portableAppData.",
        "KD, JAN, LAB, §1.13, §11 step 5",
        true,
        ({ content }) => {
            const seen = content.metadata.labels?.["k10.kasten.io/exportType"];
            assert.equal(seen, "portableAppData");
        },
    ),
    {
        name: "A second import brings nothing twice.",
        ...{ source: "D usage, §11 step 4", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const { policy: ref } = await world.crossing.imported();
            const before = await contents(world.target, world);
            const name = `${ref.name}-${scratch.suffix}`;
            const { ended } = await runPolicy(world, scratch, world.target, name, ref);
            assert.equal(stateOf(ended), "Complete");
            const names = (found: KubeObject[]) => found.map(each => each.metadata.name).sort();
            assert.deepEqual(names(await contents(world.target, world)), names(before));
        },
    },
    {
        name: "An import by another string fails: cipher: message authentication failed.",
        ...{ source: "PY, §10", confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.target) {
                return noTarget;
            }
            const other = `bIzAPpoanm${"A".repeat(555)}`;
            const said = await importFailure(world, scratch, world.target, other);
            assert.ok(said.includes("message authentication failed"), said);
        },
    },
    {
        name: "An import into the cluster that exported fails.",
        ...{ source: 'D usage "Importing Applications", §1.15', confirmed: true },
        deadline: minutes,
        async check(world, scratch) {
            const { receiveString } = await world.crossing.exported();
            assert.notEqual(await importFailure(world, scratch, world.source, receiveString), "");
        },
    },
];
