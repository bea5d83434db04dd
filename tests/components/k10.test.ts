/** K10, profiles and policies as they are registered. What the waits do: tests/provider. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { ExportLocation, K10Args } from "../../components/k10";
import { blueprintActions } from "../../components/k10/blueprints";
import { backupPolicySpec, inNamespaces } from "../../components/k10/policy-specs";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const load = () => import("../../components/k10");
const dynamic = { additionalSecretOutputs: ["kubeconfig"], hideDiffs: ["__provider"] };
const gone = { deletedWith: inCluster.deletedWith };

/** K10 writes into lists that we write, too. */
const annotations = { "pulumi.com/patchForce": "true" };

describe("K10", () => {
    const parent = "crossing:k10:K10::source-k10";
    const namespace = "kubernetes:core/v1:Namespace::source-k10";
    const release = "kubernetes:helm.sh/v3:Release::source-k10";
    const registrations = "pulumi-nodejs:dynamic/k10:Registrations::source-k10";
    const run = async (more: Partial<K10Args> = {}, preview = false) => {
        const { K10 } = await load();
        const program = () =>
            new K10("source-k10", {
                cluster: cluster(),
                chart: "k10",
                version: "9.0.4",
                repository: "https://charts.kasten.io/",
                clusterName: "crossing-test-source",
                openshift: false,
                values: {},
                timeout: 900,
                ...more,
            });
        return children(await registered(program, { preview }));
    };

    for (const preview of [false, true]) {
        it(`is a release in its namespace, and ready once it serves its APIs (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run({}, preview);
            assert.deepEqual(component?.outputs, {
                namespace: "kasten-io",
                dashboard: preview ? unknown : { url: "dashboard of source-k10" },
                footprint: preview ? unknown : { pods: 15 },
            });
            assert.deepEqual(all, {
                [namespace]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Namespace",
                        metadata: {
                            name: "kasten-io",
                            annotations: { "crossing/owner": "crossing/test" },
                        },
                    },
                    parent,
                    ...inCluster,
                },
                [release]: {
                    inputs: {
                        compat: "true",
                        name: "k10",
                        namespace: "kasten-io",
                        chart: "k10",
                        version: "9.0.4",
                        repositoryOpts: { repo: "https://charts.kasten.io/" },
                        values: {
                            clusterName: "crossing-test-source",
                            auth: { tokenAuth: { enabled: true } },
                            scc: { create: false },
                        },
                        timeout: 900,
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace, registrations],
                },
                [registrations]: {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        namespace: "kasten-io",
                    },
                    parent,
                    ...gone,
                    // So that destroy takes K10's registrations when K10 is gone, and before its namespace goes.
                    dependencies: [namespace],
                    ...dynamic,
                },
                "pulumi-nodejs:dynamic/k10:Ready::source-k10": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        namespace: "kasten-io",
                        // Another revision of the release is looked at anew.
                        revision: preview ? unknown : 3,
                        timeout: 900,
                        registrations: preview ? unknown : "id of source-k10",
                    },
                    parent,
                    ...gone,
                    dependencies: [release, registrations],
                    ...dynamic,
                },
            });
        });
    }

    const inputs = async (more: Partial<K10Args>) => (await run(more))[release].inputs;

    it("makes its security context constraints on OpenShift, and nowhere else", async () => {
        const scc = async (openshift: boolean) =>
            ((await inputs({ openshift }))["values"] as Record<string, unknown>)["scc"];
        assert.deepEqual(await scc(true), { create: true });
        assert.deepEqual(await scc(false), { create: false });
    });

    it("takes further values, which go before its own", async () => {
        const values = {
            clusterName: "mine",
            auth: { basicAuth: { enabled: true } },
            limiter: { genericVolumeSnapshots: 3 },
        };
        assert.deepEqual((await inputs({ values }))["values"], {
            clusterName: "mine",
            auth: { basicAuth: { enabled: true } },
            scc: { create: false },
            limiter: { genericVolumeSnapshots: 3 },
        });
    });

    it("trusts authorities by a ConfigMap whose name changes with them, so that it starts anew", async () => {
        const all = await run({ certificates: "certificate 1" });
        const map = "kubernetes:core/v1:ConfigMap::source-k10-ca";
        const metadata = { name: "crossing-ca-cba1c160", namespace: "kasten-io" };
        assert.deepEqual(all[map], {
            inputs: {
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata,
                data: { "custom-ca-bundle.pem": "certificate 1" },
            },
            parent,
            ...inCluster,
            dependencies: [namespace],
        });
        const values = all[release].inputs["values"] as Record<string, unknown>;
        assert.deepEqual(values["cacertconfigmap"], { name: metadata.name });
        const other = (await run({ certificates: "certificate 2" }))[map]?.inputs["metadata"];
        assert.notDeepEqual(other, metadata);
    });

    it("passes on what is set of the chart's values", async () => {
        const { values } = await inputs({ profile: "lean", storageClass: "fast" });
        assert.deepEqual(values, {
            clusterName: "crossing-test-source",
            auth: { tokenAuth: { enabled: true } },
            scc: { create: false },
            global: { persistence: { storageClass: "fast" } },
            limiter: { executorReplicas: 1 },
            gateway: { resources: { requests: { cpu: "20m", memory: "100Mi" } } },
            resources: {
                "catalog-svc": {
                    "kanister-sidecar": {
                        requests: { cpu: "10m", memory: "100Mi" },
                        limits: { cpu: "1200m", memory: "800Mi" },
                    },
                },
            },
        });
    });

    it("finds its passphrase and its pull secret there before it is installed, and neither in clear", async () => {
        const passphrase = "kubernetes:core/v1:Secret::source-k10-passphrase";
        const pull = "kubernetes:core/v1:Secret::source-k10-image-pull";
        const all = await run({
            encryptionPassphrase: "hunter2",
            imagePullSecret: '{"auths":{}}',
        });
        const inNamespace = {
            ...{ parent, ...inCluster, dependencies: [namespace] },
            additionalSecretOutputs: ["data", "stringData"],
        };
        assert.deepEqual(all[passphrase], {
            inputs: {
                apiVersion: "v1",
                kind: "Secret",
                metadata: { name: "k10-cluster-passphrase", namespace: "kasten-io" },
                data: secret({ passphrase: Buffer.from("hunter2").toString("base64") }),
            },
            ...inNamespace,
            // It is read once: a later one would be no Passkey of K10's.
            ignoreChanges: ["data"],
        });
        assert.deepEqual(all[pull], {
            inputs: {
                apiVersion: "v1",
                kind: "Secret",
                metadata: { name: "k10-image-pull", namespace: "kasten-io" },
                type: "kubernetes.io/dockerconfigjson",
                stringData: secret({ ".dockerconfigjson": '{"auths":{}}' }),
            },
            ...inNamespace,
        });
        assert.deepEqual(all[release].dependencies, [
            ...[namespace, pull, passphrase, registrations],
        ]);
        assert.deepEqual(all[release].inputs["values"], {
            clusterName: "crossing-test-source",
            auth: { tokenAuth: { enabled: true } },
            scc: { create: false },
            global: { imagePullSecret: "k10-image-pull" },
        });
    });

    it("comes by path where there is no repository", async () => {
        const found = await inputs({ chart: "./charts/k10", repository: "" });
        assert.equal(found["chart"], "./charts/k10");
        assert.equal("repositoryOpts" in found, false);
    });
});

describe("Profile", () => {
    const parent = "crossing:k10:Profile::source-profile";
    const id = "random:index/randomId:RandomId::source-profile-keys";
    const keys = "kubernetes:core/v1:Secret::source-profile";
    const profile = "kubernetes:config.kio.kasten.io/v1alpha1:Profile::source-profile";
    const run = async (preview: boolean) => {
        const { Profile } = await load();
        const program = () =>
            new Profile("source-profile", {
                cluster: cluster(),
                profileName: "crossing",
                endpoint: "http://172.30.77.200:9000",
                bucket: "backups",
                region: "us-east-1",
                accessKey: pulumi.secret("AKIA"),
                secretKey: pulumi.secret("hunter2"),
                timeout: 180,
            });
        return children(await registered(program, { preview }));
    };
    const metadata = { name: "crossing", namespace: "kasten-io" };

    for (const preview of [false, true]) {
        it(`is a location with its keys in a Secret, and has a name once K10 has validated it (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run(preview);
            assert.deepEqual(component?.outputs, { profileName: preview ? unknown : "crossing" });
            const stringData = secret({
                aws_access_key_id: "AKIA",
                aws_secret_access_key: "hunter2",
            });
            const name = preview ? unknown : "crossing-hex of source-profile-keys";
            assert.deepEqual(all, {
                // Other keys are another Secret.
                [id]: { inputs: { byteLength: 4, keepers: stringData }, parent },
                [keys]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Secret",
                        metadata: { name, namespace: "kasten-io" },
                        type: "secrets.kanister.io/aws",
                        stringData,
                    },
                    parent,
                    ...inCluster,
                    dependencies: [id],
                    additionalSecretOutputs: ["data", "stringData"],
                },
                [profile]: {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Profile",
                        metadata,
                        spec: {
                            type: "Location",
                            locationSpec: {
                                type: "ObjectStore",
                                credential: {
                                    secretType: "AwsAccessKey",
                                    secret: {
                                        ...{ apiVersion: "v1", kind: "Secret" },
                                        ...{ name, namespace: "kasten-io" },
                                    },
                                },
                                objectStore: {
                                    objectStoreType: "S3",
                                    name: "backups",
                                    region: "us-east-1",
                                    endpoint: "http://172.30.77.200:9000",
                                    skipSSLVerify: false,
                                },
                            },
                        },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [keys],
                },
                "pulumi-nodejs:dynamic/k10:Validated::source-profile": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        kind: "Profile",
                        ...metadata,
                        // Another object, other keys or another location are validated anew.
                        version: preview
                            ? unknown
                            : "uid of source-profile crossing-hex of source-profile-keys http://172.30.77.200:9000 backups us-east-1",
                        timeout: 180,
                    },
                    parent,
                    ...gone,
                    dependencies: [profile, keys],
                    ...dynamic,
                },
            });
        });
    }
});

