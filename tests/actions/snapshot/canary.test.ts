import assert from "node:assert/strict";
import { canary, CanaryInputs } from "../../../actions/src/snapshot/canary";
import { ApiError } from "../../../actions/src/kube/errors";
import { findSnapshotSupport } from "../../../actions/src/snapshot/support";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

const namespace = "/api/v1/namespaces/crossing-canary-115dc360";
const snapshotApi = "/apis/snapshot.storage.k8s.io/v1";
const classPath = `${snapshotApi}/volumesnapshotclasses`;
const storageClassPath = "/apis/storage.k8s.io/v1/storageclasses";

describe("the canary", () => {
    let api: FakeKubeApi;
    let lines: string[];
    /** The phase that each pod ends in. */
    let phases: Record<string, string>;
    let made: Record<string, FakeObject>;
    /** What the driver makes of a snapshot. */
    let snapshotStatus: Record<string, unknown>;

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
        phases = { writer: "Succeeded", reader: "Succeeded" };
        made = {};
        snapshotStatus = { readyToUse: true, restoreSize: "2Mi" };
        api.put(storageClassPath, { metadata: { name: "fast" }, ...{ provisioner: "csi.x" } });
        snapshotClass("for-k10");
        api.onCreate = (path, object) => {
            made[path] = object;
            if (path.includes("/pods/")) {
                object.status = { phase: phases[object.metadata.name] };
            } else if (path.includes("/volumesnapshots/")) {
                object.status = snapshotStatus;
            }
        };
    });
    afterEach(() => api.stop());

    const snapshotClass = (name: string, annotated = "true") =>
        api.put(classPath, {
            metadata: { name, annotations: { "k10.kasten.io/is-snapshot-class": annotated } },
            ...{ driver: "csi.x", deletionPolicy: "Delete" },
        });
    const run = (more: Partial<CanaryInputs> = {}) =>
        canary.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "1", storageClass: "fast" },
                ...{ image: "image", timeout: 0.3, ...more },
            },
            line => lines.push(line),
        );
    const left = () => [...api.objects.keys()].filter(path => path === namespace);

    it("writes, snapshots, clones and reads, and leaves nothing", async () => {
        const { result } = await run();
        const { secondsToReady, ...rest } = result;
        assert.deepEqual(rest, {
            driver: "csi.x",
            snapshotClass: "for-k10",
            restoreSize: "2Mi",
        });
        assert.ok(secondsToReady >= 0 && secondsToReady < 5, String(secondsToReady));
        assert.deepEqual(
            Object.keys(made).map(path => path.split("/").slice(-2).join("/")),
            [
                "namespaces/crossing-canary-115dc360",
                "persistentvolumeclaims/original",
                "pods/writer",
                "volumesnapshots/canary",
                "persistentvolumeclaims/clone",
                "pods/reader",
            ],
        );
        assert.deepEqual(made[`${namespace}/persistentvolumeclaims/clone`]?.spec?.["dataSource"], {
            apiGroup: "snapshot.storage.k8s.io",
            kind: "VolumeSnapshot",
            name: "canary",
        });
        assert.deepEqual(left(), []);
        assert.match(lines.at(-1) ?? "", /^fast: a snapshot was ready after \d\.\d s and holds/);
    });

    it("reads what it has written, and no text of an earlier canary", async () => {
        const written = async () => {
            await run();
            const command = (pod: string) => {
                const spec = made[`${namespace}/pods/${pod}`]?.spec as {
                    containers: { command: string[] }[];
                };
                return spec.containers[0].command[2] ?? "";
            };
            const text = /^echo (\S+) > /.exec(command("writer"))?.[1];
            assert.equal(command("reader"), `echo ${text} | cmp - /data/canary`);
            return text;
        };
        assert.notEqual(await written(), await written());
    });

    it("removes what a killed run left, before it begins", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "crossing-canary-115dc360" } });
        await run();
        assert.deepEqual(left(), []);
        assert.equal(api.requests.filter(line => line === `DELETE ${namespace}`).length, 2);
    });

    it("is removed with what it left", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "crossing-canary-115dc360" } });
        const state = {
            ...{ kubeconfig: api.kubeconfig, clusterUid: "1", storageClass: "fast" },
            ...{ image: "image", timeout: 1 },
        };
        await canary.remove?.(state, () => undefined);
        assert.deepEqual(left(), []);
    });

    describe("of several stacks", () => {
        const ofShop = "/api/v1/namespaces/crossing-canary-94b375f5";

        it("has a namespace for each, and leaves the other one's alone", async () => {
            api.put("/api/v1/namespaces", { metadata: { name: "crossing-canary-115dc360" } });
            await run({ owner: "crossing/shop" });
            assert.deepEqual(left(), [namespace]);
            assert.deepEqual(
                Object.keys(made).filter(path => !path.includes("/crossing-canary-94b375f5/")),
                [ofShop],
            );
            assert.deepEqual(made[ofShop]?.metadata, {
                name: "crossing-canary-94b375f5",
                labels: { "app.kubernetes.io/managed-by": "crossing" },
                annotations: { "crossing/owner": "crossing/shop" },
                uid: made[ofShop]?.metadata.uid,
            });
        });

        it("is removed from its own", async () => {
            api.put("/api/v1/namespaces", { metadata: { name: "crossing-canary-115dc360" } });
            api.put("/api/v1/namespaces", { metadata: { name: "crossing-canary-94b375f5" } });
            const state = {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "1", storageClass: "fast" },
                ...{ image: "image", timeout: 1, owner: "crossing/shop" },
            };
            await canary.remove?.(state, () => undefined);
            assert.deepEqual(left(), [namespace]);
            assert.equal(api.objects.has(ofShop), false);
        });
    });

    describe("whose namespace does not go", () => {
        beforeEach(() => {
            api.intercept = (method, path) =>
                method === "DELETE" && path === namespace ? { code: 200, body: {} } : undefined;
        });
        const kept =
            "Waited 0s in vain for namespace `crossing-canary-115dc360` to be gone; last seen: it is being deleted. Details: kubectl get namespace crossing-canary-115dc360 -o yaml";
        const message = () =>
            run().then(
                () => "it did not fail",
                (error: Error) => error.message,
            );

        it("tells what it found all the same, and what is left", async () => {
            phases["reader"] = "Failed";
            assert.equal(
                await message(),
                `The canary's volume from the snapshot does not hold what was written: snapshots of this StorageClass must not be relied on. What it made is left: ${kept}`,
            );
        });

        it("fails by that if all else is well", async () => {
            assert.equal(await message(), kept);
        });
    });

    it("passes on what the API says when it cannot make its namespace", async () => {
        const message = "namespaces is forbidden";
        api.intercept = (method, path) =>
            method === "POST" && path === "/api/v1/namespaces"
                ? { code: 403, body: { kind: "Status", code: 403, message } }
                : undefined;
        await assert.rejects(run(), new ApiError(403, message));
    });

    const failure = async () => {
        try {
            await run();
        } catch (error) {
            assert.deepEqual(left(), [], "it leaves its namespace");
            return (error as Error).message;
        }
        throw new Error("it did not fail");
    };

    it("names the storage classes where its own is missing", async () => {
        api.objects.delete(`${storageClassPath}/fast`);
        api.put(storageClassPath, { metadata: { name: "slow" } });
        assert.equal(
            await failure(),
            "There is no StorageClass `fast` in the cluster, which has `slow`: correct `crossing:snapshots.storageClass`.",
        );
    });

    it("says where K10 would find no class", async () => {
        snapshotClass("for-k10", "false");
        assert.match(await failure(), /^No VolumeSnapshotClass of driver `csi\.x` has annotation/);
    });

    it("says why a snapshot never becomes ready", async () => {
        snapshotStatus = {
            boundVolumeSnapshotContentName: "content",
            error: { message: "pool is full" },
        };
        api.put(`${snapshotApi}/volumesnapshotcontents`, { metadata: { name: "content" } });
        assert.equal(
            await failure(),
            "Waited 0s in vain for the canary's VolumeSnapshot to be ready to use; last seen: it has a content. The driver says: pool is full. The content has no snapshot handle, and no csi-snapshotter runs beside driver `csi.x`: install a driver that brings it.",
        );
    });

    it("uses the class that the StorageClass names, and says when there is none of that name", async () => {
        const names = (named: string) =>
            api.put(storageClassPath, {
                metadata: {
                    name: "fast",
                    annotations: { "k10.kasten.io/volume-snapshot-class": named },
                },
                ...{ provisioner: "csi.x" },
            });
        snapshotClass("plain", "false");
        names("plain");
        assert.equal((await run()).result.snapshotClass, "plain");
        names("typo");
        assert.match(await failure(), /^StorageClass `fast` names VolumeSnapshotClass `typo` by/);
    });

    it("reads the clone where the volume is: its snapshot is there, too", async () => {
        const required = { nodeSelectorTerms: [{ matchFields: [] }] };
        api.put("/api/v1/persistentvolumes", {
            metadata: { name: "pv" },
            spec: { nodeAffinity: { required } },
        });
        const { onCreate } = api;
        api.onCreate = (path, object) => {
            onCreate(path, object);
            if (path.endsWith("/original")) {
                object.spec = { ...object.spec, volumeName: "pv" };
            }
        };
        await run();
        const affinity = (pod: string) => made[`${namespace}/pods/${pod}`]?.spec?.["affinity"];
        assert.equal(affinity("writer"), undefined);
        assert.deepEqual(affinity("reader"), {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
        });
    });

    describe("in volumeMode Block", () => {
        const blockFailure = async () => {
            const found = await run({ block: true }).then(
                () => "it did not fail",
                (error: Error) => error.message,
            );
            assert.deepEqual(left(), []);
            return found;
        };

        it("tries a device, where that is asked for", async () => {
            phases["block"] = "Succeeded";
            await run({ block: true });
            const claim = made[`${namespace}/persistentvolumeclaims/block`];
            assert.equal(claim?.spec?.["volumeMode"], "Block");
        });

        it("says at once that the driver has none", async () => {
            phases["block"] = "Pending";
            api.put(`${namespace}/events`, {
                metadata: { name: "block.1" },
                ...{ reason: "ProvisioningFailed", message: "they have no block mode" },
            });
            assert.equal(
                await blockFailure(),
                "StorageClass `fast` gives no volume with volumeMode Block, so K10 cannot export in block mode: unset `crossing:snapshots.blockModeExports`. The driver says: they have no block mode.",
            );
        });

        it("says that what it got is none", async () => {
            phases["block"] = "Failed";
            assert.equal(
                await blockFailure(),
                "The canary's volume in volumeMode Block is no block device: unset `crossing:snapshots.blockModeExports`.",
            );
        });
    });

    it("fails where the clone holds something else", async () => {
        phases["reader"] = "Failed";
        assert.match(await failure(), /does not hold what was written/);
    });

    it("fails where nothing can be written", async () => {
        phases["writer"] = "Failed";
        assert.match(await failure(), /^The canary cannot write to a new volume/);
    });

    it("says where to look at a volume that is not bound", async () => {
        phases["writer"] = "Pending";
        assert.match(
            await failure(),
            /in vain for the canary's writer to end; last seen: Pending\. .* kubectl -n crossing-canary-115dc360 describe pod\/writer pvc\/original/,
        );
    });
});

