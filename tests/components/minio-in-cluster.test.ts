/** A MinIO in a cluster as it is registered. That OpenShift and the restricted standard admit it: the lab suite. */
import assert from "node:assert/strict";
import type { MinioInClusterArgs } from "../../components/store";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const args = {
    side: "target",
    namespace: "crossing-test-store",
    image: "quay.io/minio/minio:1",
    bucket: "crossing",
    storage: "10Gi",
    service: "NodePort",
    endpoint: {},
    openshift: true,
    onDestroy: "refuse",
    timeout: 60,
} as const;
const run = async (
    more: Partial<MinioInClusterArgs> = {},
    options: { preview?: boolean; ours?: boolean } = {},
) => {
    const { MinioInCluster } = await import("../../components/store");
    const program = () =>
        new MinioInCluster("store", { ...args, cluster: cluster(options), ...more });
    return children(await registered(program, options));
};

const parent = "crossing:store:MinioInCluster::store";
const password = "random:index/randomPassword:RandomPassword";
const namespace = "kubernetes:core/v1:Namespace::store";
const keys = "kubernetes:core/v1:Secret::store";
const volume = "kubernetes:core/v1:PersistentVolumeClaim::store";
const service = "kubernetes:core/v1:Service::store";
const deployment = "kubernetes:apps/v1:Deployment::store";
const published = "pulumi-nodejs:dynamic/store:Published::store";
const bucket = "pulumi-nodejs:dynamic/store:Bucket::store";

interface PodSpec {
    securityContext: Record<string, unknown>;
}
const podOf = (all: Awaited<ReturnType<typeof run>>) =>
    (all[deployment].inputs["spec"] as { template: { spec: PodSpec } }).template.spec;

