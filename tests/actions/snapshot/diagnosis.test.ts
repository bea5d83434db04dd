import assert from "node:assert/strict";
import type { SnapshotClass, StorageClass, Workload } from "../../../actions/src/snapshot/api";
import { classFor, classOf, Evidence, reasons } from "../../../actions/src/snapshot/diagnosis";

const snapshotClass = (name: string, driver: string, annotated = "true"): SnapshotClass => ({
    metadata: { name, annotations: { "k10.kasten.io/is-snapshot-class": annotated } },
    driver,
    deletionPolicy: "Delete",
});

describe("the VolumeSnapshotClass of a driver", () => {
    const ours = snapshotClass("ours", "csi.example.com");
    const other = snapshotClass("other", "csi.example.org");

    it("is the one that K10 would use", () => {
        const plain = snapshotClass("plain", "csi.example.com", "false");
        assert.equal(classFor("csi.example.com", [other, plain, ours]), ours);
    });

    const cases: [name: string, classes: SnapshotClass[], sentence: string][] = [
        [
            "missing",
            [other],
            'There is no VolumeSnapshotClass for driver `csi.example.com`: make one with annotation `k10.kasten.io/is-snapshot-class: "true"`, or set `crossing:snapshots`.',
        ],
        [
            "not annotated",
            [
                snapshotClass("a", "csi.example.com", "false"),
                { ...ours, metadata: { name: "b" } },
                other,
            ],
            'No VolumeSnapshotClass of driver `csi.example.com` has annotation `k10.kasten.io/is-snapshot-class: "true"`: annotate one of `a`, `b`.',
        ],
        [
            "annotated twice",
            [ours, snapshotClass("second", "csi.example.com")],
            "Driver `csi.example.com` has several VolumeSnapshotClasses with annotation `k10.kasten.io/is-snapshot-class` (`ours`, `second`), and K10 needs exactly one: remove the annotation from the others, or name one by `crossing:snapshots.snapshotClass`.",
        ],
    ];
    for (const [name, classes, sentence] of cases) {
        it(`is ${name}: a sentence says so`, () => {
            assert.equal(classFor("csi.example.com", classes), sentence);
        });
    }
});

describe("the VolumeSnapshotClass of a StorageClass", () => {
    const ours = snapshotClass("ours", "csi.x");
    const plain = snapshotClass("plain", "csi.x", "false");
    const other = snapshotClass("other", "csi.y");
    const storageClass = (named?: string): StorageClass => ({
        metadata: {
            name: "fast",
            annotations: named ? { "k10.kasten.io/volume-snapshot-class": named } : undefined,
        },
        provisioner: "csi.x",
    });

    it("is the one that it names, whatever else there is", () => {
        assert.equal(classOf(storageClass("plain"), [ours, plain, other]), plain);
    });

    it("is the driver's where it names none", () => {
        assert.equal(classOf(storageClass(), [ours, plain, other]), ours);
    });

    it("is missing: a sentence says so", () => {
        assert.equal(
            classOf(storageClass("typo"), [ours]),
            "StorageClass `fast` names VolumeSnapshotClass `typo` by annotation `k10.kasten.io/volume-snapshot-class`, which does not exist: name one that does.",
        );
    });

    it("is of another driver: a sentence says so", () => {
        assert.equal(
            classOf(storageClass("other"), [ours, other]),
            "StorageClass `fast` names VolumeSnapshotClass `other` by annotation `k10.kasten.io/volume-snapshot-class`, which is for driver `csi.y`, and the StorageClass is of `csi.x`: name a class of that driver.",
        );
    });
});

describe("why a snapshot is not ready", () => {
    const workload = (...images: [name: string, image: string][]): Workload => ({
        spec: {
            template: { spec: { containers: images.map(([name, image]) => ({ name, image })) } },
        },
    });
    const controller = workload([
        "snapshot-controller",
        "registry.k8s.io/snapshot-controller:v8.6.0",
    ]);
    const driver = workload(
        ["driver", "example.com/driver:v2.1.0"],
        ["csi-snapshotter", "registry.k8s.io/csi-snapshotter:v8.6.0"],
    );
    const evidence: Evidence = {
        driver: "csi.example.com",
        classes: [],
        snapshot: {},
        content: { status: { snapshotHandle: "snap-1" } },
        workloads: [controller, driver],
    };
    const cases: [name: string, more: Partial<Evidence>, sentences: string[]][] = [
        ["is unknown where everything fits", {}, []],
        [
            "is what the driver says, once",
            {
                snapshot: { status: { error: { message: "out of space" } } },
                content: { status: { snapshotHandle: "s", error: { message: "out of space" } } },
            },
            ["The driver says: out of space."],
        ],
        [
            "is a controller that is missing",
            { content: undefined, workloads: [driver] },
            ["No snapshot-controller runs in this cluster: install it."],
        ],
        [
            "is not a controller that a distribution names by digest",
            {
                content: undefined,
                workloads: [workload(["snapshot-controller", "quay.io/release@sha256:12"])],
            },
            [],
        ],
        [
            "is a sidecar that is missing",
            { content: {}, workloads: [controller] },
            [
                "The content has no snapshot handle, and no csi-snapshotter runs beside driver `csi.example.com`: install a driver that brings it.",
            ],
        ],
        [
            "is a driver that makes no snapshot",
            { content: {} },
            ["The content has no snapshot handle: the driver has not made the snapshot."],
        ],
        [
            "is an image that is no release",
            {
                workloads: [
                    controller,
                    driver,
                    workload(["csi-rbdplugin", "quay.io/cephcsi/cephcsi:canary"]),
                    workload(["web", "example.com/web:latest"]),
                ],
            },
            [
                "The image `quay.io/cephcsi/cephcsi:canary` is not a release: canary and latest images are known to make no snapshots; pin one.",
            ],
        ],
        [
            "is a sidecar of another version",
            {
                workloads: [
                    controller,
                    workload(["csi-snapshotter", "registry.k8s.io/csi-snapshotter:v7.0.2"]),
                ],
            },
            [
                "The sidecar `registry.k8s.io/csi-snapshotter:v7.0.2` is of another version than the snapshot-controller (v8.6): they should be equal.",
            ],
        ],
    ];
    for (const [name, more, sentences] of cases) {
        it(name, () => {
            assert.deepEqual(reasons({ ...evidence, ...more }), sentences);
        });
    }
});
