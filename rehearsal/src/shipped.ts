/**
 * The constraints that OpenShift ships, and who may use them from the start.
 * Source, one file for each: github.com/openshift/cluster-kube-apiserver-operator,
 * bindata/bootkube/scc-manifests/0000_20_kube-apiserver-operator_00_scc-<name>.yaml, and for the grant
 * 00_crb-systemauthenticated-scc-restricted-v2.yaml. Newer ones that OpenShift 4.17 and later add
 * (restricted-v3, hostmount-anyuid-v2, nested-container) are left out.
 */
import type { SecurityContextConstraints } from "./types";

/** scc-restricted.yaml, scc-nonroot.yaml, scc-anyuid.yaml: what nearly all have. */
const volumes = [
    ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
    ...["persistentVolumeClaim", "projected", "secret"],
];

/** scc-restricted.yaml: nothing of the host, and only ids of the namespace. */
const base = {
    apiVersion: "security.openshift.io/v1",
    kind: "SecurityContextConstraints",
    allowHostDirVolumePlugin: false,
    allowHostIPC: false,
    allowHostNetwork: false,
    allowHostPID: false,
    allowHostPorts: false,
    allowPrivilegeEscalation: true,
    allowPrivilegedContainer: false,
    readOnlyRootFilesystem: false,
    requiredDropCapabilities: ["KILL", "MKNOD", "SETUID", "SETGID"],
    runAsUser: { type: "MustRunAsRange" },
    seLinuxContext: { type: "MustRunAs" },
    fsGroup: { type: "MustRunAs" },
    supplementalGroups: { type: "RunAsAny" },
    users: [] as string[],
    groups: [] as string[],
    volumes,
};

/** scc-restricted-v2.yaml: what the second versions demand besides, since OpenShift 4.11. */
const second = {
    allowPrivilegeEscalation: false,
    allowedCapabilities: ["NET_BIND_SERVICE"],
    requiredDropCapabilities: ["ALL"],
    seccompProfiles: ["runtime/default"],
};

/** scc-nonroot.yaml */
const nonroot = { runAsUser: { type: "MustRunAsNonRoot" }, fsGroup: { type: "RunAsAny" } };

/** scc-hostnetwork.yaml */
const hostnetwork = {
    allowHostNetwork: true,
    allowHostPorts: true,
    supplementalGroups: { type: "MustRunAs" },
};

const anyId = { runAsUser: { type: "RunAsAny" }, fsGroup: { type: "RunAsAny" } };

const differences: Record<string, Partial<SecurityContextConstraints>> = {
    restricted: {},
    "restricted-v2": second,
    nonroot,
    "nonroot-v2": { ...nonroot, ...second },
    // scc-hostmount-anyuid.yaml
    "hostmount-anyuid": {
        ...anyId,
        allowHostDirVolumePlugin: true,
        requiredDropCapabilities: ["MKNOD"],
        users: ["system:serviceaccount:openshift-infra:pv-recycler-controller"],
        volumes: [...volumes, "hostPath", "nfs"].sort(),
    },
    hostnetwork,
    "hostnetwork-v2": { ...hostnetwork, ...second },
    // scc-hostaccess.yaml
    hostaccess: {
        allowHostDirVolumePlugin: true,
        allowHostIPC: true,
        allowHostNetwork: true,
        allowHostPID: true,
        allowHostPorts: true,
        volumes: [...volumes, "hostPath"].sort(),
    },
    // scc-anyuid.yaml
    anyuid: {
        ...anyId,
        priority: 10,
        requiredDropCapabilities: ["MKNOD"],
        groups: ["system:cluster-admins"],
    },
    // scc-privileged.yaml
    privileged: {
        ...anyId,
        allowHostDirVolumePlugin: true,
        allowHostIPC: true,
        allowHostNetwork: true,
        allowHostPID: true,
        allowHostPorts: true,
        allowPrivilegedContainer: true,
        allowedCapabilities: ["*"],
        allowedUnsafeSysctls: ["*"],
        requiredDropCapabilities: [],
        seLinuxContext: { type: "RunAsAny" },
        seccompProfiles: ["*"],
        users: ["system:admin", "system:serviceaccount:openshift-infra:build-controller"],
        groups: ["system:cluster-admins", "system:nodes", "system:masters"],
        volumes: ["*"],
    },
};

export const shipped: SecurityContextConstraints[] = Object.entries(differences).map(
    ([name, fields]) => ({ ...base, ...fields, metadata: { name } }),
);

/** Everybody who is logged in may use this one. */
export const forEverybody = "restricted-v2";

/**
 * Without any of these OpenShift admits no pod at all (sccadmission/admission.go, requireStandardSCCs).
 * @returns the refusal, if one is missing.
 */
export function missingShipped(sccs: SecurityContextConstraints[]): string | undefined {
    const there = new Set(sccs.map(({ metadata }) => metadata.name));
    const gone = Object.keys(differences).filter(name => !there.has(name));
    return gone.length === 0
        ? undefined
        : `securitycontextconstraints.security.openshift.io cache is missing ${gone.sort().join(", ")}`;
}
