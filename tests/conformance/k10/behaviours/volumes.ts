/** How volumes are backed up: which snapshot class K10 takes, and when it copies instead (§1.16, §1.17, §13). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import { scratchLabel, type Scratch } from "../../scratch.ts";
import { makeApplication, parts, sidecar, type Shape } from "../application.ts";
import { backupSpec, path, policy } from "../objects.ts";
import { makeConfig, minutes, runPolicy, stateOf, validated, type World } from "../world.ts";

const annotation = "k10.kasten.io/is-snapshot-class";

const snapshotClasses = path.snapshots("volumesnapshotclasses");
const storageClasses = "/apis/storage.k8s.io/v1/storageclasses";

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

/** The classes that K10 may take for the volume of an application, and the driver. */
async function classesFor({ source: { kube } }: World, application: string) {
    const claim = await kube.get(path.core("persistentvolumeclaims", application, parts.claim));
    const name = String(claim?.spec?.["storageClassName"]);
    const storageClass = await kube.get(`${storageClasses}/${name}`);
    const driver = storageClass?.["provisioner"];
    const { code, body } = await kube.send("GET", snapshotClasses);
    const classes = (code === 200 ? (body.items ?? []) : []).filter(
        each => each["driver"] === driver && each.metadata.annotations?.[annotation] === "true",
    );
    return { driver: String(driver), classes };
}

/** The VolumeSnapshots in an application's namespace. */
async function snapshotsOf({ source }: World, application: string): Promise<KubeObject[]> {
    const { code, body } = await source.kube.send(
        "GET",
        path.snapshots("volumesnapshots", application),
    );
    return code === 200 ? (body.items ?? []) : [];
}

/** Whether K10 has put its sidecar into an application's pods by itself: then it copies volumes, and takes no snapshots. */
async function isInjected({ source }: World, application: string): Promise<boolean> {
    const pods = await source.kube.list(path.core("pods", application));
    const containers = pods.flatMap(({ spec }) => spec?.["containers"] as { name: string }[]);
    return containers.some(({ name }) => name === sidecar);
}

/** Makes an application of this shape, if its volume can be snapshotted. @returns why it cannot, else its name */
async function snapshottable(world: World, scratch: Scratch, shape: Shape) {
    const name = nameOf(scratch);
    await makeApplication(world, scratch, name, shape);
    const { driver, classes } = await classesFor(world, name);
    if (classes.length !== 1) {
        const count = `${classes.length} annotated VolumeSnapshotClasses` as const;
        return { unable: `skipped: there are ${count} of driver ${driver}` as const };
    }
    if (!shape.sidecar && (await isInjected(world, name))) {
        return { unable: "skipped: K10 injects its sidecar here, and so copies volumes" as const };
    }
    return { name, driver, annotated: classes[0] };
}

/** Backs an application up. @returns the run's state, and the snapshots that the backup left */
async function backUp(world: World, scratch: Scratch, application: string) {
    const name = nameOf(scratch);
    const object = policy(name, backupSpec(world.source.profile, application));
    await makeConfig(world, scratch, world.source, "policies", object);
    await validated(world, scratch, world.source, "policies", name, "Success");
    const ref = { name, namespace: world.install };
    const { ended } = await runPolicy(world, scratch, world.source, name, ref);
    return { state: stateOf(ended), snapshots: await snapshotsOf(world, application) };
}

/** Backs up where K10 must not take a snapshot of the volume. */
async function failsToSnapshot(world: World, scratch: Scratch, application: string) {
    const { state, snapshots } = await backUp(world, scratch, application);
    assert.equal(snapshots.length, 0, `${snapshots.length} VolumeSnapshots`);
    if (state === "Complete") {
        return "skipped: generic volume backup took the volume instead" as const;
    }
    return assert.equal(state, "Failed");
}

/** Makes an object of the cluster that goes away again. */
async function makeGlobal(
    { source: { kube } }: World,
    scratch: Scratch,
    collection: string,
    object: KubeObject,
): Promise<void> {
    const item = `${collection}/${object.metadata.name}`;
    scratch.later(item, () => kube.remove(item));
    await kube.create(collection, object);
}

/** A VolumeSnapshotClass like a given one. */
const classLike = (one: KubeObject | undefined, name: string, annotated: boolean) => ({
    ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotClass" },
    metadata: {
        name,
        labels: { [scratchLabel]: "k10" },
        ...(annotated && { annotations: { [annotation]: "true" } }),
    },
    ...{ driver: one?.["driver"], deletionPolicy: one?.["deletionPolicy"] },
    ...(one?.["parameters"] ? { parameters: one["parameters"] } : {}),
});

