/**
 * Causes that only a real cluster produces: a namespace for each, broken in one way, and the program waiting in vain for
 * a database there, as a baseline and a verification do. What Kubernetes and the SCC admission say is theirs.
 */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Postgres } from "crossing-actions/dist/database/postgres.js";
import { causes } from "crossing-actions/dist/explain/causes/index.js";
import { Cluster } from "crossing-actions/dist/kube/client.js";
import { run } from "../../../lab/exec.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { labConfig, subnet } from "../../../lab/stack.ts";
import { docker, env } from "./support.ts";

const labels = { "app.kubernetes.io/name": "database" };

/** What makes a namespace a broken one, beside the Deployment in it. */
interface Broken {
    /** Further objects, without namespace. */
    objects?: object[];
    labels?: Record<string, string>;
    /** More of the pod's spec, and of its one container. */
    pod?: object;
    container?: object;
    said: RegExp;
}

describe("causes on a real cluster", function () {
    this.timeout("10m");

    const name = prefix("lab-causes");
    const folder = join(local, "causes");
    const kubeconfig = join(folder, "kubeconfig");
    const kubectl = (...args: string[]) =>
        run("kubectl", ["--kubeconfig", kubeconfig, ...args], { env });
    let image: string;
    let cluster: Cluster;

    before(async () => {
        const lab = await labConfig();
        const images = lab["images"] as { postgres: string; node: string };
        image = images.postgres;
        await mkdir(folder, { recursive: true });
        const network = await subnet(4);
        const address = network.replace(/0\/24$/, "");
        await docker(
            ...["network", "create", "--subnet", network, "--gateway", `${address}1`],
            ...["--ip-range", `${address}0/25`, name],
        );
        const { nodeImage } = lab["source"] as { nodeImage: string };
        const create = ["create", "cluster", "--name", name, "--wait", "3m", "--image", nodeImage];
        await run("kind", [...create, "--kubeconfig", kubeconfig], {
            env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name },
        });
        cluster = await Cluster.connect(await readFile(kubeconfig, "utf8"));
        const print = join(repository, "rehearsal", "dist", "print.js");
        const rules = join(folder, "rules.json");
        await writeFile(rules, await run(process.execPath, [print, images.node], { env }));
        // The first time makes the new kind known, the second one its objects.
        await kubectl("apply", "--server-side", "-f", rules).catch(() => undefined);
        await kubectl("apply", "--server-side", "-f", rules);
        await kubectl(
            ...["wait", "deployments", "--all", "--for=condition=Available", "--timeout=3m"],
            ...["--namespace", "openshift-rehearsal"],
        );
    });
    after(async () => {
        await run("kind", ["delete", "cluster", "--name", name], { env });
        await docker("network", "rm", name);
        await rm(folder, { recursive: true, force: true });
    });

    const claim = (storageClassName: string) => ({
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" } },
        spec: {
            ...{ accessModes: ["ReadWriteOnce"], storageClassName },
            resources: { requests: { storage: "1Mi" } },
        },
    });
    const withData = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };

    const table: Record<string, Broken> = {
        "image-pull": {
            container: { image: "registry.invalid/shop/database:1", imagePullPolicy: "Always" },
            said: /ErrImagePull|ImagePullBackOff/,
        },
        scc: {
            pod: { securityContext: { runAsUser: 0 } },
            said: /unable to validate against any security context constraint/,
        },
        "pod-security": {
            labels: { "pod-security.kubernetes.io/enforce": "restricted" },
            container: { securityContext: { allowPrivilegeEscalation: false } },
            pod: { securityContext: { runAsNonRoot: false } },
            said: /violates PodSecurity/,
        },
        quota: {
            objects: [
                {
                    ...{ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small" } },
                    spec: { hard: { pods: "0" } },
                },
            ],
            said: /exceeded quota: small/,
        },
        "limit-range": {
            objects: [
                {
                    ...{ apiVersion: "v1", kind: "LimitRange", metadata: { name: "small" } },
                    spec: { limits: [{ type: "Container", max: { memory: "16Mi" } }] },
                },
            ],
            container: { resources: { limits: { memory: "64Mi" } } },
            said: /maximum memory usage per Container is 16Mi/,
        },
        "unschedulable-resources": {
            container: { resources: { requests: { cpu: "1000" } } },
            said: /Insufficient cpu/,
        },
        "unschedulable-placement": {
            pod: { nodeSelector: { disk: "ssd" } },
            said: /didn't match Pod's node affinity/,
        },
        "storage-class-missing": {
            objects: [claim("fast")],
            pod: withData,
            said: /PVC data: storageclass\.storage\.k8s\.io "fast" not found/,
        },
        "config-missing": {
            container: { envFrom: [{ secretRef: { name: "gone" } }] },
            said: /CreateContainerConfigError/,
        },
        "crash-loop": {
            container: { command: ["sh", "-c", "exit 3"] },
            said: /(CrashLoopBackOff|Error), exit code 3/,
        },
        webhook: {
            labels: { "webhook-test": "yes" },
            said: /failed calling webhook/,
        },
    };

    for (const [id, broken] of Object.entries(table)) {
        it(id, async () => {
            const namespace = `cause-${id}`;
            const deployment = {
                ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "database" } },
                spec: {
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels },
                        spec: {
                            containers: [
                                {
                                    ...{ name: "postgres", image, command: ["sleep", "3600"] },
                                    ...broken.container,
                                },
                            ],
                            ...broken.pod,
                        },
                    },
                },
            };
            const scope = { metadata: { name: namespace, labels: broken.labels ?? {} } };
            const items = [
                { apiVersion: "v1", kind: "Namespace", ...scope },
                ...(id === "webhook" ? [unreachable] : []),
                ...(broken.objects ?? []),
                deployment,
            ];
            const file = join(folder, `${id}.json`);
            await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
            try {
                await kubectl("apply", "--namespace", namespace, "-f", file);
                const message = await explained(namespace, broken.said);
                const found = causes.filter(({ reason, fix }) =>
                    message.includes(` Probably ${reason}. ${fix}, then run \`pulumi up\` again.`),
                );
                assert.deepEqual(
                    found.map(cause => cause.id),
                    [id],
                    message,
                );
            } finally {
                await kubectl("delete", "-f", file, "--ignore-not-found", "--wait=false").catch(
                    () => undefined,
                );
            }
        });
    }

    /** A webhook without anybody behind it, for pods of namespaces with its label. */
    const unreachable = {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "cause-webhook" },
        webhooks: [
            {
                name: "check.example.com",
                admissionReviewVersions: ["v1"],
                sideEffects: "None",
                failurePolicy: "Fail",
                namespaceSelector: { matchLabels: { "webhook-test": "yes" } },
                clientConfig: { service: { name: "gone", namespace: "default", path: "/" } },
                rules: [
                    {
                        ...{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] },
                        operations: ["CREATE"],
                    },
                ],
            },
        ],
    };

    /** Waits in vain for the database, again and again until the cluster has said what it has to say. */
    async function explained(namespace: string, said: RegExp): Promise<string> {
        const database = new Postgres(cluster, {
            ...{ namespace, labels, container: "postgres" },
            ...{ database: "shop", user: "shop" },
        });
        for (let tries = 0; ; tries++) {
            const message = await database
                .ping(2, () => undefined)
                .then(
                    () => "it runs",
                    (error: unknown) => (error as Error).message,
                );
            if (said.test(message) || tries === 60) {
                assert.match(message, said);
                return message;
            }
        }
    }
});