describe("ExportPolicy", () => {
    const parent = "crossing:k10:ExportPolicy::export-policy";

    for (const preview of [false, true]) {
        it(`backs up and exports one namespace on demand (${preview ? "preview" : "up"})`, async () => {
            const { ExportPolicy } = await load();
            const program = () =>
                new ExportPolicy("export-policy", {
                    cluster: cluster(),
                    policyName: "shop-export",
                    profile: "crossing",
                    applicationNamespaces: ["shop"],
                });
            const { [parent]: component, ...all } = children(
                await registered(program, { preview }),
            );
            const profile = { name: "crossing", namespace: "kasten-io" };
            assert.deepEqual(component?.outputs, { policyName: "shop-export" });
            assert.deepEqual(all, {
                "kubernetes:config.kio.kasten.io/v1alpha1:Policy::export-policy": {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Policy",
                        metadata: { name: "shop-export", namespace: "kasten-io", annotations },
                        spec: {
                            frequency: "@onDemand",
                            actions: [
                                { action: "backup", backupParameters: { profile } },
                                {
                                    action: "export",
                                    exportParameters: {
                                        frequency: "@onDemand",
                                        profile,
                                        exportData: { enabled: true },
                                    },
                                },
                            ],
                            selector: {
                                matchExpressions: [
                                    {
                                        key: "k10.kasten.io/appNamespace",
                                        operator: "In",
                                        values: ["shop"],
                                    },
                                ],
                            },
                        },
                    },
                    parent,
                    ...inCluster,
                    additionalSecretOutputs: ["spec"],
                    // What K10 writes there: the export is the second action, as above.
                    ignoreChanges: [
                        "spec.actions[1].exportParameters.receiveString",
                        "spec.actions[1].exportParameters.migrationToken",
                    ],
                },
            });
        });
    }
});