describe("what a cluster brings for snapshots", () => {
    let api: FakeKubeApi;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
    });
    afterEach(() => api.stop());

    const found = () => findSnapshotSupport(api.kubeconfig, "crossing/test");
    const definition = () =>
        api.put("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
            metadata: { name: "volumesnapshots.snapshot.storage.k8s.io" },
        });
    const snapshotClass = (name: string, driver: string, annotated = "true") =>
        api.put(classPath, {
            metadata: { name, annotations: { "k10.kasten.io/is-snapshot-class": annotated } },
            ...{ driver },
        });
    const none = { installed: false, drivers: [], bound: {}, blockModeExports: [] };
    const marker = (owner: string, annotations?: Record<string, string>) =>
        api.put("/api/v1/namespaces/kube-system/configmaps", {
            metadata: { name: "crossing-snapshots", annotations },
            ...{ data: { owner } },
        });

    it("is nothing without the resource types", async () => {
        assert.deepEqual(await found(), none);
    });

    it("is what somebody installed, with the drivers that K10 has a class for", async () => {
        definition();
        snapshotClass("a", "csi.x");
        snapshotClass("b", "csi.y", "false");
        assert.deepEqual(await found(), { ...none, installed: true, drivers: ["csi.x"] });
    });

    it("is not what another stack of ours installed", async () => {
        definition();
        marker("crossing/other");
        snapshotClass("crossing-csi.x", "csi.x");
        assert.deepEqual(await found(), { ...none, installed: true, drivers: ["csi.x"] });
    });

    it("leaves out what this stack made itself, so that the next run keeps it", async () => {
        definition();
        marker("crossing/test");
        snapshotClass("crossing-csi.x", "csi.x");
        snapshotClass("somebodys", "csi.y");
        assert.deepEqual(await found(), { ...none, drivers: ["csi.y"] });
    });

    it("are annotations of StorageClasses that this stack did not write", async () => {
        const annotated = (name: string) =>
            api.put(storageClassPath, {
                metadata: {
                    name,
                    annotations: {
                        "k10.kasten.io/volume-snapshot-class": `for-${name}`,
                        "k10.kasten.io/sc-supports-block-mode-exports": "true",
                    },
                },
            });
        annotated("slow");
        annotated("fast");
        api.put(storageClassPath, { metadata: { name: "plain" } });
        const all = { bound: { fast: "for-fast", slow: "for-slow" } };
        assert.deepEqual(await found(), { ...none, ...all, blockModeExports: ["fast", "slow"] });
        const made = { "crossing/bound-storage-class": "fast" };
        marker("crossing/other", made);
        assert.deepEqual(await found(), { ...none, ...all, blockModeExports: ["fast", "slow"] });
        marker("crossing/test", { ...made, "crossing/block-mode-exports": "slow" });
        assert.deepEqual(await found(), {
            ...none,
            bound: { slow: "for-slow" },
            blockModeExports: ["fast"],
        });
    });
});
