/** A MinIO in a cluster that is there already: under the restricted standard, reached from outside, kept unless it is empty. */
import assert from "node:assert/strict";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../lab/exec.ts";
import { local, prefix } from "../../../lab/paths.ts";
import { labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { s3 } from "./corrupt.ts";
import { changes, docker, env } from "./support.ts";

describe("a MinIO in a cluster", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-inside");
    const stack = new LabStack("lab-inside");
    const folder = join(local, "inside");
    const kubeconfig = join(folder, "kubeconfig");
    let cluster: TestCluster;
    let outputs: Record<string, string>;

    before(async () => {
        const lab = await labConfig();
        const network = await subnet(2);
        await mkdir(folder, { recursive: true });
        await docker("network", "create", "--subnet", network, name);
        const { nodeImage } = lab["source"] as { nodeImage: string };
        const { image } = lab["store"] as { image: string };
        await run(
            "kind",
            [
                ...["create", "cluster", "--name", name, "--wait", "3m"],
                ...["--image", nodeImage, "--kubeconfig", kubeconfig],
            ],
            { env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name } },
        );
        // The lab's nodes hold no MinIO, and pull nothing.
        await run("kind", ["load", "docker-image", image, "--name", name], { env });
        cluster = new TestCluster(await readFile(kubeconfig, "utf8"));
        await stack.configure({
            role: "store",
            name,
            store: {
                ...{ type: "minio-in-cluster", cluster: "other", image, storage: "64Mi" },
                kubeconfig: ".crossing/inside/kubeconfig",
            },
        });
    });
    after(async () => {
        await stack.remove();
        await run("kind", ["delete", "cluster", "--name", name], { env });
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
    });

    const store = () =>
        s3({
            endpoint: outputs["programStoreEndpoint"],
            bucket: outputs["bucket"],
            accessKey: outputs["storeAccessKey"],
            secretKey: outputs["storeSecretKey"],
        });
    const object = { Bucket: "crossing", Key: "k10/kept" };

    it("is admitted under the restricted standard, and keeps what is put into it at a node's address", async () => {
        await stack.up();
        outputs = (await stack.outputs()) as Record<string, string>;
        const namespace = await cluster.core.readNamespace({ name: `${name}-store` });
        assert.equal(
            namespace.metadata?.labels?.["pod-security.kubernetes.io/enforce"],
            "restricted",
        );
        assert.match(outputs["programStoreEndpoint"], /^http:\/\/\d+\.\d+\.\d+\.\d+:3\d{4}$/);
        for (const side of ["sourceStoreEndpoint", "targetStoreEndpoint"]) {
            assert.equal(outputs[side], outputs["programStoreEndpoint"]);
        }
        await store().send(new PutObjectCommand({ ...object, Body: "kept" }));
    });

    it("is left as it is by a second `up`", async () => {
        assert.deepEqual(changes(await stack.up()), {});
    });

    it("is not destroyed while something is in it, and goes without a trace once nothing is", async () => {
        await assert.rejects(
            () => stack.destroy(),
            /still holds 1 object, the first is `k10\/kept`/,
        );
        await store().send(new DeleteObjectCommand(object));
        await stack.destroy();
        const namespaces = await cluster.namespaces();
        assert.ok(!namespaces.includes(`${name}-store`), namespaces.join());
    });
});
