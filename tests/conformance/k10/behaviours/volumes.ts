/** How volumes are backed up: which snapshot class K10 takes, and when it copies instead (§1.16, §1.17, §13). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import type { Scratch } from "../../scratch.ts";
import { makeApplication, parts, type Shape } from "../application.ts";
import { backupSpec, path, policy } from "../objects.ts";
import { makeConfig, minutes, runPolicy, stateOf, validated, type World } from "../world.ts";

const annotation = "k10.kasten.io/is-snapshot-class";

const snapshotClasses = path.snapshots("volumesnapshotclasses");

/** The classes that K10 may take for the volume of an application, and the driver. */
async function classesFor({ source: { kube } }: World, application: string) {
    const claim = await kube.get(path.core("persistentvolumeclaims", application, parts.claim));
    const name = String(claim?.spec?.["storageClassName"]);
    const storageClass = await kube.get(`/apis/storage.k8s.io/v1/storageclasses/${name}`);
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

/** Backs an application of this shape up; `between` changes the cluster before. */
async function backedUp(
    world: World,
    scratch: Scratch,
    shape: Shape,
    between: (driver: string, classes: KubeObject[]) => Promise<void> = () => Promise.resolve(),
) {
    const name = `crossing-conformance-${scratch.suffix}`;
    await makeApplication(world, scratch, name, shape);
    const { driver, classes } = await classesFor(world, name);
    if (classes.length !== 1) {
        return {
            unable: `skipped: ${classes.length} annotated classes of driver ${driver}` as const,
        };
    }
    await between(driver, classes);
    const object = policy(name, backupSpec(world.source.profile, name));
    await makeConfig(world, scratch, world.source, "policies", object);
    await validated(world, scratch, world.source, "policies", name, "Success");
    const ref = { name, namespace: world.install };
    const { ended } = await runPolicy(world, scratch, world.source, name, ref);
    return { state: stateOf(ended), snapshots: await snapshotsOf(world, name) };
}

const disturbs = "skipped: it would disturb the backups of others; --exclusive allows it" as const;

/** Changes the annotations of a class, and changes them back in the end. */
async function annotate(
    { source: { kube } }: World,
    scratch: Scratch,
    { metadata }: KubeObject,
    value: string | null,
): Promise<void> {
    const item = `${snapshotClasses}/${metadata.name}`;
    const set = (to: string | null) =>
        kube.merge(item, { metadata: { annotations: { [annotation]: to } } });
    scratch.later(`the annotation of VolumeSnapshotClass \`${metadata.name}\``, () => set("true"));
    await set(value);
}

export const volumes: Behaviour<World>[] = [
    {
        name: "Where exactly one VolumeSnapshotClass of a volume's driver is annotated, a backup leaves a VolumeSnapshot in the application's namespace.",
        ...{ source: 'D install "Storage", §1.17, §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            const { unable, ...seen } = await backedUp(world, scratch, {});
            if (unable) {
                return unable;
            }
            assert.deepEqual([seen.state, seen.snapshots?.length], ["Complete", 1]);
        },
    },
    {
        name: "Where two VolumeSnapshotClasses of a driver are annotated, no snapshot is taken, and the backup fails.",
        ...{ source: 'D install "Storage", §1.17, §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.exclusive) {
                return disturbs;
            }
            const { unable, ...seen } = await backedUp(
                world,
                scratch,
                {},
                async (driver, [one]) => {
                    const { kube } = world.source;
                    const second = {
                        ...{
                            apiVersion: "snapshot.storage.k8s.io/v1",
                            kind: "VolumeSnapshotClass",
                        },
                        metadata: {
                            name: `crossing-conformance-${scratch.suffix}`,
                            annotations: { [annotation]: "true" },
                        },
                        ...{ driver, deletionPolicy: one?.["deletionPolicy"] ?? "Delete" },
                    };
                    const item = `${snapshotClasses}/${second.metadata.name}`;
                    scratch.later(`VolumeSnapshotClass \`${second.metadata.name}\``, () =>
                        kube.remove(item),
                    );
                    await kube.create(snapshotClasses, second);
                },
            );
            if (unable) {
                return unable;
            }
            assert.deepEqual([seen.state, seen.snapshots?.length], ["Failed", 0]);
        },
    },
    {
        name: "Where no VolumeSnapshotClass of a driver is annotated, no snapshot is taken, and the backup fails.",
        ...{ source: 'D install "Storage", LAB, §1.16, §1.17', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            if (!world.exclusive) {
                return disturbs;
            }
            const { unable, ...seen } = await backedUp(world, scratch, {}, async (_, [one]) => {
                assert.ok(one);
                await annotate(world, scratch, one, null);
            });
            if (unable) {
                return unable;
            }
            assert.deepEqual([seen.state, seen.snapshots?.length], ["Failed", 0]);
        },
    },
    {
        name: "A workload with annotation forcegenericbackup is not snapshotted, also where it could be.",
        ...{ source: 'D install "Generic", §13', confirmed: true, deadline: minutes },
        async check(world, scratch) {
            const annotations = { "k10.kasten.io/forcegenericbackup": "true" };
            const { unable, snapshots } = await backedUp(world, scratch, { annotations });
            return unable ?? assert.deepEqual(snapshots, []);
        },
    },
    {
        name: "A workload with a container kanister-sidecar is not snapshotted, also where it could be.",
        ...{ source: 'D install "Generic", §1.16, §13 (inferred)', confirmed: false },
        deadline: minutes,
        async check(world, scratch) {
            const { unable, snapshots } = await backedUp(world, scratch, { sidecar: true });
            return unable ?? assert.deepEqual(snapshots, []);
        },
    },
];
