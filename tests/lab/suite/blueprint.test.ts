/**
 * A crossing by a dump: volumes without a VolumeSnapshotClass, no token for generic backup, and a Blueprint that K10 (here its
 * stand-in, with one for kando) runs for the database. pg_dump, psql, the pipes between the containers and the bucket are
 * real.
 */
import assert from "node:assert/strict";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { prefix } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { s3 } from "./corrupt.ts";
import { changes } from "./support.ts";

interface Details {
    actionDetails: { phases: { name: string; state: string }[] };
    restorePointDetails: { artifacts: Record<string, unknown>[] };
}

describe("a crossing by a dump", function () {
    this.timeout("15m");
    this.bail(true);

    const stack = new LabStack("lab-dump");
    let config: Config;
    let outputs: Record<string, unknown>;
    let source: TestCluster;
    let target: TestCluster;

    before(async () => {
        // Without `snapshots` there is no class by which K10 could snapshot a volume, and nothing else is activated.
        const { snapshots: _, ...lab } = await labConfig();
        config = { ...lab, name: prefix("lab-dump"), network: { subnet: await subnet(1) } };
    });
    after(async () => {
        await stack.remove();
    });

    it("a login that the database does not know ends in a paragraph that says so", async () => {
        const { postgres } = config["images"] as { postgres: string };
        await stack.configure({
            ...config,
            blueprints: [
                {
                    // What `backup: dump` makes, but for the user.
                    ...{ name: "shop-database", database: "postgres", service: "database" },
                    workload: { kind: "Deployment", name: "database" },
                    ...{ secret: { name: "database", password: "PASSWORD" }, user: "stranger" },
                    image: postgres,
                },
            ],
        });
        const message = await stack.failingUp();
        assert.match(
            message,
            /password authentication failed for user "stranger"[^]* Probably the database does not know the user, or another password for it\. Correct `secret` and `user` in `crossing:blueprints`/,
        );
    });

    it("with the sample's own login it ends with a proof, on volumes that cannot be snapshotted", async () => {
        await stack.configure({
            ...config,
            applications: [{ sample: { backup: "dump" } }],
        });
        await stack.up();
        outputs = await stack.outputs();
        source = new TestCluster(outputs["sourceKubeconfig"] as string);
        target = new TestCluster(outputs["targetKubeconfig"] as string);
        assert.equal((outputs["verification"] as { status: string }).status, "passed");
        assert.deepEqual(await target.sql("SELECT count(*) FROM orders"), ["1000"]);
        for (const cluster of [source, target]) {
            const kinds = await cluster.resourceTypes("snapshot.storage.k8s.io");
            const classes = kinds.includes("volumesnapshotclasses")
                ? await cluster.names("snapshot.storage.k8s.io", "volumesnapshotclasses")
                : [];
            assert.deepEqual(classes, []);
        }
    });

    it("K10's details show the Blueprint's phases, and the restore point its artifact", async () => {
        const backup = await source.lastAction("backupactions", "shop");
        const backedUp = await source.details<Details>("actions", "backupactions", "shop", backup);
        const phases = (details: Details) =>
            details.actionDetails.phases.map(({ name, state }) => `${name}: ${state}`);
        const on = "for Deployment database, phase";
        assert.ok(
            phases(backedUp).includes(`Blueprint shop-database: backup ${on} dump: succeeded`),
            phases(backedUp).join("\n"),
        );
        const restore = await target.lastAction("restoreactions", "shop");
        const restored = await target.details<Details>(
            "actions",
            "restoreactions",
            "shop",
            restore,
        );
        assert.ok(
            phases(restored).includes(`Blueprint shop-database: restore ${on} restore: succeeded`),
            phases(restored).join("\n"),
        );
        const [namespace = "", point = ""] = String(outputs["restorePoint"]).split("/");
        const details = await target.details<Details>("apps", "restorepoints", namespace, point);
        const dumps = details.restorePointDetails.artifacts.filter(
            ({ kind }) => kind === "KanisterArtifact",
        );
        assert.equal(dumps.length, 1);
        assert.ok(Number(dumps[0]["logicalSizeBytes"]) > 1_000);
        const evidence = outputs["evidence"] as {
            restorePoint: { kinds: Record<string, number>; volumes?: string[] };
        };
        assert.equal(evidence.restorePoint.kinds["KanisterArtifact"], 1);
    });

    it("the dump is the one object of data in the bucket, and no volume", async () => {
        const client = s3({
            endpoint: String(outputs["programStoreEndpoint"]),
            bucket: String(outputs["bucket"]),
            accessKey: String(outputs["storeAccessKey"]),
            secretKey: String(outputs["storeSecretKey"]),
        });
        const { Contents = [] } = await client.send(
            new ListObjectsV2Command({ Bucket: String(outputs["bucket"]), Prefix: "k10/" }),
        );
        const data = Contents.filter(({ Key }) =>
            /\/repo\/[^/]+\/(dumps|volumes)\//.test(Key ?? ""),
        );
        assert.equal(data.length, 1, data.map(({ Key }) => Key).join("\n"));
        assert.match(
            String(data[0].Key),
            /^k10\/[^/]+\/migration\/repo\/[^/]+\/dumps\/[0-9a-f]+\/deployment-database\/dump$/,
        );
        assert.ok((data[0].Size ?? 0) > 1_000);
    });

    it("leaves nothing of the Blueprint's in the application's namespace", async () => {
        for (const cluster of [source, target]) {
            const { items } = await cluster.core.listNamespacedPod({ namespace: "shop" });
            const names = items.map(({ metadata }) => metadata?.name ?? "");
            assert.deepEqual(
                names.filter(each => each.startsWith("kanister")),
                [],
            );
        }
        assert.deepEqual(changes(await stack.up()), {});
    });
});
