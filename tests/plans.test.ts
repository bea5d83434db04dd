import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { sampleRefs } from "../components/application";
import { planText } from "./engine/plan";
import { FakeKubeApi } from "./fake/kube-api";
import { ownProcess, repository, sharedProcess } from "./engine/hosts";
import {
    configTexts,
    Registration,
    Run,
    runProgram,
    StackOutputs,
    Value,
} from "./engine/stub-engine";

/** An existing cluster, which is asked whose its namespaces are. */
const existingCluster = new FakeKubeApi();
const folder = mkdtempSync(join(tmpdir(), "crossing-plans-"));
const existingKubeconfig = join(folder, "kubeconfig.yaml");

/** The configuration in a stack file, whose keys have their prefix. */
function configOf(text: string): Record<string, string> {
    const { config } = parse(text) as { config: Record<string, unknown> };
    return configTexts(config, "");
}

/** The lab's stack file, with values that differ between checkouts and builds made equal. */
function labConfig(): Record<string, string> {
    const template = readFileSync(join(repository, "lab", "stack.template.yaml"), "utf8");
    const fixed: Record<string, string> = { subnet: "10.89.0.0/24" };
    return configOf(
        template.replace(
            /@(\w+)@/g,
            (_, name: string) => fixed[name] ?? `lab-${name.toLowerCase()}`,
        ),
    );
}

const fileConfig = (path: string) => () => configOf(readFileSync(join(repository, path), "utf8"));

/** Several applications by one policy: samples over each database in an order, and one that is the user's own. */
const severalConfig = () => ({
    ...fileConfig("Pulumi.dev.yaml")(),
    "crossing:policyPer": "crossing",
    "crossing:applications": JSON.stringify([
        { sample: { namespace: "books", database: "mariadb" }, after: ["shop"] },
        { sample: {} },
        {
            namespace: "inventory",
            http: { service: "api", port: 80, path: "health" },
            after: ["books"],
        },
    ]),
});

/** Two existing clusters and a location of each type: volumes go to VBR, all else to its location for metadata. */
const locationsConfig = () => {
    const existing = { type: "existing", kubeconfig: existingKubeconfig };
    const s3 = { type: "s3", bucket: "backups", region: "eu-central-1" };
    const vbr = { type: "vbr", server: "vbr.example.com", repository: "Repository 1" };
    const keys = { accessKey: "AKIA", secretKey: "hunter2" };
    const values = {
        source: existing,
        target: { ...existing, platform: "openshift" },
        store: {
            ...{ type: "existing", bucket: "crossing", caFile: "tests/plans/ca.pem" },
            endpoint: { source: "https://minio:9000", target: "https://minio:9000" },
            protectionPeriod: "7 days",
        },
        locations: {
            amazon: { ...s3, protectionPeriod: "30 days" },
            ceph: {
                ...{ type: "rgw", bucket: "backups", sides: ["source"] },
                endpoint: "https://rgw.example.com",
            },
            tencent: { type: "cos", bucket: "backups-1250000000", region: "ap-guangzhou" },
            blob: { type: "azure", container: "backups", account: "shop1" },
            google: { type: "gcs", bucket: "backups", project: "shop", sides: ["target"] },
            share: { type: "nfs", claimName: "share", path: "shop", external: true },
            tape: { ...vbr, metadataLocation: "amazon" },
        },
        exportLocation: "tape",
        k10: {
            disasterRecovery: { location: "share", frequency: "@hourly" },
            recovery: {
                location: "ceph",
                clusterId: "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
            },
        },
        disasterRecoveryPassphrase: "hunter2",
        locationSecrets: {
            ...{ amazon: keys, ceph: keys, tencent: keys, blob: { storageKey: "hunter2" } },
            google: { serviceAccount: "{}" },
            tape: { username: "backup", password: "hunter2" },
        },
        storeAccessKey: "AKIA",
        storeSecretKey: "hunter2",
    };
    return configTexts(values);
};

/** Two existing clusters: Helm installs K10 on the source, and the operator on the target, which is an OpenShift. */
const operatorConfig = () => {
    const existing = { type: "existing", kubeconfig: existingKubeconfig };
    const values = {
        source: existing,
        target: { ...existing, platform: "openshift" },
        store: {
            ...{ type: "existing", bucket: "crossing" },
            endpoint: { source: "https://minio:9000", target: "https://minio:9000" },
        },
        k10: {
            eula: { accept: true, company: "Example", email: "you@example.com" },
            target: {
                ...{ install: "operator", operator: { source: "certified-operators" } },
                route: {},
            },
        },
        k10ImagePullSecret: '{"auths":"hunter2"}',
        storeAccessKey: "AKIA",
        storeSecretKey: "hunter2",
    };
    return configTexts(values);
};

