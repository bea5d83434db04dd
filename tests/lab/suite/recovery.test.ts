/** K10 lost with its cluster, and brought back on a new one from the backup that it made of itself in a store that stays. */
import * as k8s from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { prefix } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { changes, inEngine } from "./support.ts";

const profileLabel = "k10.kasten.io/exportProfile";
const policy = { name: "k10-disaster-recovery-policy", namespace: "kasten-io" };

const objectsOf = (kubeconfig: unknown) =>
    new TestCluster(String(kubeconfig)).config.makeApiClient(k8s.CustomObjectsApi);

/** The exported restore points that K10 lists, by their contents. */
async function exported(kubeconfig: unknown): Promise<string[]> {
    const { items } = (await objectsOf(kubeconfig).listClusterCustomObject({
        ...{ group: "apps.kio.kasten.io", version: "v1alpha1", plural: "restorepointcontents" },
    })) as { items: { metadata: { name: string; labels: Record<string, string> } }[] };
    return items
        .filter(({ metadata }) => profileLabel in metadata.labels)
        .map(({ metadata }) => metadata.name);
}

/** Runs K10's backup of itself, and gives the state that it ends with. */
async function backUpK10(kubeconfig: unknown, name: string): Promise<string> {
    const objects = objectsOf(kubeconfig);
    const run = {
        ...{ group: "actions.kio.kasten.io", version: "v1alpha1", plural: "runactions" },
        namespace: policy.namespace,
    };
    const subject = { apiVersion: "config.kio.kasten.io/v1alpha1", kind: "Policy", ...policy };
    await objects.createNamespacedCustomObject({
        ...run,
        body: {
            ...{ apiVersion: `${run.group}/${run.version}`, kind: "RunAction" },
            ...{ metadata: { name }, spec: { subject } },
        },
    });
    for (;;) {
        const { status } = (await objects.getNamespacedCustomObject({
            ...{ ...run, name },
        })) as { status: { state: string } };
        if (!["Pending", "Running"].includes(status.state)) {
            return status.state;
        }
        await sleep(500);
    }
}

describe("K10 on a new cluster after the loss of the old one", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-recovery");
    const store = new LabStack("lab-recovery-store");
    const old = new LabStack("lab-recovery-old");
    const fresh = new LabStack("lab-recovery-new");
    const all = "organization/crossing/lab-recovery-store";
    let lab: Config;
    let points: string[];
    let lost: Record<string, unknown>;

    const configure = async (onDestroy: object = {}) => {
        const ofStore = { ...(lab["store"] as object), ...onDestroy };
        const network = { subnet: await subnet(2) };
        await store.configure({ ...lab, role: "store", name, network, store: ofStore });
    };
    const source = async (stack: LabStack, k10: object, passphrase?: string) => {
        await stack.configure({
            ...{ ...lab, role: "source", name, store: { type: "stack", stack: all } },
            k10: { ...(lab["k10"] as object), ...k10 },
        });
        if (passphrase !== undefined) {
            await stack.secret("disasterRecoveryPassphrase", passphrase);
        }
    };
    const recover = (passphrase: string, more: object = {}) => {
        const clusterId = lost["disasterRecoveryClusterId"];
        const recovery = { location: "crossing", clusterId };
        return source(fresh, { recovery, ...more }, passphrase);
    };

    before(async () => {
        lab = await labConfig();
        await configure();
        await store.up();
    });
    after(async () => {
        await fresh.remove();
        await old.remove();
        await configure({ onDestroy: "delete" });
        await store.up();
        await store.remove();
        assert.deepEqual(await inEngine(name), []);
    });

    it("backs itself up, and is lost", async () => {
        await source(old, { disasterRecovery: {} });
        await old.up();
        lost = await old.outputs();
        points = await exported(lost["sourceKubeconfig"]);
        assert.equal(points.length, 1);
        assert.match(points[0], /^shop-/);
        assert.equal(await backUpK10(lost["sourceKubeconfig"], "own-1"), "Complete");
        await old.destroy();
        assert.ok(!(await inEngine(name)).includes(`container ${name}-source-control-plane`));
    });

    it("is not brought back by another passphrase, and says so", async () => {
        await recover("another one");
        const message = await fresh.failingUp();
        assert.match(
            message,
            /KastenDRReview `kasten-io\/crossing-[0-9a-f]{8}` failed after \d+s: invalid repository password\. Probably K10's backup of itself was sealed with another passphrase/,
        );
        assert.ok(!message.includes("another one"));
    });

    it("knows the restore points of the lost one, once the passphrase is right", async () => {
        await recover(String(lost["disasterRecoveryPassphrase"]));
        await fresh.up();
        const { recovery, sourceKubeconfig } = await fresh.outputs();
        const { id, created, clusterId } = recovery as Record<string, string>;
        assert.match(id, /^\w{16}$/);
        assert.ok(Date.parse(created) > 0);
        assert.equal(clusterId, lost["disasterRecoveryClusterId"]);
        const found = await exported(sourceKubeconfig);
        // The other one is of the crossing's own run on the new cluster, by a policy of the name of the lost one's.
        assert.equal(found.length, 2);
        assert.ok(found.includes(points[0]), found.join());
    });

    it("is left as it is by a second `up`", async () => {
        assert.deepEqual(changes(await fresh.up()), {});
        assert.ok(
            !(await fresh.state()).includes(String(lost["disasterRecoveryPassphrase"])),
            "the passphrase is in the state in clear",
        );
    });

    it("backs itself up from then on, by the same passphrase, also once the recovery is no longer asked for", async () => {
        const passphrase = String(lost["disasterRecoveryPassphrase"]);
        await recover(passphrase, { disasterRecovery: {} });
        await fresh.up();
        await source(fresh, { disasterRecovery: {} }, passphrase);
        await fresh.up();
        const { sourceKubeconfig } = await fresh.outputs();
        const { data } = await new TestCluster(String(sourceKubeconfig)).core.readNamespacedSecret({
            ...{ namespace: "kasten-io", name: "k10-dr-secret" },
        });
        assert.equal(Buffer.from(data?.["key"] ?? "", "base64").toString(), passphrase);
        assert.equal(await backUpK10(sourceKubeconfig, "own-2"), "Complete");
    });
});
