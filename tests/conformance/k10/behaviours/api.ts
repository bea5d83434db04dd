/** K10's API as such: groups, kinds, verbs and codes (§1, §2). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import type { Scratch } from "../../scratch.ts";
import { exportSpec, path, policy, runAction } from "../objects.ts";
import { makeConfig, runPolicy, validated, type World } from "../world.ts";

/** A policy that K10 does not accept: its runs end at once and touch nothing. */
export async function invalidPolicy(world: World, scratch: Scratch) {
    const name = `crossing-conformance-invalid-${scratch.suffix}`;
    const spec = exportSpec({ name, namespace: world.install }, name);
    await makeConfig(world, scratch, world.source, "policies", policy(name, spec));
    await validated(world, scratch, world.source, "policies", name, "Failed");
    return { name, namespace: world.install };
}

/** A RunAction that has ended, Failed. */
async function failedRun(world: World, scratch: Scratch) {
    const ref = await invalidPolicy(world, scratch);
    const { ended } = await runPolicy(world, scratch, world.source, ref.name, ref);
    const item = path.actions("runactions", world.install, ref.name);
    return { ref, ended, item };
}

const served: [group: string, plural: string, namespaced: boolean, verbs: string[]][] = [
    ["actions", "runactions", true, ["create", "delete", "get", "list"]],
    ["actions", "backupactions", true, ["create", "delete", "get", "list"]],
    ["actions", "exportactions", true, ["create", "delete", "get", "list"]],
    ["actions", "restoreactions", true, ["create", "delete", "get", "list"]],
    ["actions", "importactions", true, ["delete", "get", "list"]],
    ["actions", "cancelactions", true, ["create"]],
    ["actions", "retireactions", false, ["get", "list"]],
    ["apps", "restorepoints", true, ["create", "delete", "get", "list"]],
    ["apps", "restorepointcontents", false, ["delete", "get", "list"]],
];

interface Resource {
    name: string;
    namespaced: boolean;
    verbs: string[];
}

const changes = [
    ["PUT", "application/json"],
    ["PATCH", "application/merge-patch+json"],
    ["PATCH", "application/apply-patch+yaml"],
] as const;

/** Tries to change a RunAction in every way. */
async function tryToChange(world: World, item: string, before: KubeObject) {
    const changed = { ...before, metadata: { ...before.metadata, labels: { changed: "yes" } } };
    const codes: number[] = [];
    for (const [method, type] of changes) {
        const query = type.includes("apply") ? "?fieldManager=crossing-conformance&force=true" : "";
        const { code } = await world.source.kube.send(method, item + query, changed, type);
        codes.push(code);
    }
    return codes;
}

