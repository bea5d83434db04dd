/**
 * K10 by its operator, on a cluster with stand-ins for OLM and for K10's operator: what the program asks of both, what
 * it waits for, and what it leaves behind. What OLM and Kasten's operator really do, only an OpenShift shows.
 */
import assert from "node:assert/strict";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../lab/exec.ts";
import { local, prefix } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { s3 } from "./corrupt.ts";
import { OlmStandIn } from "./olm.ts";
import { changes, docker, env } from "./support.ts";

describe("K10 by its operator (OLM and operator are stand-ins)", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-operator");
    const stack = new LabStack("lab-operator");
    const folder = join(local, "operator");
    const kubeconfig = join(folder, "kubeconfig");
    const csv = "k10-kasten-operator-rhmp.v9.0.4";
    const keys = { accessKey: "somebody", secretKey: "somebodys-secret" };
    let cluster: TestCluster;
    let olm: OlmStandIn | undefined;
    let config: Config;
    let k10: Config;

    before(async () => {
        const lab = await labConfig();
        const network = await subnet(2);
        const address = network.replace(/0\/24$/, "");
        await mkdir(folder, { recursive: true });
        await docker(
            ...["network", "create", "--subnet", network, "--gateway", `${address}1`],
            ...["--ip-range", `${address}0/25`, name],
        );
        const { image } = lab["store"] as { image: string };
        await docker(
            ...["run", "--detach", "--name", `${name}-minio`, "--network", name],
            ...["--ip", `${address}200`, "--env", `MINIO_ROOT_USER=${keys.accessKey}`],
            ...["--env", `MINIO_ROOT_PASSWORD=${keys.secretKey}`, image, "server", "/data"],
        );
        const { nodeImage } = lab["source"] as { nodeImage: string };
        await run(
            "kind",
            [
                ...["create", "cluster", "--name", name, "--wait", "3m"],
                ...["--image", nodeImage, "--kubeconfig", kubeconfig],
            ],
            { env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name } },
        );
        const text = await readFile(kubeconfig, "utf8");
        cluster = new TestCluster(text);
        const endpoint = `http://${address}200:9000`;
        await retry(() =>
            s3({ endpoint, bucket: "somebodys", ...keys }).send(
                new CreateBucketCommand({ Bucket: "somebodys" }),
            ),
        );
        olm = new OlmStandIn("lab-operator-olm", text, {
            ...{ source: "stand-in", channel: "stable", version: "9.0.4" },
            package: "k10-kasten-operator-rhmp",
        });
        await olm.start();
        const { images, snapshots } = lab;
        k10 = { version: "9.0.4", install: "operator" };
        config = {
            ...{ images, snapshots, role: "source" },
            timeouts: { install: "4 minutes" },
            source: {
                ...{ type: "existing", platform: "openshift" },
                kubeconfig: ".crossing/operator/kubeconfig",
            },
            store: {
                ...{ type: "existing", bucket: "somebodys" },
                endpoint: { source: endpoint, target: endpoint },
            },
        };
    });
    after(async () => {
        await stack.remove();
        await olm?.stop();
        await run("kind", ["delete", "cluster", "--name", name], { env });
        await docker("rm", "--force", "--volumes", `${name}-minio`);
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
    });

    const configure = async (more: Config) => {
        await stack.configure({ ...config, k10: { ...k10, ...more } });
        await stack.secret("storeAccessKey", keys.accessKey);
        await stack.secret("storeSecretKey", keys.secretKey);
    };
    const operator = { source: "stand-in", startingCSV: csv };

    it("a catalog without K10 is told in OLM's words long before the time is over", async () => {
        await configure({ operator: { ...operator, source: "community-operators" } });
        const started = Date.now();
        const message = await stack.failingUp();
        assert.match(
            message,
            /The operator of Subscription `kasten-io\/k10-kasten-operator-rhmp` is not installed: ResolutionFailed \(ConstraintsNotSatisfiable\): constraints not satisfiable: no operators found from catalog community-operators .*\. Correct `package`, `channel`, `source` and `startingCSV` of `crossing:k10\.operator`/,
        );
        assert.ok(Date.now() - started < 200_000, "it waited");
        assert.deepEqual(await olm?.names("clusterserviceversions"), []);
    });

    it("with the catalog put right the operator is approved and installs K10, which exports", async () => {
        await configure({ operator });
        await stack.up();
        assert.deepEqual(olm?.log, [`installing ${csv}`, "Install of k10"]);
        assert.deepEqual(await cluster.actions("runactions", "kasten-io"), ["shop-export-1-1"]);
        const outputs = await stack.outputs();
        const dashboard = outputs["sourceK10Dashboard"] as { tokenCommand: string };
        assert.match(dashboard.tokenCommand, /create token k10-k10 /);
        // What exported, and not what is configured: OLM may have upgraded it.
        assert.equal(outputs["sourceK10Version"], "9.0.4-standin.1");
    });

    it("is left as it is by a second `up`, and deployed anew with other settings", async () => {
        assert.deepEqual(changes(await stack.up()), {});
        await configure({ operator, profile: "lean" });
        const updated: string[] = [];
        await stack.up(({ resourcePreEvent: event }) => {
            const { op, type = "" } = event?.metadata ?? {};
            if (op === "update" && !event?.planning && /^(kubernetes|pulumi-nodejs):/.test(type)) {
                updated.push(type);
            }
        });
        assert.deepEqual(updated, [
            "kubernetes:apik10.kasten.io/v1alpha1:K10",
            "pulumi-nodejs:dynamic/k10:Deployed",
            "pulumi-nodejs:dynamic/k10:Ready",
        ]);
        assert.equal(olm?.log.at(-1), "Upgrade of k10");
    });

    it("`destroy` lets the operator uninstall K10 before it takes the operator, and leaves its types alone", async () => {
        await stack.destroy();
        assert.equal(olm?.log.at(-1), "uninstalling k10");
        for (const plural of ["k10s", "clusterserviceversions", "subscriptions"]) {
            assert.deepEqual(await olm?.names(plural), [], plural);
        }
        const namespaces = await cluster.namespaces();
        assert.ok(!namespaces.includes("kasten-io"), namespaces.join());
        assert.deepEqual(await cluster.k10Apis(), []);
        assert.deepEqual(await cluster.resourceTypes("apik10.kasten.io"), ["k10s"]);
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
