/**
 * All objects that rehearse OpenShift's rules on a plain cluster, in the order in which to make them. The webhook
 * runs from a ConfigMap on a public Node.js image: nothing has to be published for it.
 */
import { rbac } from "./objects";
import { forEverybody, shipped } from "./shipped";

export interface Manifest {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; labels?: Record<string, string> };
    [field: string]: unknown;
}

export interface ManifestOptions {
    /** A Node.js image, 22 or newer, pinned by digest. */
    image: string;
    /** The program: the contents of `dist/webhook.cjs`. */
    program: string;
    /** Namespaces whose pods are left alone, besides the webhook's own. Kubernetes' own must be among them. */
    excluded?: string[];
    /** Of all that the webhook consists of. */
    name?: string;
}

/** Kubernetes' own, and that of kind's storage: OpenShift leaves its own out, too. */
export const systemNamespaces = [
    ...["kube-system", "kube-public", "kube-node-lease", "local-path-storage"],
];

const group = "security.openshift.io";

/** The constraints as objects, and what grants them. */
export function constraintManifests(): Manifest[] {
    return [
        {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            metadata: { name: `securitycontextconstraints.${group}` },
            spec: definition,
        },
        ...shipped.map(scc => ({
            ...scc,
            apiVersion: `${group}/v1`,
            kind: "SecurityContextConstraints",
        })),
        // OpenShift grants a constraint by binding a role of this name.
        ...shipped.map(({ metadata }) => ({
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRole",
            metadata: { name: `system:openshift:scc:${metadata.name}` },
            rules: [
                {
                    apiGroups: [group],
                    resources: ["securitycontextconstraints"],
                    resourceNames: [metadata.name],
                    verbs: ["use"],
                },
            ],
        })),
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name: `system:openshift:scc:${forEverybody}` },
            roleRef: {
                apiGroup: rbac,
                kind: "ClusterRole",
                name: `system:openshift:scc:${forEverybody}`,
            },
            subjects: [{ apiGroup: rbac, kind: "Group", name: "system:authenticated" }],
        },
    ];
}

/** OpenShift serves the kind by its own API server; its fields lie beside `metadata`, not in a `spec`. */
const definition = {
    group,
    names: {
        kind: "SecurityContextConstraints",
        listKind: "SecurityContextConstraintsList",
        plural: "securitycontextconstraints",
        singular: "securitycontextconstraints",
        shortNames: ["scc"],
    },
    scope: "Cluster",
    versions: [
        {
            name: "v1",
            served: true,
            storage: true,
            schema: {
                openAPIV3Schema: {
                    type: "object",
                    "x-kubernetes-preserve-unknown-fields": true,
                },
            },
        },
    ],
};