describe("the spec of an export", () => {
    const named = (name: string) => ({ name, namespace: "kasten-io" });
    const actions = (exportTo?: ExportLocation) =>
        backupPolicySpec({
            profile: "crossing",
            selector: inNamespaces(["shop"]),
            ...(exportTo && { exportTo }),
        }).actions;
    const backup = { action: "backup", backupParameters: { profile: named("crossing") } };

    it("goes to another location than what K10 writes at the backup", () => {
        assert.deepEqual(actions({ profile: "tape" }), [
            backup,
            {
                action: "export",
                exportParameters: {
                    frequency: "@onDemand",
                    profile: named("tape"),
                    exportData: { enabled: true },
                },
            },
        ]);
    });

    it("takes volumes to VBR, and all else to the location beside it", () => {
        assert.deepEqual(actions({ profile: "tape", blockModeProfile: "vbr" }), [
            backup,
            {
                action: "export",
                exportParameters: {
                    frequency: "@onDemand",
                    profile: named("tape"),
                    blockModeProfile: named("vbr"),
                    exportData: { enabled: true },
                },
            },
        ]);
    });
});

describe("ExportPolicy with settings", () => {
    it("runs on a schedule as well, and what K10 writes stays no drift", async () => {
        const { ExportPolicy } = await load();
        const all = children(
            await registered(
                () =>
                    new ExportPolicy("export-policy", {
                        ...{ cluster: cluster(), policyName: "shop-export", profile: "crossing" },
                        applicationNamespaces: ["shop"],
                        settings: { frequency: "@daily", retention: { daily: 7 } },
                    }),
            ),
        );
        const policy = all["kubernetes:config.kio.kasten.io/v1alpha1:Policy::export-policy"];
        const spec = policy.inputs["spec"] as Record<string, unknown>;
        assert.equal(spec["frequency"], "@daily");
        assert.deepEqual(spec["retention"], { daily: 7 });
        assert.deepEqual(policy.ignoreChanges, [
            "spec.actions[1].exportParameters.receiveString",
            "spec.actions[1].exportParameters.migrationToken",
        ]);
    });
});

