/**
 * OpenShift's rules as they are registered. Whether Kubernetes accepts the expressions, and what they let through,
 * is shown by the lab suite: there is no CEL here.
 */
import assert from "node:assert/strict";
import { namespaceRanges, podDefaults, podRefusals } from "../../components/openshift/admission";
import { constraints } from "../../components/openshift/scc";
import { children, cluster, inCluster } from "./support/cluster";
import { registered } from "./support/mocks";

const parent = "crossing:openshift:OpenShiftRules::target-rules";
const crd = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition::target-rules";
const kind = (name: string) => `kubernetes:admissionregistration.k8s.io/v1:${name}`;

describe("OpenShiftRules", () => {
    const run = async (preview = false) => {
        const { OpenShiftRules } = await import("../../components/openshift");
        const program = () => new OpenShiftRules("target-rules", { cluster: cluster() });
        return children(await registered(program, { preview }));
    };
    /** The name that each object has in the cluster, by the resource's. */
    const names = (all: Awaited<ReturnType<typeof run>>) =>
        Object.fromEntries(
            Object.entries(all)
                .filter(([key]) => key !== parent)
                .map(([key, { inputs }]) => [key, (inputs["metadata"] as { name: string }).name]),
        );

    const scc = (name: string) => ({
        [`kubernetes:security.openshift.io/v1:SecurityContextConstraints::target-rules-${name}`]:
            name,
        [`kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::target-rules-${name}`]: `system:openshift:scc:${name}`,
    });
    const policy = (type: string, name: string) => ({
        [`${kind(`${type}AdmissionPolicy`)}::target-rules-${name}`]: name,
        [`${kind(`${type}AdmissionPolicyBinding`)}::target-rules-${name}-binding`]: name,
    });
    const expected = {
        [crd]: "securitycontextconstraints.security.openshift.io",
        ...scc("restricted-v2"),
        ...scc("nonroot-v2"),
        ...scc("anyuid"),
        ...scc("privileged"),
        ...policy("Mutating", "openshift-namespace-ranges"),
        ...policy("Mutating", "openshift-restricted-v2"),
        ...policy("Validating", "openshift-refusals"),
    };

    for (const preview of [false, true]) {
        it(`are these objects and no others (${preview ? "preview" : "up"})`, async () => {
            assert.deepEqual(names(await run(preview)), expected);
        });
    }

    it("are all in the cluster, and each after what it needs", async () => {
        const { [parent]: component, ...all } = await run();
        assert.deepEqual(component?.outputs, {});
        for (const [key, { provider, deletedWith, parent: above, dependencies }] of Object.entries(
            all,
        )) {
            assert.deepEqual({ provider, deletedWith }, inCluster, key);
            assert.equal(above, parent, key);
            const needs = key.includes(":SecurityContextConstraints::")
                ? [crd]
                : key.endsWith("-binding")
                  ? [key.replace("Binding::", "::").replace(/-binding$/, "")]
                  : undefined;
            assert.deepEqual(dependencies, needs, key);
        }
    });

    it("bind each policy to all that it matches, and refuse by denial", async () => {
        const all = await run();
        const spec = (type: string, name: string) =>
            all[`${kind(`${type}AdmissionPolicyBinding`)}::target-rules-${name}-binding`]?.inputs[
                "spec"
            ];
        assert.deepEqual(spec("Mutating", "openshift-namespace-ranges"), {
            policyName: "openshift-namespace-ranges",
        });
        assert.deepEqual(spec("Mutating", "openshift-restricted-v2"), {
            policyName: "openshift-restricted-v2",
        });
        assert.deepEqual(spec("Validating", "openshift-refusals"), {
            policyName: "openshift-refusals",
            validationActions: ["Deny"],
        });
    });

    it("grant a constraint by a role that allows its use, and nothing else", async () => {
        const all = await run();
        for (const name of Object.keys(constraints)) {
            const role =
                all[`kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::target-rules-${name}`];
            assert.deepEqual(role?.inputs["rules"], [
                {
                    apiGroups: ["security.openshift.io"],
                    resources: ["securitycontextconstraints"],
                    resourceNames: [name],
                    verbs: ["use"],
                },
            ]);
        }
    });

    it("hold the constraints with their fields beside the metadata, as OpenShift does", async () => {
        const all = await run();
        const fields = (name: string) =>
            all[
                `kubernetes:security.openshift.io/v1:SecurityContextConstraints::target-rules-${name}`
            ]?.inputs;
        assert.deepEqual(fields("restricted-v2")?.["runAsUser"], { type: "MustRunAsRange" });
        assert.deepEqual(fields("nonroot-v2")?.["runAsUser"], { type: "MustRunAsNonRoot" });
        assert.deepEqual(fields("anyuid")?.["runAsUser"], { type: "RunAsAny" });
        assert.equal(fields("privileged")?.["allowPrivilegedContainer"], true);
        for (const name of ["restricted-v2", "nonroot-v2", "anyuid"]) {
            assert.equal(fields(name)?.["allowPrivilegedContainer"], false);
            assert.equal(fields(name)?.["allowHostNetwork"], false);
        }
    });
});

