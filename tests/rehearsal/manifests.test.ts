/** The objects that users and the component apply, and the one file that they carry. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
    apiManifests,
    constraintManifests,
    program,
    routerManifests,
    webhookManifests,
} from "crossing-openshift-rehearsal";

const options = { image: "node:22", program: "program" };
const routerOptions = { ...options, haproxy: "haproxy:3", domain: "apps.example.com" };
const all = () => [
    ...constraintManifests(),
    ...webhookManifests(options),
    ...apiManifests(),
    ...routerManifests(routerOptions),
];
const named = (kind: string, name: string) =>
    all().find(each => each.kind === kind && each.metadata.name === name);

describe("the manifests of the rehearsal", () => {
    it("name each object once, and its namespace where it needs one", () => {
        const keys = all().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        assert.equal(new Set(keys).size, keys.length);
        for (const { kind, metadata } of all()) {
            const namespaced = /^(ServiceAccount|ConfigMap|Service|Deployment|Role|RoleBinding)$/;
            assert.equal(metadata.namespace !== undefined, namespaced.test(kind), kind);
        }
    });

    const verbs = (kind: string, name: string) =>
        (named(kind, name)?.["rules"] as Record<string, string[]>[]).map(
            ({ resources, verbs, resourceNames }) =>
                `${verbs?.join()} ${resources?.join()} ${resourceNames?.join() ?? ""}`.trim(),
        );

    it("let the webhook do what it does, and nothing else", () => {
        assert.deepEqual(verbs("ClusterRole", "openshift-rehearsal"), [
            "list,watch securitycontextconstraints",
            "list,watch,patch namespaces",
            "create subjectaccessreviews",
            "patch mutatingwebhookconfigurations openshift-rehearsal",
            "patch validatingwebhookconfigurations openshift-rehearsal",
        ]);
        assert.deepEqual(verbs("Role", "openshift-rehearsal"), [
            "create secrets",
            "get,update secrets openshift-rehearsal",
        ]);
    });

    it("let the router do what it does, under `hostnetwork-v2`, and nothing else", () => {
        assert.deepEqual(verbs("ClusterRole", "openshift-ingress-router"), [
            "list,watch,patch routes",
            "patch routes/status",
            "list,watch endpointslices",
            "use securitycontextconstraints hostnetwork-v2",
        ]);
        assert.deepEqual(verbs("Role", "router-default"), [
            "create secrets",
            "get,update secrets router-certs-default",
        ]);
    });

    /** cluster-kube-apiserver-operator, 00_crb-systemauthenticated-scc-restricted-v2.yaml */
    it("grant `restricted-v2` to everybody, and no other", () => {
        const bindings = constraintManifests().filter(({ kind }) => kind === "ClusterRoleBinding");
        assert.deepEqual(
            bindings.map(({ metadata, subjects }) => [metadata.name, subjects]),
            [
                [
                    "system:openshift:scc:restricted-v2",
                    [
                        {
                            apiGroup: "rbac.authorization.k8s.io",
                            kind: "Group",
                            name: "system:authenticated",
                        },
                    ],
                ],
            ],
        );
    });

    it("refuse a program that no ConfigMap can hold", () => {
        assert.throws(
            () => webhookManifests({ ...options, program: "x".repeat(1024 * 1024) }),
            /The webhook has 1048576 bytes: a ConfigMap holds 1 MiB with all else/,
        );
        assert.throws(
            () => routerManifests({ ...routerOptions, program: "x".repeat(1024 * 1024) }),
            /The router has 1048576 bytes: a ConfigMap holds 1 MiB with all else/,
        );
    });

    for (const name of ["webhook", "router"] as const) {
        it(`carry one file of the ${name} that needs no other`, () => {
            assert.ok(Buffer.byteLength(program(name)) < 900 * 1024);
            // Away from every node_modules, and from a cluster: it gets as far as its token.
            assert.throws(
                () =>
                    execFileSync(process.execPath, ["-"], {
                        cwd: "/",
                        input: program(name),
                        env: { KUBERNETES_SERVICE_HOST: "127.0.0.1" },
                        stdio: "pipe",
                    }),
                (error: { status: number; stdout: Buffer }) => {
                    assert.match(error.stdout.toString(), /ENOENT: .*serviceaccount\/token/);
                    return error.status === 1;
                },
            );
        });
    }
});
