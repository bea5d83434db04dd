/**
 * The security context constraints that OpenShift ships and that a crossing meets, as OpenShift's documentation
 * lists them ("Managing security context constraints"). They are objects here, for K10's chart and for people to
 * see and to be granted; what they demand is enforced by the policies in admission.ts.
 */

const base = {
    apiVersion: "security.openshift.io/v1",
    kind: "SecurityContextConstraints",
    allowHostDirVolumePlugin: false,
    allowHostIPC: false,
    allowHostNetwork: false,
    allowHostPID: false,
    allowHostPorts: false,
    allowPrivilegedContainer: false,
    readOnlyRootFilesystem: false,
    seLinuxContext: { type: "MustRunAs" },
};

const volumes = [
    ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
    ...["persistentVolumeClaim", "projected", "secret"],
];

/** By name. What is not said is what `base` says. */
export const constraints: Record<string, object> = {
    "restricted-v2": {
        ...base,
        allowPrivilegeEscalation: false,
        allowedCapabilities: ["NET_BIND_SERVICE"],
        requiredDropCapabilities: ["ALL"],
        runAsUser: { type: "MustRunAsRange" },
        fsGroup: { type: "MustRunAs" },
        supplementalGroups: { type: "RunAsAny" },
        seccompProfiles: ["runtime/default"],
        volumes,
    },
    "nonroot-v2": {
        ...base,
        allowPrivilegeEscalation: false,
        allowedCapabilities: ["NET_BIND_SERVICE"],
        requiredDropCapabilities: ["ALL"],
        runAsUser: { type: "MustRunAsNonRoot" },
        fsGroup: { type: "RunAsAny" },
        supplementalGroups: { type: "RunAsAny" },
        seccompProfiles: ["runtime/default"],
        volumes,
    },
    anyuid: {
        ...base,
        priority: 10,
        allowPrivilegeEscalation: true,
        requiredDropCapabilities: ["MKNOD"],
        runAsUser: { type: "RunAsAny" },
        fsGroup: { type: "RunAsAny" },
        supplementalGroups: { type: "RunAsAny" },
        volumes,
    },
    privileged: {
        ...base,
        allowHostDirVolumePlugin: true,
        allowHostIPC: true,
        allowHostNetwork: true,
        allowHostPID: true,
        allowHostPorts: true,
        allowPrivilegedContainer: true,
        allowPrivilegeEscalation: true,
        allowedCapabilities: ["*"],
        runAsUser: { type: "RunAsAny" },
        fsGroup: { type: "RunAsAny" },
        supplementalGroups: { type: "RunAsAny" },
        seLinuxContext: { type: "RunAsAny" },
        seccompProfiles: ["*"],
        volumes: ["*"],
    },
};

/** The CRD. OpenShift serves the kind by its own API server; its fields lie beside `metadata`, not in a `spec`. */
export const definition = {
    group: "security.openshift.io",
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
