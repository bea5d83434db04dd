/** Backup and restore on one cluster: beside the application, and over it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { prefix, repository } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { changes, docker } from "./support.ts";

interface Outputs {
    verification: { status: string; checks: unknown[] };
    restoredNamespace: string;
    restorePoint: string;
    evidence: { actions: { kind: string; name: string; state: string }[] };
    timings: Record<string, number>;
    sourceKubeconfig: string;
}

describe("a drill on one cluster", function () {
    this.timeout("10m");
    this.bail(true);

    const stack = new LabStack("lab-drill");
    let config: Config;
    let outputs: Outputs;
    let cluster: TestCluster;
    const orders = (namespace: string) =>
        cluster.sql("SELECT * FROM orders ORDER BY id", namespace);

    before(async () => {
        const { target: _, ...lab } = await labConfig();
        config = {
            ...lab,
            ...{ role: "drill", name: prefix("lab-drill"), network: { subnet: await subnet(1) } },
            restore: { targetNamespace: "shop-drill" },
            restored: "delete",
        };
        await stack.configure(config);
    });
    after(async () => {
        await stack.remove();
    });

    const up = async () => {
        const printed = await stack.up();
        outputs = (await stack.outputs()) as unknown as Outputs;
        cluster = new TestCluster(outputs.sourceKubeconfig);
        return printed;
    };

    it("restores what lies in the store beside the application, and proves it", async () => {
        await up();
        assert.equal(outputs.verification.status, "passed");
        assert.equal(outputs.verification.checks.length, 11);
        assert.equal(outputs.restoredNamespace, "shop-drill");
        assert.deepEqual(
            outputs.evidence.actions.map(({ kind, state }) => `${kind} ${state}`),
            ["RunAction", "BackupAction", "ExportAction", "ExportAction", "RestoreAction"].map(
                kind => `${kind} Complete`,
            ),
        );
        assert.deepEqual(Object.keys(outputs.timings).sort(), [
            ...["backup", "export", "restore", "total", "verification"],
        ]);
        assert.deepEqual(await orders("shop-drill"), await orders("shop"));
    });

    it("comes from the copy in the store, and not from the snapshot", async () => {
        assert.match(outputs.restorePoint, /^shop\//);
        assert.equal(await cluster.exportProfileOf(outputs.restorePoint), "crossing");
    });

    it("is left as it is by a second `up`", async () => {
        assert.deepEqual(changes(await up()), {});
    });

    it("is another one with another run, into a namespace of that name anew", async () => {
        const before = await cluster.core.readNamespace({ name: "shop-drill" });
        config = { ...config, runId: "2" };
        await stack.configure(config);
        await up();
        assert.equal(outputs.verification.status, "passed");
        assert.equal(outputs.restoredNamespace, "shop-drill");
        const after = await cluster.core.readNamespace({ name: "shop-drill" });
        assert.notEqual(after.metadata?.uid, before.metadata?.uid);
    });

    it("takes a name that is free where it may, and the last one's namespace is gone", async () => {
        config = { ...config, runId: "3", onConflict: "newName", restore: {} };
        await stack.configure(config);
        await up();
        assert.equal(outputs.verification.status, "passed");
        assert.equal(outputs.restoredNamespace, "shop-3");
        const namespaces = await cluster.namespaces();
        assert.ok(namespaces.includes("shop") && namespaces.includes("shop-3"));
        assert.ok(!namespaces.includes("shop-drill"));
    });

    it("restores over the application what was there before somebody changed it", async () => {
        config = { ...config, onConflict: "replace", restored: "keep" };
        const before = await orders("shop");
        await cluster.sql("UPDATE orders SET amount = amount + 1 WHERE id <= 10", "shop");
        assert.notDeepEqual(await orders("shop"), before);
        await stack.configure(config);
        await up();
        assert.equal(outputs.verification.status, "passed");
        assert.equal(outputs.restoredNamespace, "shop");
        assert.deepEqual(await orders("shop"), before);
        assert.deepEqual(await cluster.actions("runactions", "kasten-io"), [
            ...["shop-export-1-1", "shop-export-2-1", "shop-export-3-1"],
        ]);
    });

    it("the sample's page ends when it is asked to: a pod that waits to be killed holds up its restore", async () => {
        const { postgres } = config["images"] as { postgres: string };
        const name = prefix("lab-drill-page");
        const scripts = join(repository, "components", "application");
        await docker(
            ...["run", "--detach", "--name", name, "--network", "none"],
            ...["--volume", `${scripts}:/from:ro`, postgres, "bash", "-c"],
            "mkdir /scripts /www && touch /www/index.html && cp /from/page.sh /scripts/ && cp /from/postgres-query.sh /scripts/query.sh && exec bash /scripts/page.sh",
        );
        try {
            // Without a database there is no page: once that is gone, the page's process is at work.
            const looks = "until [ ! -e /www/index.html ]; do sleep 0.1; done";
            await docker("exec", name, "timeout", "30", "bash", "-c", looks);
            await docker("stop", "--time", "10", name);
            assert.equal(await docker("inspect", name, "--format", "{{.State.ExitCode}}"), "0");
        } finally {
            await docker("rm", "--force", name);
        }
    });

    it("is refused its end while its store may not go, before anything has gone, and goes on", async () => {
        const store = config["store"] as object;
        await stack.configure({ ...config, store: { ...store, onDestroy: "refuse" } });
        await up();
        await assert.rejects(
            () => stack.destroy(),
            /Bucket `crossing` of the store at `[^`]+` still holds \d+ objects, .* Set `onDestroy: delete` in `crossing:store`, run `pulumi up`, then `pulumi destroy` again\./,
        );
        assert.deepEqual(changes(await up()), {});
        await stack.configure({ ...config, store: { ...store, onDestroy: "delete" } });
        await up();
        await stack.destroy();
    });
});
