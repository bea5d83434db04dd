import assert from "node:assert/strict";
import type { V1PodSpec } from "@kubernetes/client-node";
import { Owner, ownersOf, Scene, uncovered } from "../../../actions/src/k10/claim-users";
import { DataMode, Gap, judge, Selectors } from "../../../actions/src/k10/data-modes";
import { intolerances } from "../../../actions/src/k10/intolerances";
import * as given from "./support/claims";

const { forced, pod, podSpec, sidecar, workload } = given;
const namespaceLabels = { backup: "sidecar" };
const noClass =
    'There is no VolumeSnapshotClass for driver `rancher.io/local-path`: make one with annotation `k10.kasten.io/is-snapshot-class: "true"`, or set `crossing:snapshots`.';

const sceneOf = (more: object = {}): Scene => ({
    namespace: { name: "shop", labels: namespaceLabels },
    ...{ workloads: [], pods: [], claims: [given.claim("web-data")] },
    ...{ storageClasses: given.storageClasses, snapshotClasses: given.snapshotClasses },
    ...more,
});
const deployment = (object: object, kind = "Deployment") => ({ kind, object });

/** A Deployment with one pod of this spec, and what else is to be so. */
const webOf = (spec: object, metadata: object = { annotations: forced }, more: object = {}) =>
    sceneOf({ workloads: [deployment(workload(spec, metadata))], pods: [pod(spec)], ...more });

const covered: DataMode = {
    workload: "Deployment web",
    claims: ["web-data"],
    mode: "sidecar",
    reason: "K10's selectors mean it, and its sidecar mounts each of them",
};
const snapshotted: DataMode = {
    workload: "Deployment web",
    claims: ["web-data"],
    mode: "snapshot",
    reason: "VolumeSnapshotClass `snap` is for StorageClass `fast`",
};
const open: DataMode = {
    ...{ workload: "Deployment web", claims: ["web-data"], mode: "none", reason: noClass },
};
const withSidecar = podSpec(["data"], { sidecar: sidecar("data") });
const without = podSpec(["data"]);
const fast = { claims: [given.claim("web-data", "fast")] };

type Case = readonly [
    what: string,
    scene: Scene,
    selectors: Selectors,
    modes: readonly DataMode[],
    gaps: readonly (readonly [Gap["why"], string])[],
];

