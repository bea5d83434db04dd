/** Whether an OpenShift is ready, as a stand-in for its API server tells it. */
import assert from "node:assert/strict";
import { openshiftReady } from "../../../actions/src/openshift/ready";
import { FakeKubeApi, FakeObject, status } from "../../fake/kube-api";

const versionPath = "/apis/config.openshift.io/v1/clusterversions";

describe("an OpenShift", () => {
    let api: FakeKubeApi;
    let lines: string[];
    const run = (timeout = 1) =>
        openshiftReady.run({ kubeconfig: api.kubeconfig, key: "crossing:target", timeout }, line =>
            lines.push(line),
        );
    const failure = async () => {
        try {
            await run(0.2);
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("it is ready");
    };
    const inVain = (seen: string) =>
        `Waited 0s in vain for the OpenShift of \`crossing:target\` at http://127.0.0.1:${api.port} to be ready; last seen: ${seen}. \`crc status\` says more of a CRC, which \`crc start\` starts; its preset has to be \`openshift\`. Details: kubectl get clusterversion,clusteroperators,nodes,storageclasses`;

    const version = (conditions: object[]): FakeObject => ({
        metadata: { name: "version" },
        status: {
            history: [
                { state: "Partial", version: "4.20.6" },
                { state: "Completed", version: "4.20.5" },
            ],
            conditions,
        },
    });
    const node = (name: string, ready: string) =>
        api.put("/api/v1/nodes", {
            metadata: { name },
            status: { conditions: [{ type: "Ready", status: ready }] },
        });
    const storageClass = (name: string, isDefault: string, creationTimestamp: string) =>
        api.put("/apis/storage.k8s.io/v1/storageclasses", {
            metadata: {
                name,
                annotations: { "storageclass.kubernetes.io/is-default-class": isDefault },
                ...{ creationTimestamp },
            },
        });

    beforeEach(async () => {
        lines = [];
        api = new FakeKubeApi();
        await api.start();
        api.put(versionPath, version([{ type: "Available", status: "True" }]));
        node("crc", "True");
        storageClass("hostpath", "true", "2026-01-01T00:00:00Z");
    });
    afterEach(() => api.stop());

    it("is ready with a version, a node and a default StorageClass", async () => {
        node("crc-2", "False");
        storageClass("other", "false", "2026-01-02T00:00:00Z");
        assert.deepEqual(await run(), { openshiftVersion: "4.20.5", storageClass: "hostpath" });
        assert.deepEqual(lines, []);
    });

    it("has of several default StorageClasses the newest, as Kubernetes takes it", async () => {
        storageClass("newest", "true", "2026-03-01T00:00:00Z");
        storageClass("newer", "true", "2026-02-01T00:00:00Z");
        assert.equal((await run()).storageClass, "newest");
    });

    it("is waited for while it says that it is not Available, and why", async () => {
        api.put(
            versionPath,
            version([{ type: "Available", status: "False", message: "etcd is starting" }]),
        );
        assert.equal(await failure(), inVain("ClusterVersion is not Available (etcd is starting)"));
        api.put(versionPath, version([]));
        assert.equal(
            await failure(),
            inVain("ClusterVersion is not Available (it does not say why)"),
        );
    });

    it("is waited for while all is missing, and becomes ready", async () => {
        const ready = new Map(api.objects);
        api.objects.clear();
        // All of it comes with the second look, however fast the looks are.
        let looks = 0;
        api.intercept = (_, path) => {
            if (path.startsWith(versionPath) && ++looks === 2) {
                ready.forEach((object, at) => api.objects.set(at, object));
            }
            return undefined;
        };
        assert.deepEqual(await run(5), { openshiftVersion: "4.20.5", storageClass: "hostpath" });
        assert.deepEqual(lines, [
            `the OpenShift of \`crossing:target\` at http://127.0.0.1:${api.port} to be ready: ClusterVersion is not there; none of 0 nodes is Ready; no StorageClass is the default`,
        ]);
    });

    it("is not what serves no ClusterVersions", async () => {
        api.intercept = (_, path) =>
            path.startsWith(versionPath) ? status(404, "404 page not found") : undefined;
        assert.equal(await failure(), inVain("ClusterVersion is not there"));
    });

    it("is not what refuses to say so", async () => {
        api.intercept = (_, path) =>
            path.startsWith(versionPath) ? status(403, "it is forbidden") : undefined;
        assert.equal(await failure(), "it is forbidden");
    });

    it("is asked anew where another kubeconfig leads to it", () => {
        const outs = { openshiftVersion: "4.20.5", storageClass: "hostpath" };
        const inputs = { kubeconfig: "other", key: "crossing:target", timeout: 1 };
        assert.equal(openshiftReady.serves?.(outs, inputs), false);
        assert.equal(openshiftReady.id(inputs), "crossing:target/openshift");
    });
});
