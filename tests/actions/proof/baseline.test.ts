import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { provider } from "../../../actions/src/action";
import { baseline, Observation, observe } from "../../../actions/src/proof/baseline";
import { FakeKubeApi, status } from "../../fake/kube-api";
import { FakeApplication, runToken } from "./support/application";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the baseline", () => {
    let api: FakeKubeApi;
    let application: FakeApplication;
    let lines: string[];
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        application = new FakeApplication(api);
        lines = [];
    });
    afterEach(() => api.stop());

    async function observed(timeout = 10): Promise<Observation> {
        const outs = await baseline.run(application.inputs({ timeout }), line => lines.push(line));
        return outs.baseline;
    }
    /** The same look, where something is expected. */
    const restored = (timeout: number): Promise<Observation> =>
        observe(application.inputs({ timeout }), line => lines.push(line), { images: [] });
    const pageUrl = "the page `http://web.shop:8080/index.html`";
    const body = `<h1>The shop</h1> run ${runToken}`;

    it("holds a count and a digest for each table, the sentinel and the page", async () => {
        assert.deepEqual(await observed(), {
            tables: [
                { table: "public.customers", rows: 2, digest: sha256("2:10:11") },
                { table: "public.orders", rows: 20, digest: sha256("20:-3:4") },
                { table: "public.sentinels", rows: 1, digest: sha256("1:5:6") },
            ],
            sentinel: true,
            page: { status: 200, digest: sha256(body), showsSentinel: true },
            images: [],
        });
        assert.deepEqual(lines, ["23 rows in 3 tables"]);
    });

    it("asks for the sentinel of this run, and for no other", async () => {
        application.sentinels = ["of an earlier run"];
        assert.equal((await observed()).sentinel, false);
        assert.equal(
            application.statements.at(-1),
            `SELECT 1 FROM sentinels WHERE token = '${runToken}'`,
        );
    });

    it("does without a table of sentinels", async () => {
        application.tables = { "public.orders": [20, "-3", "4"] };
        const found = await observed();
        assert.equal(found.sentinel, false);
        assert.equal(found.tables?.length, 1);
        assert.deepEqual(
            application.statements.filter(statement => statement.includes("FROM sentinels")),
            [],
        );
    });

    it("of an empty database is empty", async () => {
        application.tables = {};
        assert.deepEqual((await observed()).tables, []);
        assert.deepEqual(lines, ["0 rows in 0 tables"]);
    });

    it("waits for the page to follow the database", async () => {
        // Another page at each look, however fast the looks are.
        const pages: [number, string][] = [
            [200, "<h1>The shop</h1> run of yesterday"],
            [503, "no upstream"],
            [200, body],
        ];
        api.intercept = (_, path) => {
            const next = path.includes("/proxy/") && pages.shift();
            if (next) {
                application.page(...next);
            }
            return undefined;
        };
        const { page } = await observed();
        assert.deepEqual(page, { status: 200, digest: sha256(body), showsSentinel: true });
        assert.deepEqual(lines, [
            `${pageUrl}: it does not show this run yet`,
            `${pageUrl}: HTTP 503`,
            "23 rows in 3 tables",
        ]);
    });

    it("is none without the page of the run: what a busy cluster has not written yet is no page to compare with", async () => {
        application.page(404, "no such page");
        await assert.rejects(observed(0.6), {
            message: /^Waited 1s in vain for the page `[^`]*`; last seen: HTTP 404\./,
        });
    });

    it("takes a restored page that never shows the sentinel as it is", async () => {
        application.page(200, "<h1>The shop</h1>");
        const { page } = await restored(0.6);
        assert.deepEqual(page, {
            status: 200,
            digest: sha256("<h1>The shop</h1>"),
            showsSentinel: false,
        });
    });

    it("takes a restored page that is never there as it is, but waits for it, even if the error names the sentinel", async () => {
        application.page(404, `no such page: ${runToken}`);
        const { page } = await restored(0.6);
        assert.deepEqual(page, {
            status: 404,
            digest: sha256(`no such page: ${runToken}`),
            showsSentinel: true,
        });
    });

    it("fails where the database does not answer", async () => {
        api.exec = () => ({ stderr: "psql: error: FATAL:  out of memory\n", status: 2 });
        await assert.rejects(observed(0.6), {
            message:
                "Waited 1s in vain for PostgreSQL in namespace `shop` to answer; last seen: psql: error: FATAL:  out of memory. Details: kubectl -n shop describe pods; kubectl -n shop logs -l app.kubernetes.io/name=database,tier=data",
        });
    });

    it("fails where the cluster does not know us", async () => {
        api.intercept = () => status(401, "Unauthorized");
        await assert.rejects(observed(), {
            message: `the cluster at http://127.0.0.1:${api.port} does not know the kubeconfig's user`,
        });
    });

    it("is taken anew for another cluster, run or token only", () => {
        assert.deepEqual(baseline.replaceOn, ["clusterUid", "runId", "runToken"]);
        assert.equal(baseline.id(application.inputs()), "shop/nightly");
    });

    describe("of an application of one's own, once it is recorded,", () => {
        const page = { service: "api", port: 80, path: "health", same: "status" };
        const inputs = { kubeconfig: "k", clusterUid: "u", runId: "1", namespace: "shop" };
        const found = { status: 200, digest: "", showsSentinel: false };
        const recorded = (more: object = {}) => ({
            ...inputs,
            baseline: { objects: [], ...("page" in more ? { page: found } : {}) },
            ...more,
        });
        const diff = (olds: object, more: object) =>
            provider(baseline).diff("shop/1", olds, { ...inputs, ...more });
        const refusal = {
            message:
                "The baseline of run `1` was recorded without the page of namespace `shop` that `http` in `crossing:applications` names now, so that the proof would leave it out: choose another `crossing:runId` as well, or leave `http` as it was.",
        };

        it("is of no page that is named later, and says so in a preview", async () => {
            await assert.rejects(diff(recorded(), { page }), refusal);
            // As states have it to which a page was added by an earlier version.
            await assert.rejects(diff({ ...recorded(), page }, { page }), refusal);
        });

        it("is of no other page, and of no content where only the status was kept", async () => {
            const other = { page: { ...page, path: "" } };
            await assert.rejects(diff(recorded({ page }), other), refusal);
            const content = { page: { ...page, same: "content" } };
            await assert.rejects(diff(recorded({ page }), content), refusal);
        });

        it("is taken anew with another run, and serves for the same page, less of it and none", async () => {
            const changed = (replaces: string[] = []) => ({ changes: true, replaces });
            assert.deepEqual(await diff(recorded(), { page, runId: "2" }), changed(["runId"]));
            assert.deepEqual(await diff(recorded({ page }), { page, timeout: 1 }), changed());
            assert.deepEqual(await diff(recorded({ page }), {}), changed());
            const content = { ...recorded({ page: { ...page, same: "content" } }) };
            assert.deepEqual(await diff(content, { page }), changed());
            const unfinished = { ...recorded(), baseline: undefined };
            assert.deepEqual(await diff(unfinished, { page }), changed());
        });
    });
});
