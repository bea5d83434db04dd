/** A small API server on loopback: objects by path, discovery, merge and JSON patches, watches. No admission. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { applyPatch, type Operation } from "rfc6902";
import { isFields, type Fields, type KubeObject } from "../../../../lab/k10/server/json.ts";
import { Cluster } from "../../../../lab/k10/server/kube.ts";
import { parseLabelSelector } from "../../../../lab/k10/server/selectors.ts";

/** An object as tests write it down: only what matters. */
export interface Loose {
    metadata?: object;
    spec?: object;
    status?: object;
    [field: string]: unknown;
}

interface Known {
    group: string;
    version: string;
    name: string;
    kind: string;
    namespaced: boolean;
}

const known: Known[] = [
    ...[
        ["namespaces", "Namespace"],
        ["configmaps", "ConfigMap"],
        ["secrets", "Secret"],
        ["serviceaccounts", "ServiceAccount"],
        ["services", "Service"],
        ["pods", "Pod"],
        ["persistentvolumeclaims", "PersistentVolumeClaim"],
        ["persistentvolumes", "PersistentVolume"],
        ["nodes", "Node"],
        ["events", "Event"],
    ].map(([name, kind]) => ({
        group: "",
        version: "v1",
        name: name,
        kind: kind,
        namespaced: !["namespaces", "nodes", "persistentvolumes"].includes(name),
    })),
    ...["Deployment", "StatefulSet", "DaemonSet"].map(kind => ({
        group: "apps",
        version: "v1",
        name: `${kind.toLowerCase()}s`,
        kind,
        namespaced: true,
    })),
    ...[
        ["batch", "v1", "cronjobs", "CronJob"],
        ["networking.k8s.io", "v1", "ingresses", "Ingress"],
        ["networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"],
        ["rbac.authorization.k8s.io", "v1", "roles", "Role"],
        ["autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"],
        ["policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"],
    ].map(([group = "", version = "", name = "", kind = ""]) => ({
        ...{ group, version, name, kind },
        namespaced: true,
    })),
    {
        group: "discovery.k8s.io",
        version: "v1",
        name: "endpointslices",
        kind: "EndpointSlice",
        namespaced: true,
    },
    {
        group: "admissionregistration.k8s.io",
        version: "v1",
        name: "mutatingwebhookconfigurations",
        kind: "MutatingWebhookConfiguration",
        namespaced: false,
    },
    {
        group: "storage.k8s.io",
        version: "v1",
        name: "storageclasses",
        kind: "StorageClass",
        namespaced: false,
    },
    {
        group: "rbac.authorization.k8s.io",
        version: "v1",
        name: "rolebindings",
        kind: "RoleBinding",
        namespaced: true,
    },
    ...["VolumeSnapshot", "VolumeSnapshotContent", "VolumeSnapshotClass"].map(kind => ({
        group: "snapshot.storage.k8s.io",
        version: "v1",
        name: kind === "VolumeSnapshotClass" ? "volumesnapshotclasses" : `${kind.toLowerCase()}s`,
        kind,
        namespaced: kind === "VolumeSnapshot",
    })),
    ...[
        "profiles:Profile",
        "policies:Policy",
        "policypresets:PolicyPreset",
        "transformsets:TransformSet",
        "blueprintbindings:BlueprintBinding",
    ].map(pair => ({
        group: "config.kio.kasten.io",
        version: "v1alpha1",
        name: pair.split(":")[0],
        kind: pair.split(":")[1],
        namespaced: true,
    })),
    {
        group: "reporting.kio.kasten.io",
        version: "v1alpha1",
        name: "reports",
        kind: "Report",
        namespaced: true,
    },
];

function merged(target: Fields, patch: Fields): Fields {
    const result = { ...target };
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            delete result[key];
        } else {
            const old = result[key];
            result[key] = isFields(value) ? merged(isFields(old) ? old : {}, value) : value;
        }
    }
    return result;
}