describe("how claims get into the backup", () => {
    const cases: Case[] = [
        ["nothing, in a namespace without claims", sceneOf({ claims: [] }), {}, [], []],
        ["by the sidecar", webOf(withSidecar), { namespaceLabels }, [covered], []],
        [
            "by the sidecar, also where a snapshot is possible",
            webOf(withSidecar, { annotations: forced }, fast),
            ...([{ namespaceLabels }, [covered], []] as const),
        ],
        [
            "by the sidecar of a workload that asks for it by itself",
            webOf(withSidecar),
            { workloadLabels: { tier: "db" } },
            [
                {
                    ...covered,
                    reason: "its annotation asks for it, and its sidecar mounts each of them",
                },
            ],
            [],
        ],
        [
            "not, without the sidecar that is meant",
            ...([webOf(without, {}), { namespaceLabels }, []] as const),
            [["absent", "has no container `kanister-sidecar`"]],
        ],
        [
            "not without it, also where a snapshot is possible: K10 is told to take none",
            ...([webOf(without, {}, fast), { namespaceLabels }, []] as const),
            [["absent", "has no container `kanister-sidecar`"]],
        ],
        [
            "not while pods are left from before",
            sceneOf({
                workloads: [deployment(workload(withSidecar, { annotations: forced }))],
                pods: [pod(withSidecar), pod(without, { name: "web-0" })],
            }),
            ...([{ namespaceLabels }, []] as const),
            [["pods", "has a pod without container `kanister-sidecar`"]],
        ],
        [
            "not while its pods are not ready",
            sceneOf({
                workloads: [deployment(workload(withSidecar, { annotations: forced }))],
                pods: [pod(withSidecar, { ready: false })],
            }),
            ...([{ namespaceLabels }, []] as const),
            [["pods", "has 0 of 1 pods ready with container `kanister-sidecar`"]],
        ],
        [
            "not while its pods cannot be made",
            webOf(withSidecar, { annotations: forced }, { pods: [] }),
            ...([{ namespaceLabels }, []] as const),
            [["pods", "has 0 of 1 pods ready with container `kanister-sidecar`"]],
        ],
        [
            "by the sidecar, whatever pods are on their way out",
            sceneOf({
                workloads: [deployment(workload(withSidecar, { annotations: forced }))],
                pods: [
                    pod(withSidecar),
                    pod(without, { name: "web-0", deletionTimestamp: "2026-01-01T00:00:00Z" }),
                ],
            }),
            ...([{ namespaceLabels }, [covered], []] as const),
        ],
        [
            "not, where the sidecar does not mount all of them",
            webOf(podSpec(["data", "logs"], { sidecar: sidecar("data") }), {
                annotations: forced,
            }),
            ...([{ namespaceLabels }, []] as const),
            [["parity", "has a container `kanister-sidecar` that does not mount PVC `web-logs`"]],
        ],
        [
            "not, where nothing tells K10 to use the sidecar",
            ...([webOf(withSidecar, {}), { namespaceLabels }, []] as const),
            [
                [
                    "annotation",
                    'has container `kanister-sidecar` and not the annotation `k10.kasten.io/forcegenericbackup: "true"`',
                ],
            ],
        ],
        [
            "by a snapshot, where the sidecar is not meant",
            webOf(without, {}, fast),
            ...([{ namespaceLabels: { backup: "no" } }, [snapshotted], []] as const),
        ],
        [
            "not, where the namespace is not meant and nothing else is possible",
            webOf(without, {}),
            ...([{ namespaceLabels: { backup: "yes", ...{ more: "1" } } }, [open]] as const),
            [
                [
                    "unselected",
                    `has PVC \`web-data\`, which cannot be snapshotted, and no sidecar: namespace \`shop\` lacks the label \`backup=yes, more=1\` of K10's \`namespaceSelector\`. ${noClass}`,
                ],
            ],
        ],
        [
            "not, where the workload is not meant and nothing else is possible",
            webOf(without, { labels: { tier: "web" } }),
            ...([{ namespaceLabels, workloadLabels: { tier: "db" } }, [open]] as const),
            [
                [
                    "unselected",
                    `has PVC \`web-data\`, which cannot be snapshotted, and no sidecar: it lacks the label \`tier=db\` of K10's \`objectSelector\`. ${noClass}`,
                ],
            ],
        ],
        [
            "not, of a DaemonSet that K10's webhook is not for",
            sceneOf({
                workloads: [deployment(workload(without), "DaemonSet")],
                pods: [pod(without)],
            }),
            ...([{ namespaceLabels }, [{ ...open, workload: "DaemonSet web" }]] as const),
            [
                [
                    "kind",
                    `has PVC \`web-data\`, which cannot be snapshotted, and no sidecar: K10 gives its sidecar to Deployments and StatefulSets alone. ${noClass}`,
                ],
            ],
        ],
        [
            "not, of a pod that asks for the sidecar and has none",
            sceneOf({ pods: [pod(without, { annotations: forced })] }),
            ...([{ namespaceLabels }, []] as const),
            [
                [
                    "kind",
                    "has no container `kanister-sidecar`, which K10 gives to Deployments and StatefulSets alone",
                ],
            ],
        ],
        [
            "by the sidecar of another workload that mounts the same claim",
            sceneOf({
                workloads: [deployment(workload(withSidecar, { annotations: forced }))],
                pods: [pod(withSidecar), pod(without, { name: "job", labels: {} })],
            }),
            { namespaceLabels },
            [
                covered,
                {
                    ...{ workload: "Pod job", claims: ["web-data"], mode: "sidecar" },
                    reason: "the sidecar of Deployment web mounts it",
                },
            ],
            [],
        ],
        [
            "by snapshots, a claim that nobody uses, and without anything one that cannot be snapshotted",
            sceneOf({
                claims: [given.claim("old"), given.claim("older", "fast"), given.claim("x", "no")],
            }),
            { namespaceLabels },
            [
                { claims: ["old"], mode: "none", reason: noClass },
                { ...{ claims: ["older"], mode: "snapshot" }, reason: snapshotted.reason },
                {
                    ...{ claims: ["x"], mode: "none" },
                    reason: "StorageClass `no` of the claim does not exist.",
                },
            ],
            [],
        ],
        [
            "by a copy without a sidecar, a claim that nobody uses and whose StorageClass asks for it",
            sceneOf({
                storageClasses: [
                    { metadata: { name: "local-path", annotations: forced }, provisioner: "x" },
                ],
            }),
            { namespaceLabels },
            [
                {
                    ...{ claims: ["web-data"], mode: "generic" },
                    reason: "the annotation of their StorageClass asks for it",
                },
            ],
            [],
        ],
        [
            "by a snapshot without a class, where K10 integrates the driver by itself",
            webOf(
                without,
                {},
                {
                    storageClasses: [
                        { metadata: { name: "local-path" }, provisioner: "ebs.csi.aws.com" },
                    ],
                },
            ),
            { namespaceLabels: { backup: "no" } },
            [
                {
                    ...snapshotted,
                    reason: "K10 integrates driver `ebs.csi.aws.com` by itself",
                },
            ],
            [],
        ],
        [
            "by nothing that is known, and no failure, where K10 may read the volume by a pod of its own",
            webOf(
                without,
                {},
                {
                    claims: [
                        {
                            metadata: { name: "web-data" },
                            spec: {
                                storageClassName: "local-path",
                                accessModes: ["ReadWriteMany"],
                            },
                        },
                    ],
                },
            ),
            ...([{ namespaceLabels: { backup: "no" } }, [open], []] as const),
        ],
        [
            "as a claim of nobody, of a workload that is scaled to nothing",
            sceneOf({ workloads: [deployment(workload(without, {}, { replicas: 0 }))] }),
            { namespaceLabels },
            [{ claims: ["web-data"], mode: "none", reason: noClass }],
            [],
        ],
    ];
    for (const [what, scene, selectors, modes, gaps] of cases) {
        it(what, () => {
            const found = judge(scene, selectors);
            assert.deepEqual(found.modes, modes);
            assert.deepEqual(
                found.gaps.map(({ why, text }) => [why, text]),
                gaps,
            );
            assert.deepEqual(
                found.gaps.map(({ isOpen }) => isOpen === true),
                found.gaps.map(({ text }) => text.includes("which cannot be snapshotted")),
            );
        });
    }

    it("by the sidecar, of a StatefulSet whose pods have a claim each", () => {
        const volumeMounts = [given.mount("data")];
        const specOf = (...claims: string[]) => ({
            containers: [{ name: "web", image: "web", volumeMounts }, sidecar("data")],
            volumes: claims.map(claimName => ({
                name: "data",
                persistentVolumeClaim: { claimName },
            })),
        });
        const volumeClaimTemplates = [{ metadata: { name: "data" } }];
        const set = workload(
            specOf(),
            { annotations: forced },
            { replicas: 2, volumeClaimTemplates },
        );
        const pods = [0, 1].map(i => pod(specOf(`data-web-${i}`), { name: `web-${i}` }));
        const claims = [0, 1].map(i => given.claim(`data-web-${i}`));
        const scene = sceneOf({ workloads: [deployment(set, "StatefulSet")], pods, claims });
        const { modes, gaps } = judge(scene, { namespaceLabels });
        assert.deepEqual(
            [modes, gaps],
            [
                [{ ...covered, workload: "StatefulSet web", claims: ["data-web-0", "data-web-1"] }],
                [],
            ],
        );
        const half = judge({ ...scene, pods: scene.pods.slice(1) }, { namespaceLabels });
        assert.equal(half.gaps[0]?.text, "has 1 of 2 pods ready with container `kanister-sidecar`");
    });

    it("pods belong to a workload by its whole selector", () => {
        const selector = {
            matchExpressions: [
                { key: "app", operator: "In", values: ["web", "api"] },
                { key: "old", operator: "DoesNotExist" },
                { key: "tier", operator: "NotIn", values: ["test"] },
                { key: "app", operator: "Exists" },
            ],
        };
        const labels: Record<string, string>[] = [
            { app: "web" },
            { app: "db" },
            { app: "api", old: "" },
            { app: "api", tier: "test" },
        ];
        const pods = labels.map((each, i) => pod(without, { name: `p${i}`, labels: each }));
        const object = workload(without, {}, { selector });
        const owners = ownersOf(sceneOf({ workloads: [deployment(object)], pods }));
        assert.deepEqual(
            owners.map(each => [each.kind, each.pods.map(({ metadata }) => metadata?.name)]),
            [
                ["Deployment", ["p0"]],
                ["Pod", ["p1"]],
                ["Pod", ["p2"]],
                ["Pod", ["p3"]],
            ],
        );
    });
});

