/**
 * probe.sh with this machine's curl, against an S3 on loopback that checks signatures. Skipped where curl is missing
 * or too old to sign. What another version of curl does is shown by the lab suite, in the Job's image.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { selfSigned } from "../../rehearsal/src/server/certificate";
import { ProbeWorld } from "./support/probe";
import { S3 } from "../fake/s3";

describe("probe.sh with a real curl", () => {
    let world: ProbeWorld | undefined;
    let s3: S3;

    before(function () {
        const { stdout } = spawnSync("curl", ["--help", "all"], { encoding: "utf8" });
        if (!(stdout ?? "").includes("--aws-sigv4")) {
            console.log("  skipped, since there is no curl that signs: probe.sh with a real curl");
            this.skip();
        }
    });
    beforeEach(async () => {
        world = new ProbeWorld({ realCurl: true });
        s3 = new S3("AKIA", "hunter2", "eu-central-1");
        await s3.start();
    });
    afterEach(async () => {
        world?.remove();
        await s3?.stop();
    });

    const run = (more: Record<string, string> = {}) =>
        world!.run({ ENDPOINT: s3.endpoint, ...more });
    const path = "/backups/crossing-probe-source-store-x7k2p";

    it("puts, gets and deletes an object by signed requests", async () => {
        s3.buckets.set("backups", new Map());
        assert.deepEqual(await run(), {
            status: 0,
            stdout: `put, got and deleted an object in bucket backups at ${s3.endpoint}\n`,
            stderr: "",
        });
        assert.deepEqual(s3.requests, [
            "GET / 200",
            `PUT ${path} 200`,
            `GET ${path} 200`,
            `DELETE ${path} 204`,
        ]);
        assert.deepEqual([...s3.buckets.get("backups")!], []);
    });

    it("signs with keys of any characters", async () => {
        const secretKey = `c\\d%s "e" $f \`g\` 'h' +/=ü`;
        await s3.stop();
        s3 = new S3(`a"b\\c`, secretKey, "eu-central-1");
        await s3.start();
        s3.buckets.set("backups", new Map());
        const { status, stdout } = await run({ ACCESS_KEY: `a"b\\c`, SECRET_KEY: secretKey });
        assert.equal(status, 0, stdout);
    });

    it("puts into a bucket that keeps what is in it", async () => {
        s3.buckets.set("backups", new Map());
        s3.locks.set("backups", { mode: "COMPLIANCE", days: 30 });
        const { status, stdout } = await run();
        assert.equal(status, 0, stdout);
    });

    it("trusts a store by the certificates that it is given, and not without", async function () {
        // It asks thirty times before it gives up.
        this.timeout(20_000);
        const certificate = await selfSigned("localhost");
        await s3.stop();
        s3 = new S3("AKIA", "hunter2", "eu-central-1", certificate);
        await s3.start();
        s3.buckets.set("backups", new Map());
        const { status, stdout } = await run({ CERTIFICATES: certificate.cert });
        assert.equal(status, 0, stdout);
        const refused = await run();
        assert.equal(refused.status, 1);
        assert.match(
            refused.stdout,
            /curl: \(60\) SSL certificate problem: self.signed certificate/,
        );
    });

    for (const [what, env, sentence] of [
        [
            "an access key that it does not know",
            { ACCESS_KEY: "other" },
            "refuses the keys (InvalidAccessKeyId): correct crossing:storeAccessKey and crossing:storeSecretKey.",
        ],
        [
            "a secret key that is wrong",
            { SECRET_KEY: "other" },
            "refuses the keys (SignatureDoesNotMatch): correct crossing:storeAccessKey and crossing:storeSecretKey.",
        ],
        [
            "a bucket that is not there",
            {},
            "has no bucket backups: make it, or correct crossing:store.bucket.",
        ],
        [
            "a region that is not its own",
            { REGION: "mars-1" },
            "answers HTTP 400 AuthorizationHeaderMalformed to the attempt to put an object in bucket backups.",
        ],
    ] as const) {
        it(`explains how the store answers to ${what}`, async () => {
            const { status, stdout } = await run(env);
            assert.equal(status, 1);
            assert.equal(stdout, `The store at ${s3.endpoint} ${sentence}\n`);
            assert.equal(world!.read(world!.log), stdout);
        });
    }

    it("explains that nobody answers", async () => {
        const { endpoint } = s3;
        await s3.stop();
        const { status, stdout } = await world!.run({ ENDPOINT: endpoint });
        assert.equal(status, 1);
        assert.match(
            world!.read(world!.log),
            /^The store at http:\/\/127\.0\.0\.1:\d+ cannot be reached from inside this cluster \(curl: \(7\) [^\n]+\): start it, or correct crossing:store\.endpoint\.\n$/,
        );
        assert.equal(stdout.trimEnd().split("\n").length, 30);
    });
});