export const api: Behaviour<World>[] = [
    {
        name: "The APIServices of the groups actions and apps are Available, and lead to a Service in K10's namespace.",
        ...{ source: "C9, K2, §2.1", confirmed: true },
        async check({ source, install, isCluster }) {
            if (!isCluster) {
                return "skipped: no API server stands in front of this stand-in";
            }
            for (const group of ["actions", "apps"]) {
                const item = `/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.${group}.kio.kasten.io`;
                const found = await source.kube.get(item);
                const conditions = (found?.status?.["conditions"] ?? []) as Record<
                    string,
                    string
                >[];
                const service = found?.spec?.["service"] as { namespace?: string } | undefined;
                const available = conditions.find(each => each["type"] === "Available");
                const seen = [service?.namespace, available?.["status"]];
                assert.deepEqual(seen, [install, "True"], group);
            }
        },
    },
    {
        name: "Both groups are served at v1alpha1, with the kinds, scopes and verbs of the reference.",
        ...{ source: "C9, D api, DH 2026-07-17, §2", confirmed: true, together: true },
        async check({ source }) {
            const resources = new Map<string, Resource>();
            for (const group of ["actions", "apps"]) {
                const answer = await source.kube.get(`/apis/${group}.kio.kasten.io/v1alpha1`);
                for (const each of (answer?.["resources"] ?? []) as Resource[]) {
                    resources.set(`${group}/${each.name}`, each);
                }
            }
            const seen = served.map(([group, plural, , verbs]) => {
                const found = resources.get(`${group}/${plural}`);
                const common = verbs.filter(verb => found?.verbs.includes(verb));
                return [group, plural, found?.namespaced, common];
            });
            assert.deepEqual(seen, served);
        },
    },
    {
        name: "Policies are ordinary objects: they can be applied server-side and patched.",
        ...{ source: "C9, D api, DH 2026-07-17, §2", confirmed: true, together: true },
        async check(world, scratch) {
            if (!world.isCluster) {
                return "skipped: no API server stands in front of this stand-in";
            }
            const { name } = await invalidPolicy(world, scratch);
            const item = path.config("policies", world.install, name);
            const { code, body } = await world.source.kube.send(
                "PATCH",
                `${item}?fieldManager=crossing-conformance&force=true`,
                { ...policy(name, {}), spec: { comment: "applied" } },
                "application/apply-patch+yaml",
            );
            assert.deepEqual([code, body.spec?.["comment"]], [200, "applied"]);
            const patched = await world.source.kube.merge(item, { spec: { comment: "patched" } });
            assert.equal(patched.spec?.["comment"], "patched");
        },
    },
    {
        name: "An action has the name and the labels that its creator gave.",
        ...{ source: "D api, §4.1", confirmed: true, together: true },
        async check(world, scratch) {
            const { ended, ref } = await failedRun(world, scratch);
            const { labels } = runAction(ref.name, ref).metadata;
            const kept = Object.keys(labels ?? {}).map(key => [key, ended.metadata.labels?.[key]]);
            assert.equal(ended.metadata.name, ref.name);
            assert.deepEqual(Object.fromEntries(kept), labels);
        },
    },
    {
        name: "An action may be given the beginning of a name: generateName.",
        ...{ source: "D api, §2.1", confirmed: true, together: true },
        async check(world, scratch) {
            const ref = await invalidPolicy(world, scratch);
            const action = runAction("", ref);
            const { body, code } = await world.source.kube.send(
                "POST",
                path.actions("runactions", world.install),
                { ...action, metadata: { generateName: `${ref.name}-` } },
            );
            const { name } = body.metadata;
            scratch.later(`RunAction \`${name}\``, () =>
                world.source.kube.remove(path.actions("runactions", world.install, name)),
            );
            assert.equal(code, 201);
            assert.ok(name.startsWith(`${ref.name}-`) && name.length > ref.name.length + 1, name);
        },
    },
    {
        name: "A second creation of a name is refused with 409 AlreadyExists.",
        ...{ source: "§11 step 6", confirmed: false, together: true },
        async check(world, scratch) {
            const { ref } = await failedRun(world, scratch);
            const { code, body } = await world.source.kube.send(
                "POST",
                path.actions("runactions", world.install),
                runAction(ref.name, ref),
            );
            assert.deepEqual([code, body.reason], [409, "AlreadyExists"]);
        },
    },
    {
        name: "An action that does not exist is answered with 404 NotFound.",
        ...{ source: 'Kubernetes API conventions, "HTTP Status codes"', confirmed: false },
        ...{ together: true },
        async check({ source, install }, { suffix }) {
            const item = path.actions("runactions", install, `crossing-conformance-${suffix}`);
            const { code, body } = await source.kube.send("GET", item);
            assert.deepEqual([code, body.reason], [404, "NotFound"]);
        },
    },
    {
        name: "An action cannot be changed: PUT, PATCH and server-side apply are refused, and it stays as it is.",
        ...{ source: "DH 2026-07-17, D api, §1.2", confirmed: true, together: true },
        async check(world, scratch) {
            const { ended, item } = await failedRun(world, scratch);
            const codes = await tryToChange(world, item, ended);
            assert.ok(
                codes.every(code => code >= 400),
                `codes ${codes.join(", ")}`,
            );
            const { metadata, spec, status } = (await world.source.kube.get(item)) ?? ended;
            assert.deepEqual(
                { labels: metadata.labels, spec, status },
                { labels: ended.metadata.labels, spec: ended.spec, status: ended.status },
            );
        },
    },
    {
        name: "What refuses a change of an action is 405 MethodNotAllowed.",
        ...{ source: "U5, §18", confirmed: false, together: true },
        async check(world, scratch) {
            const { ended, item } = await failedRun(world, scratch);
            assert.deepEqual(await tryToChange(world, item, ended), [405, 405, 405]);
        },
    },
    {
        name: "A deleted action is gone, and its name is free again.",
        ...{ source: "K2, DH 2026-07-17, §2.1", confirmed: true, together: true },
        async check(world, scratch) {
            const { ref, ended, item } = await failedRun(world, scratch);
            const { kube } = world.source;
            await kube.remove(item);
            assert.equal(await kube.get(item), undefined);
            const again = await kube.create(
                path.actions("runactions", world.install),
                runAction(ref.name, ref),
            );
            assert.notEqual(again.metadata.uid, ended.metadata.uid);
        },
    },
    {
        name: "A list across all namespaces selects by label.",
        ...{ source: "D api, KDL, PCR, §2.1", confirmed: true, together: true },
        async check(world, scratch) {
            const ref = await invalidPolicy(world, scratch);
            const own = { conformance: scratch.suffix };
            const collection = path.actions("runactions", world.install);
            const action = runAction(ref.name, ref);
            scratch.later(`RunAction \`${ref.name}\``, () =>
                world.source.kube.remove(`${collection}/${ref.name}`),
            );
            await world.source.kube.create(collection, {
                ...action,
                metadata: { ...action.metadata, labels: own },
            });
            const list = (selector: string) =>
                world.source.kube.list(path.actions("runactions"), selector);
            const found = await list(`conformance=${scratch.suffix}`);
            assert.deepEqual(
                found.map(({ metadata }) => [metadata.namespace, metadata.name]),
                [[world.install, ref.name]],
            );
            assert.deepEqual(await list(`conformance=no-${scratch.suffix}`), []);
        },
    },
    {
        name: "`…/details` gives an action with its status.actionDetails.",
        ...{ source: "D api, §2.1", confirmed: true, together: true },
        async check(world, scratch) {
            const { ref, ended, item } = await failedRun(world, scratch);
            const found = await world.source.kube.get(`${item}/details`);
            assert.equal(found?.metadata.name, ref.name);
            assert.equal(found?.status?.["state"], ended.status?.["state"]);
            assert.equal(typeof found?.status?.["actionDetails"], "object");
        },
    },
];