describe("what the sidecar does not mount", () => {
    const block = {
        containers: [
            {
                ...{ name: "web", image: "web" },
                volumeDevices: [{ name: "data", devicePath: "/dev/x" }],
            },
            { ...sidecar(), volumeDevices: [{ name: "data", devicePath: "/dev/x" }] },
        ],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "web-data" } }],
    };
    const initial = {
        ...withSidecar,
        initContainers: [{ name: "init", image: "web", volumeMounts: [given.mount("init")] }],
        volumes: [
            ...withSidecar.volumes,
            { name: "init", persistentVolumeClaim: { claimName: "web-init" } },
        ],
    };
    const unmounted = { ...withSidecar, volumes: [...initial.volumes] };
    const other = podSpec(["data"], {
        sidecar: {
            ...sidecar(),
            volumeMounts: [{ name: "data", mountPath: "/anywhere", subPath: "" }],
        },
    });
    const cases: [string, object, string[]][] = [
        ["nothing", withSidecar, []],
        ["nothing, at another path", other, []],
        ["all, without one", without, ["web-data"]],
        ["one of two", podSpec(["data", "logs"], { sidecar: sidecar("logs") }), ["web-data"]],
        ["what an init container mounts", initial, ["web-init"]],
        ["not what nobody mounts", unmounted, []],
        ["a block device", block, ["web-data"]],
    ];
    for (const [what, spec, expected] of cases) {
        it(what, () => assert.deepEqual(uncovered(spec as V1PodSpec), expected));
    }
});

