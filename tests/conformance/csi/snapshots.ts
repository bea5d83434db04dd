/** What a user of a cluster sees of snapshots and of volumes that are made of something. */
import assert from "node:assert/strict";
import { scratchLabels, until } from "../support/cluster.ts";
import { behaviour, docs, spec } from "./behaviour.ts";
import { bytes, snapshotApi, snapshotOf } from "./objects.ts";

const page = "Volume Snapshots";
const classes = "Volume Snapshot Classes";

export const snapshots = [
    behaviour(
        "The snapshot class is of the same driver as the storage class.",
        docs(classes, "Driver"),
        world => {
            assert.equal(world.snapshotClass.driver, world.storageClass.provisioner);
            return Promise.resolve();
        },
    ),
    behaviour(
        "A snapshot of a claim becomes ready to use, with the time and the size for restoring.",
        docs(page, "Lifecycle of a volume snapshot and volume snapshot content"),
        async world => {
            const { snapshot } = await world.taken();
            const { readyToUse, creationTime, restoreSize } = snapshot.status ?? {};
            assert.equal(readyToUse, true);
            const age = Date.now() - Date.parse(creationTime ?? "");
            assert.ok(Math.abs(age) < 600_000, `taken at ${creationTime}`);
            assert.ok(bytes(restoreSize) > 0, `restoreSize is ${restoreSize}`);
        },
    ),
    behaviour(
        "Its content has the storage system's handle, and knows driver, class, volume and snapshot.",
        docs(page, "Volume Snapshot Contents"),
        async world => {
            const [{ snapshot, content }, { volume }] = [
                await world.taken(),
                await world.written(),
            ];
            assert.ok(content.status?.snapshotHandle, "no handle");
            assert.equal(content.status?.readyToUse, true);
            const { driver, deletionPolicy, source, volumeSnapshotRef } = content.spec;
            assert.deepEqual(
                [driver, deletionPolicy, source.volumeHandle],
                [
                    ...[world.snapshotClass.driver, world.snapshotClass.deletionPolicy],
                    volume.spec?.csi?.volumeHandle,
                ],
            );
            assert.equal(content.spec.volumeSnapshotClassName, world.settings.snapshotClass);
            assert.deepEqual(
                [volumeSnapshotRef.namespace, volumeSnapshotRef.name, volumeSnapshotRef.uid],
                [world.namespace, "taken", snapshot.metadata?.uid],
            );
        },
    ),
    behaviour(
        "A volume made of a snapshot holds what was there when it was taken, although the source changed.",
        docs("Persistent Volumes", "Create Persistent Volume Claim from a Volume Snapshot"),
        async world => {
            assert.deepEqual((await world.restored()).found, ["first"]);
        },
    ),
    behaviour(
        "A volume made of a claim holds what is there.",
        docs("CSI Volume Cloning", "Provisioning"),
        async world => {
            assert.deepEqual((await world.cloned()).found, ["second"]);
        },
    ),
    behaviour(
        "What is written to such volumes is not in their sources.",
        docs("CSI Volume Cloning", "Usage"),
        async world => {
            await Promise.all([world.restored(), world.cloned()]);
            assert.deepEqual(await world.run("unchanged", "original", "cat /data/file"), [
                "second",
            ]);
        },
    ),
    behaviour(
        "Such volumes have handles of their own.",
        spec("CreateVolume, volume_id"),
        async world => {
            const all = await Promise.all([world.written(), world.restored(), world.cloned()]);
            const handles = all.map(({ volume }) => volume.spec?.csi?.volumeHandle);
            assert.equal(new Set(handles).size, 3, handles.join(" "));
        },
    ),
    behaviour(
        "A claim that is smaller than the snapshot's restoreSize is refused, with both sizes.",
        "external-provisioner, pkg/controller/controller.go (getSnapshotSource)",
        async world => {
            const { snapshot } = await world.taken();
            const size = String(Math.floor(bytes(snapshot.status?.restoreSize) / 2));
            await world.claim("small", { source: { kind: "VolumeSnapshot", name: "taken" }, size });
            await world.pod("small-reader", "small", "true");
            const { message = "" } = await world.event("small", "ProvisioningFailed");
            assert.match(
                message,
                new RegExp(`requested volume size ${size} is less than the size`),
            );
        },
    ),
    behaviour(
        "A snapshot of a claim that does not exist is not ready, and says that it cannot get the claim.",
        "external-snapshotter, pkg/common-controller/snapshot_controller.go (getClaimFromVolumeSnapshot)",
        async world => {
            const source = { persistentVolumeClaimName: "missing" };
            await world.kube.create(
                snapshotOf(world.in("of-missing"), world.settings.snapshotClass, source),
            );
            const found = await until("the snapshot's error", async () => {
                const snapshot = await world.findSnapshot("of-missing");
                return snapshot?.status?.error?.message ? snapshot : undefined;
            });
            assert.match(found.status?.error?.message ?? "", /cannot get claim from snapshot/);
            assert.equal(found.status?.readyToUse, false);
        },
    ),
    behaviour(
        "With a snapshot of deletion policy Delete its content goes, and the storage system's snapshot.",
        docs(classes, "DeletionPolicy"),
        async world => {
            if (world.snapshotClass.deletionPolicy !== "Delete") {
                return `skipped: the class's deletion policy is ${world.snapshotClass.deletionPolicy}`;
            }
            await world.written();
            const { content } = await world.snapshot("deleted", {
                persistentVolumeClaimName: "original",
            });
            await world.kube.remove(world.snapshotReference("deleted"));
            const name = content.metadata?.name ?? "";
            await until("the content to go", async () =>
                (await world.content(name)) ? undefined : true,
            );
        },
    ),
    behaviour(
        "With policy Retain content and snapshot stay, and another VolumeSnapshot can be bound to them.",
        docs(page, "Static provisioning"),
        async (world, scratch) => {
            await world.written();
            const name = `crossing-conformance-${scratch.suffix}`;
            const { driver, parameters } = world.snapshotClass;
            await world.kube.make(
                {
                    ...{ apiVersion: snapshotApi, kind: "VolumeSnapshotClass" },
                    metadata: { name, labels: scratchLabels },
                    ...{ driver, parameters, deletionPolicy: "Retain" },
                },
                scratch,
            );
            const { content } = await world.snapshot(
                "retained",
                { persistentVolumeClaimName: "original" },
                name,
            );
            const kept = content.metadata?.name ?? "";
            await world.kube.remove(world.snapshotReference("retained"));
            await until("the snapshot to go", async () =>
                (await world.findSnapshot("retained")) ? undefined : true,
            );
            const found = await world.content(kept);
            assert.equal(found?.status?.readyToUse, true);
            await world.kube.remove(world.contentReference(kept));

            const adopted = {
                ...{ apiVersion: snapshotApi, kind: "VolumeSnapshotContent" },
                // Of the old one's labels one may say which node's snapshotter it is for.
                metadata: { name, labels: { ...found?.metadata?.labels, ...scratchLabels } },
                spec: {
                    ...{ driver, deletionPolicy: "Delete" },
                    source: { snapshotHandle: content.status?.snapshotHandle },
                    volumeSnapshotRef: world.in("adopted"),
                },
            };
            // It takes the storage system's snapshot with it.
            await world.kube.make(adopted, scratch);
            const bound = await world.snapshot(
                "adopted",
                { volumeSnapshotContentName: name },
                undefined,
            );
            assert.equal(bound.content.status?.snapshotHandle, content.status?.snapshotHandle);
            await world.kube.remove(world.snapshotReference("adopted"));
            await until("the content to go", async () =>
                (await world.content(name)) ? undefined : true,
            );
        },
    ),
];
