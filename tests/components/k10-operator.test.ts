/** K10 by its operator as it is registered. What the waits do: tests/actions/k10. */
import assert from "node:assert/strict";
import type { K10Args } from "../../components/k10";
import { children, cluster, inCluster } from "./support/cluster";
import { Registered, registered, secret, unknown } from "./support/mocks";

const parent = "crossing:k10:K10::target-k10";
const at = (type: string) => `${type}::target-k10`;
const namespace = at("kubernetes:core/v1:Namespace");
const group = at("kubernetes:operators.coreos.com/v1:OperatorGroup");
const subscription = at("kubernetes:operators.coreos.com/v1alpha1:Subscription");
const operator = at("pulumi-nodejs:dynamic/k10:Operator");
const k10 = at("kubernetes:apik10.kasten.io/v1alpha1:K10");
const deployed = at("pulumi-nodejs:dynamic/k10:Deployed");
const ready = at("pulumi-nodejs:dynamic/k10:Ready");
const registrations = at("pulumi-nodejs:dynamic/k10:Registrations");

const gone = { deletedWith: inCluster.deletedWith };
const dynamic = { additionalSecretOutputs: ["kubeconfig"], hideDiffs: ["__provider"] };
const settings = {
    package: "k10-kasten-operator-rhmp",
    channel: "stable",
    source: "certified-operators",
    sourceNamespace: "openshift-marketplace",
};

async function run(
    more: Partial<K10Args> = {},
    preview = false,
): Promise<Record<string, Omit<Registered, "type" | "name">>> {
    const { K10 } = await import("../../components/k10");
    const program = () =>
        new K10("target-k10", {
            cluster: cluster(),
            ...{ chart: "k10", version: "9.0.4", repository: "https://charts.kasten.io/" },
            operator: settings,
            clusterName: "crossing-test-target",
            openshift: true,
            values: {},
            timeout: 900,
            ...more,
        });
    return children(await registered(program, { preview }));
}

describe("K10 by its operator", () => {
    for (const preview of [false, true]) {
        it(`is a Subscription, and a resource that asks for what Helm would be told (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run({}, preview);
            assert.deepEqual(component?.outputs, {
                namespace: "kasten-io",
                dashboard: preview ? unknown : { url: "dashboard of target-k10" },
                footprint: preview ? unknown : { pods: 15 },
            });
            const waiting = { kubeconfig: secret("kubeconfig of cluster"), timeout: 900 };
            const revision = preview ? unknown : "uid of target-k10/csv of target-k10/c0cf8d94";
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
                [group]: {
                    inputs: {
                        apiVersion: "operators.coreos.com/v1",
                        kind: "OperatorGroup",
                        metadata: { name: "k10", namespace: "kasten-io" },
                        spec: { targetNamespaces: ["kasten-io"] },
                    },
                    parent,
                    ...inCluster,
                    dependencies: [namespace],
                },
                [subscription]: {
                    inputs: {
                        apiVersion: "operators.coreos.com/v1alpha1",
                        kind: "Subscription",
                        metadata: { name: "k10-kasten-operator-rhmp", namespace: "kasten-io" },
                        spec: {
                            name: "k10-kasten-operator-rhmp",
                            channel: "stable",
                            source: "certified-operators",
                            sourceNamespace: "openshift-marketplace",
                            installPlanApproval: "Automatic",
                        },
                    },
                    parent,
                    ...inCluster,
                    deleteBeforeReplace: true,
                    dependencies: [namespace, group],
                },
                [operator]: {
                    inputs: {
                        ...{ ...waiting, namespace: "kasten-io", version: "9.0.4" },
                        subscription: "k10-kasten-operator-rhmp",
                        subscriptionUid: preview ? unknown : "uid of target-k10",
                        ...{ channel: "stable", name: "k10" },
                        catalog: "openshift-marketplace/certified-operators",
                    },
                    parent,
                    ...gone,
                    ...dynamic,
                    dependencies: [namespace, subscription],
                },
                [k10]: {
                    inputs: {
                        apiVersion: "apik10.kasten.io/v1alpha1",
                        kind: "K10",
                        metadata: {
                            name: "k10",
                            namespace: "kasten-io",
                            annotations: {
                                "helm.sdk.operatorframework.io/rollback-force": "false",
                            },
                        },
                        spec: {
                            clusterName: "crossing-test-target",
                            auth: { tokenAuth: { enabled: true } },
                            scc: { create: true },
                        },
                    },
                    parent,
                    ...inCluster,
                    // So that destroy takes it first, while the operator can still uninstall K10.
                    dependencies: [namespace, operator, registrations],
                },
                [registrations]: {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        namespace: "kasten-io",
                    },
                    parent,
                    ...gone,
                    ...dynamic,
                    // So that destroy takes K10's registrations when the operator has uninstalled K10.
                    dependencies: [namespace],
                },
                [deployed]: {
                    inputs: { ...waiting, namespace: "kasten-io", name: "k10", revision },
                    parent,
                    ...gone,
                    ...dynamic,
                    dependencies: [k10, namespace, operator],
                },
                [ready]: {
                    inputs: {
                        ...{ ...waiting, namespace: "kasten-io", revision },
                        registrations: preview ? unknown : "id of target-k10",
                    },
                    parent,
                    ...gone,
                    ...dynamic,
                    dependencies: [k10, deployed, operator, registrations],
                },
            });
        });
    }

    it("stays with the ClusterServiceVersion that is named: newer ones are not approved", async () => {
        const startingCSV = "k10-kasten-operator-rhmp.v9.0.4";
        const all = await run({ operator: { ...settings, startingCSV } });
        assert.deepEqual(all[subscription].inputs["spec"], {
            ...{ channel: "stable", name: settings.package, source: settings.source },
            sourceNamespace: settings.sourceNamespace,
            installPlanApproval: "Manual",
            startingCSV,
        });
        assert.equal(all[operator].inputs["startingCSV"], startingCSV);
    });

    it("is looked at again when what it asks for changes", async () => {
        const revision = async (more: Partial<K10Args>) =>
            (await run(more))[ready].inputs["revision"];
        const before = await revision({});
        assert.equal(await revision({ timeout: 1 }), before);
        assert.notEqual(await revision({ route: { tls: true } }), before);
    });

    it("takes the settings, certificates and Secrets that Helm takes, and neither Secret in clear", async () => {
        const all = await run({
            ...{ certificates: "certificate 1", encryptionPassphrase: "hunter2" },
            ...{ imagePullSecret: '{"auths":{}}', route: { tls: true } },
            values: { clusterName: "mine" },
        });
        assert.deepEqual(all[k10].inputs["spec"], {
            ...{ clusterName: "mine", auth: { tokenAuth: { enabled: true } } },
            scc: { create: true },
            route: { enabled: true, tls: { enabled: true } },
            cacertconfigmap: { name: "crossing-ca-cba1c160" },
            global: { imagePullSecret: "k10-image-pull" },
        });
        assert.deepEqual(all[k10].dependencies, [
            "kubernetes:core/v1:ConfigMap::target-k10-ca",
            namespace,
            "kubernetes:core/v1:Secret::target-k10-image-pull",
            "kubernetes:core/v1:Secret::target-k10-passphrase",
            operator,
            registrations,
        ]);
        assert.ok(!Object.keys(all).some(each => each.includes("helm")));
    });

    it("says where diagnostics of a failure go", async () => {
        const diagnostics = { folder: "diagnostics" };
        const all = await run({ diagnostics });
        for (const each of [operator, deployed, ready]) {
            assert.deepEqual(all[each].inputs["diagnostics"], diagnostics, each);
        }
    });
});