describe("BackupPolicy", () => {
    const parent = "crossing:k10:BackupPolicy::source-policy-nightly";
    const policy = "kubernetes:config.kio.kasten.io/v1alpha1:Policy::source-policy-nightly";
    const profile = { name: "crossing", namespace: "kasten-io" };
    const spec = {
        comment: "for the auditors",
        frequency: "@daily",
        retention: { daily: 7 },
        actions: [{ action: "backup", backupParameters: { profile } }],
        selector: { matchLabels: { team: "shop" } },
    };

    for (const preview of [false, true]) {
        it(`is validated, and run by nobody (${preview ? "preview" : "up"})`, async () => {
            const { BackupPolicy } = await load();
            const program = () =>
                new BackupPolicy("source-policy-nightly", {
                    cluster: cluster(),
                    policyName: "nightly",
                    profile: "crossing",
                    selector: { matchLabels: { team: "shop" } },
                    comment: "for the auditors",
                    settings: {
                        frequency: "@daily",
                        retention: { daily: 7 },
                        export: { enabled: false },
                    },
                    timeout: 180,
                });
            const { [parent]: component, ...all } = children(
                await registered(program, { preview }),
            );
            assert.deepEqual(component?.outputs, { policyName: preview ? unknown : "nightly" });
            assert.deepEqual(all, {
                [policy]: {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Policy",
                        metadata: { name: "nightly", namespace: "kasten-io", annotations },
                        spec,
                    },
                    parent,
                    ...inCluster,
                    additionalSecretOutputs: ["spec"],
                },
                "pulumi-nodejs:dynamic/k10:Validated::source-policy-nightly": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        kind: "Policy",
                        name: "nightly",
                        namespace: "kasten-io",
                        // Another object or another spec is validated anew.
                        version: preview
                            ? unknown
                            : `uid of source-policy-nightly ${JSON.stringify(spec)}`,
                        timeout: 180,
                    },
                    parent,
                    ...gone,
                    dependencies: [policy],
                    ...dynamic,
                },
            });
        });
    }
});

