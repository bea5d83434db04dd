import assert from "node:assert/strict";
import type { CoreV1Event, V1ContainerState, V1Pod } from "@kubernetes/client-node";
import { lookAround, Scene, troubles } from "../../../actions/src/explain/around";
import { Cluster } from "../../../actions/src/kube/client";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

const scene = (more: Partial<Scene>): Scene => ({ claims: [], pods: [], events: [], ...more });

let clock = 0;
const event = (about: string, message: string, more: Partial<CoreV1Event> = {}): CoreV1Event => {
    const [kind, name] = about.split("/");
    return {
        ...{ metadata: {}, type: "Warning", reason: "Failed", message },
        involvedObject: { kind, name },
        lastTimestamp: new Date(++clock * 1_000),
        ...more,
    };
};
const pod = (name: string, status: V1Pod["status"] = {}): V1Pod => ({
    metadata: { name },
    status: { phase: "Pending", ...status },
});
const container = (state: V1ContainerState, lastState: V1ContainerState = {}) => ({
    containerStatuses: [
        { name: "web", ready: false, restartCount: 0, image: "", imageID: "", state, lastState },
    ],
});

describe("troubles", () => {
    const table: [string, Partial<Scene>, string[]][] = [
        ["an empty namespace has none", {}, []],
        [
            "pods that are ready, done or going have none",
            {
                pods: [
                    pod("ready", { conditions: [{ type: "Ready", status: "True" }] }),
                    pod("done", { phase: "Succeeded" }),
                    {
                        ...pod("going", container({ waiting: { reason: "ErrImagePull" } })),
                        metadata: { name: "going", deletionTimestamp: new Date(0) },
                    },
                ],
            },
            [],
        ],
        [
            "a pod whose image cannot be pulled, with the kubelet's words",
            {
                pods: [
                    pod(
                        "web-1",
                        container({
                            waiting: { reason: "ImagePullBackOff", message: "Back-off\n pulling" },
                        }),
                    ),
                ],
            },
            ["Pod web-1: ImagePullBackOff: Back-off pulling"],
        ],
        [
            "a pod that ends again and again, with how it ended",
            {
                pods: [
                    pod(
                        "web-1",
                        container(
                            { waiting: { reason: "CrashLoopBackOff" } },
                            { terminated: { exitCode: 137, reason: "OOMKilled" } },
                        ),
                    ),
                    pod(
                        "web-2",
                        container(
                            { waiting: { reason: "CrashLoopBackOff" } },
                            { terminated: { exitCode: 3 } },
                        ),
                    ),
                ],
            },
            ["Pod web-1: CrashLoopBackOff, OOMKilled", "Pod web-2: CrashLoopBackOff, exit code 3"],
        ],
        [
            "a pod that is starting: what was last said of it",
            {
                pods: [pod("web-1", container({ waiting: { reason: "ContainerCreating" } }))],
                events: [
                    event("Pod/web-1", "MountVolume.SetUp failed for volume"),
                    event("Pod/web-1", "Pulled", { type: "Normal" }),
                    event("Pod/other", "other"),
                ],
            },
            ["Pod web-1: MountVolume.SetUp failed for volume"],
        ],
        [
            "a pod that no node takes",
            {
                pods: [
                    pod("web-1", {
                        conditions: [
                            {
                                type: "PodScheduled",
                                status: "False",
                                message: "0/1 nodes are available: 1 Insufficient cpu.",
                            },
                        ],
                    }),
                ],
            },
            ["Pod web-1: 0/1 nodes are available: 1 Insufficient cpu."],
        ],
        [
            "a claim that nobody fills",
            {
                claims: [
                    { metadata: { name: "data" }, status: { phase: "Pending" } },
                    { metadata: { name: "fine" }, status: { phase: "Bound" } },
                    { metadata: { name: "waiting" }, status: { phase: "Pending" } },
                ],
                events: [
                    event("PersistentVolumeClaim/data", "older"),
                    event("PersistentVolumeClaim/data", 'storageclass "fast" not found'),
                    event("PersistentVolumeClaim/fine", "earlier trouble"),
                    event("PersistentVolumeClaim/waiting", "first consumer", { type: "Normal" }),
                ],
            },
            ['PVC data: storageclass "fast" not found'],
        ],
        [
            "pods that were refused, but not what is there by now",
            {
                pods: [pod("web-1-abcde", { conditions: [{ type: "Ready", status: "True" }] })],
                events: [
                    event("ReplicaSet/web-1", "refused earlier", { reason: "FailedCreate" }),
                    event("ReplicaSet/db-1", "refused first", { reason: "FailedCreate" }),
                    event("ReplicaSet/db-1", "refused", { reason: "FailedCreate" }),
                    event("ReplicaSet/db-1", "not this", { reason: "Other" }),
                ],
            },
            ["ReplicaSet db-1: refused"],
        ],
        [
            "what several have in common is said once, and causes stand before what they cause",
            {
                claims: [{ metadata: { name: "data" }, status: { phase: "Pending" } }],
                pods: [
                    pod(
                        "page-1",
                        container(
                            { waiting: { reason: "CrashLoopBackOff" } },
                            { terminated: { exitCode: 1 } },
                        ),
                    ),
                    pod("web-1", container({ waiting: { reason: "ErrImagePull" } })),
                    pod("web-2", container({ waiting: { reason: "ErrImagePull" } })),
                ],
                events: [
                    event("PersistentVolumeClaim/data", "no space"),
                    event("StatefulSet/db", "refused", { reason: "FailedCreate" }),
                ],
            },
            [
                "PVC data: no space",
                "StatefulSet db: refused",
                "Pod web-1: ErrImagePull",
                "Pod page-1: CrashLoopBackOff, exit code 1",
            ],
        ],
        [
            "a pod that has ended",
            {
                pods: [
                    pod("a", {
                        phase: "Failed",
                        ...container({ terminated: { exitCode: 2, reason: "Error" } }),
                    }),
                ],
            },
            ["Pod a: Error, exit code 2"],
        ],
    ];
    for (const [what, given, expected] of table) {
        it(what, () => {
            assert.deepEqual(troubles(scene(given)), expected);
        });
    }
});

