/** What lies in the bucket, counted: against a listing of its own, and against an S3 that checks signatures. */
import assert from "node:assert/strict";
import { provider } from "../../../actions/src/action";
import { fetchedBaseline } from "../../../actions/src/proof/kept";
import { Bucket, Page } from "../../../actions/src/store/s3";
import { storedIn, storedObjects } from "../../../actions/src/store/stored";
import { S3 } from "../../fake/s3";

describe("what lies in the bucket", () => {
    let asked: [prefix: string, after?: string][];
    let lines: string[];
    const report = (line: string) => lines.push(line);
    /** A bucket whose listing has these pages, by prefix. */
    const bucket = (pages: Record<string, (Omit<Page, "folders"> & Partial<Page>)[]>) => ({
        page: (prefix: string, after?: string) => {
            asked.push(after === undefined ? [prefix] : [prefix, after]);
            const page = pages[prefix]?.[Number(after ?? 0)];
            return Promise.resolve({ folders: {}, ...(page ?? { objects: 0, bytes: 0 }) });
        },
    });
    beforeEach(() => {
        asked = [];
        lines = [];
    });

    it("is counted below the path that K10 makes up", async () => {
        const found = await storedIn(bucket({ "k10/": [{ objects: 3, bytes: 42 }] }), report);
        assert.deepEqual(found, { below: "k10/", objects: 3, bytes: 42 });
        assert.deepEqual(asked, [["k10/"]]);
    });

    it("is added up from all pages of the listing", async () => {
        const pages = [
            { objects: 1_000, bytes: 10, next: "1" },
            { objects: 1_000, bytes: 20, next: "2" },
            { objects: 5, bytes: 3 },
        ];
        const found = await storedIn(bucket({ "k10/": pages }), report);
        assert.deepEqual(found, { below: "k10/", objects: 2_005, bytes: 33 });
        assert.deepEqual(asked, [["k10/"], ["k10/", "1"], ["k10/", "2"]]);
    });

    it("is told by folder, over all pages, the largest ones first", async () => {
        const many = Object.fromEntries(
            Array.from({ length: 25 }, (_, i) => [`c${i + 10}`, { objects: 1, bytes: i }]),
        );
        const found = await storedIn(
            bucket({
                "k10/": [
                    { objects: 25, bytes: 300, folders: many, next: "1" },
                    { objects: 2, bytes: 7, folders: { c10: { objects: 2, bytes: 7 } } },
                ],
            }),
            report,
        );
        assert.equal(Object.keys(found?.folders ?? {}).length, 20);
        assert.deepEqual(Object.entries(found?.folders ?? {})[0], [
            "c34",
            { objects: 1, bytes: 24 },
        ]);
        assert.deepEqual(found?.folders?.["c10"], { objects: 3, bytes: 7 });
    });

    it("is counted to ten thousand, and there is more", async () => {
        const pages = Array.from({ length: 99 }, (_, i) => ({
            ...{ objects: 1_000, bytes: 1, next: String(i + 1) },
        }));
        const found = await storedIn(bucket({ "k10/": pages }), report);
        assert.deepEqual(found, { below: "k10/", objects: 10_000, bytes: 10, atLeast: true });
        assert.equal(asked.length, 10);
    });

    it("is the whole bucket where nothing lies there, and said to be", async () => {
        const found = await storedIn(bucket({ "": [{ objects: 1, bytes: 2 }] }), report);
        assert.deepEqual(found, { below: "", objects: 1, bytes: 2 });
        assert.deepEqual(asked, [["k10/"], [""]]);
    });

    it("is not known where the store does not tell, which is no failure", async () => {
        const page = () => Promise.reject(new Error("The store refuses."));
        assert.equal(await storedIn({ page }, report), undefined);
        assert.deepEqual(lines, [
            "what lies in the bucket is not in the evidence: The store refuses.",
        ]);
    });

    describe("asked of a store", () => {
        const folders = { a: { objects: 3, bytes: 9 }, c: { objects: 1, bytes: 3 } };
        let s3: S3;
        const ref = () => ({
            ...{ endpoint: s3.endpoint, region: "eu-central-1", bucket: "backups" },
            ...{ accessKey: "AKIA", secretKey: "hunter2" },
        });
        const digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        const inputs = () => ({ ...ref(), key: "crossing/b.json", digest, timeout: 1 });
        beforeEach(async () => {
            s3 = new S3("AKIA", "hunter2", "eu-central-1");
            await s3.start();
            s3.pageSize = 2;
            const objects = ["k10/a/1", "k10/a/2", "k10/a/b/3", "k10/c/4", "k10/e"];
            s3.buckets.set(
                "backups",
                new Map([["crossing/b.json", "{}"], ...objects.map(key => [key, "xyz"] as const)]),
            );
        });
        afterEach(() => s3.stop());

        it("comes in pages, below a prefix", async () => {
            const found = await storedIn(new Bucket(ref(), { timeout: 1 }), report);
            assert.deepEqual(found, { below: "k10/", objects: 5, bytes: 15, folders });
            assert.equal(s3.requests.length, 3);
        });

        it("is told beside the baseline, and no failure of that", async () => {
            const stored = { below: "k10/", objects: 5, bytes: 15, folders };
            assert.deepEqual(await fetchedBaseline.run(inputs(), report), { document: {}, stored });
            s3.refusesLists = true;
            assert.deepEqual(await fetchedBaseline.run(inputs(), report), { document: {} });
            assert.deepEqual(lines, [
                `what lies in the bucket is not in the evidence: The store at \`${s3.endpoint}\` does not allow to list it in bucket \`backups\` (AccessDenied): give its user the right to.`,
            ]);
        });

        it("is told of another location by itself, once for a run", async () => {
            const { seenTime, ...outs } = await storedObjects.run(
                { ...ref(), location: "far", run: "1", timeout: 1 },
                report,
            );
            assert.ok(Date.parse(seenTime) > 0);
            assert.deepEqual(outs, { stored: { below: "k10/", objects: 5, bytes: 15, folders } });
            assert.deepEqual(storedObjects.replaceOn, ["bucket", "location", "run"]);
        });

        it("is not looked up for a state of an older program, and kept in a newer one", async () => {
            const resource = provider(fetchedBaseline);
            const unchanged = { changes: false, replaces: [] };
            const older = { ...inputs(), document: {} };
            assert.deepEqual(await resource.diff("x", older, inputs()), unchanged);
            const newer = { ...older, stored: { below: "k10/", objects: 5, bytes: 15 } };
            assert.deepEqual(await resource.diff("x", newer, inputs()), unchanged);
            assert.deepEqual(await resource.update("x", newer, { ...inputs(), timeout: 2 }), {
                outs: { ...newer, timeout: 2 },
            });
            assert.deepEqual(s3.requests, []);
        });
    });
});
