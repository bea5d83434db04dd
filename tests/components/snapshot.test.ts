import assert from "node:assert/strict";
import type { SnapshotSupport } from "crossing-actions";
import type { SnapshotsArgs } from "../../components/snapshot/snapshots";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret } from "./support/mocks";

describe("Snapshots", () => {
    const run = async (
        found: SnapshotSupport,
        ours = true,
        more: Partial<Pick<SnapshotsArgs, "bind" | "snapshotClass" | "blockModeExports">> = {},
    ) => {
        const { Snapshots } = await import("../../components/snapshot");
        const program = () =>
            new Snapshots("source-snapshots", {
                ...{ bind: "driver", blockModeExports: false, ...more },
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
    const patch = (key: string) =>
        `kubernetes:storage.k8s.io/v1:StorageClassPatch::source-snapshots-${key}`;
    const nothing: SnapshotSupport = {
        ...{ installed: false, drivers: [], bound: {}, blockModeExports: [] },
    };

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
                ...{ image: "postgres", timeout: 300, owner: "crossing/test" },
            },
            parent,
            deletedWith: inCluster.deletedWith,
            dependencies: [marker, snapshotClass, group],
            additionalSecretOutputs: ["kubeconfig"],
            hideDiffs: ["__provider"],
        });
    });

    it("leaves alone what is there: OpenShift ships it", async () => {
        const all = await run({ ...nothing, installed: true, drivers: ["csi.x"] }, false);
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, canary]);
    });

    it("makes the class where only that is missing", async () => {
        const all = await run({ ...nothing, installed: true, drivers: ["csi.y"] }, false);
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, snapshotClass, canary]);
    });

    describe("bound by the StorageClass", () => {
        const bound = { bind: "storageClass" } as const;
        const installed = { ...nothing, installed: true, drivers: ["csi.x"] };
        const annotation = (name: string) => ({
            apiVersion: "storage.k8s.io/v1",
            kind: "StorageClass",
            metadata: {
                name: "fast",
                annotations: { "k10.kasten.io/volume-snapshot-class": name },
            },
        });

        it("is a class without annotation, which the StorageClass names before it is tried", async () => {
            const all = await run(installed, false, bound);
            assert.deepEqual(Object.keys(all).sort(), [
                ...[parent, marker, snapshotClass, patch("binding"), canary],
            ]);
            assert.deepEqual(all[snapshotClass].inputs["metadata"], { name: "crossing-csi.x" });
            assert.deepEqual(all[patch("binding")].inputs, annotation("crossing-csi.x"));
            assert.deepEqual(all[patch("binding")].dependencies, [marker, snapshotClass]);
            assert.ok(all[canary].dependencies?.includes(patch("binding")));
            assert.deepEqual(all[marker].inputs["metadata"], {
                ...{ name: "crossing-snapshots", namespace: "kube-system" },
                annotations: { "crossing/bound-storage-class": "fast" },
            });
        });

        it("is a class that is there, by its name", async () => {
            const all = await run(installed, false, { ...bound, snapshotClass: "gold" });
            assert.deepEqual(Object.keys(all).sort(), [parent, marker, patch("binding"), canary]);
            assert.deepEqual(all[patch("binding")].inputs, annotation("gold"));
        });

        it("is left alone where somebody bound it already", async () => {
            const found = { ...installed, bound: { fast: "gold" } };
            for (const more of [bound, { ...bound, snapshotClass: "gold" }]) {
                const all = await run(found, false, more);
                assert.deepEqual(Object.keys(all).sort(), [parent, marker, canary]);
            }
        });

        it("is an error where somebody bound it to another class", async () => {
            const found = { ...installed, bound: { fast: "silver" } };
            await assert.rejects(run(found, false, { ...bound, snapshotClass: "gold" }), {
                message:
                    "StorageClass `fast` names VolumeSnapshotClass `silver` by annotation `k10.kasten.io/volume-snapshot-class`, which this stack did not write: remove that annotation, or set `crossing:snapshots.snapshotClass` to `silver`.",
            });
        });
    });

    it("lets K10 export in block mode once that was tried, unless somebody did", async () => {
        const installed = { ...nothing, installed: true, drivers: ["csi.x"] };
        const all = await run(installed, false, { blockModeExports: true });
        const exports = patch("block-mode-exports");
        assert.deepEqual(Object.keys(all).sort(), [parent, marker, exports, canary]);
        assert.deepEqual(all[exports].inputs["metadata"], {
            name: "fast",
            annotations: { "k10.kasten.io/sc-supports-block-mode-exports": "true" },
        });
        assert.deepEqual(all[exports].dependencies, [canary]);
        assert.equal(all[canary].inputs["block"], true);
        const found = { ...installed, blockModeExports: ["fast"] };
        const others = await run(found, false, { blockModeExports: true });
        assert.deepEqual(Object.keys(others).sort(), [parent, marker, canary]);
    });
});
