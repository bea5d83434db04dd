/** Looking into a cluster, and changing things behind everybody's back. Shares no code with the program. */
import * as k8s from "@kubernetes/client-node";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const k10 = { group: "actions.kio.kasten.io", version: "v1alpha1" };

export class TestCluster {
    readonly config = new k8s.KubeConfig();
    readonly core: k8s.CoreV1Api;
    readonly apps: k8s.AppsV1Api;
    readonly batch: k8s.BatchV1Api;
    private readonly custom: k8s.CustomObjectsApi;

    constructor(kubeconfig: string) {
        this.config.loadFromString(kubeconfig);
        this.core = this.config.makeApiClient(k8s.CoreV1Api);
        this.apps = this.config.makeApiClient(k8s.AppsV1Api);
        this.batch = this.config.makeApiClient(k8s.BatchV1Api);
        this.custom = this.config.makeApiClient(k8s.CustomObjectsApi);
    }

    /** Names of K10's actions of one kind, sorted. */
    async actions(plural: string, namespace: string): Promise<string[]> {
        return (await this.listActions(plural, namespace)).map(({ name }) => name).sort();
    }

    /** The name of the action that was created last: K10 makes names at random, so their order says nothing. */
    async lastAction(plural: string, namespace: string): Promise<string> {
        const list = await this.listActions(plural, namespace);
        const order = list.map(({ creationTimestamp, name }) => `${creationTimestamp} ${name}`);
        return order.sort().at(-1)?.split(" ")[1] ?? "";
    }

    /** The states of K10's actions of one kind, by their names, which are sorted. */
    async states(plural: string, namespace: string): Promise<Record<string, string>> {
        const list = await this.listActions(plural, namespace);
        const entries = list.map(({ name, state }) => [name, state] as const).sort();
        return Object.fromEntries(entries);
    }

    private async listActions(
        plural: string,
        namespace: string,
    ): Promise<{ name: string; creationTimestamp: string; state: string }[]> {
        const list = (await this.custom.listNamespacedCustomObject({
            ...{ ...k10, plural, namespace },
        })) as {
            items: {
                metadata: { name: string; creationTimestamp: string };
                status?: { state?: string };
            }[];
        };
        return list.items.map(({ metadata, status }) => ({
            ...{ name: metadata.name, creationTimestamp: metadata.creationTimestamp },
            state: status?.state ?? "",
        }));
    }

    /** The location profile that a restore point was exported by; empty for a backup's own. */
    async exportProfileOf(restorePoint: string): Promise<string> {
        const apps = { group: "apps.kio.kasten.io", version: "v1alpha1" };
        const [namespace = "", name = ""] = restorePoint.split("/");
        const point = (await this.custom.getNamespacedCustomObject({
            ...{ ...apps, plural: "restorepoints", namespace, name },
        })) as { spec: { restorePointContentRef: { name: string } } };
        const content = (await this.custom.getClusterCustomObject({
            ...{ ...apps, plural: "restorepointcontents" },
            name: point.spec.restorePointContentRef.name,
        })) as { metadata: { labels: Record<string, string> } };
        return content.metadata.labels["k10.kasten.io/exportProfile"] ?? "";
    }

