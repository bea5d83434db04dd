/** Running a policy: states, errors, what a run starts (§1, §4). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import { until } from "../../until.ts";
import type { Exported } from "../crossing.ts";
import { path, runAction, validateAction } from "../objects.ts";
import { messages, minutes, runPolicy, runToEnd, stateOf, states, type World } from "../world.ts";
import { invalidPolicy } from "./api.ts";

const label = (object: KubeObject, name: string) =>
    object.metadata.labels?.[`k10.kasten.io/${name}`];

const isMetadata = (action: KubeObject) => label(action, "isMetadataExport") === "true";

const isTime = (value: unknown) =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value);

/** A behaviour that is seen in the shared export. */
function seenInExport(
    name: string,
    source: string,
    confirmed: boolean,
    look: (exported: Exported, world: World) => void | Promise<void>,
): Behaviour<World> {
    return {
        ...{ name, source, confirmed, deadline: minutes },
        check: async world => look(await world.crossing.exported(), world),
    };
}

export const runs: Behaviour<World>[] = [
    {
        name: "A run of a policy that is not valid is Failed: Cannot execute action for an invalid policy.",
        ...{ source: "D api, PY, §1.7, §9", confirmed: true, together: true },
        async check(world, scratch) {
            const ref = await invalidPolicy(world, scratch);
            const { ended } = await runPolicy(world, scratch, world.source, ref.name, ref);
            const said = messages(ended).some(message =>
                message.includes("Cannot execute action for an invalid policy"),
            );
            assert.equal(stateOf(ended), "Failed");
            assert.ok(said, JSON.stringify(ended.status?.["error"]));
        },
    },
    {
        name: "The error of a failed action is {message, cause}: the cause is JSON in a text, of the same shape.",
        ...{ source: "KDL, kubanto/kasten-inspector, §1.9", confirmed: true, together: true },
        async check(world, scratch) {
            const ref = await invalidPolicy(world, scratch);
            const { ended } = await runPolicy(world, scratch, world.source, ref.name, ref);
            const { message, cause } = ended.status?.["error"] as Record<string, unknown>;
            assert.deepEqual([typeof message, typeof cause], ["string", "string"]);
            const inner = JSON.parse(String(cause)) as Record<string, unknown>;
            assert.equal(typeof inner["message"], "string");
        },
    },
    {
        name: "A RunAction outside of its policy's namespace does not run the policy.",
        ...{ source: "LAB, §4.3, §16.3", confirmed: false, deadline: minutes },
        async check({ source: { kube }, crossing, pace }, scratch) {
            const { suffix, signal } = scratch;
            const { policy } = await crossing.exported();
            const collection = path.actions("runactions", "default");
            const name = `crossing-conformance-${suffix}`;
            const item = `${collection}/${name}`;
            scratch.later(`RunAction \`default/${name}\``, () => kube.remove(item));
            const { code } = await kube.send("POST", collection, runAction(name, policy));
            if (code < 400) {
                // Nothing says that it ends at all.
                const what = "the RunAction to end";
                await until({ what, signal, seconds: 60, interval: pace.interval }, async () =>
                    states.final.includes(stateOf(await kube.get(item))) ? true : undefined,
                ).catch(() => undefined);
                const selector = `k10.kasten.io/runActionName=${name}`;
                const backups = await kube.list(path.actions("backupactions"), selector);
                assert.equal(backups.length, 0, "it started a backup");
            }
        },
    },
    seenInExport(
        "A run goes from Pending by documented states to Complete.",
        'D usage "Action States", §4.2',
        true,
        ({ looks }) => {
            const seen = looks.map(status => stateOf({ status }) || "Pending");
            assert.deepEqual(
                seen.filter(state => !states.all.includes(state)),
                [],
            );
            assert.equal(seen.at(-1), "Complete");
        },
    ),
    seenInExport(
        "A run has startTime and endTime of RFC 3339, and no endTime before its end.",
        "D api, KDL, §4.1",
        true,
        ({ looks }) => {
            const last = looks.at(-1) ?? {};
            assert.ok(isTime(last["startTime"]) && isTime(last["endTime"]), JSON.stringify(last));
            const early = looks.filter(
                ({ state, endTime }) => !states.final.includes(String(state)) && Boolean(endTime),
            );
            assert.deepEqual(early, []);
        },
    ),
    seenInExport(
        "What a run starts has startTime and endTime of RFC 3339, too.",
        "D api, KDL, §4.1",
        true,
        ({ backups, exports }) => {
            for (const { metadata, status } of [...backups, ...exports]) {
                const times = [status?.["startTime"], status?.["endTime"]];
                assert.ok(times.every(isTime), `${metadata.name}: ${JSON.stringify(times)}`);
            }
        },
    ),
    seenInExport(
        "The progress of a run is a whole number from 0 to 100.",
        "D api, §4.1",
        true,
        ({ looks }) => {
            const odd = looks
                .map(({ progress }) => progress)
                .filter(each => each !== undefined && each !== null)
                .filter(each => !Number.isInteger(each) || Number(each) < 0 || Number(each) > 100);
            assert.deepEqual(odd, []);
        },
    ),
    seenInExport(
        "A run starts one BackupAction, in the namespace that the policy's selector names, found by label runActionName.",
        "D api, KDL, DH 2025-03-22, §1.10, §3.2",
        true,
        ({ backups }, { crossing }) => {
            assert.deepEqual(
                backups.map(({ metadata }) => metadata.namespace),
                [crossing.name],
            );
        },
    ),
    seenInExport(
        "A BackupAction names the restore point that it made, whose content is bound to it.",
        "D api, §4.1, §5",
        true,
        async ({ backups }, { source }) => {
            const { name, namespace } = backups[0]?.status?.["restorePoint"] as {
                name: string;
                namespace: string;
            };
            const point = await source.kube.get(path.apps("restorepoints", namespace, name));
            const ref = point?.spec?.["restorePointContentRef"] as { name: string };
            const content = await source.kube.get(
                path.apps("restorepointcontents", undefined, ref.name),
            );
            assert.deepEqual(
                [content?.status?.["state"], content?.status?.["restorePointRef"]],
                ["Bound", { name, namespace }],
            );
        },
    ),
    seenInExport(
        "A run starts an ExportAction of the data, in the application's namespace.",
        "D api, DH 2025-03-22, §1.10",
        true,
        ({ exports }, { crossing }) => {
            const ofData = exports.filter(action => !isMetadata(action));
            assert.deepEqual(
                ofData.map(({ metadata }) => metadata.namespace),
                [crossing.name],
            );
        },
    ),
    seenInExport(
        "A run that exports starts an ExportAction of metadata, with label isMetadataExport, in K10's or the application's namespace.",
        'EXA, D usage "Policy-Based Exports", §1.11',
        true,
        ({ exports }, { crossing, install }) => {
            const found = exports.filter(isMetadata);
            const place = found[0]?.metadata.namespace;
            assert.equal(found.length, 1);
            assert.ok(place === install || place === crossing.name, `in namespace ${place}`);
        },
    ),
    seenInExport(
        "What a run starts has labels policyName, policyNamespace, runActionName and runActionNamespace.",
        "D api, GR, §4.1",
        true,
        ({ backups, exports, policy, run }) => {
            const wanted = [policy.name, policy.namespace, run.metadata.name, policy.namespace];
            const names = ["policyName", "policyNamespace", "runActionName", "runActionNamespace"];
            for (const action of [...backups, ...exports]) {
                const seen = names.map(name => label(action, name));
                assert.deepEqual(
                    seen,
                    wanted,
                    `${action.metadata.namespace}/${action.metadata.name}`,
                );
            }
        },
    ),
    seenInExport(
        "A BackupAction has labels appName, appNamespace and appType.",
        "D api, §4.1",
        true,
        ({ backups: [backup] }, { crossing: { name } }) => {
            assert.ok(backup);
            const seen = ["appName", "appNamespace", "appType"].map(each => label(backup, each));
            assert.deepEqual(seen, [name, name, "namespace"]);
        },
    ),
    seenInExport(
        "ExportActions have labels exportProfile and exportType.",
        "KD, JAN, EXA, §4.1",
        true,
        ({ exports }, { source }) => {
            for (const action of exports) {
                const seen = [label(action, "exportProfile"), label(action, "exportType")];
                assert.deepEqual(seen, [source.profile.name, "portableAppData"]);
            }
        },
    ),
    seenInExport(
        "All that a run started has ended when the run is Complete.",
        "§4.2 (inferred)",
        false,
        ({ backups, exports }) => {
            const seen = [...backups, ...exports].map(stateOf);
            assert.deepEqual(new Set(seen), new Set(["Complete"]));
        },
    ),
    {
        name: "A ValidateAction of an exported restore point, in K10's namespace, ends Complete.",
        // Seen with `volumeDataCheckOptions` alone; without them, as the program asks, nobody has shown it.
        ...{ source: "D api, §4.2, §4.3", confirmed: false, deadline: minutes },
        async check(world, scratch) {
            const { crossing, install, source } = world;
            await crossing.exported();
            const selector = `k10.kasten.io/appNamespace=${crossing.name}`;
            const points = await source.kube.list(
                path.apps("restorepoints", crossing.name),
                selector,
            );
            const point = points.find(each => label(each, "exportProfile") !== undefined);
            assert.ok(point, "there is no exported restore point");
            const { name, namespace } = point.metadata;
            const { ended } = await runToEnd(
                ...([world, scratch, source, path.actions("validateactions", install)] as const),
                validateAction(`crossing-conformance-${scratch.suffix}`, {
                    ...{ name, namespace: namespace ?? crossing.name },
                }),
            );
            assert.equal(stateOf(ended), "Complete", JSON.stringify(ended.status));
        },
    },
    seenInExport(
        "The content of an exported restore point has labels policyName and exportProfile, and its actionTime lies within the run.",
        "D api, KD, JAN, §4.1, §5; the time inferred",
        false,
        async ({ policy, run }, { crossing, source }) => {
            const found = await source.kube.list(
                path.apps("restorepointcontents"),
                `k10.kasten.io/policyName=${policy.name},k10.kasten.io/appNamespace=${crossing.name}`,
            );
            const exported = found.filter(each => label(each, "exportProfile") !== undefined);
            assert.equal(exported.length, 1);
            const [from, at, to] = [
                run.status?.["startTime"],
                exported[0]?.status?.["actionTime"],
                run.status?.["endTime"],
            ].map(each => Date.parse(String(each)));
            assert.ok(from <= at && at <= to, JSON.stringify([from, at, to]));
        },
    ),
];