/** A StorageClass like the application's own, that names a VolumeSnapshotClass. */
async function classNaming(world: World, scratch: Scratch, snapshotClass: string): Promise<void> {
    const all = await world.source.kube.list(storageClasses);
    const isDefault = ({ metadata: { annotations } }: KubeObject) =>
        annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
    const own = all.find(each =>
        world.storageClass ? each.metadata.name === world.storageClass : isDefault(each),
    );
    assert.ok(own, "there is no default StorageClass: name one by --storage-class");
    await makeGlobal(world, scratch, storageClasses, {
        ...own,
        metadata: {
            name: nameOf(scratch),
            labels: { [scratchLabel]: "k10" },
            annotations: { "k10.kasten.io/volume-snapshot-class": snapshotClass },
        },
    });
}

const disturbs = "skipped: it would disturb the backups of others; --exclusive allows it" as const;

/** Takes the annotation off a class until the end. */
async function withoutAnnotation(
    { source: { kube } }: World,
    scratch: Scratch,
    one: KubeObject | undefined,
): Promise<void> {
    assert.ok(one);
    const item = `${snapshotClasses}/${one.metadata.name}`;
    const set = (to: string | null) =>
        kube.merge(item, { metadata: { annotations: { [annotation]: to } } });
    scratch.later(`the annotation of ${item}`, () => set("true"));
    await set(null);
}

export const volumes: Behaviour<World>[] = [
    {
        name: "Where exactly one VolumeSnapshotClass of a volume's driver is annotated, a backup leaves a VolumeSnapshot in the application's namespace.",
        ...{ source: 'D install "Storage", §1.17, §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            const { unable, name } = await snapshottable(world, scratch, {});
            if (unable) {
                return unable;
            }
            const { state, snapshots } = await backUp(world, scratch, name);
            assert.deepEqual([state, snapshots.length], ["Complete", 1]);
        },
    },
    {
        name: "Where a StorageClass names a VolumeSnapshotClass by annotation volume-snapshot-class, a backup takes that one.",
        ...{ source: 'D install "Storage", §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            const own = nameOf(scratch);
            await classNaming(world, scratch, own);
            const { unable, name, annotated } = await snapshottable(world, scratch, {
                storageClass: own,
            });
            if (unable) {
                return unable;
            }
            await makeGlobal(world, scratch, snapshotClasses, classLike(annotated, own, false));
            const { state, snapshots } = await backUp(world, scratch, name);
            const taken = snapshots.map(({ spec }) => String(spec?.["volumeSnapshotClassName"]));
            assert.deepEqual([state, taken.length], ["Complete", 1]);
            // K10 may take a clone of it, whose name has the class's in it.
            assert.ok(taken[0]?.includes(own), taken[0]);
        },
    },
    {
        name: "Where two VolumeSnapshotClasses of a driver are annotated, no snapshot is taken, and the backup fails.",
        ...{ source: 'D install "Storage", §1.17, §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.exclusive) {
                return disturbs;
            }
            const { unable, name, annotated } = await snapshottable(world, scratch, {});
            if (unable) {
                return unable;
            }
            const second = classLike(annotated, nameOf(scratch), true);
            await makeGlobal(world, scratch, snapshotClasses, second);
            return failsToSnapshot(world, scratch, name);
        },
    },
    {
        name: "Where no VolumeSnapshotClass of a driver is annotated, no snapshot is taken, and the backup fails.",
        ...{ source: 'D install "Storage", LAB, §1.16, §1.17', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.exclusive) {
                return disturbs;
            }
            const { unable, name, annotated } = await snapshottable(world, scratch, {});
            if (unable) {
                return unable;
            }
            await withoutAnnotation(world, scratch, annotated);
            return failsToSnapshot(world, scratch, name);
        },
    },
    ...(
        [
            [
                "annotation forcegenericbackup",
                { annotations: { "k10.kasten.io/forcegenericbackup": "true" } },
                { source: 'D install "Generic", §13', confirmed: true },
            ],
            [
                "a container kanister-sidecar",
                { sidecar: true },
                { source: 'D install "Generic", §1.16, §13 (inferred)', confirmed: false },
            ],
        ] as [string, Shape, { source: string; confirmed: boolean }][]
    ).map(([what, shape, written]): Behaviour<World> => ({
        name: `A workload with ${what} is not snapshotted, also where it could be.`,
        ...{ ...written, deadline: minutes },
        async check(world, scratch) {
            const { unable, name } = await snapshottable(world, scratch, shape);
            if (unable) {
                return unable;
            }
            const { snapshots } = await backUp(world, scratch, name);
            assert.equal(snapshots.length, 0, `${snapshots.length} VolumeSnapshots`);
        },
    })),
];