/** Dumps in place of volumes: of the sample's database, and of one of the user's own. */
const dumpConfig = () => ({
    ...fileConfig("Pulumi.dev.yaml")(),
    "crossing:onConflict": "newName",
    "crossing:applications": JSON.stringify([
        { sample: { backup: "dump" } },
        { namespace: "stock" },
    ]),
    "crossing:blueprints": JSON.stringify([
        {
            ...{ name: "stock-mysql", database: "mysql", image: "mysql:8.4", namespace: "stock" },
            ...{ workload: { kind: "StatefulSet", name: "mysql" }, service: "mysql" },
            ...{ secret: { name: "mysql", password: "root-password" }, user: "root" },
        },
    ]),
});

/** Backup and restore on one existing cluster. */
const drillConfig = () => ({
    ...fileConfig("examples/restore-drill/Pulumi.drill.yaml")(),
    "crossing:source": JSON.stringify({ type: "existing", kubeconfig: existingKubeconfig }),
    "crossing:storeAccessKey": "access",
    "crossing:storeSecretKey": "hunter2",
});

const stacks = {
    dev: fileConfig("Pulumi.dev.yaml"),
    lab: labConfig,
    store: fileConfig("examples/two-kind-clusters/Pulumi.store.yaml"),
    source: fileConfig("examples/two-kind-clusters/Pulumi.source.yaml"),
    target: fileConfig("examples/two-kind-clusters/Pulumi.target.yaml"),
    several: severalConfig,
    "store-in-target": fileConfig("examples/store-in-target/Pulumi.all.yaml"),
    locations: locationsConfig,
    operator: operatorConfig,
    dump: dumpConfig,
    drill: drillConfig,
};

/** An existing store has keys, which no example holds. */
const startedCrc = {
    ...fileConfig("examples/kind-to-started-crc/Pulumi.all.yaml")(),
    "crossing:storeAccessKey": "access",
    "crossing:storeSecretKey": "hunter2",
};
const storeKeys = ["crossing:storeAccessKey", "crossing:storeSecretKey"];

/** A sample and an application of one's own, with K10's sidecar on the source alone. */
const sidecarConfig = {
    ...fileConfig("Pulumi.dev.yaml")(),
    "crossing:applications": JSON.stringify([{ sample: {} }, { namespace: "inventory" }]),
    "crossing:k10": JSON.stringify({
        sidecar: {
            namespaceSelector: { matchLabels: { backup: "sidecar" } },
            objectSelector: { matchLabels: { tier: "db" } },
        },
        target: { sidecar: { enabled: false } },
    }),
};

/** What the stacks `store` and `source` say in their outputs once they are up. */
const otherStacks: Record<string, StackOutputs> = {
    "organization/crossing/store": {
        outputs: {
            bucket: "crossing",
            region: "us-east-1",
            network: "shop",
            sourceStoreEndpoint: "http://172.30.77.200:9000",
            targetStoreEndpoint: "http://172.30.77.200:9000",
            programStoreEndpoint: "http://172.30.77.200:9000",
            storeAccessKey: "access",
            storeSecretKey: "hunter2",
        },
        secretOutputNames: ["storeAccessKey", "storeSecretKey"],
    },
    "organization/crossing/source": {
        outputs: {
            ...{ runId: "7", runToken: "0123456789abcdef" },
            sourceClusterUid: "uid of the source",
            sourceK10Version: "9.0.4",
            exportLocation: "crossing",
            applications: {
                shop: {
                    ...(sampleRefs("shop") as unknown as Record<string, Value>),
                    ...{ namespace: "shop", sample: true, dump: true, after: [] },
                    backupStartTime: "2026-11-21T12:00:00Z",
                    baseline: {
                        key: "crossing/uid/shop/7-01234567/baseline.json",
                        digest: "digest",
                    },
                    exportPolicy: "shop-export",
                },
            },
            receiveStrings: { shop: "bIzAPpoanm-for-tests" },
        },
        secretOutputNames: ["receiveStrings"],
    },
};

