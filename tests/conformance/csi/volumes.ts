/** What a user of a cluster sees of volumes. */
import assert from "node:assert/strict";
import type { V1CSIDriver, V1CSINode, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { until } from "../support/cluster.ts";
import { behaviour, docs, spec } from "./behaviour.ts";
import { bytes, fsGroup } from "./objects.ts";
import type { Storage } from "./world.ts";

const driverOf = (world: Storage) =>
    world.kube.find<V1CSIDriver>({
        ...{ apiVersion: "storage.k8s.io/v1", kind: "CSIDriver" },
        metadata: { name: world.storageClass.provisioner },
    });

export const volumes = [
    behaviour(
        "The class's provisioner is a CSI driver, with a CSIDriver object of that name.",
        "Kubernetes CSI documentation, CSIDriver Object",
        async world => {
            assert.equal((await driverOf(world))?.metadata?.name, world.storageClass.provisioner);
        },
    ),
    behaviour(
        "The node that a pod with a volume runs on lists the driver in its CSINode.",
        "Kubernetes CSI documentation, CSINode Object",
        async world => {
            const { pod } = await world.written();
            const name = pod.spec?.nodeName ?? "";
            const node = await world.kube.find<V1CSINode>({
                ...{ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name } },
            });
            const drivers = node?.spec.drivers.map(driver => driver.name) ?? [];
            assert.ok(drivers.includes(world.storageClass.provisioner), drivers.join(", "));
        },
    ),
    behaviour(
        "A claim of a class that binds immediately is bound; of one that waits, it waits for its first pod.",
        docs("Storage Classes", "Volume binding mode"),
        async world => {
            await world.claim("waiting");
            if (world.storageClass.volumeBindingMode === "WaitForFirstConsumer") {
                await world.event("waiting", "WaitForFirstConsumer");
                const claim = await world.kube.find<V1PersistentVolumeClaim>(
                    world.reference("PersistentVolumeClaim", "waiting"),
                );
                assert.equal(claim?.status?.phase, "Pending");
            } else {
                await world.bound("waiting");
            }
        },
    ),
    behaviour(
        "A claim is bound to a volume of the driver, which has a handle of its own.",
        docs("Volumes", "csi"),
        async world => {
            const { volume } = await world.written();
            assert.equal(volume.spec?.csi?.driver, world.storageClass.provisioner);
            assert.ok(volume.spec?.csi?.volumeHandle, "no handle");
            assert.equal(
                volume.metadata?.annotations?.["pv.kubernetes.io/provisioned-by"],
                world.storageClass.provisioner,
            );
        },
    ),
    behaviour(
        "Volume and claim have at least the capacity that was asked for.",
        spec("CreateVolume, capacity_range"),
        async world => {
            const { claim, volume } = await world.written();
            const asked = bytes(world.settings.size);
            for (const capacity of [claim.status?.capacity, volume.spec?.capacity]) {
                const found = bytes(capacity?.["storage"]);
                assert.ok(found >= asked, `${found} of ${asked} bytes`);
            }
        },
    ),
    behaviour(
        "The volume has the class's reclaim policy.",
        docs("Storage Classes", "Reclaim policy"),
        async world => {
            const { volume } = await world.written();
            assert.equal(
                volume.spec?.persistentVolumeReclaimPolicy,
                world.storageClass.reclaimPolicy ?? "Delete",
            );
        },
    ),
    behaviour(
        "A new volume belongs to the pod's fsGroup, where the driver leaves that to the kubelet.",
        "Kubernetes CSI documentation, CSI Driver fsGroup Support",
        async world => {
            const { group } = await world.written();
            if ((await driverOf(world))?.spec.fsGroupPolicy === "None") {
                return "skipped: the driver's fsGroupPolicy is None";
            }
            assert.equal(group, String(fsGroup));
        },
    ),
    behaviour(
        "What a pod wrote is there for the next pod.",
        docs("Persistent Volumes", "Lifecycle of a volume and claim"),
        async world => {
            assert.deepEqual(await world.changed(), ["first"]);
        },
    ),
    behaviour(
        "A pod that has a claim read-only can read it and not write to it.",
        spec("NodePublishVolume, readonly"),
        async world => {
            const [content, refused] = await world.looked();
            assert.equal(content, "second");
            assert.match(refused ?? "it could be written", /[Rr]ead-only file system/);
        },
    ),
    behaviour(
        "A claim grows when more is asked for, while a pod uses it.",
        docs("Persistent Volumes", "Expanding Persistent Volumes Claims"),
        async world => {
            if (!world.storageClass.allowVolumeExpansion) {
                return "skipped: the class has no `allowVolumeExpansion`";
            }
            await world.claim("growing");
            await world.pod("holder", "growing", "echo kept > /data/file && sleep 600");
            const { claim } = await world.bound("growing");
            const wanted = 2 * bytes(claim.status?.capacity?.["storage"]);
            const reference = world.reference("PersistentVolumeClaim", "growing");
            await world.kube.change<V1PersistentVolumeClaim>({
                ...reference,
                spec: { resources: { requests: { storage: String(wanted) } } },
            });
            await until(
                "the claim to have the new capacity",
                async () => {
                    const found = await world.kube.find<V1PersistentVolumeClaim>(reference);
                    return bytes(found?.status?.capacity?.["storage"]) >= wanted ? true : undefined;
                },
                120,
            );
            const { volume } = await world.bound("growing");
            assert.ok(bytes(volume.spec?.capacity?.["storage"]) >= wanted);
            await world.kube.remove(world.reference("Pod", "holder"));
            assert.deepEqual(await world.run("grown", "growing", "cat /data/file"), ["kept"]);
        },
    ),
    behaviour(
        "A claim of mode Block is a device that keeps what is written to it.",
        docs("Persistent Volumes", "Raw Block Volume Support"),
        async world => {
            await world.claim("block", { volumeMode: "Block" });
            const script =
                "echo bytes | dd of=/dev/data bs=512 conv=sync,fsync 2>/dev/null && dd if=/dev/data bs=6 count=1 2>/dev/null";
            await world.pod("blocker", "block", script, "device");
            const refused = await until(
                "the pod to end",
                async () => {
                    const events = await world.events("block");
                    const failed = events.find(({ reason }) => reason === "ProvisioningFailed");
                    const ended = await world.ended("blocker");
                    return failed ? (failed.message ?? "") : ended && "";
                },
                240,
            );
            if (refused !== "") {
                return `skipped: the driver has no block volumes: ${refused}`;
            }
            const answer = (await world.kube.logs(world.namespace, "blocker")).trim();
            assert.equal(answer, "bytes");
        },
    ),
];
