import assert from "node:assert/strict";
import { applications } from "../../../lab/k10/server/applications.ts";
import { filterErrors, filtered } from "../../../lab/k10/server/filters.ts";
import type { Captured } from "../../../lab/k10/server/layout.ts";
import {
    belongs,
    cleaned,
    cleanedNamespace,
    isCaptured,
} from "../../../lab/k10/server/manifests.ts";
import type { Loose } from "./support/kube.ts";
import { inOrder, isReady, whyNotReady } from "../../../lab/k10/server/workloads.ts";

function captured(path: string, object: Loose = {}): Captured {
    const [group, resource] = path.split("/") as [string, string];
    return {
        group,
        version: "v1",
        resource,
        object: {
            apiVersion: group === "" ? "v1" : `${group}/v1`,
            kind: "K",
            ...object,
            metadata: { name: "x", ...object.metadata },
        } as Captured["object"],
    };
}

describe("K10 stand-in: what a backup contains", () => {
    it("resources", () => {
        const all = ["create", "get", "list"];
        const table: [string, string, boolean, string[], boolean][] = [
            ["", "configmaps", true, all, true],
            ["apps", "deployments", true, all, true],
            ["example.com", "things", true, all, true],
            ["rbac.authorization.k8s.io", "roles", true, all, true],
            ["", "namespaces", false, all, false],
            ["", "bindings", true, ["create"], false],
            ["apps", "deployments/scale", true, all, false],
            ["", "events", true, all, false],
            ["", "endpoints", true, all, false],
            ["apps", "replicasets", true, all, false],
            ["apps", "controllerrevisions", true, all, false],
            ["autoscaling", "horizontalpodautoscalers", true, all, false],
            ["coordination.k8s.io", "leases", true, all, false],
            ["discovery.k8s.io", "endpointslices", true, all, false],
            ["snapshot.storage.k8s.io", "volumesnapshots", true, all, false],
            ["actions.kio.kasten.io", "runactions", true, all, false],
            ["apps.kio.kasten.io", "restorepoints", true, all, false],
            ["config.kio.kasten.io", "policies", true, all, false],
        ];
        for (const [group, resource, namespaced, verbs, expected] of table) {
            const it = { group, version: "v1", resource, kind: "K", namespaced, verbs };
            assert.equal(isCaptured(it), expected, `${group}/${resource}`);
        }
    });

    it("objects", () => {
        const owned = {
            metadata: {
                ownerReferences: [
                    { apiVersion: "v1", kind: "X", name: "x", uid: "u", controller: true },
                ],
            },
        };
        const finished = {
            status: { conditions: [{ type: "Complete", status: "True" }] },
        };
        const table: [string, Captured, boolean][] = [
            ["a ConfigMap", captured("/configmaps"), true],
            ["owned by a controller", captured("/pods", owned), false],
            ["a claim of a StatefulSet", captured("/persistentvolumeclaims", owned), true],
            [
                "CA of the cluster",
                captured("/configmaps", { metadata: { name: "kube-root-ca.crt" } }),
                false,
            ],
            ["token", captured("/secrets", { type: "kubernetes.io/service-account-token" }), false],
            ["other Secret", captured("/secrets", { type: "Opaque" }), true],
            ["finished Job", captured("batch/jobs", finished), false],
            ["running Job", captured("batch/jobs", { status: {} }), true],
            ["finished Pod", captured("/pods", { status: { phase: "Succeeded" } }), false],
            ["Pod", captured("/pods", { status: { phase: "Running" } }), true],
            [
                "mover",
                captured("/secrets", {
                    metadata: { labels: { "crossing.lab/k10-mover": "true" } },
                }),
                false,
            ],
            [
                "being deleted",
                captured("/configmaps", {
                    metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
                }),
                false,
            ],
        ];
        for (const [name, object, expected] of table) {
            assert.equal(belongs(object), expected, name);
        }
    });

    it("takes off what only this cluster can know", () => {
        const claim = captured("/persistentvolumeclaims", {
            metadata: {
                name: "data",
                namespace: "demo",
                uid: "u",
                resourceVersion: "7",
                creationTimestamp: "2026-01-01T00:00:00Z",
                managedFields: [{}],
                ownerReferences: [{ apiVersion: "v1", kind: "X", name: "x", uid: "u" }],
                finalizers: ["kubernetes.io/pvc-protection", "example.com/mine"],
                labels: { app: "db" },
                annotations: {
                    "pv.kubernetes.io/bind-completed": "yes",
                    "volume.kubernetes.io/selected-node": "n",
                    "kubectl.kubernetes.io/last-applied-configuration": "{}",
                    mine: "kept",
                },
            },
            spec: {
                storageClassName: "standard",
                volumeName: "pvc-1",
                accessModes: ["ReadWriteOnce"],
            },
            status: { phase: "Bound" },
        });
        assert.deepEqual(cleaned(claim), {
            apiVersion: "v1",
            kind: "K",
            metadata: {
                name: "data",
                labels: { app: "db" },
                annotations: { mine: "kept" },
                finalizers: ["example.com/mine"],
            },
            spec: { storageClassName: "standard", accessModes: ["ReadWriteOnce"] },
        });
    });

    it("addresses and node ports of Services, but not that one is headless", () => {
        const ports = [{ port: 80, nodePort: 30001, name: "http" }];
        const service = (spec: object) =>
            cleaned(captured("/services", { spec: { ports, ...spec } })).spec;
        assert.deepEqual(
            service({
                type: "NodePort",
                clusterIP: "10.0.0.1",
                clusterIPs: ["10.0.0.1"],
                ipFamilies: ["IPv4"],
            }),
            { type: "NodePort", ports: [{ port: 80, name: "http" }] },
        );
        assert.deepEqual(service({ clusterIP: "None", clusterIPs: ["None"] }), {
            clusterIP: "None",
            clusterIPs: ["None"],
            ports: [{ port: 80, name: "http" }],
        });
    });

    it("generated selectors and labels of Jobs", () => {
        const labels = { "batch.kubernetes.io/controller-uid": "u", "job-name": "x", app: "a" };
        const job = {
            metadata: { labels },
            spec: {
                selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
                template: { metadata: { creationTimestamp: null, labels }, spec: {} },
            },
        };
        const result = cleaned(captured("batch/jobs", job));
        assert.deepEqual(result.metadata, { name: "x", labels: { app: "a" } });
        assert.deepEqual(result.spec, {
            template: { metadata: { labels: { app: "a" } }, spec: {} },
        });
        const manual = { ...job, spec: { ...job.spec, manualSelector: true } };
        assert.deepEqual(
            cleaned(captured("batch/jobs", manual)).spec?.["selector"],
            job.spec.selector,
        );
    });

    it("node and token of standalone Pods, tokens of ServiceAccounts", () => {
        const token = { name: "kube-api-access-abcde" };
        const pod = cleaned(
            captured("/pods", {
                spec: {
                    nodeName: "n",
                    containers: [{ name: "c", volumeMounts: [token, { name: "data" }] }],
                    volumes: [token, { name: "data" }],
                },
            }),
        );
        assert.deepEqual(pod.spec, {
            containers: [{ name: "c", volumeMounts: [{ name: "data" }] }],
            volumes: [{ name: "data" }],
        });
        const account = cleaned(
            captured("/serviceaccounts", {
                metadata: { name: "app" },
                secrets: [{ name: "app-token-x7k2p" }, { name: "own" }],
                imagePullSecrets: [{ name: "app-dockercfg-x7k2p" }, { name: "registry" }],
            }),
        );
        assert.deepEqual(account["secrets"], [{ name: "own" }]);
        assert.deepEqual(account["imagePullSecrets"], [{ name: "registry" }]);
    });

    it("the namespace without what OpenShift gave it", () => {
        const namespace = captured("/namespaces", {
            metadata: {
                name: "demo",
                labels: { "kubernetes.io/metadata.name": "demo", team: "a" },
                annotations: { "openshift.io/sa.scc.uid-range": "1000/10000", owner: "b" },
            },
        }).object;
        assert.deepEqual(cleanedNamespace(namespace), {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: "demo", labels: { team: "a" }, annotations: { owner: "b" } },
        });
    });
});