describe("the expressions of OpenShift's rules", () => {
    const policies = { namespaceRanges, podDefaults, podRefusals };

    /** All CEL expressions in a policy, with where they stand. */
    function expressions(value: unknown, path: string): [string, string][] {
        if (typeof value !== "object" || value === null) {
            return [];
        }
        return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
            typeof inner === "string" && /expression$/i.test(key)
                ? [[`${path}.${key}`, inner]]
                : expressions(inner, `${path}.${key}`),
        );
    }
    const all = Object.entries(policies).flatMap(([name, policy]) => expressions(policy, name));

    it("are found at all, the ones that ask the authorizer among them", () => {
        assert.equal(all.filter(([, text]) => text.includes("authorizer")).length, 6);
        const count = [
            ...[podDefaults, podRefusals].map(policy => policy.variables.length),
            ...[namespaceRanges, podDefaults].map(policy => policy.mutations.length),
            ...[namespaceRanges, podDefaults].map(policy => policy.matchConditions.length),
            // Each with an expression for its message.
            2 * podRefusals.validations.length,
        ].reduce((sum, more) => sum + more);
        assert.equal(all.length, count);
    });

    it("ask the authorizer twice at most: more would cost more than Kubernetes allows", () => {
        for (const [path, text] of all) {
            const checks = text.match(/\.check\(/g) ?? [];
            const authorizers = text.match(/\bauthorizer\b/g) ?? [];
            assert.ok(checks.length <= 2, `${path}: ${checks.length} checks`);
            assert.equal(authorizers.length, checks.length, path);
        }
    });

    it("have their brackets and quotes in pairs", () => {
        for (const [path, text] of all) {
            const code = text.replace(/'[^']*'/g, "");
            assert.ok(!code.includes("'"), path);
            let open = "";
            for (const character of code) {
                if ("([{".includes(character)) {
                    open += character;
                } else if (")]}".includes(character)) {
                    const match = { ")": "(", "]": "[", "}": "{" }[character];
                    assert.equal(open.at(-1), match, path);
                    open = open.slice(0, -1);
                }
            }
            assert.equal(open, "", path);
        }
    });

    it("use only variables that are defined before", () => {
        for (const policy of [podDefaults, podRefusals]) {
            const defined: string[] = [];
            for (const { name, expression } of policy.variables) {
                for (const [, used] of expression.matchAll(/variables\.(\w+)/g)) {
                    assert.ok(defined.includes(used ?? ""), `${name} uses ${used}`);
                }
                defined.push(name);
            }
            const rest = { ...policy, variables: [] };
            for (const [path, text] of expressions(rest, "")) {
                for (const [, used] of text.matchAll(/variables\.(\w+)/g)) {
                    assert.ok(defined.includes(used ?? ""), `${path} uses ${used}`);
                }
            }
        }
    });

    it("leave Kubernetes' own namespaces alone, and a namespace that has a range", () => {
        for (const policy of [podDefaults, podRefusals]) {
            assert.deepEqual(policy.matchConstraints.namespaceSelector.matchExpressions, [
                {
                    key: "kubernetes.io/metadata.name",
                    operator: "NotIn",
                    values: ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"],
                },
            ]);
        }
        assert.deepEqual(namespaceRanges.matchConditions, [
            {
                name: "without-range",
                expression:
                    "!has(object.metadata.annotations) || !('openshift.io/sa.scc.uid-range' in object.metadata.annotations)",
            },
        ]);
    });

    it("fail closed: what cannot be judged is refused", () => {
        for (const policy of Object.values(policies)) {
            assert.equal(policy.failurePolicy, "Fail");
        }
    });
});
