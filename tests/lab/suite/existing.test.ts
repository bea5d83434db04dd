/** Two clusters and a store that are there already, and stay; mistakes on the way. */
import assert from "node:assert/strict";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/exec.ts";
import { local, prefix } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { s3, type Bucket } from "./corrupt.ts";
import { docker, env } from "./support.ts";

describe("existing clusters and an existing store", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-existing");
    const stack = new LabStack("lab-existing");
    const folder = join(local, "existing");
    const kubeconfig = (side: string) => join(folder, `${side}.kubeconfig`);
    let store: Bucket;
    let config: Config;
    let source: TestCluster;
    let target: TestCluster;

    before(async () => {
        const lab = await labConfig();
        const network = await subnet(2);
        const address = network.replace(/0\/24$/, "");
        await mkdir(folder, { recursive: true });
        await docker(
            ...["network", "create", "--subnet", network, "--gateway", `${address}1`],
            ...["--ip-range", `${address}0/25`, name],
        );
        store = {
            endpoint: `http://${address}200:9000`,
            bucket: "somebodys",
            accessKey: "somebody",
            secretKey: "somebodys-secret",
        };
        const { image } = lab["store"] as { image: string };
        await docker(
            ...["run", "--detach", "--name", `${name}-minio`, "--network", name],
            ...["--ip", `${address}200`, "--env", `MINIO_ROOT_USER=${store.accessKey}`],
            ...["--env", `MINIO_ROOT_PASSWORD=${store.secretKey}`, image, "server", "/data"],
        );
        const { nodeImage } = lab["source"] as { nodeImage: string };
        await Promise.all(
            ["source", "target"].map(side =>
                run(
                    "kind",
                    [
                        ...["create", "cluster", "--name", `${name}-${side}`, "--wait", "3m"],
                        ...["--image", nodeImage, "--kubeconfig", kubeconfig(side)],
                    ],
                    { env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name } },
                ),
            ),
        );
        source = new TestCluster(await readFile(kubeconfig("source"), "utf8"));
        target = new TestCluster(await readFile(kubeconfig("target"), "utf8"));
        await retry(() => s3(store).send(new CreateBucketCommand({ Bucket: store.bucket })));
        const { images, k10, snapshots } = lab;
        // Here K10's sidecar copies the volumes, although they could be snapshotted.
        const sidecar = {
            namespaceSelector: { matchLabels: { backup: "sidecar" } },
            objectSelector: { matchLabels: { tier: "db" } },
        };
        const values = {
            genericStorageBackup: { token: "stand-in" },
            // As K10 does: a profile that failed is looked at again when its spec has changed, and only then.
            standIn: { revalidationSeconds: 0 },
        };
        config = {
            ...{ images, snapshots },
            k10: { ...(k10 as object), sidecar, values, report: true },
            source: { type: "existing", kubeconfig: ".crossing/existing/source.kubeconfig" },
            target: { type: "existing" },
            store: storeAt(store.endpoint),
        };
    });
    after(async () => {
        await stack.remove();
        for (const side of ["source", "target"]) {
            await run("kind", ["delete", "cluster", "--name", `${name}-${side}`], { env });
        }
        await docker("rm", "--force", "--volumes", `${name}-minio`);
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
    });

    /** The target's kubeconfig by its contents; the source's by its path, in `config`. */
    const configure = async (more: Config = {}) => {
        await stack.configure({ ...config, ...more });
        await stack.secret("storeAccessKey", store.accessKey);
        await stack.secret("storeSecretKey", store.secretKey);
        await stack.secret("targetKubeconfig", await readFile(kubeconfig("target"), "utf8"));
    };
    const storeAt = (endpoint: string) => ({
        ...{ type: "existing", bucket: "somebodys" },
        endpoint: { source: endpoint, target: endpoint },
    });

    it("all mistakes of the configuration are told at once, and nothing is made", async () => {
        await stack.configure({ ...config, role: "both", onConflict: "overwrite" });
        const message = await stack.failingUp();
        for (const sentence of [
            "The configuration has 2 mistakes:",
            "`crossing:onConflict` is `overwrite`: use `fail`, `replace` or `newName`.",
            "`crossing:role` is `both`: use `all`, `store`, `source`, `target` or `drill`.",
        ]) {
            assert.ok(message.includes(sentence), `${sentence}\n${message}`);
        }
        assert.ok(!message.includes("    at "), "it shows a stack");
    });

    it("a kubeconfig that is missing is named", async () => {
        await stack.configure({ ...config, target: { type: "existing", kubeconfig: "nowhere" } });
        await stack.secret("storeAccessKey", store.accessKey);
        await stack.secret("storeSecretKey", store.secretKey);
        assert.match(
            await stack.failingUp(),
            /`crossing:target\.kubeconfig` names `nowhere`, which does not exist\. Give the path of a kubeconfig, relative to the folder of Pulumi\.yaml\./,
        );
    });

    it("a namespace of somebody else's is named before anything is made, and stays", async () => {
        await configure();
        await source.core.createNamespace({ body: { metadata: { name: "shop" } } });
        const message = await stack.failingUp();
        assert.ok(
            message.includes(
                "Namespace `shop` of `crossing:source` is there, and not of this stack, which would change and at the end delete it: name another one in `crossing:applications`, or cross it as an application of your own (`namespace` in place of `sample`).",
            ),
            message,
        );
        assert.ok(!message.includes("    at "), "it shows a stack");
        assert.ok((await source.namespaces()).includes("shop"));
        assert.ok(!(await source.namespaces()).includes("kasten-io"));
        await source.core.deleteNamespace({ name: "shop" });
        while ((await source.namespaces()).includes("shop")) {
            await sleep(250);
        }
    });

    it("a store that cannot be reached is named", async () => {
        const closed = store.endpoint.replace(":9000", ":9999");
        await configure({ store: storeAt(closed) });
        assert.match(
            await stack.failingUp(),
            new RegExp(
                `The store at ${closed} cannot be reached from inside this cluster \\(curl: .*\\): start it, or correct crossing:store\\.endpoint\\.`,
            ),
        );
    });

    it("wrong keys are told from a wrong bucket", async () => {
        await configure();
        await stack.secret("storeSecretKey", "not the key");
        const message = await stack.failingUp();
        assert.ok(
            message.includes(
                `The store at ${store.endpoint} refuses the keys (SignatureDoesNotMatch): correct crossing:storeAccessKey and crossing:storeSecretKey.`,
            ),
            message,
        );
        assert.ok(!message.includes("not the key"));
    });

    it("a receive string of another export is explained", async () => {
        await configure();
        await stack.secret("receiveString", `bIzAPpoanm${"A".repeat(555)}`);
        assert.match(
            await stack.failingUp(),
            /Import `kasten-io\/shop-import-1-1` failed after \d+s: cipher: message authentication failed\. Probably the receive string does not belong to this bucket and export policy\. Correct `crossing:receiveString`, or unset it to have it read from the source, then run `pulumi up` again/,
        );
    });

    it("with the mistakes put right the crossing ends with a proof, on another attempt of its import", async () => {
        await configure();
        await stack.up();
        const { verification } = (await stack.outputs()) as { verification: { status: string } };
        assert.equal(verification.status, "passed");
        assert.deepEqual(await source.actions("runactions", "kasten-io"), ["shop-export-1-1"]);
        // K10 refuses a run that comes before it has validated the policy's new receive string: then it is the third.
        const attempts = await target.states("runactions", "kasten-io");
        const states = Object.values(attempts);
        assert.deepEqual(
            [states.slice(0, -1), states.at(-1)],
            [states.slice(0, -1).map(() => "Failed"), "Complete"],
            JSON.stringify(attempts),
        );
        assert.equal(Object.keys(attempts)[0], "shop-import-1-1");
        assert.ok(states.length === 2 || states.length === 3, JSON.stringify(attempts));
        const snapshots = "snapshot.storage.k8s.io";
        assert.deepEqual(await source.names(snapshots, "volumesnapshots", "shop"), []);
    });

    it("K10's own report calls the application compliant on the source", async () => {
        const { sourceK10Report: report } = (await stack.outputs()) as {
            sourceK10Report: { compliance: Record<string, unknown> };
        };
        assert.deepEqual(report.compliance, {
            // Beside it are namespaces of the cluster's own, which nobody backs up.
            ...{ applications: 4, compliant: 1, nonCompliant: 0, unmanaged: 3 },
            someNonCompliant: [],
        });
    });

    it("the findings say what was looked at, and warn of nothing but HTTP", async () => {
        const { findings } = (await stack.outputs()) as {
            findings: { rule: string; level: string; side: string }[];
        };
        assert.deepEqual(
            findings.map(({ rule, level, side }) => `${side} ${rule} ${level}`),
            [
                "source STORE-COPY-001 ok",
                "source K10-DR-001 ok",
                "source STORE-TLS-001 warn",
                "source K10-LIC-002 ok",
                "source K10-LIC-001 ok",
                "source SNAP-001 ok",
                "target STORE-TLS-001 warn",
                "target K10-LIC-002 ok",
                "target PROOF-001 ok",
                "target K10-LIC-001 ok",
                "target SNAP-001 ok",
            ],
        );
    });

    const configureSecond = async (secretKey: string) => {
        const second = {
            ...{ type: "rgw", bucket: store.bucket, endpoint: store.endpoint },
            sides: ["target"],
        };
        await configure({ locations: { second } });
        await stack.secret("locationSecrets.second.accessKey", store.accessKey);
        await stack.secret("locationSecrets.second.secretKey", secretKey);
    };

    it("keys of a location that are wrong are named", async () => {
        await configureSecond("not the key");
        const message = await stack.failingUp();
        assert.match(
            message,
            /K10 does not accept Profile `kasten-io\/second`: .*SignatureDoesNotMatch/,
        );
        assert.ok(!message.includes("not the key"));
    });

    it("keys that were put right are another Secret, by which K10 validates the location anew", async () => {
        const secrets = async () => {
            const { items } = await target.core.listNamespacedSecret({ namespace: "kasten-io" });
            return items
                .map(({ metadata }) => metadata?.name ?? "")
                .filter(name => name.startsWith("second-"));
        };
        const before = await secrets();
        await configureSecond(store.secretKey);
        await stack.up();
        const after = await secrets();
        assert.deepEqual([before.length, after.length], [1, 1]);
        assert.notDeepEqual(after, before);
    });

    it("neither kubeconfig gets into the state in clear, whether it came by path or by contents", async () => {
        const state = await stack.state();
        for (const side of ["source", "target"]) {
            const text = await readFile(kubeconfig(side), "utf8");
            const [, key] = /client-key-data: (\S+)/.exec(text) ?? [];
            assert.ok(key && key.length > 100);
            assert.ok(!state.includes(key), side);
        }
    });

    it("`destroy` takes its own from both clusters and leaves the restored rows", async () => {
        const rows = await target.sql("SELECT * FROM orders ORDER BY id");
        assert.equal(rows.length, 1_000);
        await stack.destroy();
        const kubernetes = [
            ...["crossing-csi", "default", "kube-node-lease", "kube-public", "kube-system"],
            "local-path-storage",
        ];
        assert.deepEqual(await source.namespaces(), kubernetes);
        assert.deepEqual(await target.namespaces(), [...kubernetes, "shop"].sort());
        assert.deepEqual([...(await source.k10Apis()), ...(await target.k10Apis())], []);
        assert.deepEqual(await target.sql("SELECT * FROM orders ORDER BY id"), rows);
        // Without its types, everybody's snapshots would be gone: they stay, as what makes them does.
        assert.deepEqual(await target.resourceTypes("snapshot.storage.k8s.io"), [
            "volumesnapshotclasses",
            "volumesnapshotcontents",
            "volumesnapshots",
        ]);
        assert.deepEqual(
            await target.names("snapshot.storage.k8s.io", "volumesnapshotclasses"),
            [],
        );
    });
});

/** A store that has just been started needs a moment. */
async function retry<T>(attempt: () => Promise<T>): Promise<T> {
    for (let i = 0; ; i++) {
        try {
            return await attempt();
        } catch (error) {
            if (i === 40) {
                throw error;
            }
            await sleep(250);
        }
    }
}