describe("K10 stand-in: filters", () => {
    const objects = [
        captured("/configmaps", { metadata: { name: "a", labels: { app: "x" } } }),
        captured("/configmaps", { metadata: { name: "b" } }),
        captured("apps/deployments", { metadata: { name: "a" } }),
    ];
    const names = (filters: unknown) =>
        filtered(objects, filters).map(each => `${each.resource}/${each.object.metadata.name}`);
    const defaults = { group: "actions.kio.kasten.io", resource: "defaults" };
    const table: [unknown, string[]][] = [
        [undefined, ["configmaps/a", "configmaps/b", "deployments/a"]],
        [{ includeResources: [{ resource: "deployments" }] }, ["deployments/a"]],
        [{ includeResources: [{ group: "core", name: "b" }] }, ["configmaps/b"]],
        [{ includeResources: [{ matchLabels: { app: "x" } }] }, ["configmaps/a"]],
        [
            { includeResources: [defaults, { resource: "deployments" }] },
            ["configmaps/a", "configmaps/b", "deployments/a"],
        ],
        [{ excludeResources: [{ resource: "configmaps" }] }, ["deployments/a"]],
        [
            { excludeResources: [{ matchExpressions: [{ key: "app", operator: "Exists" }] }] },
            ["configmaps/b", "deployments/a"],
        ],
    ];
    it("include and exclude", () => {
        for (const [filters, expected] of table) {
            assert.deepEqual(names(filters), expected, JSON.stringify(filters));
        }
    });
    it("refuses what it cannot do", () => {
        assert.deepEqual(filterErrors({ includeClusterResources: [{}], includeResources: [{}] }), [
            "includeClusterResources is not implemented by the K10 stand-in",
        ]);
    });
});