describe("DashboardToken", () => {
    for (const preview of [false, true]) {
        it(`is bound to a Secret of its own, and secret (${preview ? "preview" : "up"})`, async () => {
            const { DashboardToken } = await load();
            const all = children(
                await registered(
                    () =>
                        new DashboardToken("target-dashboard-token", {
                            ...{ cluster: cluster(), serviceAccount: "k10-k10", seconds: 86_400 },
                        }),
                    { preview },
                ),
            );
            const parent = "crossing:k10:DashboardToken::target-dashboard-token";
            const bond = "kubernetes:core/v1:Secret::target-dashboard-token";
            const { [parent]: component, ...others } = all;
            assert.deepEqual(component?.outputs, { token: preview ? unknown : secret("hunter2") });
            assert.deepEqual(others, {
                [bond]: {
                    inputs: {
                        ...{ apiVersion: "v1", kind: "Secret" },
                        metadata: { name: "crossing-dashboard-token", namespace: "kasten-io" },
                    },
                    ...{ parent, ...inCluster },
                    additionalSecretOutputs: ["data", "stringData"],
                },
                "pulumi-nodejs:dynamic/k10:Token::target-dashboard-token": {
                    inputs: {
                        ...{
                            kubeconfig: secret("kubeconfig of cluster"),
                            clusterUid: "uid of cluster",
                        },
                        ...{ namespace: "kasten-io", serviceAccount: "k10-k10", seconds: 86_400 },
                        boundTo: {
                            name: "crossing-dashboard-token",
                            ...(preview ? {} : { uid: "uid of target-dashboard-token" }),
                        },
                    },
                    ...{ parent, ...gone, dependencies: [bond] },
                    ...{ ...dynamic, additionalSecretOutputs: ["kubeconfig", "token"] },
                },
            });
        });
    }
});

describe("PolicyPreset and TransformSet", () => {
    const daily = { frequency: "@daily", retention: { daily: 7 } } as const;
    const named = (name: string) => ({ name, namespace: "kasten-io" });

    it("has what policies leave to it", async () => {
        const { presetSpec } = await import("../../components/k10/policy-preset");
        const time = { hour: 1, minute: 0 };
        const schedule = {
            ...{ ...daily, subFrequency: { weekdays: [1] }, staggering: true },
            backupWindow: { start: time, end: time },
        };
        assert.deepEqual(
            presetSpec({
                ...{ comment: "gold", schedule, profile: "crossing" },
                export: {
                    ...{ to: { profile: "far", blockModeProfile: "tape" }, data: true },
                    ...{ frequency: "@weekly", retention: { weekly: 4 } },
                    exporterStorageClass: "fast",
                },
            }),
            {
                comment: "gold",
                backup: {
                    ...{ ...daily, subFrequency: { weekdays: [1] }, enableStaggering: true },
                    ...{ backupWindow: { start: time, end: time }, profile: named("crossing") },
                },
                export: {
                    ...{ frequency: "@weekly", retention: { weekly: 4 } },
                    ...{ profile: named("far"), blockModeProfile: named("tape") },
                    exportData: { enabled: true, exporterStorageClassName: "fast" },
                },
            },
        );
        assert.deepEqual(
            presetSpec({ schedule: daily, profile: "crossing", export: { to: { profile: "x" } } }),
            {
                backup: { ...daily, profile: named("crossing") },
                export: {
                    ...{ frequency: "@daily", profile: named("x") },
                    exportData: { enabled: true },
                },
            },
        );
    });

    it("is known by its name once K10 has validated it", async () => {
        const { PolicyPreset, TransformSet } = await load();
        const json = [{ op: "remove", path: "/spec/host" }];
        const transforms = [{ name: "host", subject: { resource: "routes" }, json }];
        const all = children(
            await registered(() => {
                new PolicyPreset("source-preset-gold", {
                    ...{ cluster: cluster(), presetName: "gold", schedule: daily },
                    ...{ profile: "crossing", timeout: 180 },
                });
                new TransformSet("target-transforms-os", {
                    ...{ cluster: cluster(), setName: "os", transforms, timeout: 180 },
                });
            }),
        );
        const table = [
            ["PolicyPreset", "source-preset-gold", "gold", "presetName"],
            ["TransformSet", "target-transforms-os", "os", "setName"],
        ] as const;
        const specs = {
            PolicyPreset: { backup: { ...daily, profile: named("crossing") } },
            TransformSet: { transforms },
        };
        for (const [kind, name, own, output] of table) {
            const parent = `crossing:k10:${kind}::${name}`;
            const type = `kubernetes:config.kio.kasten.io/v1alpha1:${kind}::${name}`;
            assert.deepEqual(all[parent]?.outputs, { [output]: own });
            assert.deepEqual(all[type], {
                inputs: {
                    ...{ apiVersion: "config.kio.kasten.io/v1alpha1", kind },
                    ...{ metadata: named(own), spec: specs[kind] },
                },
                ...{ parent, ...inCluster },
            });
            assert.deepEqual(all[`pulumi-nodejs:dynamic/k10:Validated::${name}`], {
                inputs: {
                    ...{ kubeconfig: secret("kubeconfig of cluster"), kind, ...named(own) },
                    ...{ version: `uid of ${name} ${JSON.stringify(specs[kind])}`, timeout: 180 },
                },
                ...{ parent, ...gone, dependencies: [type], ...dynamic },
            });
        }
        assert.equal(Object.keys(all).length, 6);
    });
});