describe("lookAround", () => {
    let api: FakeKubeApi;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
    });
    afterEach(() => api.stop());

    it("asks a cluster once for claims, pods and events", async () => {
        api.put("/api/v1/namespaces/shop/pods", {
            metadata: { name: "web-1", namespace: "shop" },
            status: {
                phase: "Pending",
                ...container({ waiting: { reason: "ErrImagePull", message: "denied" } }),
            },
        });
        const cluster = await Cluster.connect(api.kubeconfig);
        assert.deepEqual(await lookAround(cluster, "shop"), {
            namespace: "shop",
            lines: ["Pod web-1: ErrImagePull: denied"],
        });
        assert.deepEqual(api.requests.sort(), [
            "GET /api/v1/namespaces/shop/events",
            "GET /api/v1/namespaces/shop/persistentvolumeclaims",
            "GET /api/v1/namespaces/shop/pods",
        ]);
    });

    it("asks as whom the pods would run that could not be made", async () => {
        const failed = (kind: string, name: string) =>
            api.put("/api/v1/namespaces/shop/events", {
                ...{ metadata: { name: `${kind}-${name}` } },
                ...{ type: "Warning", reason: "FailedCreate", message: `${name} is refused` },
                involvedObject: { kind, name },
            } as FakeObject);
        const workload = (path: string, name: string, serviceAccountName?: string) =>
            api.put(`/apis/${path}`, {
                metadata: { name },
                spec: { template: { spec: { serviceAccountName } } },
            });
        failed("ReplicaSet", "web-1");
        failed("StatefulSet", "db");
        failed("Widget", "x");
        failed("Job", "gone");
        workload("apps/v1/namespaces/shop/replicasets", "web-1");
        workload("apps/v1/namespaces/shop/statefulsets", "db", "postgres");
        const cluster = await Cluster.connect(api.kubeconfig);
        const { serviceAccounts, lines } = await lookAround(cluster, "shop");
        assert.deepEqual(serviceAccounts, ["default", "postgres"]);
        assert.equal(lines.length, 4);
    });

    it("sees nothing where it may not look: the failure itself must not get lost", async () => {
        api.intercept = () => ({ code: 403, body: { message: "no" } });
        const cluster = await Cluster.connect(api.kubeconfig);
        assert.deepEqual(await lookAround(cluster, "shop"), { namespace: "shop", lines: [] });
    });
});