describe("K10 stand-in: workloads", () => {
    it("are restored after what they refer to; claims apart", () => {
        const paths = [
            "apps/deployments",
            "example.com/things",
            "/secrets",
            "/persistentvolumeclaims",
            "/services",
            "/serviceaccounts",
            "/pods",
        ];
        assert.deepEqual(
            inOrder(paths.map(path => captured(path))).map(({ resource }) => resource),
            ["serviceaccounts", "secrets", "services", "things", "deployments", "pods"],
        );
    });

    it("are ready when all replicas run in their present form", () => {
        const workload = (status: object, spec: object = { replicas: 2 }) =>
            isReady({
                ...captured("apps/deployments", { metadata: { generation: 3 } }).object,
                spec: { ...spec },
                status: { ...status },
            });
        assert.equal(
            workload({ observedGeneration: 3, readyReplicas: 2, updatedReplicas: 2 }),
            true,
        );
        assert.equal(
            workload({ observedGeneration: 2, readyReplicas: 2, updatedReplicas: 2 }),
            false,
        );
        assert.equal(
            workload({ observedGeneration: 3, readyReplicas: 1, updatedReplicas: 2 }),
            false,
        );
        assert.equal(
            workload({ observedGeneration: 3, readyReplicas: 2, updatedReplicas: 1 }),
            false,
        );
        assert.equal(workload({ observedGeneration: 3 }, { replicas: 0 }), true);
        assert.equal(
            workload({ observedGeneration: 3, readyReplicas: 1, updatedReplicas: 1 }, {}),
            true,
        );
    });

    it("say why they are not ready", () => {
        const deployment = captured("apps/deployments", {
            spec: { selector: { matchLabels: { app: "web" } } },
        }).object;
        const refused = {
            ...deployment,
            status: {
                conditions: [
                    { type: "ReplicaFailure", status: "True", message: "pods are forbidden" },
                ],
            },
        };
        const pod = (status: object) =>
            captured("/pods", {
                metadata: { name: "web-1", labels: { app: "web" } },
                status: { ...status },
            }).object;
        assert.equal(whyNotReady(refused, []), "pods are forbidden");
        assert.equal(whyNotReady(deployment, []), "no pod was created");
        assert.equal(
            whyNotReady(deployment, [
                pod({
                    containerStatuses: [
                        {
                            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
                            lastState: { terminated: { exitCode: 3 } },
                        },
                    ],
                }),
            ]),
            "pod web-1: CrashLoopBackOff, exit code 3 back-off",
        );
        assert.equal(
            whyNotReady(deployment, [
                pod({
                    conditions: [{ type: "PodScheduled", status: "False", message: "no node" }],
                }),
            ]),
            "pod web-1: no node",
        );
    });
});

describe("K10 stand-in: applications", () => {
    it("one for each namespace, and those of which only restore points are left", () => {
        const namespaces = ["default", "demo", "kasten-io"].map(
            name => captured("/namespaces", { metadata: { name } }).object,
        );
        const content = (appNamespace: string) =>
            captured("apps.kio.kasten.io/restorepointcontents", {
                metadata: { labels: { "k10.kasten.io/appNamespace": appNamespace } },
            }).object;
        const found = applications(
            namespaces,
            [content("gone"), content("gone"), content("demo")],
            "kasten-io",
        );
        assert.deepEqual(
            found.map(({ metadata, status }) => [
                metadata.namespace,
                metadata.name,
                status?.["state"],
            ]),
            [
                ["default", "default", "Active"],
                ["demo", "demo", "Active"],
                ["kasten-io", "gone", "Deleted"],
            ],
        );
    });
});
