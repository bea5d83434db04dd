/** K10's backup of itself as it is registered. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { DisasterRecoveryArgs } from "../../components/k10";
import { Frequency, retention } from "../../components/k10/disaster-recovery-spec";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

describe("DisasterRecovery", () => {
    const parent = "crossing:k10:DisasterRecovery::recovery";
    const passphrase = "random:index/randomPassword:RandomPassword::recovery-passphrase";
    const keys = "kubernetes:core/v1:Secret::recovery";
    const policy = "kubernetes:config.kio.kasten.io/v1alpha1:Policy::recovery";
    const run = async (more: Partial<DisasterRecoveryArgs> = {}, preview = false) => {
        const { DisasterRecovery } = await import("../../components/k10");
        const program = () =>
            new DisasterRecovery("recovery", {
                cluster: cluster(),
                profile: "tape",
                frequency: "@daily",
                catalogSnapshot: false,
                timeout: 180,
                ...more,
            });
        return children(await registered(program, { preview }));
    };
    const dynamic = {
        parent,
        deletedWith: inCluster.deletedWith,
        additionalSecretOutputs: ["kubeconfig"],
        hideDiffs: ["__provider"],
    };

    for (const preview of [false, true]) {
        const known = (value: unknown) => (preview ? unknown : value);
        it(`is the policy that K10 knows by its name, with a passphrase of its own (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run({}, preview);
            const made = known(secret("result of recovery-passphrase"));
            assert.deepEqual(component?.outputs?.["passphrase"], made);
            assert.deepEqual(all, {
                [passphrase]: {
                    inputs: { length: 32, special: false },
                    parent,
                    additionalSecretOutputs: ["bcryptHash", "result"],
                },
                [keys]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Secret",
                        metadata: { name: "k10-dr-secret", namespace: "kasten-io" },
                        stringData: preview
                            ? unknown
                            : secret({ key: "result of recovery-passphrase" }),
                    },
                    parent,
                    ...inCluster,
                    dependencies: [passphrase],
                    additionalSecretOutputs: ["data", "stringData"],
                },
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
                    dependencies: [keys],
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

    it("is sealed with the passphrase that is given, which stays secret", async () => {
        const all = await run({ passphrase: pulumi.secret("hunter2") });
        assert.equal(passphrase in all, false);
        assert.deepEqual(all[keys]?.inputs["stringData"], secret({ key: "hunter2" }));
        assert.deepEqual(all[parent]?.outputs?.["passphrase"], secret("hunter2"));
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