    /** The status of an action or a restore point, with its details: a subresource that the client does not know. */
    async details<T>(group: string, plural: string, namespace: string, name: string): Promise<T> {
        const path = `/apis/${group}.kio.kasten.io/v1alpha1/namespaces/${namespace}/${plural}/${name}/details`;
        const url = new URL((this.config.getCurrentCluster()?.server ?? "") + path);
        const options: https.RequestOptions = {};
        await this.config.applyToHTTPSOptions(options);
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
            https.get(url, options, resolve).on("error", reject);
        });
        const chunks: Buffer[] = [];
        for await (const chunk of response) {
            chunks.push(chunk as Buffer);
        }
        return (JSON.parse(Buffer.concat(chunks).toString()) as { status: T }).status;
    }

    /** K10's profiles, and what K10 says of each, sorted. */
    async profiles(): Promise<string[]> {
        const list = (await this.custom.listNamespacedCustomObject({
            ...{ group: "config.kio.kasten.io", version: "v1alpha1" },
            ...{ plural: "profiles", namespace: "kasten-io" },
        })) as { items: { metadata: { name: string }; status?: { validation?: string } }[] };
        return list.items
            .map(({ metadata, status }) => `${metadata.name}: ${status?.validation}`)
            .sort();
    }

    async namespaces(): Promise<string[]> {
        const { items } = await this.core.listNamespace();
        return items.map(item => item.metadata?.name ?? "").sort();
    }

    async nodes(): Promise<string[]> {
        const { items } = await this.core.listNode();
        return items.map(item => item.metadata?.name ?? "").sort();
    }

    async kubeletVersions(): Promise<string[]> {
        const { items } = await this.core.listNode();
        return items.map(item => item.status?.nodeInfo?.kubeletVersion ?? "");
    }

    /** The nodes that the pods of a namespace run on. */
    async nodesOfPods(namespace: string): Promise<string[]> {
        const { items } = await this.core.listNamespacedPod({ namespace });
        return [...new Set(items.map(item => item.spec?.nodeName ?? ""))].sort();
    }

    /** Names of objects of a group's version v1, sorted: of one namespace, or without one. */
    async names(group: string, plural: string, namespace?: string): Promise<string[]> {
        const path = { group, version: "v1", plural };
        const list = (await (namespace === undefined
            ? this.custom.listClusterCustomObject(path)
            : this.custom.listNamespacedCustomObject({ ...path, namespace }))) as {
            items: { metadata: { name: string } }[];
        };
        return list.items.map(item => item.metadata.name).sort();
    }

    /** All kinds that are served under OpenShift's names: `group/version plural`. */
    async openshiftApis(): Promise<string[]> {
        const apis = this.config.makeApiClient(k8s.ApisApi);
        const { groups } = await apis.getAPIVersions();
        const names = groups
            .map(group => group.name)
            .filter(name => name.endsWith(".openshift.io"));
        const found = await Promise.all(
            names.map(async group => {
                const { resources } = await this.custom.getAPIResources({ group, version: "v1" });
                return resources
                    .filter(({ name }) => !name.includes("/"))
                    .map(({ name }) => `${group}/v1 ${name}`);
            }),
        );
        return found.flat().sort();
    }

    /** What the cluster says that it is: the newest version of its history, and the state of that. */
    async clusterVersion(): Promise<{ version: string; message: string }> {
        const found = (await this.custom.getClusterCustomObject({
            ...{ group: "config.openshift.io", version: "v1" },
            ...{ plural: "clusterversions", name: "version" },
        })) as {
            status: {
                history: { version: string }[];
                conditions: { type: string; message: string }[];
            };
        };
        const { history, conditions } = found.status;
        const state = conditions.find(({ type }) => type === "Progressing");
        return { version: history[0]?.version ?? "", message: state?.message ?? "" };
    }

    /** The SecurityContextConstraints that the pods of a namespace run under. */
    async constraints(namespace: string): Promise<string[]> {
        const { items } = await this.core.listNamespacedPod({ namespace });
        return items.map(item => item.metadata?.annotations?.["openshift.io/scc"] ?? "").sort();
    }

    /** What CustomResourceDefinitions of a group there are, by plural. */
    async resourceTypes(group: string): Promise<string[]> {
        const api = this.config.makeApiClient(k8s.ApiextensionsV1Api);
        const { items } = await api.listCustomResourceDefinition();
        return items
            .filter(item => item.spec.group === group)
            .map(item => item.spec.names.plural)
            .sort();
    }

    /** Lets the default ServiceAccount of a namespace use a SecurityContextConstraints, as `oc adm policy` does. */
    async grant(constraint: string, namespace: string): Promise<void> {
        const api = this.config.makeApiClient(k8s.RbacAuthorizationV1Api);
        await api.createNamespacedRoleBinding({
            namespace,
            body: {
                metadata: { name: constraint },
                roleRef: {
                    apiGroup: "rbac.authorization.k8s.io",
                    kind: "ClusterRole",
                    name: `system:openshift:scc:${constraint}`,
                },
                subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
            },
        });
    }

    /** Names of the aggregated APIs of K10. */
    async k10Apis(): Promise<string[]> {
        const api = this.config.makeApiClient(k8s.ApiregistrationV1Api);
        const { items } = await api.listAPIService();
        return items
            .map(item => item.metadata?.name ?? "")
            .filter(name => /(actions|apps|dr)\.kio\.kasten\.io/.test(name));
    }

    /** The answer of the application's database to one statement: lines, fields separated by `|`. */
    async sql(statement: string, namespace = "shop"): Promise<string[]> {
        const psql = ["psql", "-XAtq", "-U", "shop", "-d", "postgres", "-c", statement];
        return this.ask(namespace, "postgres", psql);
    }

    /** The same of a sample over MariaDB: fields are separated by tabs. */
    async mariadb(statement: string, namespace: string): Promise<string[]> {
        const client = ["mariadb", "--no-defaults", "-BN", "-S", "/tmp/mariadb.sock"];
        const session = ["-u", "shop", "--default-character-set=utf8mb4", "shop", "-e", statement];
        return this.ask(namespace, "mariadb", [...client, ...session]);
    }

    private async ask(namespace: string, container: string, command: string[]): Promise<string[]> {
        const pods = await this.core.listNamespacedPod({
            namespace,
            labelSelector: "app.kubernetes.io/name=database",
        });
        const pod = pods.items.find(item => item.status?.phase === "Running")?.metadata?.name;
        if (!pod) {
            throw new Error(`no database runs in namespace ${namespace}`);
        }
        const out = new PassThrough();
        const err = new PassThrough();
        const chunks: Buffer[] = [];
        out.on("data", (chunk: Buffer) => chunks.push(chunk));
        err.on("data", (chunk: Buffer) => chunks.push(chunk));
        await new Promise<void>((resolve, reject) => {
            new k8s.Exec(this.config)
                .exec(namespace, pod, container, command, out, err, null, false, status =>
                    status.status === "Success"
                        ? resolve()
                        : reject(new Error(Buffer.concat(chunks).toString())),
                )
                .catch(reject);
        });
        return Buffer.concat(chunks).toString().trim().split("\n");
    }

    /** Lets a Deployment ask for a pod as user 0, and gives what the cluster says to that. */
    async refusalOfRoot(namespace: string, image: string): Promise<string> {
        const name = "as-root";
        const labels = { app: name };
        await this.apps.createNamespacedDeployment({
            namespace,
            body: {
                metadata: { name },
                spec: {
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels },
                        spec: {
                            securityContext: { runAsUser: 0 },
                            containers: [{ name, image, command: ["sleep", "60"] }],
                        },
                    },
                },
            },
        });
        try {
            for (let i = 0; i < 60; i++) {
                const deployment = await this.apps.readNamespacedDeployment({ name, namespace });
                const failure = deployment.status?.conditions?.find(
                    condition => condition.type === "ReplicaFailure",
                );
                if (failure?.message) {
                    return failure.message;
                }
                if (deployment.status?.readyReplicas) {
                    return "it runs";
                }
                await sleep(500);
            }
            return "nothing was said";
        } finally {
            await this.apps.deleteNamespacedDeployment({ name, namespace });
        }
    }
}
