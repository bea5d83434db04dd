/**
 * OpenShift's rules as they are registered. What they do is tested in tests/rehearsal; whether Kubernetes calls
 * them is shown by the lab suite.
 */
import assert from "node:assert/strict";
import { shipped } from "crossing-openshift-rehearsal";
import { children, cluster, inCluster } from "./support/cluster";
import { registered } from "./support/mocks";

const parent = "crossing:openshift:OpenShiftRules::target-rules";
const crd =
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition::target-rules-customresourcedefinition-securitycontextconstraints.security.openshift.io";
const own = "openshift-rehearsal";
const kindNamed = (type: string, kind: string, name: string) =>
    `kubernetes:${type}:${kind}::target-rules-${kind.toLowerCase()}-${name}`;
const namespace = kindNamed("core/v1", "Namespace", own);
const deployment = kindNamed("apps/v1", "Deployment", own);
const rbac = "rbac.authorization.k8s.io/v1";
const admission = "admissionregistration.k8s.io/v1";
const webhooks = ["Mutating", "Validating"].map(kind =>
    kindNamed(admission, `${kind}WebhookConfiguration`, own),
);

describe("OpenShiftRules", () => {
    const run = async (preview = false) => {
        const { OpenShiftRules } = await import("../../components/openshift");
        const program = () =>
            new OpenShiftRules("target-rules", { cluster: cluster(), image: "node:22" });
        return children(await registered(program, { preview }));
    };

    const expected = [
        parent,
        crd,
        ...shipped.flatMap(({ metadata: { name } }) => [
            kindNamed("security.openshift.io/v1", "SecurityContextConstraints", name),
            kindNamed(rbac, "ClusterRole", `system-openshift-scc-${name}`),
        ]),
        kindNamed(rbac, "ClusterRoleBinding", "system-openshift-scc-restricted-v2"),
        ...["Namespace", "ServiceAccount", "ConfigMap", "Service"].map(kind =>
            kindNamed("core/v1", kind, own),
        ),
        ...["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].map(kind =>
            kindNamed(rbac, kind, own),
        ),
        ...webhooks,
        deployment,
    ].sort();

    for (const preview of [false, true]) {
        it(`are these objects and no others (${preview ? "preview" : "up"})`, async () => {
            assert.deepEqual(Object.keys(await run(preview)).sort(), expected);
        });
    }

    it("are all in the cluster, and each after what it needs", async () => {
        const { [parent]: component, [deployment]: last, ...all } = await run();
        assert.deepEqual(component?.outputs, {});
        for (const [key, { provider, deletedWith, parent: above, dependencies }] of Object.entries(
            all,
        )) {
            assert.deepEqual({ provider, deletedWith }, inCluster, key);
            assert.equal(above, parent, key);
            const needs = key === crd || key === namespace ? undefined : [crd, namespace];
            assert.deepEqual(dependencies?.toSorted(), needs?.toSorted(), key);
        }
        // Its readiness means that the rules are in force. Pulumi waits for the pods of the Service.
        const service = kindNamed("core/v1", "Service", own);
        assert.deepEqual(
            last?.dependencies?.toSorted(),
            Object.keys(all)
                .filter(key => key !== service)
                .sort(),
        );
    });

    it("leave the registration to the webhook, and take it away with the rest", async () => {
        const all = await run();
        for (const webhook of webhooks) {
            assert.deepEqual(all[webhook]?.inputs["metadata"], { name: own });
            assert.ok(!("webhooks" in (all[webhook]?.inputs ?? {})));
        }
    });

    it("grant a constraint by a role that allows its use, and nothing else", async () => {
        const all = await run();
        for (const { metadata } of shipped) {
            const role =
                all[kindNamed(rbac, "ClusterRole", `system-openshift-scc-${metadata.name}`)];
            assert.deepEqual(role?.inputs["metadata"], {
                name: `system:openshift:scc:${metadata.name}`,
            });
            assert.deepEqual(role?.inputs["rules"], [
                {
                    apiGroups: ["security.openshift.io"],
                    resources: ["securitycontextconstraints"],
                    resourceNames: [metadata.name],
                    verbs: ["use"],
                },
            ]);
        }
    });

    it("hold the constraints with their fields beside the metadata, as OpenShift does", async () => {
        const all = await run();
        for (const { apiVersion: _, kind: __, ...scc } of shipped) {
            const { metadata } = scc;
            const key = kindNamed(
                "security.openshift.io/v1",
                "SecurityContextConstraints",
                metadata.name,
            );
            const { apiVersion: ___, kind: ____, ...inputs } = all[key]?.inputs ?? {};
            assert.deepEqual(inputs, scc);
        }
    });

    it("run the program of the ConfigMap, on the given image, under OpenShift's own rules", async () => {
        const all = await run();
        const data = all[kindNamed("core/v1", "ConfigMap", own)]?.inputs["data"] as object;
        assert.deepEqual(Object.keys(data), ["webhook.cjs"]);
        const { template } = all[deployment]?.inputs["spec"] as {
            template: { spec: { containers: { image: string; command: string[] }[] } };
        };
        const [container] = template.spec.containers;
        assert.equal(container?.image, "node:22");
        assert.deepEqual(container.command, ["node", "/program/webhook.cjs"]);
    });
});
