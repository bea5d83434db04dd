/** The bucket and the baseline in it, against an S3 that checks signatures. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { baselineKey, fetchedBaseline, keptBaseline } from "../../../actions/src/proof/kept";
import { bucket, guard } from "../../../actions/src/store/bucket";
import { objectLock } from "../../../actions/src/store/object-lock";
import { Bucket } from "../../../actions/src/store/s3";
import { selfSigned } from "../../../rehearsal/src/server/certificate";
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

        it("is guarded at the beginning of the end, too, which touches nothing before", async () => {
            assert.deepEqual(await guard.run(inputs(), report), { guarded: true });
            assert.deepEqual(s3.requests, []);
            s3.buckets.set("backups", new Map([["k10/b", ""]]));
            assert.match(
                await message(guard.remove!(inputs(), report)),
                /^Bucket `backups` of the store at .* still holds 1 object, the first is `k10\/b`/,
            );
            await guard.remove!(inputs({ onDestroy: "delete" }), report);
            s3.buckets.set("backups", new Map());
            await guard.remove!(inputs(), report);
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

    describe("object lock", () => {
        const made = (more = {}) =>
            bucket.run(
                { ...ref(), onDestroy: "refuse", timeout: 1, objectLock: true, ...more },
                report,
            );
        const wanted = (more = {}) =>
            objectLock.run({ ...ref(), protectionPeriod: "240h", timeout: 1, ...more }, report);
        const where = () => `Bucket \`backups\` of the store at \`${s3.endpoint}\``;

        it("is made with the bucket, and with a retention that K10's protection needs", async () => {
            await made();
            assert.deepEqual([...s3.locks], [["backups", {}]]);
            await made({ protectionPeriod: "240h" });
            assert.deepEqual([...s3.locks], [["backups", { mode: "COMPLIANCE", days: 30 }]]);
            assert.deepEqual(s3.requests, [
                ...["PUT /backups/ 200", "GET /backups/?object-lock= 200"],
                ...["PUT /backups/ 409", "GET /backups/?object-lock= 200"],
                "PUT /backups/?object-lock= 200",
            ]);
        });

        it("cannot be added to a bucket that is there", async () => {
            s3.buckets.set("backups", new Map());
            assert.equal(
                await message(made()),
                `${where()} was made without object lock, and gets none afterwards: name another one by \`crossing:store.bucket\`, or remove \`crossing:store.objectLock\`.`,
            );
        });

        it("is looked for before K10 is to rely on it", async () => {
            s3.buckets.set("backups", new Map());
            const missing = (key: string) =>
                `${where()} has no object lock, without which nothing in it is protected: name a bucket that was made with object lock by \`${key}.bucket\`, or remove \`${key}.protectionPeriod\`.`;
            assert.equal(await message(wanted()), missing("crossing:store"));
            assert.equal(
                await message(wanted({ location: "tape" })),
                missing("crossing:locations.tape"),
            );
            s3.locks.set("backups", {});
            assert.deepEqual(await wanted(), { lock: { enabled: true } });
            assert.deepEqual(lines, ["bucket backups has object lock"]);
            s3.locks.set("backups", { mode: "COMPLIANCE", days: 30 });
            assert.deepEqual(await wanted(), { lock: { enabled: true, retentionDays: 30 } });
        });

        it("has to keep objects for longer than K10 is to protect them", async () => {
            s3.buckets.set("backups", new Map());
            s3.locks.set("backups", { mode: "COMPLIANCE", days: 29 });
            assert.equal(
                await message(wanted()),
                `${where()} keeps objects for 29 days by default, and K10 needs 20 days more than it is to protect them: set the bucket's default retention to 30 days, or lower \`crossing:store.protectionPeriod\`.`,
            );
        });

        it("is asked for again, with whatever inputs", () => {
            const lock = { enabled: true };
            const inputs = { ...ref(), protectionPeriod: "240h", timeout: 1 };
            assert.equal(objectLock.serves!({ lock }, inputs), false);
        });

        it("lets this program put objects", async () => {
            await made({ protectionPeriod: "240h" });
            await new Bucket(ref(), { timeout: 1 }).put("a", "x");
            assert.deepEqual([...s3.buckets.get("backups")!], [["a", "x"]]);
        });

        it("keeps what was deleted, which is not given up with the store either", async () => {
            await made();
            s3.hidden.set("backups", new Set(["k10/a"]));
            const inputs = { ...ref(), onDestroy: "refuse" as const, timeout: 1, objectLock: true };
            assert.equal(
                await message(bucket.remove!(inputs, report)),
                `${where()} still holds 1 version of an object, the first is \`k10/a\`: they would be lost with the store. Set \`onDestroy: delete\` in \`crossing:store\`, run \`pulumi up\`, then \`pulumi destroy\` again.`,
            );
            s3.hidden.clear();
            await bucket.remove!(inputs, report);
        });

        it("of a location names that location's keys where they are refused", async () => {
            s3.buckets.set("backups", new Map());
            assert.equal(
                await message(wanted({ location: "tape", secretKey: "other" })),
                `The store at \`${s3.endpoint}\` refuses the keys (SignatureDoesNotMatch): correct \`crossing:locationSecrets.tape\`.`,
            );
            assert.equal(
                await message(wanted({ location: "tape", bucket: "other" })),
                `The store at \`${s3.endpoint}\` has no bucket \`other\`: make it, or correct \`crossing:locations.tape.bucket\`.`,
            );
        });
    });

    describe("an authority of one's own", () => {
        it("is trusted where its certificates are given, and nowhere else", async () => {
            const certificate = await selfSigned("localhost");
            const secure = new S3("AKIA", "hunter2", "eu-central-1", certificate);
            await secure.start();
            try {
                secure.buckets.set("backups", new Map());
                const endpoint = secure.endpoint;
                const put = (more: object) =>
                    new Bucket(ref({ endpoint, ...more }), { timeout: 1 }).put("a", "x");
                await put({ certificates: certificate.cert });
                assert.deepEqual(secure.requests, ["PUT /backups/a?x-id=PutObject 200"]);
                assert.match(await message(put({})), /self-signed certificate/);
            } finally {
                await secure.stop();
            }
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
