import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./specs";

/** Who gets one of K10's roles. */
export interface Grant {
    /** Everything in K10, or backup and restore of single namespaces. */
    role: "admin" | "basic";
    users?: readonly string[];
    groups?: readonly string[];
    /** `namespace/name` each. */
    serviceAccounts?: readonly string[];
    /** Of `basic`: where. */
    namespaces?: readonly string[];
}

export interface AccessArgs {
    cluster: Cluster;
    grants: readonly Grant[];
}

/** Bindings to the roles that K10's chart makes (K10 documentation, "Veeam Kasten RBAC"). */
export class Access extends pulumi.ComponentResource {
    constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:Access", name, args, opts);
        const here = inside(args.cluster, { parent: this });
        for (const { suffix, namespace, kind, role, subjects } of bindings(args.grants)) {
            const binding = {
                metadata: { name: `crossing-${role}`, ...(namespace && { namespace }) },
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role },
                subjects,
            };
            if (namespace === undefined) {
                new k8s.rbac.v1.ClusterRoleBinding(`${name}-${suffix}`, binding, here);
            } else {
                new k8s.rbac.v1.RoleBinding(`${name}-${suffix}`, binding, here);
            }
        }
        this.registerOutputs({});
    }
}

interface Subject {
    kind: string;
    name: string;
    namespace?: string;
    apiGroup?: string;
}

interface Binding {
    /** What tells it from the others. */
    suffix: string;
    /** Undefined: of the whole cluster. */
    namespace?: string;
    kind: "ClusterRole" | "Role";
    /** By the name that the chart gives it: after the release. */
    role: "k10-admin" | "k10-ns-admin" | "k10-basic";
    subjects: Subject[];
}

/** One binding for each role and place, so that its name does not depend on the order of grants. */
export function bindings(grants: readonly Grant[]): Binding[] {
    const of = (wanted: Grant["role"], namespace?: string) =>
        grants
            .filter(({ role }) => role === wanted)
            .filter(({ namespaces = [] }) => !namespace || namespaces.includes(namespace))
            .flatMap(subjectsOf);
    const admins = of("admin");
    const places = grants.flatMap(({ role, namespaces = [] }) =>
        role === "basic" ? namespaces : [],
    );
    return [
        ...(admins.length > 0
            ? [
                  ...[{ suffix: "admin", kind: "ClusterRole", role: "k10-admin" } as const],
                  // What is in K10's namespace is Kubernetes' own, and no part of that role.
                  ...[
                      {
                          ...({ suffix: "ns-admin", kind: "Role", role: "k10-ns-admin" } as const),
                          namespace: k10Namespace,
                      },
                  ],
              ].map(binding => ({ ...binding, subjects: admins }))
            : []),
        ...[...new Set(places)].map(namespace => ({
            ...({ suffix: `basic-${namespace}`, kind: "ClusterRole", role: "k10-basic" } as const),
            ...{ namespace, subjects: of("basic", namespace) },
        })),
    ];
}

function subjectsOf({ users = [], groups = [], serviceAccounts = [] }: Grant): Subject[] {
    const apiGroup = "rbac.authorization.k8s.io";
    return [
        ...users.map(name => ({ kind: "User", name, apiGroup })),
        ...groups.map(name => ({ kind: "Group", name, apiGroup })),
        ...serviceAccounts.map(account => {
            const [namespace = "", name = ""] = account.split("/");
            return { kind: "ServiceAccount", name, namespace };
        }),
    ];
}