describe("who may not bear the sidecar", () => {
    const secure = (securityContext: object, pod: object = {}) => ({
        containers: [
            { name: "log", image: "log" },
            { name: "web", image: "web", securityContext },
        ],
        ...pod,
    });
    const context = (securityContext: object) => ({ ...withSidecar, securityContext });
    const dropping = { capabilities: { drop: ["ALL"], add: ["FOWNER"] } };
    const without3 =
        "Deployment web: the sidecar has no capabilities CHOWN, DAC_OVERRIDE, so that K10 reads only what its user may read, and restores no owners.";
    const cases: [string, object, string[]][] = [
        ["nobody", withSidecar, []],
        [
            "who sees the node's processes",
            { ...without, hostPID: true },
            [
                "Deployment web: its pods see the processes of their node (`hostPID`), and so does the sidecar.",
            ],
        ],
        [
            "whose root file system is read-only",
            secure({ readOnlyRootFilesystem: true }),
            [
                "Deployment web: the sidecar's root file system is read-only, so that K10 can keep nothing beside the volumes.",
            ],
        ],
        [
            "who may not be root and names no user, before the sidecar is there",
            { ...context({ runAsNonRoot: true }), containers: without.containers },
            [
                "Deployment web: `runAsNonRoot` without `runAsUser` keeps the sidecar from starting, if its image is root's.",
            ],
        ],
        ["not who names a user", context({ runAsNonRoot: true, runAsUser: 7 }), []],
        ["not whose sidecar is there", context({ runAsNonRoot: true }), []],
        ["who has dropped capabilities", secure(dropping), [without3]],
        [
            "what counts is the sidecar's own, if it is there",
            podSpec(["data"], { sidecar: { ...sidecar("data"), securityContext: dropping } }),
            [without3],
        ],
    ];
    const ownerOf = (spec: object): Owner =>
        ({
            ...{ kind: "Deployment", name: "web", labels: {}, annotations: {} },
            spec,
            pods: [],
        }) as Owner;
    for (const [what, spec, expected] of cases) {
        it(what, () => assert.deepEqual(intolerances(ownerOf(spec), sceneOf()), expected));
    }

    it("whoever is in a namespace that enforces the restricted Pod Security Standard", () => {
        const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
        const scene = sceneOf({ namespace: { name: "shop", labels } });
        assert.deepEqual(intolerances(ownerOf(withSidecar), scene), [
            without3.replace("DAC_OVERRIDE", "DAC_OVERRIDE, FOWNER"),
        ]);
    });

    it("is told of those alone that the sidecar is for", () => {
        const spec = { ...without, hostPID: true };
        const warnings = (selectors: Selectors) => judge(webOf(spec, {}), selectors).warnings;
        assert.equal(warnings({ namespaceLabels }).length, 1);
        assert.deepEqual(warnings({ namespaceLabels: { other: "1" } }), []);
    });
});
