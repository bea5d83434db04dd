/** What a source says at its end of what it leaves in a store that outlives it. */
import assert from "node:assert/strict";
import { createServer, Server } from "node:net";
import { provider } from "../../../actions/src/action";
import { remains, RemainsInputs } from "../../../actions/src/store/remains";
import { FakeKubeApi } from "../../fake/kube-api";
import { S3 } from "../../fake/s3";

describe("what a source leaves in a store", function () {
    this.timeout(20_000);

    let api: FakeKubeApi;
    let s3: S3;
    let lines: string[];
    const report = (line: string) => lines.push(line);
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        api.put("/api/v1/namespaces", { metadata: { name: "default", uid: "uid-of-default" } });
        s3 = new S3("AKIA", "hunter2", "eu-central-1");
        await s3.start();
        lines = [];
    });
    afterEach(async () => {
        await api.stop();
        await s3.stop();
    });

    const inputs = (more: Partial<RemainsInputs> = {}): RemainsInputs => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "uid-of-kube-system" },
        ...{ endpoint: s3.endpoint, region: "eu-central-1", bucket: "backups" },
        ...{ accessKey: "AKIA", secretKey: "hunter2", ...more },
    });
    const state = (more: Partial<RemainsInputs> = {}) => ({
        ...inputs(more),
        clusterId: "uid-of-default",
    });
    const fill = (keys: string[], content = "x") =>
        s3.buckets.set("backups", new Map(keys.map(key => [key, content])));
    const remove = (command: string) =>
        `aws --endpoint-url ${s3.endpoint} s3 rm --recursive ${command}`;
    const places = "below `k10/uid-of-default/` and `crossing/uid-of-kube-system/`";

    it("is looked for by what K10 calls the cluster, which is asked while it is there", async () => {
        assert.deepEqual(await remains.run(inputs(), report), { clusterId: "uid-of-default" });
        assert.deepEqual(s3.requests, []);
    });

    it("is counted and named, with how to remove it, and stays", async () => {
        fill(
            [
                ...["k10/uid-of-default/migration/a", "k10/uid-of-default/migration/b"],
                ...["k10/uid-of-another/migration/a", "others/a"],
                "crossing/uid-of-kube-system/shop/1-5e471e1/baseline.json",
            ],
            "x".repeat(2 ** 20),
        );
        await remains.remove!(state(), report);
        assert.deepEqual(lines, [
            `left in bucket \`backups\`: 2 objects, 2.0 MiB below \`k10/uid-of-default/\`, 1 object, 1.0 MiB below \`crossing/uid-of-kube-system/\`. A target may still restore from them; to remove them: ${remove("s3://backups/k10/uid-of-default/")}; ${remove("s3://backups/crossing/uid-of-kube-system/")}`,
        ]);
        assert.ok(s3.requests.every(line => line.startsWith("GET ")));
        assert.equal(s3.buckets.get("backups")?.size, 5);
    });

    it("may be nothing", async () => {
        fill(["k10/uid-of-another/a"]);
        await remains.remove!(state(), report);
        assert.deepEqual(lines, [
            `nothing of this source is left in bucket \`backups\`, ${places}`,
        ]);
    });

    it("lies elsewhere, where the export went to another location", async () => {
        fill(["crossing/uid-of-kube-system/baseline.json"]);
        await remains.remove!(state({ exportLocation: "tape" }), report);
        assert.equal(lines.length, 2);
        assert.equal(
            lines[1],
            "left in location `tape`: what K10 has exported there, which is not looked at",
        );
    });

    it("is not known where the store refuses to tell, which is no failure", async () => {
        fill(["k10/uid-of-default/a"]);
        s3.refusesLists = true;
        await remains.remove!(state(), report);
        assert.deepEqual(lines, [
            `what is left in bucket \`backups\` could not be looked at (The store at \`${s3.endpoint}\` does not allow to list it in bucket \`backups\` (AccessDenied): give its user the right to): look ${places}`,
        ]);
    });

    it("is not waited for where the store is away", async () => {
        const away = state();
        await s3.stop();
        const started = Date.now();
        await remains.remove!(away, report);
        assert.ok(Date.now() - started < 6_000);
        assert.match(
            lines.join("\n"),
            /^what is left in bucket `backups` could not be looked at \(/,
        );
        await s3.start();
    });

    it("is not waited for where the store does not answer", async () => {
        const silent: Server = createServer();
        await new Promise<void>(resolve => silent.listen(0, "127.0.0.1", resolve));
        const { port } = silent.address() as { port: number };
        const started = Date.now();
        await remains.remove!(state({ endpoint: `http://127.0.0.1:${port}` }), report);
        assert.ok(Date.now() - started < 6_000);
        assert.deepEqual(lines, [
            `what is left in bucket \`backups\` could not be looked at (no answer within 5 s): look ${places}`,
        ]);
        silent.close();
    });

    it("is not looked for where it was not found out what K10 calls the cluster", async () => {
        await remains.remove!(inputs(), report);
        assert.deepEqual([lines, s3.requests], [[], []]);
    });

    it("is that of another source for another cluster or bucket alone", async () => {
        const resource = provider(remains);
        const diff = (more: Partial<RemainsInputs>) => resource.diff("x", state(), inputs(more));
        assert.deepEqual(await diff({ secretKey: "other" }), { changes: true, replaces: [] });
        assert.deepEqual(await diff({ clusterUid: "other" }), {
            ...{ changes: true, replaces: ["clusterUid"] },
        });
        assert.deepEqual(await diff({ bucket: "other" }), { changes: true, replaces: ["bucket"] });
    });
});