describe("BlueprintBinding", () => {
    it("is an object of K10's", async () => {
        const { BlueprintBinding } = await load();
        const resources = { matchAny: [{ labels: { key: "app", operator: "Exists" } }] };
        const all = children(
            await registered(
                () =>
                    new BlueprintBinding("source-binding-pg", {
                        ...{ cluster: cluster(), bindingName: "pg", blueprint: "postgres" },
                        ...{ resources, disabled: true },
                    }),
            ),
        );
        const parent = "crossing:k10:BlueprintBinding::source-binding-pg";
        assert.deepEqual(
            all["kubernetes:config.kio.kasten.io/v1alpha1:BlueprintBinding::source-binding-pg"],
            {
                inputs: {
                    apiVersion: "config.kio.kasten.io/v1alpha1",
                    kind: "BlueprintBinding",
                    metadata: { name: "pg", namespace: "kasten-io" },
                    spec: {
                        blueprintRef: { name: "postgres", namespace: "kasten-io" },
                        resources,
                        disabled: true,
                    },
                },
                parent,
                ...inCluster,
            },
        );
        assert.equal(Object.keys(all).length, 2);
    });
});

describe("Blueprint", () => {
    for (const preview of [false, true]) {
        it(`is there once K10 has validated what binds it (${preview ? "preview" : "up"})`, async () => {
            const { Blueprint } = await load();
            const resources = { matchAll: [{ namespace: { operator: "In", values: ["shop"] } }] };
            const settings = {
                ...{ database: "postgres" as const, image: "postgres:17", toolsImage: "tools:1" },
                server: { service: "database" },
                secret: { name: "login", username: "user", password: "pass" },
            };
            const program = () =>
                new Blueprint("source-blueprint-orders", {
                    ...{ cluster: cluster(), blueprintName: "orders", settings, resources },
                    timeout: 180,
                });
            const parent = "crossing:k10:Blueprint::source-blueprint-orders";
            const blueprint =
                "kubernetes:cr.kanister.io/v1alpha1:Blueprint::source-blueprint-orders";
            const binding =
                "kubernetes:config.kio.kasten.io/v1alpha1:BlueprintBinding::source-blueprint-orders-binding";
            const { [parent]: _, ...all } = children(await registered(program, { preview }));
            const metadata = { name: "orders", namespace: "kasten-io" };
            const spec = { blueprintRef: metadata, resources };
            assert.deepEqual(all, {
                [blueprint]: {
                    inputs: {
                        ...{ apiVersion: "cr.kanister.io/v1alpha1", kind: "Blueprint", metadata },
                        actions: blueprintActions(settings),
                    },
                    parent,
                    ...inCluster,
                },
                [binding]: {
                    inputs: {
                        ...{ apiVersion: "config.kio.kasten.io/v1alpha1" },
                        ...{ kind: "BlueprintBinding", metadata, spec },
                    },
                    parent,
                    dependencies: [blueprint],
                    ...inCluster,
                },
                "pulumi-nodejs:dynamic/k10:Validated::source-blueprint-orders": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        ...{ kind: "BlueprintBinding", namespace: "kasten-io", name: "orders" },
                        version: preview
                            ? unknown
                            : `uid of source-blueprint-orders-binding ${JSON.stringify(spec)}`,
                        timeout: 180,
                    },
                    parent,
                    ...gone,
                    dependencies: [binding],
                    ...dynamic,
                },
            });
        });
    }
});