describe("MinioInCluster", () => {
    const metadata = { name: "minio", namespace: "crossing-test-store" };
    const labels = { "app.kubernetes.io/name": "minio" };
    const passwords = [`${password}::store-access-key`, `${password}::store-secret-key`];

    for (const preview of [false, true]) {
        const known = (value: unknown) => (preview ? unknown : value);
        it(`is a Deployment on a volume, with keys of its own (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run({}, { preview });
            const outside = known("http://172.30.77.2:30123");
            assert.deepEqual(component.outputs, {
                bucket: "crossing",
                region: "us-east-1",
                endpoint: {
                    source: outside,
                    target: "http://minio.crossing-test-store.svc:9000",
                    program: outside,
                },
                accessKey: known(secret("result of store-access-key")),
                secretKey: known(secret("result of store-secret-key")),
            });
            const generated = { parent, additionalSecretOutputs: ["bcryptHash", "result"] };
            assert.deepEqual(all, {
                [passwords[0]]: { inputs: { length: 20, special: false }, ...generated },
                [passwords[1]]: { inputs: { length: 40, special: false }, ...generated },
                [namespace]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Namespace",
                        metadata: {
                            name: "crossing-test-store",
                            labels: { "pod-security.kubernetes.io/enforce": "restricted" },
                            annotations: { "crossing/owner": "crossing/test" },
                        },
                    },
                    parent,
                    ...inCluster,
                },
                [keys]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Secret",
                        metadata,
                        stringData: known(
                            secret({
                                MINIO_ROOT_USER: "result of store-access-key",
                                MINIO_ROOT_PASSWORD: "result of store-secret-key",
                            }),
                        ),
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace, ...passwords],
                    additionalSecretOutputs: ["data", "stringData"],
                },
                [volume]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "PersistentVolumeClaim",
                        metadata,
                        spec: {
                            accessModes: ["ReadWriteOnce"],
                            resources: { requests: { storage: "10Gi" } },
                        },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace],
                },
                [service]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Service",
                        metadata: {
                            ...metadata,
                            annotations: { "pulumi.com/skipAwait": "true" },
                        },
                        spec: { type: "NodePort", selector: labels, ports: [{ port: 9000 }] },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace],
                },
                [deployment]: {
                    inputs: {
                        apiVersion: "apps/v1",
                        kind: "Deployment",
                        metadata,
                        spec: {
                            replicas: 1,
                            strategy: { type: "Recreate" },
                            selector: { matchLabels: labels },
                            template: {
                                metadata: { labels },
                                spec: {
                                    automountServiceAccountToken: false,
                                    securityContext: {
                                        runAsNonRoot: true,
                                        seccompProfile: { type: "RuntimeDefault" },
                                    },
                                    containers: [
                                        {
                                            name: "minio",
                                            image: "quay.io/minio/minio:1",
                                            args: ["server", "/data"],
                                            env: [{ name: "HOME", value: "/tmp" }],
                                            envFrom: [{ secretRef: { name: "minio" } }],
                                            ports: [{ containerPort: 9000 }],
                                            readinessProbe: {
                                                httpGet: {
                                                    path: "/minio/health/ready",
                                                    port: 9000,
                                                },
                                                periodSeconds: 1,
                                                failureThreshold: 120,
                                            },
                                            securityContext: {
                                                allowPrivilegeEscalation: false,
                                                capabilities: { drop: ["ALL"] },
                                            },
                                            volumeMounts: [
                                                { name: "data", mountPath: "/data" },
                                                { name: "scratch", mountPath: "/tmp" },
                                            ],
                                        },
                                    ],
                                    volumes: [
                                        {
                                            name: "data",
                                            persistentVolumeClaim: { claimName: "minio" },
                                        },
                                        { name: "scratch", emptyDir: {} },
                                    ],
                                },
                            },
                        },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace, volume, keys],
                    timeouts: { create: "10m" },
                },
                [published]: {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        namespace: "crossing-test-store",
                        service: "minio",
                        timeout: 60,
                    },
                    parent,
                    dependencies: [service],
                    deletedWith: inCluster.deletedWith,
                    additionalSecretOutputs: ["kubeconfig"],
                    hideDiffs: ["__provider"],
                },
                [bucket]: {
                    inputs: {
                        endpoint: outside,
                        region: "us-east-1",
                        bucket: "crossing",
                        accessKey: known(secret("result of store-access-key")),
                        secretKey: known(secret("result of store-secret-key")),
                        onDestroy: "refuse",
                        timeout: 60,
                    },
                    parent,
                    dependencies: [deployment, service, published, ...passwords],
                    additionalSecretOutputs: ["kubeconfig", "accessKey", "secretKey"],
                    hideDiffs: ["__provider"],
                },
            });
        });
    }

    it("asks for a user where no OpenShift gives it one: its image names none, and root is refused", async () => {
        assert.deepEqual(podOf(await run({ openshift: false })).securityContext, {
            runAsNonRoot: true,
            seccompProfile: { type: "RuntimeDefault" },
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
        });
    });

    const endpoint = async (more: Partial<MinioInClusterArgs>) =>
        (await run(more))[parent].outputs?.["endpoint"];
    const inside = "http://minio.crossing-test-store.svc:9000";
    const outside = "http://172.30.77.2:30123";

    it("is reached by name from within its cluster alone", async () => {
        assert.deepEqual(await endpoint({ side: "source" }), {
            source: inside,
            target: outside,
            program: outside,
        });
        assert.deepEqual(await endpoint({ side: undefined }), {
            source: outside,
            target: outside,
            program: outside,
        });
    });

    it("is reached where the configuration says so, and not asked where it says all", async () => {
        const own = { source: "https://a.example.com", program: "https://b.example.com" };
        const all = await run({ endpoint: own });
        assert.deepEqual(all[parent].outputs?.["endpoint"], { ...own, target: inside });
        assert.equal(published in all, false);
        assert.equal(all[bucket].inputs["endpoint"], "https://b.example.com");
        const some = await run({ endpoint: { program: "https://b.example.com" } });
        assert.equal(published in some, true);
        assert.deepEqual(await endpoint({ endpoint: { ...own, target: "http://c.example.com" } }), {
            ...own,
            target: "http://c.example.com",
        });
    });

    it("takes another StorageClass and another kind of Service", async () => {
        const all = await run({ storageClass: "fast", service: "LoadBalancer" });
        assert.equal(
            (all[volume].inputs["spec"] as Record<string, unknown>)["storageClassName"],
            "fast",
        );
        assert.equal(
            (all[service].inputs["spec"] as Record<string, unknown>)["type"],
            "LoadBalancer",
        );
    });

    it("is deleted by itself in a cluster that was there before", async () => {
        for (const entry of Object.values(await run({}, { ours: false }))) {
            assert.equal(entry.deletedWith, undefined);
        }
    });
});