describe("plan", function () {
    // Programs are started, each for a few seconds.
    this.timeout(300_000);

    const runs = new Map<string, Run>();
    before(async () => {
        await existingCluster.start();
        existingCluster.put("/api/v1/namespaces", {
            metadata: { name: "kube-system", uid: "uid of the cluster" },
        });
        writeFileSync(existingKubeconfig, existingCluster.kubeconfig);
        await Promise.all([
            ...Object.entries(stacks).map(async ([stack, config]) => {
                // One of them as `pulumi up` does it: the others take the short way to the same.
                const host = stack === "dev" ? ownProcess : sharedProcess;
                runs.set(stack, await runProgram(stack, config(), [], otherStacks, host));
            }),
            runProgram("crc", startedCrc, storeKeys).then(run => runs.set("crc", run)),
            runProgram("sidecar", sidecarConfig).then(run => runs.set("sidecar", run)),
        ]);
    });

    after(async () => {
        await existingCluster.stop();
        rmSync(folder, { recursive: true });
    });

    for (const stack of Object.keys(stacks)) {
        it(`of stack ${stack} is the one in tests/plans/${stack}.json (npm run plan:update writes it)`, () => {
            const run = runs.get(stack)!;
            assert.deepEqual(run.errors, []);
            const text = planText(run.registrations, run.outputs);
            const actual = text.replaceAll(existingKubeconfig, "existing.yaml");
            const file = join(__dirname, "plans", `${stack}.json`);
            if (process.env["UPDATE_PLANS"]) {
                writeFileSync(file, actual);
            }
            assert.equal(actual, existsSync(file) ? readFileSync(file, "utf8") : "");
        });
    }

    const named = (stack: string, type: string, name: string): Registration => {
        const found = runs
            .get(stack)!
            .registrations.filter(entry => entry.type === type && entry.name === name);
        assert.equal(found.length, 1, `${type} ${name}`);
        return found[0];
    };

    it("of the stacks dev and lab has the same resources, but for the snapshots that only the lab's driver takes", () => {
        const names = (stack: string) =>
            runs
                .get(stack)!
                .registrations.filter(entry => !entry.name.endsWith("-snapshots"))
                .map(entry => `${entry.type}::${entry.name}`)
                .sort();
        assert.deepEqual(
            names("dev"),
            names("lab").map(name => name.replace("-lab", "-dev")),
        );
    });

    it("leaves the restored namespace to the user: no resource of the target makes it", () => {
        const namespaces = runs
            .get("dev")!
            .registrations.filter(entry => entry.type === "kubernetes:core/v1:Namespace")
            .filter(entry => entry.deletedWith.endsWith("::target"))
            .map(entry => (entry.inputs["metadata"] as { name: string }).name)
            .sort();
        assert.deepEqual(namespaces, [
            ...["crossing-probe", "kasten-io", "openshift-ingress", "openshift-rehearsal"],
        ]);
    });

    it("takes everything inside a cluster of ours away with the cluster", () => {
        const inStore = /:(Bucket|Guard|KeptBaseline|FetchedBaseline)$/;
        const inside = runs
            .get("dev")!
            .registrations.filter(entry => /^kubernetes:|^pulumi-nodejs:/.test(entry.type))
            .filter(entry => !inStore.test(entry.type));
        const without = inside.filter(entry => !entry.deletedWith).map(entry => entry.name);
        assert.deepEqual(without, []);
    });

    it("has its end refused before anything has gone, where its store may not go", () => {
        const { dependencies } = named("dev", "pulumi-nodejs:dynamic/store:Guard", "store-guard");
        const all = runs
            .get("dev")!
            .registrations.filter(({ custom, name }) => custom && name !== "store-guard")
            .map(({ type, name }) => `${type}::${name}`);
        const missing = all.filter(each => !dependencies.some(urn => urn.endsWith(each)));
        assert.deepEqual(missing, []);
    });

    it("says at the end of a source what stays in a store, where that outlives the source", () => {
        const stacksWithIt = [...runs]
            .filter(([, { registrations }]) =>
                registrations.some(({ type }) => type.endsWith("store:Remains")),
            )
            .map(([stack]) => stack);
        assert.deepEqual(stacksWithIt.sort(), ["crc", "drill", "locations", "operator", "source"]);
    });

    it("never states a secret in clear", () => {
        const { outputs, registrations } = runs.get("dev")!;
        const text = planText(registrations, outputs);
        const secret = JSON.parse(text) as { outputs: Record<string, unknown> };
        for (const key of [
            "sourceKubeconfig",
            "targetKubeconfig",
            "receiveString",
            "receiveStrings",
            "storeSecretKey",
        ]) {
            assert.match(String(secret.outputs[key]), /^\[(secret|unknown)\]$/, key);
        }
    });

    it("recovers K10 before it is given the crossing's own policy", () => {
        const policy = "kubernetes:config.kio.kasten.io/v1alpha1:Policy";
        const { dependencies } = named("locations", policy, "shop-export-policy");
        assert.ok(dependencies.some(urn => urn.endsWith("k10:Recovery::source-recovery")));
    });

    it("exports volumes to VBR and the rest beside it, and imports from there", () => {
        const { spec } = named(
            "locations",
            "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
            "shop-export-policy",
        ).inputs as {
            spec: { actions: Record<string, Record<string, unknown>>[] };
        };
        const profiles = ["source-location-amazon", "source-location-tape"];
        const { dependencies } = named(
            "locations",
            "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
            "shop-export-policy",
        );
        assert.ok("blockModeProfile" in (spec.actions[1]?.["exportParameters"] ?? {}));
        for (const profile of profiles) {
            assert.ok(
                dependencies.some(urn => urn.endsWith(`Validated::${profile}`)),
                profile,
            );
        }
        const imported = named(
            "locations",
            "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
            "shop-import-policy",
        );
        assert.ok(
            imported.dependencies.some(urn => urn.endsWith("Validated::target-location-amazon")),
        );
    });

    it("proves that K10's sidecar covers each claim before anything of the application is written down", () => {
        const { outputs, errors } = runs.get("sidecar")!;
        assert.deepEqual(errors, []);
        const sidecars = (name: string) =>
            named("sidecar", "pulumi-nodejs:dynamic/k10:Sidecars", `${name}-sidecars`);
        const inputs = ({ inputs: all }: Registration) => {
            const { __provider: _, kubeconfig: __, clusterUid: ___, ...rest } = all;
            return rest;
        };
        const labels = { namespaceLabels: { backup: "sidecar" }, workloadLabels: { tier: "db" } };
        const both = { ...labels, runId: "1", timeout: 300 };
        assert.deepEqual(inputs(sidecars("shop")), { ...both, namespace: "shop", sample: true });
        assert.deepEqual(inputs(sidecars("inventory")), {
            ...{ ...both, namespace: "inventory", sample: false },
        });
        // The sample comes after K10, and carries what the selectors ask for.
        const namesOf = (urns: string[]) => urns.map(urn => urn.split("::").at(-1));
        const application = "crossing:application:SampleApplication";
        const sample = named("sidecar", application, "shop");
        assert.ok(namesOf(sample.dependencies).includes("source-k10"));
        const metadata = (type: string, name: string) =>
            named("sidecar", type, name).inputs["metadata"] as Record<string, unknown>;
        assert.deepEqual(
            metadata("kubernetes:core/v1:Namespace", "shop")["labels"],
            labels.namespaceLabels,
        );
        const deployment = "kubernetes:apps/v1:Deployment";
        assert.deepEqual(metadata(deployment, "shop-database")["labels"], labels.workloadLabels);
        assert.equal(metadata(deployment, "shop-web")["labels"], undefined);
        // First the sidecars, then the data of the run, then what is backed up.
        const after = (type: string, name: string) =>
            namesOf(named("sidecar", `pulumi-nodejs:dynamic/${type}`, name).dependencies);
        assert.ok(after("application:Seed", "shop-seed").includes("shop-sidecars"));
        assert.ok(after("proof:Baseline", "inventory-baseline").includes("inventory-sidecars"));
        const told = outputs["applications"] as Record<string, Record<string, Value>>;
        assert.deepEqual(
            Object.keys(told).map(name => [name, "dataModes" in told[name]]),
            [
                ["inventory", true],
                ["shop", true],
            ],
        );
        const none = runs.get("dev")!.registrations.filter(({ type }) => /:Sidecars$/.test(type));
        assert.deepEqual(none, []);
    });

    it("states no key of a location in clear", () => {
        const { outputs, registrations } = runs.get("locations")!;
        assert.doesNotMatch(planText(registrations, outputs), /hunter2|AKIA/);
    });

    it("installs K10 by its operator where that is wanted, and nothing uses it before it is ready", () => {
        const all = runs.get("operator")!.registrations;
        const ofK10 = (name: string) =>
            all
                .filter(entry => entry.parent.endsWith(`crossing:k10:K10::${name}`))
                .map(({ type }) => type.split(":").at(-1))
                .sort();
        assert.deepEqual(ofK10("source-k10"), [
            ...["Namespace", "Ready", "Registrations", "Release", "Secret"],
        ]);
        assert.deepEqual(ofK10("target-k10"), [
            ...["Deployed", "K10", "Namespace", "Operator", "OperatorGroup", "Ready"],
            ...["Registrations", "Secret", "Subscription"],
        ]);
        const profile = named("operator", "crossing:k10:Profile", "target-profile");
        assert.ok(profile.dependencies.some(urn => urn.endsWith("k10:Ready::target-k10")));
        const { outputs } = runs.get("operator")!;
        assert.doesNotMatch(planText(all, outputs), /hunter2|AKIA/);
    });

    it("imports into the target only after the export, and verifies after the restore", () => {
        const dependsOn = (name: string, type: string) =>
            named("dev", type, name).dependencies.map(urn => urn.split("::").at(-1));
        assert.ok(
            dependsOn(
                "shop-import-policy",
                "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
            ).includes("shop-export"),
        );
        assert.ok(
            dependsOn("shop-export", "pulumi-nodejs:dynamic/k10:Export").includes("shop-baseline"),
        );
        assert.ok(
            dependsOn("shop-restore", "pulumi-nodejs:dynamic/k10:Restore").includes("shop-import"),
        );
        assert.ok(
            dependsOn("shop-verification", "pulumi-nodejs:dynamic/proof:Verification").includes(
                "shop-restore",
            ),
        );
    });

    it("restores an application when those before it are proven, by one policy and one hand-off", () => {
        const dependsOn = (name: string) =>
            named("several", "pulumi-nodejs:dynamic/k10:Restore", name).dependencies.map(urn =>
                urn.split("::").at(-1),
            );
        assert.ok(dependsOn("books-restore").includes("shop-verification"));
        assert.ok(dependsOn("inventory-restore").includes("books-verification"));
        assert.ok(!dependsOn("shop-restore").some(name => name?.endsWith("-verification")));
        const policies = runs
            .get("several")!
            .registrations.filter(({ type }) => type.endsWith("/v1alpha1:Policy"));
        assert.deepEqual(policies.map(({ name }) => name).sort(), [
            "crossing-export-policy",
            "crossing-import-policy",
        ]);
    });

    it("asks each sample by what its database is, on both sides, and PostgreSQL as ever", () => {
        const kinds = (name: string) =>
            ["application:Seed", "proof:Baseline", "proof:Verification"].map(type => {
                const suffix = type.split(":")[1]?.toLowerCase();
                const { inputs } = named(
                    "several",
                    `pulumi-nodejs:dynamic/${type}`,
                    `${name}-${suffix}`,
                );
                return (inputs["database"] as { kind?: string }).kind;
            });
        assert.deepEqual(kinds("books"), ["mariadb", "mariadb", "mariadb"]);
        assert.deepEqual(kinds("shop"), [undefined, undefined, undefined]);
    });

    it("only reads an application of the user's own", () => {
        const inNamespace = runs
            .get("several")!
            .registrations.filter(({ type }) => type.startsWith("kubernetes:"))
            .filter(({ inputs }) => /"inventory"/.test(JSON.stringify(inputs["metadata"] ?? "")));
        assert.deepEqual(inNamespace, []);
    });

    it("has a MinIO in the target in place of the container, made under OpenShift's rules and before the source uses it", () => {
        const names = (stack: string) =>
            runs
                .get(stack)!
                .registrations.filter(entry => entry.type !== "pulumi:pulumi:Stack")
                // The example's sample crosses as a dump.
                .filter(entry => !entry.name.includes("-blueprint-"))
                .map(entry => `${entry.type}::${entry.name}`);
        const only = (stack: string, other: string) =>
            names(stack)
                .filter(name => !names(other).includes(name))
                .sort();
        assert.deepEqual(only("dev", "store-in-target"), [
            "crossing:store:MinioStore::store",
            "docker:index/container:Container::store",
            "docker:index/remoteImage:RemoteImage::store",
            "docker:index/volume:Volume::store",
        ]);
        assert.deepEqual(only("store-in-target", "dev"), [
            "crossing:store:MinioInCluster::store",
            "kubernetes:apps/v1:Deployment::store",
            "kubernetes:core/v1:Namespace::store",
            "kubernetes:core/v1:PersistentVolumeClaim::store",
            "kubernetes:core/v1:Secret::store",
            "kubernetes:core/v1:Service::store",
            "pulumi-nodejs:dynamic/store:Published::store",
        ]);
        const stack = "store-in-target";
        const server = named(stack, "kubernetes:apps/v1:Deployment", "store");
        assert.match(server.deletedWith, /command:local:Command::target$/);
        const { dependencies } = named(stack, "crossing:store:MinioInCluster", "store");
        assert.ok(dependencies.some(urn => urn.includes("::target-rules-")));
        const profile = named(stack, "kubernetes:core/v1:Secret", "source-profile");
        assert.ok(
            profile.dependencies.some(urn => urn.endsWith("RandomPassword::store-secret-key")),
        );
        assert.equal(named(stack, "pulumi-nodejs:dynamic/store:Bucket", "store").deletedWith, "");
    });

    it("of a CRC that is started waits for it, and takes what is in it away before it is stopped", () => {
        const { errors, registrations } = runs.get("crc")!;
        assert.deepEqual(errors, []);
        const isIn = (side: string) => (entry: Registration) =>
            entry.provider.includes(`providers:kubernetes::${side}::`);
        const inTarget = registrations.filter(isIn("target"));
        assert.ok(inTarget.length > 5, `${inTarget.length} resources`);
        assert.deepEqual(
            inTarget.filter(entry => entry.deletedWith !== ""),
            [],
        );
        const provider = named("crc", "pulumi:providers:kubernetes", "target");
        assert.ok(provider.dependencies.some(urn => urn.endsWith("cluster:Connection::target")));
        const connection = named("crc", "pulumi-nodejs:dynamic/cluster:Connection", "target");
        assert.ok(connection.dependencies.some(urn => urn.endsWith("openshift:Ready::target")));
        assert.deepEqual(
            registrations.filter(entry => entry.name.startsWith("target-rules")),
            [],
        );
        assert.equal(
            named("crc", "pulumi-nodejs:dynamic/openshift:Route", "shop-route").name,
            "shop-route",
        );
    });

    it("has further policies and bindings on the side that is named, once K10 and its profile are there", async () => {
        const daily = { frequency: "@daily", retention: { daily: 7 } };
        const binding = {
            blueprint: "postgres",
            resources: { matchAll: [{ namespace: { operator: "In", values: ["shop"] } }] },
        };
        const run = await runProgram("dev", {
            ...stacks.dev(),
            "crossing:policy": JSON.stringify(daily),
            "crossing:importPolicy": JSON.stringify({ frequency: "@hourly" }),
            "crossing:policies": JSON.stringify({
                nightly: daily,
                web: { ...daily, namespaces: ["web-*"], on: "target" },
            }),
            "crossing:blueprintBindings": JSON.stringify([
                { ...binding, name: "pg" },
                { ...binding, name: "pg", on: "target" },
            ]),
        });
        assert.deepEqual(run.errors, []);
        const all = run.registrations.filter(({ type }) =>
            type.startsWith("kubernetes:config.kio"),
        );
        const find = (kind: string, name: string) => {
            const type = `kubernetes:config.kio.kasten.io/v1alpha1:${kind}`;
            const found = all.find(entry => entry.type === type && entry.name === name);
            assert.ok(found, `${kind} ${name}`);
            const provider = found.provider.split("::").at(-2);
            const spec = (found.inputs["spec"] ?? {}) as Record<string, unknown>;
            const { name: k10Name } = found.inputs["metadata"] as { name: string };
            return { provider, k10Name, spec, dependencies: found.dependencies };
        };
        const namespacesOf = ({ spec }: { spec: Record<string, unknown> }) =>
            (spec["selector"] as { matchExpressions: { values: string[] }[] }).matchExpressions[0]
                ?.values;
        const nightly = find("Policy", "source-policy-nightly");
        assert.deepEqual([nightly.provider, nightly.k10Name], ["source", "nightly"]);
        assert.deepEqual(namespacesOf(nightly), ["shop"]);
        assert.ok(nightly.dependencies.some(urn => urn.endsWith("Validated::source-profile")));
        const web = find("Policy", "target-policy-web");
        assert.deepEqual([web.provider, web.k10Name], ["target", "web"]);
        assert.deepEqual(namespacesOf(web), ["web-*"]);
        assert.equal(find("Policy", "shop-export-policy").spec["frequency"], "@daily");
        for (const side of ["source", "target"]) {
            const { provider, k10Name } = find("BlueprintBinding", `${side}-binding-pg`);
            assert.deepEqual([provider, k10Name], [side, "pg"]);
        }
        const dependsOn = (type: string, name: string) =>
            run.registrations
                .find(entry => entry.type === type && entry.name === name)!
                .dependencies.map(urn => urn.split("::").at(-1));
        const bindingAfter = dependsOn("crossing:k10:BlueprintBinding", "source-binding-pg");
        assert.ok(bindingAfter.includes("source-k10"), bindingAfter.join());
        // The first backup heeds what is bound, and so does the restore.
        assert.ok(
            dependsOn("pulumi-nodejs:dynamic/k10:Export", "shop-export").includes(
                "source-binding-pg",
            ),
        );
        assert.ok(
            dependsOn("pulumi-nodejs:dynamic/k10:Restore", "shop-restore").includes(
                "target-binding-pg",
            ),
        );
    });

    it("has Blueprints on both sides, bound to the workloads wherever they are restored, before anything runs", async () => {
        const run = await runProgram("dump", stacks.dump());
        assert.deepEqual(run.errors, []);
        const bound = (side: string, name: string) => {
            const type = "kubernetes:config.kio.kasten.io/v1alpha1:BlueprintBinding";
            const found = run.registrations.find(
                entry => entry.type === type && entry.name === `${side}-blueprint-${name}-binding`,
            );
            assert.ok(found, `${side} ${name}`);
            assert.equal(found.provider.split("::").at(-2), side);
            const { resources } = found.inputs["spec"] as {
                resources: { matchAll: { namespace?: { values: string[] } }[] };
            };
            return resources.matchAll[1]?.namespace?.values;
        };
        for (const [name, namespace] of [
            ["shop-database", "shop"],
            ["stock-mysql", "stock"],
        ] as const) {
            assert.deepEqual(bound("source", name), [namespace]);
            assert.deepEqual(bound("target", name)?.slice(0, 3), [
                ...[namespace, `${namespace}-1`, `${namespace}-1-2`],
            ]);
        }
        const after = (type: string, name: string) =>
            run.registrations
                .find(entry => entry.type === type && entry.name === name)!
                .dependencies.map(urn => urn.split("::").slice(-2).join(" "));
        const validated = "crossing:k10:Blueprint$pulumi-nodejs:dynamic/k10:Validated";
        for (const [name, action, side] of [
            ["shop-export", "Export", "source"],
            ["shop-restore", "Restore", "target"],
        ] as const) {
            const found = after(`pulumi-nodejs:dynamic/k10:${action}`, name);
            assert.ok(
                found.some(each => each === `${validated} ${side}-blueprint-shop-database`),
                found.join("\n"),
            );
        }
        const { applications } = run.outputs as unknown as {
            applications: Record<string, { dump?: boolean }>;
        };
        assert.deepEqual(
            [applications["shop"]?.dump, applications["stock"]?.dump],
            [true, undefined],
        );
    });

    it("installs K10 on each side as it is said of that side, and keeps its secrets secret", async () => {
        const run = await runProgram(
            "dev",
            {
                ...stacks.dev(),
                "crossing:k10": JSON.stringify({
                    ...{ storageClass: "fast", values: { a: 1 } },
                    target: { route: {}, storageClass: "gold", values: { b: 2 } },
                }),
                "crossing:k10EncryptionPassphrase": "hunter2",
                "crossing:k10ImagePullSecret": '{"auths":{"x":{"auth":"hunter2"}}}',
            },
            ["crossing:k10EncryptionPassphrase", "crossing:k10ImagePullSecret"],
        );
        assert.deepEqual(run.errors, []);
        const valuesOf = (side: string) => {
            const { clusterName: _, ...values } = run.registrations.find(
                entry =>
                    entry.type === "kubernetes:helm.sh/v3:Release" && entry.name === `${side}-k10`,
            )!.inputs["values"] as Record<string, unknown>;
            return values;
        };
        const auth = { tokenAuth: { enabled: true } };
        const imagePullSecret = "k10-image-pull";
        assert.deepEqual(valuesOf("source"), {
            ...{ auth, scc: { create: false }, a: 1 },
            global: { persistence: { storageClass: "fast" }, imagePullSecret },
        });
        assert.deepEqual(valuesOf("target"), {
            ...{ auth, scc: { create: true }, a: 1, b: 2 },
            route: { enabled: true, tls: { enabled: true } },
            global: { persistence: { storageClass: "gold" }, imagePullSecret },
        });
        const text = planText(run.registrations, run.outputs);
        assert.doesNotMatch(text, /hunter2|aHVudGVyMg/);
        assert.equal(text.match(/::(source|target)-k10-(passphrase|image-pull)": \{/g)?.length, 4);
    });

    it("keeps what was set as a secret in K10's Helm values out of the state, and of messages", async () => {
        const k10 = { values: { genericStorageBackup: { token: "hunter2" }, a: { b: 1 } } };
        const secret = ["crossing:k10"];
        const config = { ...stacks.dev(), "crossing:k10": JSON.stringify(k10) };
        const run = await runProgram("dev", config, secret);
        assert.deepEqual(run.errors, []);
        const text = planText(run.registrations, run.outputs);
        assert.doesNotMatch(text, /hunter2/);
        assert.match(text, /"b": 1/);
        const wrong = { ...config, "crossing:k10": JSON.stringify({ chart: ["hunter2"] }) };
        assert.deepEqual((await runProgram("dev", wrong, secret, {}, ownProcess)).errors, [
            "The configuration has a mistake:\n  - `crossing:k10.chart` is `[secret]`: give a text.",
        ]);
    });

    it("fails before the first resource where another stack does not say what is needed", async () => {
        const { "organization/crossing/source": source, ...others } = otherStacks;
        const { receiveStrings: _, runId: __, ...outputs } = source.outputs;
        const run = await runProgram("target", stacks.target(), [], {
            ...others,
            "organization/crossing/source": { ...source, outputs },
        });
        assert.deepEqual(run.errors, [
            "Stack `organization/crossing/source`, which `crossing:sourceStack` names, has no output `runId`, `receiveStrings`: check that its `crossing:role` is `source`, and run `pulumi up` there first.",
        ]);
        assert.deepEqual(
            run.registrations.filter(entry => entry.type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    for (const [stack, name, key] of [
        ["source", "runId", "sourceStack"],
        ["store", "network", "store.stack"],
    ] as const) {
        it(`takes no secret of another stack that it would show: \`${name}\``, async () => {
            const of = `organization/crossing/${stack}`;
            const other = otherStacks[of];
            const run = await runProgram("target", stacks.target(), [], {
                ...otherStacks,
                [of]: { ...other, secretOutputNames: [...other.secretOutputNames, name] },
            });
            assert.deepEqual(run.errors, [
                `Output \`${name}\` of stack \`${of}\`, which \`crossing:${key}\` names, is secret there, and this stack would show it: set what it is made of without \`--secret\` there, and run \`pulumi up\` there again.`,
            ]);
            assert.deepEqual(
                run.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
                [],
            );
        });
    }
    it("of a target that gives leave to what the source does not hand over says so, and makes nothing", async () => {
        const grants = [{ application: "stock", scc: "anyuid" }];
        const config = { ...stacks.target(), "crossing:grants": JSON.stringify(grants) };
        const run = await runProgram("target", config, [], otherStacks);
        assert.deepEqual(run.errors, [
            "`crossing:grants` name application `stock`, which the source does not hand over: name one of `shop`.",
        ]);
        assert.deepEqual(
            run.registrations.filter(entry => entry.type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    it("of a target that would take several applications for one says so, and makes nothing", async () => {
        const source = otherStacks["organization/crossing/source"];
        const { shop } = source.outputs["applications"] as { shop: Record<string, Value> };
        const outputs = {
            ...source.outputs,
            applications: { shop, stock: { ...shop, namespace: "stock" } },
        };
        const config = {
            ...stacks.target(),
            "crossing:restore": JSON.stringify({ targetNamespace: "arrived" }),
            "crossing:route": JSON.stringify({ host: "shop.example.com" }),
        };
        const run = await runProgram("target", config, [], {
            ...otherStacks,
            "organization/crossing/source": { ...source, outputs },
        });
        assert.deepEqual(run.errors, [
            "`crossing:restore.targetNamespace` is one namespace, and the source hands over `shop`, `stock`: remove it.\n`crossing:route.host` is one name, and the source hands over `shop`, `stock`: remove it, so that the cluster chooses names.",
        ]);
        assert.deepEqual(
            run.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    it("of a target that would import from elsewhere than the source exported to says so, and makes nothing", async () => {
        const source = otherStacks["organization/crossing/source"];
        const outputs = { ...source.outputs, exportLocation: "tape" };
        const run = await runProgram("target", stacks.target(), [], {
            ...otherStacks,
            "organization/crossing/source": { ...source, outputs },
        });
        assert.deepEqual(run.errors, [
            "`crossing:exportLocation` is `crossing`, and the source exported to `tape`: set it to `tape`, and describe that location in `crossing:locations` of this stack if it is not the store.",
        ]);
        assert.deepEqual(
            run.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    describe("where an existing cluster has namespaces of those names", () => {
        const namespace = (name: string, owner?: string) =>
            existingCluster.put("/api/v1/namespaces", {
                metadata: { name, ...(owner && { annotations: { "crossing/owner": owner } }) },
            });
        afterEach(() => existingCluster.objects.clear());
        const errorsOf = async (more: Record<string, string> = {}) =>
            (await runProgram("locations", { ...locationsConfig(), ...more }, storeKeys)).errors;

        it("nothing of somebody else's is taken: all of them are told, before the first resource", async () => {
            namespace("kasten-io");
            namespace("shop", "crossing/other");
            const errors = await errorsOf();
            assert.deepEqual(errors, [
                [
                    "Namespace `kasten-io` of `crossing:source` is there, and not of this stack, which would change and at the end delete it: a K10 that is there is not adopted. If there is none in it, set `crossing:k10.source.existingNamespace` to `true`, and it stays.",
                    "Namespace `shop` of `crossing:source` is there, and not of this stack, which would change and at the end delete it: name another one in `crossing:applications`, or cross it as an application of your own (`namespace` in place of `sample`).",
                    "Where an earlier version of this stack made it, say so once: kubectl annotate namespace kasten-io shop crossing/owner=crossing/locations",
                ].join("\n"),
            ]);
        });

        it("a cluster that is given by the contents of its kubeconfig is asked, too", async () => {
            namespace("kasten-io", "crossing/other");
            const config = {
                ...locationsConfig(),
                "crossing:source": JSON.stringify({ type: "existing" }),
                "crossing:sourceKubeconfig": existingCluster.kubeconfig,
            };
            const secrets = [...storeKeys, "crossing:sourceKubeconfig"];
            const { errors } = await runProgram("locations", config, secrets);
            assert.equal(errors.length, 1);
            assert.match(
                errors[0],
                /^Namespace `kasten-io` of `crossing:source` is there, and not of this stack/,
            );
        });

        it("a kubeconfig that cannot be read is told without a stack", async () => {
            const source = { type: "existing", kubeconfig: "/nowhere" };
            assert.deepEqual(await errorsOf({ "crossing:source": JSON.stringify(source) }), [
                "`crossing:source.kubeconfig` names `/nowhere`, which does not exist. Give the path of a kubeconfig, relative to the folder of Pulumi.yaml.",
            ]);
        });

        it("its own are as good as none", async () => {
            namespace("kasten-io", "crossing/locations");
            namespace("shop", "crossing/locations");
            assert.deepEqual(await errorsOf(), []);
        });

        it("K10's may be there, and stays, if the configuration says so", async () => {
            namespace("kasten-io");
            const config = locationsConfig();
            const k10 = JSON.parse(config["crossing:k10"] ?? "{}") as object;
            const run = await runProgram(
                "locations",
                {
                    ...config,
                    "crossing:k10": JSON.stringify({ ...k10, existingNamespace: true }),
                },
                storeKeys,
            );
            assert.deepEqual(run.errors, []);
            const made = run.registrations
                .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
                .map(({ name }) => name)
                .sort();
            assert.deepEqual(made, ["shop", "source-store", "target-store"]);
        });

        it("an existing cluster that does not answer is told before the first resource, too", async () => {
            existingCluster.intercept = () => ({ code: 403, body: { message: "no" } });
            const errors = await errorsOf();
            existingCluster.intercept = () => undefined;
            assert.deepEqual(errors, [
                "Whether the cluster of `crossing:source` has namespaces of the stack's names cannot be found out: no",
            ]);
        });
    });
});
