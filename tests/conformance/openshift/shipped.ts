/** The constraints that every OpenShift has, and who may use them. */
import assert from "node:assert/strict";
import { behaviour, docs, sections } from "./behaviour.ts";
import type { Kind } from "../support/cluster.ts";
import type { OpenShift } from "./world.ts";

interface Constraint {
    priority?: number | null;
    allowPrivilegedContainer?: boolean;
    allowPrivilegeEscalation?: boolean | null;
    allowedCapabilities?: string[] | null;
    requiredDropCapabilities?: string[] | null;
    seccompProfiles?: string[] | null;
    readOnlyRootFilesystem?: boolean;
    volumes?: string[];
    runAsUser?: { type?: string };
    seLinuxContext?: { type?: string };
    fsGroup?: { type?: string };
    supplementalGroups?: { type?: string };
}

/** PRIV, CAPS, SELINUX, RUNASUSER, FSGROUP, SUPGROUP, PRIORITY, READONLYROOTFS as `oc get scc` prints them. */
const listed: Record<string, string> = {
    anyuid: "false [] MustRunAs RunAsAny RunAsAny RunAsAny 10 false",
    hostaccess: "false [] MustRunAs MustRunAsRange MustRunAs RunAsAny - false",
    "hostmount-anyuid": "false [] MustRunAs RunAsAny RunAsAny RunAsAny - false",
    hostnetwork: "false [] MustRunAs MustRunAsRange MustRunAs MustRunAs - false",
    "hostnetwork-v2":
        "false [NET_BIND_SERVICE] MustRunAs MustRunAsRange MustRunAs MustRunAs - false",
    nonroot: "false [] MustRunAs MustRunAsNonRoot RunAsAny RunAsAny - false",
    "nonroot-v2": "false [NET_BIND_SERVICE] MustRunAs MustRunAsNonRoot RunAsAny RunAsAny - false",
    privileged: "true [*] RunAsAny RunAsAny RunAsAny RunAsAny - false",
    restricted: "false [] MustRunAs MustRunAsRange MustRunAs RunAsAny - false",
    "restricted-v2": "false [NET_BIND_SERVICE] MustRunAs MustRunAsRange MustRunAs RunAsAny - false",
};

const everyday = [
    ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
    ...["persistentVolumeClaim", "projected", "secret"],
];

const volumes: Record<string, string[]> = {
    ...Object.fromEntries(Object.keys(listed).map(name => [name, everyday])),
    hostaccess: [...everyday, "hostPath"].sort(),
    "hostmount-anyuid": [...everyday, "hostPath", "nfs"].sort(),
    privileged: ["*"],
};

const seconds = ["restricted-v2", "nonroot-v2", "hostnetwork-v2"];

async function constraint({ kube }: OpenShift, name: string): Promise<Kind<Constraint>> {
    const found = await kube.find<Constraint>({
        ...{ apiVersion: "security.openshift.io/v1", kind: "SecurityContextConstraints" },
        metadata: { name },
    });
    return found ?? assert.fail(`there is no SecurityContextConstraints \`${name}\``);
}

export const shipped = [
    ...Object.entries(listed).map(([name, columns]) =>
        behaviour(
            `There is an SCC \`${name}\`: ${columns}.`,
            docs("Listing security context constraints"),
            async world => {
                const found = await constraint(world, name);
                const columnsFound = [
                    found.allowPrivilegedContainer,
                    `[${(found.allowedCapabilities ?? []).join(" ")}]`,
                    found.seLinuxContext?.type,
                    found.runAsUser?.type,
                    found.fsGroup?.type,
                    found.supplementalGroups?.type,
                    found.priority ?? "-",
                    found.readOnlyRootFilesystem,
                ];
                assert.equal(columnsFound.join(" "), columns);
                assert.deepEqual(found.volumes?.toSorted(), volumes[name]);
            },
        ),
    ),
    ...seconds.map(name =>
        behaviour(
            `\`${name}\` drops ALL, allows NET_BIND_SERVICE, defaults seccomp and forbids escalation.`,
            sections.about,
            async world => {
                const found = await constraint(world, name);
                assert.deepEqual(
                    [
                        found.requiredDropCapabilities,
                        found.allowedCapabilities,
                        found.seccompProfiles,
                        found.allowPrivilegeEscalation,
                    ],
                    [["ALL"], ["NET_BIND_SERVICE"], ["runtime/default"], false],
                );
            },
        ),
    ),
    behaviour(
        "For each SCC there is a ClusterRole `system:openshift:scc:<name>` that lets use it and nothing else.",
        "cluster-kube-apiserver-operator, bindata/bootkube/scc-manifests/…_cr-scc-<name>.yaml",
        async ({ kube }) => {
            for (const name of Object.keys(listed)) {
                const role = await kube.find<{ rules?: object[] }>({
                    ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
                    metadata: { name: `system:openshift:scc:${name}` },
                });
                assert.deepEqual(
                    role?.rules,
                    [
                        {
                            apiGroups: ["security.openshift.io"],
                            resources: ["securitycontextconstraints"],
                            resourceNames: [name],
                            verbs: ["use"],
                        },
                    ],
                    name,
                );
            }
        },
    ),
];
