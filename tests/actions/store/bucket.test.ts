/** The bucket and the baseline in it, against an S3 that checks signatures. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { baselineKey, fetchedBaseline, keptBaseline } from "../../../actions/src/proof/kept";
import { bucket } from "../../../actions/src/store/bucket";
import { Bucket } from "../../../actions/src/store/s3";
import { S3 } from "../../fake/s3";

describe("the store, as this program reaches it", () => {
    let s3: S3;
    let lines: string[];
    const report = (line: string) => lines.push(line);
    const ref = (more = {}) => ({
        endpoint: s3.endpoint,
        region: "eu-central-1",
        bucket: "backups",
        accessKey: "AKIA",
        secretKey: "hunter2",
        ...more,
    });
    const message = async (promise: Promise<unknown>): Promise<string> => {
        try {
            await promise;
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("it did not fail");
    };

    beforeEach(async () => {
        lines = [];
        s3 = new S3("AKIA", "hunter2", "eu-central-1");
        await s3.start();
    });
    afterEach(() => s3.stop());

    describe("the bucket", () => {
        const inputs = (more = {}) => ({
            ...ref(),
            onDestroy: "refuse" as const,
            timeout: 1,
            ...more,
        });

        it("is made, and one of ours that is there already is fine", async () => {
            assert.deepEqual(await bucket.run(inputs(), report), { made: "backups" });
            assert.deepEqual([...s3.buckets.keys()], ["backups"]);
            assert.deepEqual(await bucket.run(inputs(), report), { made: "backups" });
            assert.deepEqual(s3.requests, ["PUT /backups/ 200", "PUT /backups/ 409"]);
        });

        it("is not given up while it holds something", async () => {
            s3.buckets.set("backups", new Map([["k10/b", ""]]));
            await new Bucket(ref(), { timeout: 1 }).put("k10/a", "x");
            assert.equal(
                await message(bucket.remove!(inputs(), report)),
                `Bucket \`backups\` of the store at \`${s3.endpoint}\` still holds 2 objects, the first is \`k10/a\`: they would be lost with the store. Set \`onDestroy: delete\` in \`crossing:store\`, run \`pulumi up\`, then \`pulumi destroy\` again.`,
            );
        });

        it("is given up empty, or with what is in it where the configuration says so", async () => {
            s3.buckets.set("backups", new Map());
            await bucket.remove!(inputs(), report);
            s3.buckets.set("backups", new Map([["k10/a", ""]]));
            await bucket.remove!(inputs({ onDestroy: "delete" }), report);
            s3.buckets.clear();
            await bucket.remove!(inputs(), report);
            assert.deepEqual(s3.requests.length, 2);
        });

        it("is made again where the address or the keys may be those of another store", () => {
            assert.equal(bucket.serves!({ made: "backups" }, inputs()), false);
        });
    });

    describe("a failure", () => {
        const put = (more: object) =>
            message(new Bucket(ref(more), { timeout: 1, report }).put("a", "x"));

        it("of the keys, the bucket or the right names the key that is wrong", async () => {
            const store = `The store at \`${s3.endpoint}\``;
            assert.equal(
                await put({ accessKey: "other" }),
                `${store} refuses the keys (InvalidAccessKeyId): correct \`crossing:storeAccessKey\` and \`crossing:storeSecretKey\`.`,
            );
            assert.equal(
                await put({ secretKey: "other" }),
                `${store} refuses the keys (SignatureDoesNotMatch): correct \`crossing:storeAccessKey\` and \`crossing:storeSecretKey\`.`,
            );
            assert.equal(
                await put({}),
                `${store} has no bucket \`backups\`: make it, or correct \`crossing:store.bucket\`.`,
            );
        });

        it("to reach the store is waited for, and then explained", async () => {
            const { endpoint } = s3;
            const location = ref();
            await s3.stop();
            const text = await message(new Bucket(location, { timeout: 1, report }).put("a", "x"));
            assert.equal(
                text,
                `Waited 1s in vain for the store at \`${endpoint}\` to answer; last seen: connect ECONNREFUSED ${endpoint.replace("http://", "")}. This machine has to reach it, beside the clusters: start the store, or correct \`crossing:store\`.`,
            );
            assert.deepEqual(lines, [
                `the store at \`${endpoint}\` to answer: connect ECONNREFUSED ${endpoint.replace("http://", "")}`,
            ]);
            await s3.start();
        });
    });

    describe("the baseline", () => {
        const run = {
            clusterUid: "cluster-1",
            applicationNamespace: "shop",
            runId: "nightly",
            runToken: "0123456789abcdef",
            timeout: 1,
        };
        const observation = {
            tables: [{ table: "public.orders", rows: 2, digest: "d" }],
            sentinel: true,
            page: { status: 200, digest: "e", showsSentinel: true },
        };
        const key = "crossing/cluster-1/shop/nightly-01234567/baseline.json";
        const content = `${JSON.stringify(
            {
                version: 1,
                runId: "nightly",
                runToken: "0123456789abcdef",
                applicationNamespace: "shop",
                clusterUid: "cluster-1",
                observation,
            },
            null,
            4,
        )}\n`;
        const digest = createHash("sha256").update(content).digest("hex");

        beforeEach(() => s3.buckets.set("backups", new Map()));

        it("is kept beside the backup, under a key of its run alone", async () => {
            assert.equal(baselineKey(run), key);
            const outs = await keptBaseline.run(
                { ...ref(), ...run, baseline: observation },
                report,
            );
            assert.deepEqual(outs, { key, digest });
            assert.equal(s3.buckets.get("backups")!.get(key), content);
            assert.deepEqual(lines, [`kept as ${key}`]);
        });

        it("is fetched as it was kept", async () => {
            s3.buckets.get("backups")!.set(key, content);
            const { document } = await fetchedBaseline.run(
                { ...ref(), key, digest, timeout: 1 },
                report,
            );
            assert.deepEqual(document, JSON.parse(content));
        });

        it("proves nothing when it was changed or is gone", async () => {
            const fetch = () =>
                message(fetchedBaseline.run({ ...ref(), key, digest, timeout: 1 }, report));
            assert.equal(
                await fetch(),
                `Bucket \`backups\` has no baseline \`${key}\`, which the source put there: it was deleted, or the target reaches another store. Correct \`crossing:store\`, or set another \`crossing:runId\` on the source to export again.`,
            );
            s3.buckets.get("backups")!.set(key, content.replace('"rows": 2', '"rows": 1'));
            assert.match(
                await fetch(),
                new RegExp(
                    `^The baseline \`${key}\` in bucket \`backups\` is not the one that the source put there \\(SHA-256 [0-9a-f]{64}, expected ${digest}\\): nothing can be proven by it\\. Set another \`crossing:runId\` on the source to export again\\.$`,
                ),
            );
        });
    });
});
