/** Who gets K10's roles. */
import assert from "node:assert/strict";
import { bindings } from "../../components/k10/access";
import { children, cluster, inCluster } from "./support/cluster";
import { registered } from "./support/mocks";

describe("access to K10", () => {
    const ann = { kind: "User", name: "ann", apiGroup: "rbac.authorization.k8s.io" };
    const backup = { kind: "Group", name: "backup", apiGroup: "rbac.authorization.k8s.io" };
    const ci = { kind: "ServiceAccount", name: "runner", namespace: "ci" };

    it("has one binding for each role and place", () => {
        assert.deepEqual(bindings([]), []);
        assert.deepEqual(
            bindings([
                { role: "basic", users: ["ann"], namespaces: ["shop", "web"] },
                { role: "admin", groups: ["backup"] },
                { role: "admin", serviceAccounts: ["ci/runner"] },
                { role: "basic", groups: ["backup"], namespaces: ["shop"] },
            ]),
            [
                {
                    ...{ suffix: "admin", kind: "ClusterRole", role: "k10-admin" },
                    subjects: [backup, ci],
                },
                {
                    ...{ suffix: "ns-admin", kind: "Role", role: "k10-ns-admin" },
                    ...{ namespace: "kasten-io", subjects: [backup, ci] },
                },
                {
                    ...{ suffix: "basic-shop", kind: "ClusterRole", role: "k10-basic" },
                    ...{ namespace: "shop", subjects: [ann, backup] },
                },
                {
                    ...{ suffix: "basic-web", kind: "ClusterRole", role: "k10-basic" },
                    ...{ namespace: "web", subjects: [ann] },
                },
            ],
        );
    });

    it("is of bindings beside those of the chart", async () => {
        const { Access } = await import("../../components/k10/access");
        const all = children(
            await registered(
                () =>
                    new Access("source-k10-access", {
                        cluster: cluster(),
                        grants: [{ role: "admin", groups: ["backup"] }],
                    }),
            ),
        );
        const parent = "crossing:k10:Access::source-k10-access";
        const apiVersion = "rbac.authorization.k8s.io/v1";
        const roleRef = (kind: string, name: string) => ({
            ...{ apiGroup: "rbac.authorization.k8s.io", kind, name },
        });
        const { [parent]: component, ...others } = all;
        assert.deepEqual(component?.outputs, {});
        assert.deepEqual(others, {
            [`kubernetes:${apiVersion}:ClusterRoleBinding::source-k10-access-admin`]: {
                inputs: {
                    ...{ apiVersion, kind: "ClusterRoleBinding", subjects: [backup] },
                    metadata: { name: "crossing-k10-admin" },
                    roleRef: roleRef("ClusterRole", "k10-admin"),
                },
                ...{ parent, ...inCluster },
            },
            [`kubernetes:${apiVersion}:RoleBinding::source-k10-access-ns-admin`]: {
                inputs: {
                    ...{ apiVersion, kind: "RoleBinding", subjects: [backup] },
                    metadata: { name: "crossing-k10-ns-admin", namespace: "kasten-io" },
                    roleRef: roleRef("Role", "k10-ns-admin"),
                },
                ...{ parent, ...inCluster },
            },
        });
    });
});
