/** The proof of an application without a known database: its objects, and its page. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { baseline, Observation } from "../../../actions/src/proof/baseline";
import { ObservedObject } from "../../../actions/src/proof/objects";
import { compare, verification } from "../../../actions/src/proof/verification";
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
        assert.deepEqual(found, { objects: expected });
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
