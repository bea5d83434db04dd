/** OpenShift's kinds, its router's stand-in and a Route as they are registered. What they do: the lab suite. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret } from "./support/mocks";

const load = () => import("../../components/openshift");

describe("OpenShiftKinds", () => {
    const parent = "crossing:openshift:OpenShiftKinds::target-kinds";
    const crds = [
        ...["clusterversions.config", "deploymentconfigs.apps", "imagestreams.image"],
        ...["projects.project", "routes.route"],
    ].map(
        name =>
            `kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition::target-kinds-customresourcedefinition-${name}.openshift.io`,
    );
    const version =
        "kubernetes:config.openshift.io/v1:ClusterVersion::target-kinds-clusterversion-version";

    for (const preview of [false, true]) {
        it(`are five kinds, and then the one ClusterVersion (${preview ? "preview" : "up"})`, async () => {
            const { OpenShiftKinds } = await load();
            const program = () => new OpenShiftKinds("target-kinds", { cluster: cluster() });
            const { [parent]: component, ...all } = children(
                await registered(program, { preview }),
            );
            assert.deepEqual(component?.outputs, {});
            assert.deepEqual(Object.keys(all).sort(), [...crds, version]);
            for (const [key, { provider, deletedWith, dependencies }] of Object.entries(all)) {
                assert.deepEqual({ provider, deletedWith }, inCluster, key);
                assert.deepEqual(dependencies, key === version ? crds : undefined, key);
            }
        });
    }
});

describe("Router", () => {
    const parent = "crossing:openshift:Router::target-router";
    const kindNamed = (type: string, kind: string, name: string) =>
        `kubernetes:${type}:${kind}::target-router-${kind.toLowerCase()}-${name}`;
    const namespace = kindNamed("core/v1", "Namespace", "openshift-ingress");
    const deployment = kindNamed("apps/v1", "Deployment", "router-default");
    const rbac = "rbac.authorization.k8s.io/v1";
    const others = [
        kindNamed("core/v1", "ConfigMap", "router-default"),
        kindNamed("core/v1", "ServiceAccount", "router"),
        kindNamed(rbac, "ClusterRole", "openshift-ingress-router"),
        kindNamed(rbac, "ClusterRoleBinding", "openshift-ingress-router"),
        kindNamed(rbac, "Role", "router-default"),
        kindNamed(rbac, "RoleBinding", "router-default"),
    ];
    const run = async (preview = false) => {
        const { Router } = await load();
        const program = () =>
            new Router("target-router", {
                cluster: cluster(),
                ...{ image: "node:22", haproxy: "haproxy:3", domain: "apps.example.com" },
            });
        return children(await registered(program, { preview }));
    };

    for (const preview of [false, true]) {
        it(`is these objects, its pods last (${preview ? "preview" : "up"})`, async () => {
            const { [parent]: component, ...all } = await run(preview);
            assert.deepEqual(component?.outputs, {});
            assert.deepEqual(Object.keys(all).sort(), [namespace, deployment, ...others].sort());
            for (const [key, { provider, deletedWith, dependencies }] of Object.entries(all)) {
                assert.deepEqual({ provider, deletedWith }, inCluster, key);
                const needs = { [namespace]: undefined, [deployment]: [namespace, ...others] };
                const expected = key in needs ? needs[key] : [namespace];
                assert.deepEqual(dependencies?.toSorted(), expected?.toSorted(), key);
            }
        });
    }

    it("is a controller and a proxy on the network of the node, both with nothing else", async () => {
        const all = await run();
        const { template } = all[deployment]?.inputs["spec"] as {
            template: { spec: Record<string, unknown> };
        };
        const { hostNetwork, containers, serviceAccountName } = template.spec;
        assert.deepEqual(
            { hostNetwork, serviceAccountName },
            {
                ...{ hostNetwork: true, serviceAccountName: "router" },
            },
        );
        const [controller, proxy] = containers as Record<string, unknown>[];
        const nothing = {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
        };
        assert.deepEqual(controller?.["securityContext"], nothing);
        assert.deepEqual(proxy?.["securityContext"], nothing);
        assert.equal(controller["image"], "node:22");
        assert.deepEqual(controller["command"], ["node", "/program/router.cjs"]);
        assert.deepEqual(
            (controller["env"] as { name: string; value: string }[])
                .filter(({ name }) => name === "DOMAIN")
                .map(({ value }) => value),
            ["apps.example.com"],
        );
        assert.equal(proxy["image"], "haproxy:3");
        assert.deepEqual(proxy["command"], [
            ...["sh", "-c"],
            "until [ -s /router/haproxy.cfg ]; do sleep 0.2; done; exec haproxy -W -db -S /router/master.sock,mode,666 -f /router/haproxy.cfg",
        ]);
    });
});

describe("Route", () => {
    it("is a dynamic resource under its fixed name", async () => {
        const { Route } = await load();
        const inputs = {
            ...{ clusterUid: "u", owner: "crossing/test", namespace: "shop", name: "shop" },
            ...{ service: "web", port: 8080, host: "", restorePoint: "shop/p", timeout: 300 },
        };
        const all = await registered(() => {
            new Route("route", { ...inputs, kubeconfig: pulumi.secret("k") });
        });
        assert.deepEqual(all, [
            {
                type: "pulumi-nodejs:dynamic/openshift:Route",
                name: "route",
                inputs: { ...inputs, kubeconfig: secret("k") },
                additionalSecretOutputs: ["kubeconfig"],
                hideDiffs: ["__provider"],
            },
        ]);
    });
});