export class FakeKube {
    readonly objects = new Map<string, KubeObject>();
    /** Called after an object was created: stands for the controllers of a cluster. */
    onCreate: (path: string, object: KubeObject) => void = () => undefined;
    /** Called after an object was removed. */
    onRemove: (path: string, object: KubeObject) => void = () => undefined;
    /** Sees each request first: what it gives is the answer, for example an admission's refusal. */
    intercept: (method: string, path: string) => [code: number, body: object] | undefined = () =>
        undefined;
    /** What an admission makes of an object that is to be created. */
    admit: (path: string, object: KubeObject) => KubeObject = (_, object) => object;
    /** Logs of pods, by their paths. */
    readonly logs = new Map<string, string>();
    /** API groups that this cluster does not have. */
    readonly absentGroups = new Set<string>();
    readonly #watchers = new Set<{ plural: string; response: ServerResponse }>();
    readonly #server = createServer((request, response) => {
        void this.#handle(request, response);
    });

    async start(): Promise<Cluster> {
        await new Promise<void>(resolve => this.#server.listen(0, "127.0.0.1", resolve));
        const { port } = this;
        const config = new KubeConfig();
        config.loadFromOptions({
            clusters: [{ name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
            users: [{ name: "fake" }],
            contexts: [{ name: "fake", cluster: "fake", user: "fake" }],
            currentContext: "fake",
        });
        return new Cluster(config);
    }

    get port(): number {
        return (this.#server.address() as AddressInfo).port;
    }

    stop(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    /** Stores an object as if somebody had applied it. */
    put(path: string, object: Loose = {}): KubeObject {
        const name = path.split("/").at(-1)!;
        const namespace = /\/namespaces\/([^/]+)\/[^/]+\/[^/]+$/.exec(path)?.[1];
        const resource = known.find(each => path.split("/").at(-2) === each.name);
        const stored = {
            apiVersion: resource?.group ? `${resource.group}/${resource.version}` : "v1",
            kind: resource?.kind ?? "",
            ...object,
            metadata: {
                name,
                ...(namespace !== undefined && { namespace }),
                uid: randomUUID(),
                resourceVersion: "1",
                creationTimestamp: "2026-01-01T00:00:00Z",
                ...object.metadata,
            },
        } as KubeObject;
        if (isFields(stored["stringData"])) {
            const entries = Object.entries(stored["stringData"]);
            stored["data"] = Object.fromEntries(
                entries.map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]),
            );
            delete stored["stringData"];
        }
        this.#store(path, stored);
        return stored;
    }

    #store(path: string, object: KubeObject): void {
        this.objects.set(path, object);
        for (const { plural, response } of this.#watchers) {
            if (path.split("/").at(-2) === plural) {
                response.write(`${JSON.stringify({ type: "MODIFIED", object })}\n`);
            }
        }
    }

    get(path: string): KubeObject | undefined {
        return this.objects.get(path);
    }

    #discovery(path: string): object | undefined {
        const groups = [...new Set(known.map(each => each.group).filter(Boolean))];
        if (path === "/apis") {
            const preferred = (group: string) => known.find(each => each.group === group)!.version;
            return {
                groups: groups.map(name => ({
                    name,
                    preferredVersion: { version: preferred(name) },
                })),
            };
        }
        const group =
            path === "/api/v1"
                ? ""
                : groups.find(each =>
                      known.some(
                          ({ group, version }) =>
                              group === each && path === `/apis/${each}/${version}`,
                      ),
                  );
        if (group === undefined) {
            return undefined;
        }
        const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
        return {
            resources: known
                .filter(each => each.group === group)
                .map(({ name, kind, namespaced }) => ({ name, kind, namespaced, verbs })),
        };
    }

    async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const [path = "", query = ""] = (request.url ?? "").split("?");
        if (query.includes("watch=1")) {
            const watcher = { plural: path.split("/").at(-1)!, response };
            this.#watchers.add(watcher);
            response.on("close", () => this.#watchers.delete(watcher));
            response.writeHead(200).flushHeaders();
            return;
        }
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
            chunks.push(chunk);
        }
        const text = Buffer.concat(chunks).toString();
        const body = text === "" ? undefined : (JSON.parse(text) as unknown);
        const log = request.method === "GET" ? this.logs.get(path) : undefined;
        if (log !== undefined) {
            response.writeHead(200, { "Content-Type": "text/plain" }).end(log);
            return;
        }
        const [code, answer] = this.#answer(request, path, new URLSearchParams(query), body);
        response
            .writeHead(code, { "Content-Type": "application/json" })
            .end(JSON.stringify(answer));
    }

    #answer(
        request: IncomingMessage,
        path: string,
        query: URLSearchParams,
        body: unknown,
    ): [number, object] {
        const first = this.intercept(request.method ?? "GET", path);
        if (first) {
            return first;
        }
        const missing: [number, object] = [
            404,
            { reason: "NotFound", message: `${path} not found` },
        ];
        if (this.absentGroups.has(path.split("/")[2] ?? "")) {
            return missing;
        }
        const found = this.objects.get(path.replace(/\/status$/, ""));
        switch (request.method) {
            case "GET": {
                const discovered = this.#discovery(path);
                if (discovered || found) {
                    return [200, (discovered ?? found)!];
                }
                const isList = known.some(each => path.endsWith(`/${each.name}`));
                const selected = parseLabelSelector(query.get("labelSelector") ?? "");
                const items = this.#below(path).filter(each => selected(each.metadata.labels));
                return isList ? [200, { metadata: { resourceVersion: "1" }, items }] : missing;
            }
            case "POST": {
                const object = this.admit(path, body as KubeObject);
                const place = `${path}/${object.metadata.name}`;
                if (this.objects.has(place)) {
                    return [409, { reason: "AlreadyExists", message: `${place} already exists` }];
                }
                if (query.get("dryRun") === "All") {
                    return [201, object];
                }
                const stored = this.put(place, object);
                this.onCreate(place, stored);
                return [201, stored];
            }
            case "PUT":
                return found ? [200, this.put(path, body as KubeObject)] : missing;
            case "PATCH": {
                if (!found) {
                    return missing;
                }
                if (request.headers["content-type"] === "application/json-patch+json") {
                    const changed = structuredClone(found);
                    const failed = applyPatch(changed, body as Operation[]).find(Boolean);
                    if (failed) {
                        return [422, { reason: "Invalid", message: failed.message }];
                    }
                    this.#store(path, changed);
                } else {
                    const changed = merged(found, body as Fields) as KubeObject;
                    this.#store(path.replace(/\/status$/, ""), changed);
                }
                return [200, {}];
            }
            case "DELETE":
                this.objects.delete(path);
                if (found) {
                    this.onRemove(path, found);
                }
                return found ? [200, { status: "Success" }] : missing;
            default:
                return [405, { message: "not here" }];
        }
    }

    #below(path: string): KubeObject[] {
        const namespaced = path.includes("/namespaces/");
        const plural = path.split("/").at(-1)!;
        return [...this.objects]
            .filter(([place]) =>
                namespaced
                    ? place.startsWith(`${path}/`) && !place.slice(path.length + 1).includes("/")
                    : place.split("/").at(-2) === plural,
            )
            .map(([, object]) => object);
    }
}
