import assert from "node:assert/strict";
import type { SnapshotSupport } from "crossing-actions";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret } from "./support/mocks";

describe("Snapshots", () => {
    const run = async (found: SnapshotSupport, ours = true) => {
        const { Snapshots } = await import("../../components/snapshot");
        const program = () =>
            new Snapshots("source-snapshots", {
                cluster: cluster({ ours }),
                manifests: ["./crds/*.yaml", "https://example.com/controller.yaml"],
                driver: "csi.x",
                parameters: { clusterID: "rook" },
                storageClass: "fast",
                found,
                owner: "crossing/test",
                image: "postgres",
                timeout: 300,
            });
        return children(await registered(program));
    };
    const parent = "crossing:snapshot:Snapshots::source-snapshots";
    const marker = "kubernetes:core/v1:ConfigMap::source-snapshots";
    const group = "kubernetes:yaml/v2:ConfigGroup::source-snapshots";
    const snapshotClass =
        "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass::source-snapshots";
    const canary = "pulumi-nodejs:dynamic/snapshot:Canary::source-snapshots";
    const nothing: SnapshotSupport = { installed: false, drivers: [] };

    it("installs what the cluster lacks, and tries it", async () => {
        const all = await run(nothing);
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, snapshotClass, group, canary]);
        assert.deepEqual(all[marker], {
            inputs: {
                ...{ apiVersion: "v1", kind: "ConfigMap" },
                metadata: { name: "crossing-snapshots", namespace: "kube-system" },
                data: { owner: "crossing/test" },
            },
            parent,
            ...inCluster,
        });
        assert.deepEqual(all[group].inputs, {
            files: ["./crds/*.yaml", "https://example.com/controller.yaml"],
        });
        assert.deepEqual(all[group].dependencies, [marker]);
        assert.deepEqual(all[snapshotClass], {
            inputs: {
                ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotClass" },
                metadata: {
                    name: "crossing-csi.x",
                    annotations: { "k10.kasten.io/is-snapshot-class": "true" },
                },
                ...{ driver: "csi.x", deletionPolicy: "Delete" },
                parameters: { clusterID: "rook" },
            },
            parent,
            ...inCluster,
            dependencies: [marker, group],
        });
        assert.deepEqual(all[canary], {
            inputs: {
                kubeconfig: secret("kubeconfig of cluster"),
                ...{ clusterUid: "uid of cluster", storageClass: "fast" },
                ...{ image: "postgres", timeout: 300 },
            },
            parent,
            deletedWith: inCluster.deletedWith,
            dependencies: [marker, snapshotClass, group],
            additionalSecretOutputs: ["kubeconfig"],
            hideDiffs: ["__provider"],
        });
    });

    it("leaves alone what is there: OpenShift ships it", async () => {
        const all = await run({ installed: true, drivers: ["csi.x"] }, false);
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, canary]);
    });

    it("makes the class where only that is missing", async () => {
        const all = await run({ installed: true, drivers: ["csi.y"] }, false);
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, snapshotClass, canary]);
    });
});
