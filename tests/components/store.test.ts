/** Stores and probes as they are registered. What the probe finds out: probe-sh.test.ts. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProbeArgs } from "../../components/store";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const load = () => import("../../components/store");

describe("MinioStore", () => {
    const args = {
        containerName: "crossing-test-minio",
        image: "quay.io/minio/minio:1",
        bucket: "crossing",
        network: "crossing-test",
        address: "172.30.77.200",
        onDestroy: "refuse" as const,
        timeout: 60,
    };
    const parent = "crossing:store:MinioStore::store";
    const password = "random:index/randomPassword:RandomPassword";

    for (const preview of [false, true]) {
        const known = (value: unknown) => (preview ? unknown : value);
        it(`is a container with keys of its own at a fixed address (${preview ? "preview" : "up"})`, async () => {
            const { MinioStore } = await load();
            const program = () => new MinioStore("store", args);
            assert.deepEqual(children(await registered(program, { preview })), {
                [parent]: {
                    inputs: args,
                    outputs: {
                        bucket: "crossing",
                        region: "us-east-1",
                        endpoint: {
                            source: "http://172.30.77.200:9000",
                            target: "http://172.30.77.200:9000",
                            program: "http://172.30.77.200:9000",
                        },
                        accessKey: known(secret("result of store-access-key")),
                        secretKey: known(secret("result of store-secret-key")),
                    },
                },
                [`${password}::store-access-key`]: {
                    inputs: { length: 20, special: false },
                    parent,
                    additionalSecretOutputs: ["bcryptHash", "result"],
                },
                [`${password}::store-secret-key`]: {
                    inputs: { length: 40, special: false },
                    parent,
                    additionalSecretOutputs: ["bcryptHash", "result"],
                },
                "docker:index/remoteImage:RemoteImage::store": {
                    inputs: { name: "quay.io/minio/minio:1", keepLocally: true },
                    parent,
                },
                "docker:index/volume:Volume::store": {
                    inputs: { name: "crossing-test-minio" },
                    parent,
                },
                "docker:index/container:Container::store": {
                    inputs: {
                        name: "crossing-test-minio",
                        image: known("image id of store"),
                        command: ["server", "/data"],
                        envs: [
                            known(secret("MINIO_ROOT_USER=result of store-access-key")),
                            known(secret("MINIO_ROOT_PASSWORD=result of store-secret-key")),
                        ],
                        networksAdvanced: [{ name: "crossing-test", ipv4Address: "172.30.77.200" }],
                        volumes: [{ volumeName: "crossing-test-minio", containerPath: "/data" }],
                        restart: "unless-stopped",
                    },
                    parent,
                    dependencies: [
                        "docker:index/remoteImage:RemoteImage::store",
                        "docker:index/volume:Volume::store",
                        `${password}::store-access-key`,
                        `${password}::store-secret-key`,
                    ],
                    deleteBeforeReplace: true,
                    additionalSecretOutputs: ["envs"],
                },
                "pulumi-nodejs:dynamic/store:Bucket::store": {
                    inputs: {
                        endpoint: "http://172.30.77.200:9000",
                        region: "us-east-1",
                        bucket: "crossing",
                        accessKey: known(secret("result of store-access-key")),
                        secretKey: known(secret("result of store-secret-key")),
                        onDestroy: "refuse",
                        timeout: 60,
                    },
                    parent,
                    dependencies: [
                        "docker:index/container:Container::store",
                        `${password}::store-access-key`,
                        `${password}::store-secret-key`,
                    ],
                    additionalSecretOutputs: ["kubeconfig", "accessKey", "secretKey"],
                    hideDiffs: ["__provider"],
                },
            });
        });
    }

    it("is reached by this program on a port of this machine where the configuration gives one", async () => {
        const { MinioStore } = await load();
        const all = children(
            await registered(() => new MinioStore("store", { ...args, port: 9123 })),
        );
        assert.deepEqual(all["docker:index/container:Container::store"]?.inputs["ports"], [
            { internal: 9000, external: 9123, ip: "127.0.0.1" },
        ]);
        assert.equal(
            all["pulumi-nodejs:dynamic/store:Bucket::store"]?.inputs["endpoint"],
            "http://127.0.0.1:9123",
        );
    });
});

describe("MinioStore with object lock", () => {
    it("asks for it when the bucket is made", async () => {
        const { MinioStore } = await load();
        const program = () =>
            new MinioStore("store", {
                ...{ containerName: "m", image: "m", bucket: "crossing", network: "n" },
                ...{ address: "172.30.77.200", onDestroy: "refuse" as const, timeout: 60 },
                ...{ objectLock: true, protectionPeriod: "240h" },
            });
        const all = children(await registered(program));
        const inputs = all["pulumi-nodejs:dynamic/store:Bucket::store"]?.inputs;
        assert.equal(inputs?.["objectLock"], true);
        assert.equal(inputs?.["protectionPeriod"], "240h");
    });
});

describe("ExistingStore", () => {
    it("has its object lock looked at where K10 is to protect what is in it", async () => {
        const { ExistingStore } = await load();
        const endpoint = { source: "https://s3", target: "https://s3", program: "https://s3-here" };
        const program = () => {
            const store = new ExistingStore("store", {
                ...{ bucket: "backups", region: "eu-central-1", endpoint },
                ...{ accessKey: "AKIA", secretKey: "hunter2", certificates: "certificate" },
                protection: { period: "240h", timeout: 60 },
            });
            assert.equal(store.ready.length, 1);
            assert.equal(store.protectionPeriod, "240h");
            assert.equal(store.certificates, "certificate");
        };
        const all = children(await registered(program));
        assert.deepEqual(all["pulumi-nodejs:dynamic/store:ObjectLock::store"], {
            inputs: {
                endpoint: "https://s3-here",
                ...{ region: "eu-central-1", bucket: "backups", timeout: 60 },
                accessKey: secret("AKIA"),
                secretKey: secret("hunter2"),
                certificates: "certificate",
                protectionPeriod: "240h",
            },
            parent: "crossing:store:ExistingStore::store",
            additionalSecretOutputs: ["kubeconfig", "accessKey", "secretKey"],
            hideDiffs: ["__provider"],
        });
    });

    for (const preview of [false, true]) {
        it(`makes nothing, and keeps its keys secret (${preview ? "preview" : "up"})`, async () => {
            const { ExistingStore } = await load();
            const rest = {
                bucket: "backups",
                region: "eu-central-1",
                endpoint: {
                    source: "https://s3.example.com",
                    target: "http://10.0.0.7:9000",
                    program: "https://s3.example.com",
                },
            };
            const program = () =>
                new ExistingStore("store", {
                    ...rest,
                    accessKey: pulumi.secret("AKIA"),
                    // As a component whose caller forgot would get it.
                    secretKey: "hunter2",
                });
            const all = await registered(program, { preview });
            assert.deepEqual(
                all.map(({ type, name, outputs }) => ({ type, name, outputs })),
                [
                    {
                        type: "crossing:store:ExistingStore",
                        name: "store",
                        outputs: {
                            ...rest,
                            accessKey: secret("AKIA"),
                            secretKey: secret("hunter2"),
                        },
                    },
                ],
            );
        });
    }
});

describe("Probe", () => {
    const parent = "crossing:store:Probe::source-store";
    const namespace = "kubernetes:core/v1:Namespace::source-store";
    const keys = "kubernetes:core/v1:Secret::source-store";
    const run = async (more: Partial<ProbeArgs> = {}, options = {}) => {
        const { Probe } = await load();
        return children(
            await registered(
                () =>
                    new Probe("source-store", {
                        cluster: cluster(options),
                        endpoint: "http://172.30.77.200:9000",
                        bucket: "crossing",
                        region: "us-east-1",
                        accessKey: pulumi.secret("AKIA"),
                        secretKey: pulumi.secret("hunter2"),
                        image: "curl:1",
                        ...more,
                    }),
                options,
            ),
        );
    };
    const script = readFileSync(join(__dirname, "../../components/store/probe.sh"), "utf8");
    const metadata = { name: "store-probe", namespace: "crossing-probe" };

    for (const preview of [false, true]) {
        it(`is a Job in a namespace of its own, with the keys in a Secret (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run({}, { preview });
            assert.deepEqual(component?.outputs, {});
            assert.deepEqual(all, {
                [namespace]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Namespace",
                        metadata: {
                            name: "crossing-probe",
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
                        stringData: secret({ ACCESS_KEY: "AKIA", SECRET_KEY: "hunter2" }),
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace],
                    additionalSecretOutputs: ["data", "stringData"],
                },
                "kubernetes:batch/v1:Job::source-store": {
                    inputs: {
                        apiVersion: "batch/v1",
                        kind: "Job",
                        metadata: {
                            ...metadata,
                            annotations: { "pulumi.com/replaceUnready": "true" },
                        },
                        spec: {
                            backoffLimit: 0,
                            template: {
                                spec: {
                                    restartPolicy: "Never",
                                    containers: [
                                        {
                                            name: "probe",
                                            image: "curl:1",
                                            command: ["sh", "-c", script],
                                            env: [
                                                {
                                                    name: "ENDPOINT",
                                                    value: "http://172.30.77.200:9000",
                                                },
                                                { name: "BUCKET", value: "crossing" },
                                                { name: "REGION", value: "us-east-1" },
                                            ],
                                            envFrom: [{ secretRef: { name: "store-probe" } }],
                                        },
                                    ],
                                },
                            },
                        },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace, keys],
                    deleteBeforeReplace: true,
                    timeouts: { create: "5m" },
                },
            });
        });
    }

    it("knows the certificates that it is to trust", async () => {
        const all = await run({ certificates: "certificate" });
        const { spec } = all["kubernetes:batch/v1:Job::source-store"]?.inputs as {
            spec: { template: { spec: { containers: { env: object[] }[] } } };
        };
        assert.deepEqual(spec.template.spec.containers[0]?.env.at(-1), {
            ...{ name: "CERTIFICATES", value: "certificate" },
        });
    });

    it("goes by the proxy that K10 goes by", async () => {
        const proxy = { http: "http://proxy:3128", no: ["10.0.0.0/8", ".svc"] };
        const all = await run({ proxy });
        const { spec } = all["kubernetes:batch/v1:Job::source-store"]?.inputs as {
            spec: { template: { spec: { containers: { env: object[] }[] } } };
        };
        assert.deepEqual(spec.template.spec.containers[0]?.env.slice(3), [
            { name: "HTTP_PROXY", value: "http://proxy:3128" },
            { name: "http_proxy", value: "http://proxy:3128" },
            { name: "NO_PROXY", value: "10.0.0.0/8,.svc" },
            { name: "no_proxy", value: "10.0.0.0/8,.svc" },
        ]);
    });

    it("is deleted by itself in a cluster that was there before", async () => {
        for (const entry of Object.values(await run({}, { ours: false }))) {
            assert.equal(entry.deletedWith, undefined);
        }
    });
});

describe("the addresses in a network", () => {
    it("are the gateway's, the nodes' in the lower half, and the store's in the upper", async () => {
        const { addresses } = await load();
        assert.deepEqual(addresses("172.30.77.0/24"), {
            gateway: "172.30.77.1",
            ipRange: "172.30.77.0/25",
            store: "172.30.77.200",
        });
        assert.deepEqual(addresses("10.0.0.0/24"), {
            gateway: "10.0.0.1",
            ipRange: "10.0.0.0/25",
            store: "10.0.0.200",
        });
    });
});
