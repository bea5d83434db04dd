/** The proof of an application without a known database: its objects, and its page. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { provider } from "../../../actions/src/action";
import type { RestoreChoices } from "../../../actions/src/k10/restore-spec";
import { baseline, Observation } from "../../../actions/src/proof/baseline";
import { ObservedObject } from "../../../actions/src/proof/objects";
import { Check, compare, verification } from "../../../actions/src/proof/verification";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

const sha256 = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

describe("an application that is judged by its objects", () => {
    let api: FakeKubeApi;
    let lines: string[];
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
    });
    afterEach(() => api.stop());

    const put = (path: string, object: Omit<FakeObject, "metadata"> & { name: string }) => {
        const { name, ...rest } = object;
        return api.put(`${path.replace("{ns}", "namespaces/stock")}`, {
            metadata: { name },
            ...rest,
        });
    };
    const core = "/api/v1/{ns}";
    const settings = (data: Record<string, string>) =>
        put(`${core}/configmaps`, { name: "settings", ...{ data } });
    const deployment = (readyReplicas: number) =>
        put("/apis/apps/v1/{ns}/deployments", {
            ...{ name: "api", spec: { replicas: 2 }, status: { readyReplicas } },
        });
    function fill() {
        settings({ b: "2", a: "1" });
        put(`${core}/configmaps`, { name: "kube-root-ca.crt" });
        put(`${core}/secrets`, {
            ...{
                name: "keys",
                ...{ type: "Opaque", data: { user: "eA==", password: "aHVudGVyMg==" } },
            },
        });
        put(`${core}/secrets`, {
            ...{ name: "default-token", ...{ type: "kubernetes.io/service-account-token" } },
        });
        put(`${core}/services`, {
            name: "api",
            spec: { ports: [{ port: 80 }, { port: 53, protocol: "UDP" }] },
        });
        put(`${core}/persistentvolumeclaims`, { name: "data", status: { phase: "Bound" } });
        put(`${core}/serviceaccounts`, { name: "default" });
        put(`${core}/serviceaccounts`, { name: "api" });
        deployment(2);
        const owned = put("/apis/batch/v1/{ns}/cronjobs", { name: "owned" });
        Object.assign(owned.metadata, { ownerReferences: [{ kind: "Other" }] });
    }
    const expected: ObservedObject[] = [
        {
            name: "ConfigMap settings",
            content: sha256([
                [
                    ["a", "1"],
                    ["b", "2"],
                ],
                [],
            ]),
            ready: true,
        },
        { name: "Deployment api", content: "", ready: true },
        { name: "PersistentVolumeClaim data", content: "", ready: true },
        { name: "Secret keys", content: "Opaque: password, user", ready: true },
        { name: "Service api", content: "53/UDP, 80/TCP", ready: true },
        { name: "ServiceAccount api", content: "", ready: true },
    ];
    const inputs = (timeout = 5) => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "c", runId: "1", runToken: "t" },
        ...{ namespace: "stock", timeout },
    });
    const report = (line: string) => lines.push(line);
    const verify = (timeout = 1) =>
        verification.run(
            { ...inputs(timeout), baseline: { objects: expected }, restorePoint: "stock/p" },
            report,
        );

    it("is written down with its objects, without those that every namespace is given or that others own", async () => {
        fill();
        const { baseline: found } = await baseline.run(inputs(), report);
        assert.deepEqual(found, { objects: expected, images: [] });
        assert.deepEqual(lines, ["6 objects"]);
    });

    it("is written down without a value of a Secret", async () => {
        fill();
        const text = JSON.stringify(await baseline.run(inputs(), report));
        assert.doesNotMatch(text, /hunter2|aHVudGVyMg/);
    });

    it("is only read", async () => {
        fill();
        await baseline.run(inputs(), report);
        assert.deepEqual(
            api.requests.filter(line => !line.startsWith("GET ")),
            [],
        );
    });

    it("that is not there has no baseline", async () => {
        await assert.rejects(baseline.run(inputs(), report), {
            message:
                "Namespace `stock` on the source does not exist or is empty: correct `crossing:applications`.",
        });
    });

    it("is proven where all of it is there and ready", async () => {
        fill();
        const { verification: result } = await verify();
        assert.equal(result.status, "passed");
        assert.deepEqual(
            result.checks.map(({ name, actual }) => `${name}: ${actual}`),
            [
                ...expected.map(({ name, content }) => `${name}: ${content || "there"}`),
                "leftovers of the restore: none",
            ],
        );
    });

    it("is given time to become ready", async () => {
        fill();
        deployment(1);
        // It is ready at the second look, however fast the looks are.
        let looks = 0;
        api.intercept = (_, path) => {
            if (path.endsWith("/deployments") && ++looks === 2) {
                deployment(2);
            }
            return undefined;
        };
        assert.equal((await verify(20)).verification.status, "passed");
        assert.deepEqual(lines, [
            "the objects of namespace `stock` to be there and ready: 1 are missing or not ready",
            "7 checks passed",
        ]);
    });

    it("is not proven where something is missing, not ready or other than it was", async () => {
        fill();
        deployment(1);
        settings({ a: "1", b: "3" });
        api.objects.delete("/api/v1/namespaces/stock/secrets/keys");
        await assert.rejects(verify(), error => {
            const { message } = error as Error;
            assert.match(
                message,
                /^Verification of run `1` failed, 3 of 7 checks: ConfigMap settings is /,
            );
            assert.match(message, /; Deployment api is not ready, expected there; /);
            assert.match(message, /; Secret keys is missing, expected Opaque: password, user\./);
            return true;
        });
    });

    it("does not wait for what waiting cannot change", async () => {
        fill();
        settings({ a: "1", b: "3" });
        const started = Date.now();
        await assert.rejects(verify(60), /1 of 7 checks: ConfigMap settings/);
        assert.ok(Date.now() - started < 30_000);
    });

    describe("with filters and transforms", () => {
        const chosen = (choices: RestoreChoices, objects = expected) =>
            verification.run(
                { ...inputs(1), baseline: { objects }, restorePoint: "stock/p", choices },
                report,
            );
        const told = (checks: Check[]) =>
            checks.map(({ name, actual, compared = true }) =>
                compared ? name : `${name}: ${actual}`,
            );
        const gone = (path: string) => api.objects.delete(`/api/v1/namespaces/stock/${path}`);

        it("has what the backup leaves out marked, by kind, name and label", async () => {
            fill();
            const labelled = put(`${core}/configmaps`, { name: "scratch" });
            Object.assign(labelled.metadata, { labels: { keep: "no" } });
            const filters = { exclude: [{ resource: "secrets" }, { matchLabels: { keep: "no" } }] };
            const { baseline: found } = await baseline.run({ ...inputs(), filters }, report);
            assert.deepEqual(
                found.objects
                    ?.filter(each => each.leftOut)
                    .map(({ name, labels }) => [name, labels]),
                [
                    ["ConfigMap scratch", { keep: "no" }],
                    ["Secret keys", undefined],
                ],
            );
            assert.deepEqual(lines, ["7 objects, 2 of them left out by `crossing:policy.filters`"]);
        });

        it("has no baseline where the backup leaves everything out", async () => {
            fill();
            const filters = { include: [{ resource: "widgets" }] };
            await assert.rejects(baseline.run({ ...inputs(), filters }, report), {
                message:
                    "`crossing:policy.filters` leave out all 6 objects of namespace `stock` that count, so that nothing could be proven: let them take at least one.",
            });
        });

        it("is proven by what was backed up", async () => {
            fill();
            gone("secrets/keys");
            const objects = expected.map(each =>
                each.name === "Secret keys" ? { ...each, leftOut: true as const } : each,
            );
            const { verification: result } = await chosen({}, objects);
            assert.deepEqual(told(result.checks), [
                ...["ConfigMap settings", "Deployment api", "PersistentVolumeClaim data"],
                ...["Service api", "ServiceAccount api", "leftovers of the restore"],
                "left out by filters: 1 object: Secret keys",
            ]);
            assert.deepEqual(lines, [
                "6 checks passed",
                "not compared, left out by filters: 1 object: Secret keys",
            ]);
        });

        it("is proven by what was restored, changed as it was told to be", async () => {
            fill();
            settings({ a: "1", b: "on the target" });
            gone("secrets/keys");
            const { verification: result } = await chosen({
                filters: { exclude: [{ resource: "secrets" }] },
                transforms: [
                    {
                        subject: { resource: "configmaps" },
                        json: [{ op: "replace", path: "/data/b", value: "on the target" }],
                    },
                ],
            });
            assert.equal(result.status, "passed");
            assert.deepEqual(told(result.checks), [
                ...["ConfigMap settings", "Deployment api", "PersistentVolumeClaim data"],
                ...["Service api", "ServiceAccount api", "leftovers of the restore"],
                "content changed by transforms: 1 object: ConfigMap settings",
                "left out by filters: 1 object: Secret keys",
            ]);
        });

        it("is not proven where what is changed is missing, or what is not changed differs", async () => {
            fill();
            settings({ a: "1", b: "3" });
            gone("services/api");
            const transforms = [
                { subject: { resource: "services" }, json: [{ op: "add", path: "/spec/ports/-" }] },
            ];
            await assert.rejects(chosen({ transforms }), error => {
                const { message } = error as Error;
                assert.match(message, /failed, 2 of 7 checks: ConfigMap settings is /);
                assert.match(message, /; Service api is missing, expected there\./);
                return true;
            });
        });

        const set = (name: string, transforms: unknown) =>
            api.put("/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/transformsets", {
                ...{ metadata: { name }, spec: { transforms } },
            });
        const byReference = { transforms: [{ transformSetRef: { name: "to-openshift" } }] };

        it("follows a TransformSet into what it changes", async () => {
            fill();
            settings({ a: "1", b: "3" });
            const [subject, json] = [{ name: "settings" }, [{ op: "replace", path: "/data/b" }]];
            set("to-openshift", [{ name: "b", subject, json }]);
            const { verification: result } = await chosen(byReference);
            assert.deepEqual(
                told(result.checks).filter(line => line.includes(": ")),
                ["content changed by transforms: 1 object: ConfigMap settings"],
            );
        });

        it("is not proven where a TransformSet is gone, so that nothing is compared", async () => {
            fill();
            await assert.rejects(chosen(byReference), {
                message:
                    /^Verification of run `1` failed, 1 of 2 checks: objects of the baseline is none, expected some\./,
            });
        });

        it("is verified anew for other choices", async () => {
            const olds = { ...inputs(), baseline: { objects: expected }, restorePoint: "stock/p" };
            const news = { ...olds, choices: byReference };
            assert.deepEqual(await provider(verification).diff("id", olds, news), {
                ...{ changes: true, replaces: ["choices"] },
            });
        });
    });

    describe("with a page", () => {
        const page = { service: "api", port: 80, path: "health" };
        const show = (code: number, body: string) =>
            api.pages.set("stock/services/http%3Aapi%3A80/proxy/health", { code, body });
        const observed = async (same: "status" | "content"): Promise<Observation> =>
            (await baseline.run({ ...inputs(), page: { ...page, same } }, report)).baseline;

        it("has its status written down, and its content where that has to stay the same", async () => {
            fill();
            show(401, "who are you?");
            assert.deepEqual((await observed("status")).page, {
                ...{ status: 401, digest: "", showsSentinel: false },
            });
            show(200, "<h1>Stock</h1>");
            assert.deepEqual((await observed("content")).page, {
                ...{ status: 200, showsSentinel: false },
                digest: createHash("sha256").update("<h1>Stock</h1>").digest("hex"),
            });
        });
    });

    it("is compared by the status of its page, and by its content where that was written down", () => {
        const of = (status: number, digest: string): Observation => ({
            objects: expected,
            page: { status, digest, showsSentinel: false },
        });
        const failed = (a: Observation, b: Observation) =>
            compare(a, b)
                .filter(({ passed }) => !passed)
                .map(check => `${check.name}: ${check.actual}, expected ${check.expected}`);
        assert.deepEqual(failed(of(401, ""), of(401, "")), []);
        assert.deepEqual(failed(of(401, ""), of(200, "")), [
            "page: HTTP status: 200, expected 401",
        ]);
        assert.deepEqual(failed(of(200, "a"), of(200, "b")), ["page: content: b, expected a"]);
        assert.deepEqual(failed(of(200, "a"), { objects: expected }), [
            "page: HTTP status: none, expected 200",
            "page: content: none, expected a",
        ]);
    });

    it("is never proven by nothing", () => {
        assert.deepEqual(compare({ objects: [] }, { objects: [] }), [
            { name: "objects of the baseline", expected: "some", actual: "none", passed: false },
        ]);
    });

    it("may be as unready as it was", () => {
        const idle = [{ name: "Deployment api", content: "", ready: false }];
        assert.deepEqual(compare({ objects: idle }, { objects: idle }), [
            { name: "Deployment api", expected: "there", actual: "there", passed: true },
        ]);
    });
});
