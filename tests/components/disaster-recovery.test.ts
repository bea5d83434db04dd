/** K10's backup of itself as it is registered. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { DisasterRecoveryArgs, PassphraseArgs, RecoveryArgs } from "../../components/k10";
import { Frequency, retention } from "../../components/k10/disaster-recovery-spec";
import { recoveryRecord } from "../../components/k10/recovery-record";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const ofPassphrase = "crossing:k10:Passphrase::passphrase";
const passphraseKeys = "kubernetes:core/v1:Secret::passphrase";

describe("Passphrase", () => {
    const password = "random:index/randomPassword:RandomPassword::passphrase";
    const run = async (given: Partial<PassphraseArgs> = {}, preview = false) => {
        const { Passphrase } = await import("../../components/k10");
        const program = () => new Passphrase("passphrase", { cluster: cluster(), ...given });
        return children(await registered(program, { preview }));
    };

    for (const preview of [false, true]) {
        it(`is made up, and where K10 looks for it (${preview ? "preview" : "up"})`, async () => {
            const made = "result of passphrase";
            const { [ofPassphrase]: component, ...all } = await run({}, preview);
            assert.deepEqual(component?.outputs, { passphrase: preview ? unknown : secret(made) });
            assert.deepEqual(all, {
                [password]: {
                    inputs: { length: 32, special: false },
                    parent: ofPassphrase,
                    additionalSecretOutputs: ["bcryptHash", "result"],
                },
                [passphraseKeys]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Secret",
                        metadata: { name: "k10-dr-secret", namespace: "kasten-io" },
                        stringData: preview ? unknown : secret({ key: made }),
                    },
                    parent: ofPassphrase,
                    ...inCluster,
                    dependencies: [password],
                    additionalSecretOutputs: ["data", "stringData"],
                },
            });
        });
    }

    it("is the one that is given, which stays secret", async () => {
        const all = await run({ passphrase: pulumi.secret("hunter2") });
        assert.equal(password in all, false);
        assert.deepEqual(all[passphraseKeys]?.inputs["stringData"], secret({ key: "hunter2" }));
        assert.deepEqual(all[ofPassphrase]?.outputs, { passphrase: secret("hunter2") });
    });
});

describe("DisasterRecovery", () => {
    const parent = "crossing:k10:DisasterRecovery::recovery";
    const policy = "kubernetes:config.kio.kasten.io/v1alpha1:Policy::recovery";
    const run = async (more: Partial<DisasterRecoveryArgs> = {}, preview = false) => {
        const { DisasterRecovery, Passphrase } = await import("../../components/k10");
        const program = () =>
            new DisasterRecovery("recovery", {
                cluster: cluster(),
                passphrase: new Passphrase("passphrase", {
                    cluster: cluster(),
                    passphrase: pulumi.secret("hunter2"),
                }),
                profile: "tape",
                location: { type: "s3", bucket: "backups", region: "eu-central-1" },
                k10Version: "9.0.4",
                frequency: "@daily",
                catalogSnapshot: false,
                timeout: 180,
                ...more,
            });
        const all = children(await registered(program, { preview }));
        const { [ofPassphrase]: _, [passphraseKeys]: __, ...own } = all;
        return own;
    };
    const recovery = (clusterId: string) => ({
        ...{ k10Version: "9.0.4", clusterId, passphrase: "hunter2" },
        profileName: "tape",
        location: { type: "s3", bucket: "backups", region: "eu-central-1" } as const,
    });
    const dynamic = {
        parent,
        deletedWith: inCluster.deletedWith,
        additionalSecretOutputs: ["kubeconfig"],
        hideDiffs: ["__provider"],
    };

    for (const preview of [false, true]) {
        const known = (value: unknown) => (preview ? unknown : value);
        it(`is the policy that K10 knows by its name, once K10 can find the passphrase (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: _, ...all } = await run({}, preview);
            assert.deepEqual(all, {
                [policy]: {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Policy",
                        metadata: { name: "k10-disaster-recovery-policy", namespace: "kasten-io" },
                        spec: {
                            frequency: "@daily",
                            retention: { daily: 7, weekly: 4, monthly: 1, yearly: 1 },
                            kdrSnapshotConfiguration: {
                                takeLocalCatalogSnapshot: false,
                                exportCatalogSnapshot: false,
                            },
                            actions: [
                                {
                                    action: "backup",
                                    backupParameters: {
                                        profile: { name: "tape", namespace: "kasten-io" },
                                    },
                                },
                            ],
                            selector: {
                                matchExpressions: [
                                    {
                                        key: "k10.kasten.io/appNamespace",
                                        operator: "In",
                                        values: ["kasten-io"],
                                    },
                                ],
                            },
                        },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [passphraseKeys],
                },
                "pulumi-nodejs:dynamic/k10:Validated::recovery": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        kind: "Policy",
                        namespace: "kasten-io",
                        name: "k10-disaster-recovery-policy",
                        version: known("id of recovery tape @daily false"),
                        timeout: 180,
                    },
                    dependencies: [policy],
                    ...dynamic,
                },
                "pulumi-nodejs:dynamic/k10:ClusterId::recovery": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        clusterUid: "uid of cluster",
                    },
                    ...dynamic,
                },
            });
        });
    }

    it("is valid by the rules of the K10 stand-in, which are those of K10's documentation", async () => {
        for (const catalogSnapshot of [false, true]) {
            const all = await run({ catalogSnapshot });
            const { metadata, spec } = all[policy]?.inputs as Record<string, object>;
            // The stand-in's modules are of another kind than the program's: they run by themselves.
            const script = `
                import { policyErrors } from "./lab/k10/server/rules-policy.ts";
                const lookups = {
                    ...{ installNamespace: "kasten-io", isVBR: () => false },
                    profile: () => "Success",
                };
                console.log(JSON.stringify(policyErrors(JSON.parse(process.argv[1]), lookups)));
            `;
            const given = JSON.stringify({ kind: "Policy", metadata, spec });
            const { stdout, stderr } = spawnSync(
                process.execPath,
                ["--input-type=module", "--eval", script, given],
                { encoding: "utf8", cwd: join(__dirname, "..", "..") },
            );
            assert.equal(stdout.trim(), "[]", stderr);
        }
    });

    it("is one record of all that a recovery takes, which is secret", async () => {
        const recorded = { "[secret]": recoveryRecord(recovery("id of default")) };
        const { [parent]: component } = await run();
        assert.deepEqual(component?.outputs?.["record"], recorded);
        assert.equal((await run({}, true))[parent]?.outputs?.["record"], unknown);
    });

    it("is recovered by manifests in their order, without what opens the location", () => {
        const { steps, ...record } = recoveryRecord(recovery("uid"));
        assert.deepEqual(record, recovery("uid"));
        const metadata = (name: string) => ({ name, namespace: "kasten-io" });
        const source = { sourceClusterInfo: { profileName: "tape", sourceClusterID: "uid" } };
        const dr = { apiVersion: "dr.kio.kasten.io/v1alpha1", spec: source };
        assert.deepEqual(
            steps.map(({ manifest }) => manifest),
            [
                undefined,
                {
                    ...{ apiVersion: "v1", kind: "Secret", metadata: metadata("k10-dr-secret") },
                    ...{ type: "Opaque", stringData: { key: "hunter2" } },
                },
                {
                    ...{ apiVersion: "v1", kind: "Secret", metadata: metadata("crossing-tape") },
                    type: "secrets.kanister.io/aws",
                    stringData: {
                        aws_access_key_id: "<accessKey>",
                        aws_secret_access_key: "<secretKey>",
                    },
                },
                {
                    ...{ apiVersion: "config.kio.kasten.io/v1alpha1", kind: "Profile" },
                    metadata: metadata("tape"),
                    spec: {
                        type: "Location",
                        locationSpec: {
                            type: "ObjectStore",
                            credential: {
                                secretType: "AwsAccessKey",
                                secret: {
                                    ...{ apiVersion: "v1", kind: "Secret" },
                                    ...metadata("crossing-tape"),
                                },
                            },
                            objectStore: {
                                ...{ objectStoreType: "S3", name: "backups" },
                                ...{ region: "eu-central-1", skipSSLVerify: false },
                            },
                        },
                    },
                },
                { ...dr, kind: "KastenDRReview", metadata: metadata("crossing-review") },
                { ...dr, kind: "KastenDRRestore", metadata: metadata("crossing-restore") },
            ],
        );
        assert.match(
            steps[0]?.step ?? "",
            /^Install K10 9\.0\.4 in namespace kasten-io of another/,
        );
        const share = { type: "nfs", claimName: "share" } as const;
        const ofShare = recoveryRecord({ ...recovery("uid"), location: share }).steps;
        assert.deepEqual(
            ofShare.map(({ manifest }) => (manifest as { kind?: string } | undefined)?.kind),
            [undefined, "Secret", undefined, "Profile", "KastenDRReview", "KastenDRRestore"],
        );
    });

    it("keeps no ages that are more frequent than it runs", () => {
        const of: [Frequency, object][] = [
            ["@hourly", { hourly: 4, daily: 7, weekly: 4, monthly: 1, yearly: 1 }],
            ["@weekly", { weekly: 4, monthly: 1, yearly: 1 }],
            ["@monthly", { monthly: 1, yearly: 1 }],
            ["@yearly", { yearly: 1 }],
        ];
        for (const [frequency, expected] of of) {
            assert.deepEqual(retention(frequency), expected);
        }
    });
});

describe("Recovery", () => {
    const parent = "crossing:k10:Recovery::recovery";
    const recovered = "pulumi-nodejs:dynamic/k10:Recovery::recovery";
    const run = async (more: Partial<RecoveryArgs> = {}) => {
        const { Passphrase, Recovery } = await import("../../components/k10");
        const program = () => {
            const passphrase = new Passphrase("passphrase", {
                cluster: cluster(),
                passphrase: pulumi.secret("hunter2"),
            });
            new Recovery("recovery", {
                ...{ cluster: cluster(), passphrase, profile: "tape", clusterId: "lost" },
                ...{ skip: ["secrets", "profiles"], timeout: 600, ...more },
            });
        };
        return children(await registered(program, { preview: false }));
    };

    it("is run once K10 can find the passphrase, which is in none of its inputs", async () => {
        const all = await run();
        assert.deepEqual(all[recovered], {
            inputs: {
                kubeconfig: secret("kubeconfig of cluster"),
                ...{ clusterUid: "uid of cluster", namespace: "kasten-io" },
                ...{ profile: "tape", clusterId: "lost", skip: ["secrets", "profiles"] },
                timeout: 600,
            },
            ...{ parent, deletedWith: inCluster.deletedWith, dependencies: [passphraseKeys] },
            ...{ additionalSecretOutputs: ["kubeconfig"], hideDiffs: ["__provider"] },
            deleteBeforeReplace: true,
        });
        const { [recovered]: chosen } = await run({ point: "old" });
        assert.equal(chosen?.inputs["point"], "old");
    });
});