describe("ImportPolicy", () => {
    const parent = "crossing:k10:ImportPolicy::import-policy";

    for (const preview of [false, true]) {
        it(`imports what was handed off, which stays secret (${preview ? "preview" : "up"})`, async () => {
            const { ImportPolicy } = await load();
            const program = () =>
                new ImportPolicy("import-policy", {
                    cluster: cluster(),
                    policyName: "shop-import",
                    profile: "crossing",
                    receiveString: pulumi.secret("hand-off"),
                });
            const { [parent]: component, ...all } = children(
                await registered(program, { preview }),
            );
            assert.deepEqual(component?.inputs["receiveString"], secret("hand-off"));
            assert.deepEqual(component?.outputs, { policyName: "shop-import" });
            assert.deepEqual(all, {
                "kubernetes:config.kio.kasten.io/v1alpha1:Policy::import-policy": {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Policy",
                        metadata: { name: "shop-import", namespace: "kasten-io", annotations },
                        spec: {
                            frequency: "@onDemand",
                            actions: [
                                {
                                    action: "import",
                                    importParameters: {
                                        profile: { name: "crossing", namespace: "kasten-io" },
                                        receiveString: secret("hand-off"),
                                    },
                                },
                            ],
                        },
                    },
                    parent,
                    ...inCluster,
                    additionalSecretOutputs: ["spec"],
                },
            });
        });
    }
});

describe("Export, Import and Restore", () => {
    it("are dynamic resources under their fixed names, with the hand-off secret in the state", async () => {
        const { Export, Import, Restore } = await load();
        const kubeconfig = pulumi.secret("k");
        const run = { kubeconfig, clusterUid: "u", runId: "1", timeout: 60 };
        const policy = { namespace: "kasten-io", policy: "p", validationTimeout: 60 };
        const all = await registered(() => {
            new Export("export", {
                ...run,
                ...policy,
                receiveStringGiven: false,
            });
            new Import("import", {
                ...run,
                ...policy,
                sourceClusterUid: "s",
                applicationNamespace: "shop",
                backupStartTime: "2026-11-21T12:00:00Z",
            });
            new Restore("restore", {
                ...run,
                runToken: "t",
                restorePointContent: "c",
                targetNamespace: "shop",
                onConflict: "fail",
                restored: "keep",
            });
        });
        const plain = { kubeconfig: secret("k"), clusterUid: "u", runId: "1", timeout: 60 };
        const hideDiffs = ["__provider"];
        assert.deepEqual(all, [
            {
                type: "pulumi-nodejs:dynamic/k10:Export",
                name: "export",
                inputs: { ...plain, ...policy, receiveStringGiven: false },
                additionalSecretOutputs: ["kubeconfig", "receiveString"],
                hideDiffs,
            },
            {
                type: "pulumi-nodejs:dynamic/k10:Import",
                name: "import",
                inputs: {
                    ...plain,
                    ...policy,
                    sourceClusterUid: "s",
                    applicationNamespace: "shop",
                    backupStartTime: "2026-11-21T12:00:00Z",
                },
                additionalSecretOutputs: ["kubeconfig"],
                hideDiffs,
            },
            {
                type: "pulumi-nodejs:dynamic/k10:Restore",
                name: "restore",
                inputs: {
                    ...plain,
                    runToken: "t",
                    restorePointContent: "c",
                    targetNamespace: "shop",
                    onConflict: "fail",
                    restored: "keep",
                },
                additionalSecretOutputs: ["kubeconfig"],
                hideDiffs,
            },
        ]);
    });
});

describe("the versions of K10", () => {
    it("may be newer on the target, and not older", async () => {
        const { requireNotOlder } = await load();
        for (const [target, source] of [
            ["9.0.4", "9.0.4"],
            ["9.0.10", "9.0.4"],
            ["v10.0.0", "9.9.9"],
            // What is no version is left to K10.
            ["latest", "9.0.4"],
            ["9.0.4", ""],
        ] as const) {
            requireNotOlder(target, source);
        }
        assert.throws(
            () => requireNotOlder("8.5.13", "9.0.4"),
            (error: unknown) =>
                pulumi.RunError.isInstance(error) &&
                error.message ===
                    "K10 on the target is `8.5.13`, older than `9.0.4` on the source, and would not read what that exports: set `crossing:k10.version` of the target to `9.0.4` or newer.",
        );
    });

    it("are told of the newest that has exported, as far as they are known", async () => {
        const { newestOf } = await load();
        assert.equal(newestOf(["9.0.9", "9.0.10", undefined, "latest"], "9.0.4"), "9.0.10");
        assert.equal(newestOf([undefined, "", "latest"], "9.0.4"), "9.0.4");
    });
});
