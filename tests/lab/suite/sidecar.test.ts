/**
 * K10's sidecar on a real cluster with volumes of local-path: a stack that was there before it was wanted, an application of
 * one's own that is older than the webhook, and each way in which the webhook is not reached. The webhook is the K10
 * stand-in's; who asks it, and what becomes of its answers, is Kubernetes' own.
 */
import assert from "node:assert/strict";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sidecars } from "crossing-actions/dist/k10/sidecars.js";
import { run } from "../../../lab/exec.ts";
import { local, prefix } from "../../../lab/paths.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { TestCluster } from "./cluster.ts";
import { s3 } from "./corrupt.ts";
import { changes, docker, env } from "./support.ts";

const webhook = "mutatingwebhookconfigurations/k10-sidecar-injector";
const matchLabels = { backup: "sidecar" };

describe("K10's sidecar (K10 is a stand-in)", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-sidecar");
    const stack = new LabStack("lab-sidecar");
    const folder = join(local, "sidecar");
    const kubeconfig = join(folder, "kubeconfig");
    const keys = { accessKey: "somebody", secretKey: "somebodys-secret" };
    let cluster: TestCluster;
    let text: string;
    let image: string;
    let config: Config;
    let k10: Config;

    const kubectl = (...args: string[]) =>
        run("kubectl", ["--kubeconfig", kubeconfig, ...args], { env });
    const patch = (what: string, body: object, ...more: string[]) =>
        kubectl(...[...more, "patch", what, "--type=merge", "--patch", JSON.stringify(body)]);
    const apply = (...items: object[]) =>
        run("kubectl", ["--kubeconfig", kubeconfig, "apply", "--filename", "-"], {
            ...{ env, input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) },
        });

    before(async () => {
        const lab = await labConfig();
        const network = await subnet(2);
        const address = network.replace(/0\/24$/, "");
        await mkdir(folder, { recursive: true });
        await docker(
            ...["network", "create", "--subnet", network, "--gateway", `${address}1`],
            ...["--ip-range", `${address}0/25`, name],
        );
        const { image: minio } = lab["store"] as { image: string };
        await docker(
            ...["run", "--detach", "--name", `${name}-minio`, "--network", name],
            ...["--ip", `${address}200`, "--env", `MINIO_ROOT_USER=${keys.accessKey}`],
            ...["--env", `MINIO_ROOT_PASSWORD=${keys.secretKey}`, minio, "server", "/data"],
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
        text = await readFile(kubeconfig, "utf8");
        cluster = new TestCluster(text);
        const endpoint = `http://${address}200:9000`;
        const bucket = { endpoint, bucket: "somebodys", ...keys };
        await retry(() => s3(bucket).send(new CreateBucketCommand({ Bucket: "somebodys" })));
        const isDefault = (value: string) => ({
            metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": value } },
        });
        await patch("storageclasses/crossing-csi", isDefault("false"));
        await patch("storageclasses/standard", isDefault("true"));
        const { images } = lab;
        ({ postgres: image } = images as { postgres: string });
        k10 = { ...(lab["k10"] as object), values: { genericStorageBackup: { token: "any" } } };
        config = {
            ...{ images, role: "source" },
            timeouts: { application: "90 seconds" },
            applications: [{ sample: {} }, { namespace: "inventory" }],
            source: { type: "existing", kubeconfig: ".crossing/sidecar/kubeconfig" },
            store: {
                ...{ type: "existing", bucket: "somebodys" },
                endpoint: { source: endpoint, target: endpoint },
            },
        };
        await apply(
            {
                ...{ apiVersion: "v1", kind: "Namespace" },
                metadata: { name: "inventory", labels: matchLabels },
            },
            ...api(),
        );
        await ready();
    });
    after(async () => {
        await stack.remove();
        await run("kind", ["delete", "cluster", "--name", name], { env });
        await docker("rm", "--force", "--volumes", `${name}-minio`);
        await docker("network", "rm", name);
        await rm(folder, { recursive: true });
    });

    /** An application of somebody's: a Deployment that writes to a volume. */
    const api = () => {
        const metadata = (object: string) => ({ name: object, namespace: "inventory" });
        const labels = { app: "api" };
        return [
            {
                ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
                metadata: metadata("goods"),
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    resources: { requests: { storage: "1Mi" } },
                },
            },
            {
                ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: metadata("api") },
                spec: {
                    ...{ selector: { matchLabels: labels }, strategy: { type: "Recreate" } },
                    template: {
                        metadata: { labels },
                        spec: {
                            terminationGracePeriodSeconds: 0,
                            containers: [
                                {
                                    ...{ name: "api", image },
                                    command: ["sh", "-c", "echo 7 > /goods/count; sleep infinity"],
                                    volumeMounts: [{ name: "data", mountPath: "/goods" }],
                                },
                            ],
                            volumes: [
                                { name: "data", persistentVolumeClaim: { claimName: "goods" } },
                            ],
                        },
                    },
                },
            },
        ];
    };
    const ready = () =>
        kubectl("--namespace", "inventory", "rollout", "status", "deployment/api", "--timeout=2m");
    const containers = async (namespace: string) => {
        const { items } = await cluster.core.listNamespacedPod({ namespace });
        return items
            .filter(({ metadata }) => !metadata?.deletionTimestamp)
            .map(({ spec }) => spec?.containers.map(each => each.name).join(" "))
            .sort();
    };
    const configure = async (more: Config) => {
        await stack.configure({ ...config, k10: { ...k10, ...more } });
        await stack.secret("storeAccessKey", keys.accessKey);
        await stack.secret("storeSecretKey", keys.secretKey);
    };
    const sidecar = { namespaceSelector: { matchLabels } };
    /** What the program's own action says of the application, in a moment. */
    const said = (more: object = {}) =>
        sidecars
            .run(
                {
                    ...{ kubeconfig: text, clusterUid: "1", namespace: "inventory", runId: "1" },
                    ...{ namespaceLabels: matchLabels, sample: false, timeout: 1, ...more },
                },
                () => undefined,
            )
            .then(
                ({ dataModes }) => JSON.stringify(dataModes),
                (error: unknown) => (error as Error).message,
            );

    it("without it nothing is injected, and local-path cannot be backed up", async () => {
        await configure({});
        assert.match(
            await stack.failingUp(),
            /for driver rancher\.io\/local-path, and generic volume backup is not activated/,
        );
        assert.deepEqual(await cluster.names("admissionregistration.k8s.io", plural), []);
        assert.deepEqual(await containers("shop"), ["nginx page", "postgres"]);
    });
    const plural = "mutatingwebhookconfigurations";

    it("what was made before the webhook is restarted if it is the stack's own, and named if it is not", async () => {
        await configure({ sidecar });
        assert.match(
            await stack.failingUp(),
            /Waited 1m30s in vain for K10's sidecar or a snapshot for each claim of namespace `inventory`; last seen: Deployment api has no container `kanister-sidecar`\. K10's webhook gives the sidecar to a copy of Deployment `api` that is made now \(dry run\)\. Probably the workload was made before K10's webhook, or while that was away\. .* Details: kubectl -n inventory rollout restart deployment\/api/,
        );
        assert.deepEqual(await containers("shop"), ["nginx page", "postgres kanister-sidecar"]);
        assert.deepEqual(await containers("inventory"), ["api"]);
        const { items } = await cluster.apps.listNamespacedDeployment({ namespace: "inventory" });
        assert.deepEqual(
            items.map(({ metadata }) => metadata?.name),
            ["api"],
        );
    });

    it("a webhook that is not reached is told from one that is not there", async () => {
        const faults = (webhookUnreachable: string) =>
            patch(
                "configmap/k10-stand-in-faults",
                { data: { webhookUnreachable } },
                "-n",
                "kasten-io",
            );
        await faults("inventory");
        await sleep(1_500);
        await kubectl("-n", "inventory", "rollout", "restart", "deployment/api");
        await ready();
        assert.deepEqual(await containers("inventory"), ["api"]);
        assert.match(
            await said(),
            /K10's webhook does not give the sidecar to a copy of Deployment `api` .* Probably the API server does not reach K10's webhook/,
        );
        await faults("");
        await sleep(1_500);
        const of = async (spoil: () => Promise<unknown>) => {
            const before = await kubectl("get", webhook, "-o", "json");
            await spoil();
            const message = await said();
            await kubectl("delete", webhook, "--ignore-not-found");
            const { metadata, ...rest } = JSON.parse(before) as {
                metadata: { name: string; labels: object; annotations: object };
            };
            const { name: own, labels, annotations } = metadata;
            await apply({ ...rest, metadata: { name: own, labels, annotations } });
            return message;
        };
        const json = (path: string, value: unknown, op = "replace") =>
            kubectl(
                ...["patch", webhook, "--type=json", "--patch"],
                JSON.stringify([{ op, path: `/webhooks/0/clientConfig/${path}`, value }]),
            );
        assert.match(
            await of(() => kubectl("delete", webhook)),
            /No MutatingWebhookConfiguration leads to namespace `kasten-io`\. Probably K10 is installed without the webhook/,
        );
        assert.match(
            await of(() => json("caBundle", undefined, "remove")),
            /MutatingWebhookConfiguration `k10-sidecar-injector` has no `caBundle`\. Probably the API server has nothing to know/,
        );
        assert.match(
            await of(() => json("service/name", "gone")),
            /leads to Service `kasten-io\/gone`, which does not exist\. Probably nobody serves K10's webhook/,
        );
        assert.match(
            await of(() => json("service/name", "nobody").then(() => apply(nobody))),
            /leads to Service `kasten-io\/nobody`, which has no endpoint\. Probably nobody serves K10's webhook/,
        );
        assert.match(await said(), /K10's webhook gives the sidecar to a copy/);
        assert.match(
            await said({ namespaceLabels: { backup: "no" } }),
            /namespace `inventory` lacks the label `backup=no` of K10's `namespaceSelector`\. There is no VolumeSnapshotClass for driver `rancher\.io\/local-path`/,
        );
    });
    const nobody = {
        ...{ apiVersion: "v1", kind: "Service" },
        metadata: { name: "nobody", namespace: "kasten-io" },
        spec: { selector: { app: "nobody" }, ports: [{ port: 443 }] },
    };

    it("with the command of the message it is covered, and backed up by it", async () => {
        await kubectl("-n", "inventory", "rollout", "restart", "deployment/api");
        await ready();
        await stack.up();
        const { applications } = (await stack.outputs()) as {
            applications: Record<string, { dataModes: object[]; evidence: { export: object } }>;
        };
        const modeOf = (workload: string, claim: string) => [
            {
                ...{ workload, claims: [claim], mode: "sidecar" },
                reason: "K10's selectors mean it, and its sidecar mounts each of them",
            },
        ];
        assert.deepEqual(
            Object.entries(applications)
                .map(([namespace, each]) => [namespace, each.dataModes])
                .sort(),
            [
                ["inventory", modeOf("Deployment api", "goods")],
                ["shop", modeOf("Deployment database", "database")],
            ],
        );
        assert.deepEqual(await containers("inventory"), ["api kanister-sidecar"]);
        const { items } = await cluster.apps.listNamespacedDeployment({ namespace: "inventory" });
        assert.equal(items[0]?.metadata?.annotations?.["k10.kasten.io/forcegenericbackup"], "true");
        const mounts = items[0]?.spec?.template.spec?.containers[1]?.volumeMounts;
        assert.deepEqual(
            mounts?.map(mount => ({ ...mount })),
            [{ name: "data", mountPath: "/data/goods" }],
        );
    });

    it("is no drift: up, refresh, up changes nothing", async () => {
        assert.deepEqual(changes(await stack.up()), {});
        await stack.refresh();
        assert.deepEqual(changes(await stack.up()), {});
        assert.deepEqual(await containers("shop"), ["nginx page", "postgres kanister-sidecar"]);
    });

    it("a sidecar that does not mount every claim is no cover", async () => {
        const spec = "/spec/template/spec";
        const logs = { name: "logs", persistentVolumeClaim: { claimName: "logs" } };
        await kubectl("delete", webhook);
        await kubectl(
            ...["-n", "inventory", "patch", "deployment/api", "--type=json", "--patch"],
            JSON.stringify([
                { op: "add", path: `${spec}/volumes/-`, value: logs },
                {
                    ...{ op: "add", path: `${spec}/containers/0/volumeMounts/-` },
                    value: { name: "logs", mountPath: "/logs" },
                },
            ]),
        );
        const [claim] = api();
        await apply({ ...claim, metadata: { name: "logs", namespace: "inventory" } });
        await ready();
        assert.match(
            await said(),
            /Deployment api has a container `kanister-sidecar` that does not mount PVC `logs`\. Probably the sidecar was put there by hand, or the volume came after it/,
        );
    });

    it("`destroy` takes the webhook with K10, and leaves the application of somebody's", async () => {
        await stack.destroy();
        assert.deepEqual(await cluster.names("admissionregistration.k8s.io", plural), []);
        const namespaces = await cluster.namespaces();
        assert.deepEqual(
            namespaces.filter(each => ["inventory", "kasten-io", "shop"].includes(each)),
            ["inventory"],
        );
        assert.deepEqual(await containers("inventory"), ["api kanister-sidecar"]);
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
