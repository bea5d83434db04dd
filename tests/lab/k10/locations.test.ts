/** What the stand-in makes of locations: S3 ones are asked and used, others are looked at. */
import assert from "node:assert/strict";
import { textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { authority, certificate } from "./support/certificates.ts";
import { FakeS3 } from "./support/s3.ts";
import { Side } from "./support/side.ts";

describe("K10 stand-in: locations", function () {
    this.timeout(15_000);

    let s3: FakeS3;
    let side: Side;
    const encode = (text: string) => Buffer.from(text).toString("base64");
    const secret = { name: "keys", namespace: "kasten-io" };
    const ref = (name: string) => ({ name, namespace: "kasten-io" });
    const keys = (...names: string[]) =>
        side.lab.kube.put("/api/v1/namespaces/kasten-io/secrets/keys", {
            data: Object.fromEntries(names.map(name => [name, encode("x")])),
        });
    const vbr = {
        type: "VBR",
        credential: { secretType: "VBRKey", secret },
        vbr: { serverAddress: "vbr", serverPort: 9419, repoName: "r" },
    };
    const errors = ({ status }: KubeObject) => status?.["error"];

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        side = await Side.start("uid-of-source", s3);
    });
    afterEach(async () => {
        await side.stop();
        s3.stop();
    });

    const table: [string, object, string[]][] = [
        [
            "Azure",
            {
                type: "ObjectStore",
                credential: { secretType: "AzStorageAccount", secret },
                objectStore: { objectStoreType: "AZ", name: "backups" },
            },
            ["azure_storage_account_id", "azure_storage_key"],
        ],
        [
            "Google",
            {
                type: "ObjectStore",
                credential: { secretType: "GcpServiceAccountKey", secret },
                objectStore: { objectStoreType: "GCS", name: "backups" },
            },
            ["project-id", "service-account.json"],
        ],
        ["VBR", vbr, ["vbr_user", "vbr_password"]],
    ];
    for (const [what, location, names] of table) {
        it(`${what} is valid once its Secret has its keys, and gets no path`, async () => {
            keys(...names);
            side.location("other", location);
            const { spec } = await side.validated("profiles", "other");
            assert.deepEqual(spec?.["locationSpec"], location);
        });

        it(`${what} is not valid without one of them`, async () => {
            keys(...names.slice(1));
            side.location("other", location);
            assert.deepEqual(errors(await side.validated("profiles", "other", "Failed")), [
                `Could not get credentials: Secret keys has no ${names[0]}`,
            ]);
        });
    }

    it("a share needs its claim in K10's namespace", async () => {
        const share = { type: "FileStore", fileStore: { claimName: "share" } };
        side.location("other", share);
        assert.deepEqual(errors(await side.validated("profiles", "other", "Failed")), [
            'persistentvolumeclaims "share" not found in namespace kasten-io',
        ]);
        side.lab.kube.put("/api/v1/namespaces/kasten-io/persistentvolumeclaims/share");
        side.location("another", share);
        await side.validated("profiles", "another");
    });

    it("a protection period needs a bucket with object lock, and a retention that is long enough", async () => {
        side.profile("free", { endpoint: s3.endpoint, protectionPeriod: "240h" }, "backups");
        assert.deepEqual(errors(await side.validated("profiles", "free", "Failed")), [
            'Immutability is not supported: bucket "backups" has no object lock',
        ]);
        s3.locks.set("backups", 29);
        side.profile("short", { endpoint: s3.endpoint, protectionPeriod: "240h" }, "backups");
        assert.equal(
            (errors(await side.validated("profiles", "short", "Failed")) as string[]).length,
            1,
        );
        s3.locks.set("backups", 30);
        side.profile("locked", { endpoint: s3.endpoint, protectionPeriod: "240h" }, "backups");
        await side.validated("profiles", "locked");
    });

    it("an export to what is not S3 is valid, and says that nothing is written there", async () => {
        side.lab.kube.put("/api/v1/namespaces/kasten-io/persistentvolumeclaims/share");
        side.location("share", { type: "FileStore", fileStore: { claimName: "share" } });
        await side.validated("profiles", "share");
        await side.application();
        side.exportPolicy("shop", ref("share"));
        await side.validated("policies", "shop");
        assert.equal(textAt(await side.run("shop", "run-1"), "status", "state"), "Failed");
        const [exported] = side.actions("ExportAction");
        assert.equal(textAt(exported, "status", "state"), "Failed");
        assert.match(
            JSON.stringify(exported?.status?.["error"]),
            /Profile share is of type FileStore: the K10 stand-in reads and writes S3 locations only/,
        );
    });

    it("an export of volumes to VBR is valid, and refused when it is run", async () => {
        keys("vbr_user", "vbr_password");
        side.location("vbr", vbr);
        await side.validated("profiles", "vbr");
        await side.application();
        side.exportPolicy("shop", ref("minio"), { blockModeProfile: ref("vbr") });
        await side.validated("policies", "shop");
        const run = await side.run("shop", "run-1");
        assert.equal(textAt(run, "status", "state"), "Failed");
        assert.match(
            JSON.stringify(run.status?.["error"]),
            /Policy kasten-io\/shop: the K10 stand-in exports no volumes to a Veeam repository/,
        );
        assert.deepEqual(side.actions("BackupAction"), []);
    });

    it("an export whose metadata would go to VBR is not valid", async () => {
        keys("vbr_user", "vbr_password");
        side.location("vbr", vbr);
        await side.validated("profiles", "vbr");
        side.exportPolicy("shop", ref("vbr"));
        assert.deepEqual(errors(await side.validated("policies", "shop", "Failed")), [
            "exportParameters.profile: Profile kasten-io/vbr is of a Veeam repository, for volumes only",
        ]);
    });

    it("a store is trusted by the authorities that the chart names, and not without", async () => {
        const ours = authority("ours");
        const secure = new FakeS3(certificate("localhost", ours, "localhost"));
        await secure.start();
        secure.buckets.add("backups");
        try {
            side.profile("untrusted", secure, "backups");
            const found = errors(await side.validated("profiles", "untrusted", "Failed"));
            assert.match(String(found), /certificate/);
            side.lab.world.authorities = ours.cert;
            side.profile("trusted", secure, "backups");
            await side.validated("profiles", "trusted");
        } finally {
            secure.stop();
        }
    });
});
