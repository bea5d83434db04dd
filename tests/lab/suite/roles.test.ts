/** The same crossing as three stacks: a store, a source and a target that come and go by themselves. */
import assert from "node:assert/strict";
import { prefix } from "../../../lab/paths.ts";
import { labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { changes, inEngine } from "./support.ts";

describe("a crossing of three stacks", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-roles");
    const store = new LabStack("lab-roles-store");
    const source = new LabStack("lab-roles-source");
    const target = new LabStack("lab-roles-target");
    const storeStack = { type: "stack", stack: "organization/crossing/lab-roles-store" };
    const sourceStack = "organization/crossing/lab-roles-source";
    let configure: (more?: object) => Promise<void>;
    let handedOver: Record<string, unknown>;

    before(async () => {
        const lab = await labConfig();
        const network = { subnet: await subnet(2) };
        configure = async (more = {}) => {
            const ofStore = { ...(lab["store"] as object), ...more };
            await store.configure({ ...lab, role: "store", name, network, store: ofStore });
            await source.configure({ ...lab, role: "source", name, store: storeStack });
            const both = { store: storeStack, sourceStack };
            await target.configure({ ...lab, role: "target", name, ...both });
        };
        await configure();
    });
    after(async () => {
        await target.remove();
        await source.remove();
        await configure({ onDestroy: "delete" });
        await store.up();
        await store.remove();
        assert.deepEqual(await inEngine(name), []);
    });

    it("the target cannot go first, and says whom it waits for", async () => {
        await store.up();
        assert.match(await target.failingUp(), /`crossing:sourceStack` names|unknown stack/);
    });

    it("the source hands over by its outputs", async () => {
        await source.up();
        handedOver = await source.outputs();
        const { sourceClusterUid, backupStartTime, baselineKey, baselineDigest } = handedOver;
        assert.equal(handedOver["runId"], "1");
        assert.equal(handedOver["applicationNamespace"], "shop");
        assert.equal(handedOver["sourceK10Version"], "9.0.4-standin.1");
        assert.match(String(handedOver["sourceKubernetesVersion"]), /^v1\.\d+\.\d+$/);
        assert.match(
            String(baselineKey),
            new RegExp(`^crossing/${String(sourceClusterUid)}/shop/1-[0-9a-f]{8}/baseline\\.json$`),
        );
        assert.match(String(baselineDigest), /^[0-9a-f]{64}$/);
        assert.ok(Date.parse(String(backupStartTime)) > 0);
        assert.ok(String(handedOver["receiveString"]).length > 100);
    });

    it("the target restores and proves what another stack exported", async () => {
        await target.up();
        const outputs = await target.outputs();
        assert.equal((outputs["verification"] as { status: string }).status, "passed");
        assert.equal(outputs["restorePoint"], "shop/restore-shop-1");
        assert.deepEqual(changes(await target.up()), {});
    });

    it("neither state holds the hand-off or the store's keys in clear", async () => {
        const { storeSecretKey, storeAccessKey } = await store.outputs();
        for (const stack of [store, source, target]) {
            const state = await stack.state();
            for (const secret of [storeSecretKey, storeAccessKey, handedOver["receiveString"]]) {
                assert.ok(String(secret).length >= 20);
                assert.ok(!state.includes(String(secret)), `${stack.name} shows a secret`);
            }
        }
    });

    it("another run of the source is another run of the target, by policies on a schedule", async () => {
        const lab = await labConfig();
        const policy = { frequency: "@daily", retention: { daily: 7 } };
        const ofSource = { store: storeStack, runId: "2", policy };
        await source.configure({ ...lab, role: "source", name, ...ofSource });
        await source.up();
        const importPolicy = { frequency: "@daily" };
        const ofTarget = { store: storeStack, sourceStack, onConflict: "replace", importPolicy };
        await target.configure({ ...lab, role: "target", name, ...ofTarget });
        await target.up();
        const outputs = await target.outputs();
        assert.equal(outputs["runId"], "2");
        assert.equal(outputs["restorePoint"], "shop/restore-shop-2");
        assert.equal((outputs["verification"] as { status: string }).status, "passed");
    });

    it("`refresh` and `up` of both change nothing, though K10 writes into policies on a schedule, too", async () => {
        for (const stack of [source, target]) {
            assert.deepEqual(changes(await stack.refresh()), {}, stack.name);
            assert.deepEqual(changes(await stack.up()), {}, stack.name);
        }
    });

    it("the end of the source leaves the target and the store whole, and says what it leaves in the bucket", async () => {
        const { targetKubeconfig } = await target.outputs();
        const { sourceClusterUid } = await source.outputs();
        const before = source.log.length;
        await source.destroy();
        const said = source.log.slice(before).join("");
        // The baselines of both runs, and what K10 exported of both.
        const left = new RegExp(
            `store: left in bucket \`crossing\`: \\d+ objects, \\d+\\.\\d MiB below \`k10/[0-9a-f-]{36}/\`, 2 objects, 0\\.0 MiB below \`crossing/${String(sourceClusterUid)}/\`\\. A target may still restore from them; to remove them: aws --endpoint-url http:`,
        );
        assert.match(said, left);
        const cluster = new TestCluster(String(targetKubeconfig));
        assert.deepEqual(await cluster.sql("SELECT count(*) FROM orders"), ["1000"]);
        assert.deepEqual(await inEngine(name), [
            `container ${name}-minio`,
            `container ${name}-target-control-plane`,
            `network ${name}`,
            `volume ${name}-minio`,
        ]);
    });

    it("a store that is not empty is not destroyed", async () => {
        await target.destroy();
        await assert.rejects(
            () => store.destroy(),
            (error: Error) => {
                assert.match(
                    error.message,
                    /Bucket `crossing` of the store at `http:\/\/[0-9.]+:9000` still holds \d+ objects, the first is `crossing\/[^`]+\/baseline\.json`: they would be lost with the store\. Set `onDestroy: delete` in `crossing:store`, run `pulumi up`, then `pulumi destroy` again\./,
                );
                return true;
            },
        );
        assert.ok((await inEngine(name)).includes(`container ${name}-minio`));
    });
});
