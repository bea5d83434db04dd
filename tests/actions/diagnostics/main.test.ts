import assert from "node:assert/strict";
import { namespacesOf, secretsOf, sidesOf } from "../../../actions/src/diagnostics/main";

const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
});

/** As `pulumi stack export --show-secrets` gives it. */
const state = {
    deployment: {
        resources: [
            {
                type: "pulumi:pulumi:Stack",
                outputs: { storeSecretKey: secret("store-secret-key") },
            },
            {
                type: "pulumi-nodejs:dynamic/cluster:Connection",
                inputs: { key: "crossing:source", kubeconfig: secret("SOURCE") },
            },
            {
                type: "pulumi-nodejs:dynamic/cluster:Connection",
                inputs: { key: "crossing:target", kubeconfig: secret("TARGET") },
            },
            { type: "pulumi-nodejs:dynamic/cluster:Connection", inputs: { key: "crossing:x" } },
            {
                type: "pulumi-nodejs:dynamic/k10:Import",
                inputs: { kubeconfig: secret("TARGET"), applicationNamespace: "shop" },
            },
            { type: "pulumi-nodejs:dynamic/k10:Restore", inputs: { targetNamespace: "store" } },
            {
                type: "kubernetes:core/v1:Secret",
                outputs: { data: secret({ a: "first", b: ["second"] }) },
            },
        ],
    },
};

describe("what diagnostics on request read out of a stack's state", () => {
    it("the clusters that it knows", () => {
        assert.deepEqual(sidesOf(state), [
            { title: "source", kubeconfig: "SOURCE" },
            { title: "target", kubeconfig: "TARGET" },
        ]);
        assert.deepEqual(sidesOf({}), []);
    });

    it("the namespaces that it works in", () => {
        assert.deepEqual(namespacesOf(state), ["shop", "store"]);
    });

    it("all that it keeps secret, however it is nested", () => {
        assert.deepEqual(secretsOf(state), [
            ...["store-secret-key", "SOURCE", "TARGET", "TARGET", "first", "second"],
        ]);
    });
});
