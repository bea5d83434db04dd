/** Each rule of a constraint, on a constraint that has no other. Cases from OpenShift's own tests. */
import assert from "node:assert/strict";
import { admit, SecurityContextConstraints } from "../../rehearsal/src";
import { admitted, Context, namespace, pod, refusal, request } from "./support/objects";

const lax: SecurityContextConstraints = {
    metadata: { name: "lax" },
    allowPrivilegedContainer: true,
    allowHostNetwork: true,
    allowHostPorts: true,
    allowHostPID: true,
    allowHostIPC: true,
    allowHostDirVolumePlugin: true,
    runAsUser: { type: "RunAsAny" },
    seLinuxContext: { type: "RunAsAny" },
    fsGroup: { type: "RunAsAny" },
    supplementalGroups: { type: "RunAsAny" },
    seccompProfiles: ["*"],
    allowedCapabilities: ["*"],
};

type Spec = ReturnType<typeof pod>["spec"];

interface Case {
    title: string;
    scc: Partial<SecurityContextConstraints>;
    pod?: Partial<Spec>;
    container?: Context;
    annotations?: Record<string, string>;
    /** A part of the refusal, or what is filled in. */
    refused?: string;
    fills?: { pod?: object; container?: object };
}

const user: Case[] = [
    { title: "any user", scc: {}, container: { runAsUser: 0 } },
    {
        title: "one user, none asked for",
        scc: { runAsUser: { type: "MustRunAs", uid: 5 } },
        fills: { container: { runAsUser: 5, runAsNonRoot: true } },
    },
    {
        // admission_test.go, TestAdmitWithPrioritizedSCC
        title: "one user, another asked for",
        scc: { runAsUser: { type: "MustRunAs", uid: 6 } },
        container: { runAsUser: 5 },
        refused: "provider lax: .containers[0].runAsUser: Invalid value: 5: must be: 6",
    },
    {
        title: "the namespace's first user, none asked for",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        fills: { container: { runAsUser: 1, runAsNonRoot: true } },
    },
    {
        // admission_test.go, TestAdmitSuccess (specifyUIDInRange)
        title: "another of the namespace's users",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        container: { runAsUser: 3 },
        fills: { container: { runAsUser: 3, runAsNonRoot: true } },
    },
    {
        title: "a range of the constraint's own",
        scc: { runAsUser: { type: "MustRunAsRange", uidRangeMin: 50, uidRangeMax: 60 } },
        container: { runAsUser: 3 },
        refused: "must be in the ranges: [50, 60]",
    },
    {
        title: "the pod's user for a container without one",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        pod: { securityContext: { runAsUser: 2 } },
        fills: { pod: { runAsUser: 2 }, container: { runAsNonRoot: true } },
    },
    {
        title: "not root, and the image decides",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        fills: { container: { runAsNonRoot: true } },
    },
    {
        // user/nonroot_test.go
        title: "not root, but root asked for",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        container: { runAsUser: 0, runAsNonRoot: true },
        refused: ".runAsUser: Invalid value: 0: running with the root UID is forbidden",
    },
    {
        title: "not root, but leave to be root asked for",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        container: { runAsUser: 7, runAsNonRoot: false },
        refused: ".runAsNonRoot: Invalid value: false: must be true",
    },
    {
        title: "a strategy that there is not",
        scc: { runAsUser: { type: "Nobody" } },
        refused: "Unrecognized RunAsUser strategy type Nobody",
    },
];

const groups: Case[] = [
    {
        // matcher.go, getPreallocatedFSGroup: of the range only its first.
        title: "the namespace's first group owns volumes",
        scc: { fsGroup: { type: "MustRunAs" } },
        fills: { pod: { fsGroup: 2 } },
    },
    {
        title: "no other may",
        scc: { fsGroup: { type: "MustRunAs" } },
        pod: { securityContext: { fsGroup: 3 } },
        refused:
            ".spec.securityContext.fsGroup: Invalid value: []int64{3}: 3 is not an allowed group",
    },
    {
        // admission_test.go, TestAdmitSuccess (specifySupGroup)
        title: "any of the namespace's groups may be a supplemental one",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        pod: { securityContext: { supplementalGroups: [3] } },
        fills: { pod: { supplementalGroups: [3] } },
    },
    {
        title: "the first is, where none is asked for",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        fills: { pod: { supplementalGroups: [2] } },
    },
    {
        title: "a foreign one is not",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        pod: { securityContext: { supplementalGroups: [3, 9] } },
        refused: ".supplementalGroups: Invalid value: []int64{3, 9}: 9 is not an allowed group",
    },
    {
        // provider_test.go (failSupplementalGroupEmpty)
        title: "none at all is none of them",
        scc: { supplementalGroups: { type: "MustRunAs", ranges: [{ min: 1, max: 1 }] } },
        pod: { securityContext: { supplementalGroups: [] } },
        refused: "unable to validate empty groups against required ranges",
    },
];

const labels: Case[] = [
    {
        title: "the namespace's labels",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        fills: { pod: { seLinuxOptions: { level: "s0:c1,c0" } } },
    },
    {
        // selinux/mustrunas_test.go: the order of categories does not matter.
        title: "the same in another order",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        pod: { securityContext: { seLinuxOptions: { level: "s0:c0,c1" } } },
        fills: { pod: { seLinuxOptions: { level: "s0:c0,c1" } } },
    },
    {
        // admission_test.go, TestAdmitFailure (invalidMCSLabels)
        title: "others",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        container: { seLinuxOptions: { level: "s1:q0,q1" } },
        refused: '.containers[0].seLinuxOptions.level: Invalid value: "s1:q0,q1": must be s0:c1,c0',
    },
    {
        title: "a type besides the level",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        pod: { securityContext: { seLinuxOptions: { level: "s0:c1,c0", type: "spc_t" } } },
        refused: '.seLinuxOptions.type: Invalid value: "spc_t": must be ',
    },
];

const capabilities: Case[] = [
    // admission_test.go, TestAdmitCaps
    {
        title: "none may be added",
        scc: { allowedCapabilities: [] },
        container: { capabilities: { add: ["foo"] } },
        refused: 'capabilities.add: Invalid value: "foo": capability may not be added',
    },
    {
        title: "an allowed one may",
        scc: { allowedCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
    },
    {
        title: "one that is added by default may",
        scc: { allowedCapabilities: [], defaultAddCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
    },
    {
        title: "the default is added",
        scc: { defaultAddCapabilities: ["foo"] },
        fills: { container: { capabilities: { add: ["foo"] } } },
    },
    {
        title: "the default is not added where it is dropped",
        scc: { defaultAddCapabilities: ["foo"] },
        container: { capabilities: { drop: ["foo"] } },
        fills: { container: { capabilities: { drop: ["foo"] } } },
    },
    {
        title: "what must be dropped is",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        fills: { container: { capabilities: { drop: ["foo"] } } },
    },
    {
        title: "what must be dropped joins what is",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        container: { capabilities: { drop: ["bar"] } },
        fills: { container: { capabilities: { drop: ["bar", "foo"] } } },
    },
    {
        title: "what must be dropped may not be added",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
        refused: 'capabilities.add: Invalid value: "foo": capability may not be added',
    },
    {
        title: "a star allows all",
        scc: { allowedCapabilities: ["*"] },
        container: { capabilities: { add: ["foo"] } },
    },
];

const podProfile = "seccomp.security.alpha.kubernetes.io/pod";
const seccomp: Case[] = [
    // admission_test.go, TestAdmitSeccomp; provider_test.go
    { title: "none known, none asked for", scc: { seccompProfiles: [] } },
    {
        title: "none known, one asked for",
        scc: { seccompProfiles: null },
        annotations: { [podProfile]: "bar" },
        refused: "Forbidden: seccomp may not be set",
    },
    {
        title: "the first known is the default",
        scc: { seccompProfiles: ["runtime/default", "localhost/x.json"] },
        fills: { pod: { seccompProfile: { type: "RuntimeDefault" } } },
    },
    {
        title: "another known one may be asked for",
        scc: { seccompProfiles: ["runtime/default", "localhost/x.json"] },
        container: { seccompProfile: { type: "Localhost", localhostProfile: "x.json" } },
    },
    {
        title: "an unknown one may not",
        scc: { seccompProfiles: ["foo"] },
        annotations: { [podProfile]: "bar" },
        refused: "Forbidden: bar is not an allowed seccomp profile. Valid values are [foo]",
    },
    {
        title: "docker's default is the runtime's",
        scc: { seccompProfiles: ["docker/default"] },
        pod: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
    },
    {
        title: "a star allows all and sets none",
        scc: { seccompProfiles: ["*"] },
        fills: { pod: {} },
    },
];

const token = {
    name: "token",
    projected: {
        sources: [
            { serviceAccountToken: { path: "token" } },
            {
                configMap: {
                    name: "kube-root-ca.crt",
                    items: [{ key: "ca.crt", path: "ca.crt" }],
                },
            },
            {
                downwardAPI: {
                    items: [
                        {
                            path: "namespace",
                            fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" },
                        },
                    ],
                },
            },
        ],
    },
};
const noHost = { allowHostDirVolumePlugin: false };
const volumes = (...list: object[]) => ({ volumes: list as never });

const rest: Case[] = [
    {
        title: "volumes: a type that is not listed",
        scc: { ...noHost, volumes: ["secret"] },
        pod: volumes({ name: "a", secret: {} }, { name: "b", emptyDir: {} }),
        refused: 'spec.volumes[1]: Invalid value: "emptyDir": emptyDir volumes are not allowed',
    },
    {
        title: "volumes: a type whose name is another in constraints",
        scc: { ...noHost, volumes: ["cephFS"] },
        pod: volumes({ name: "a", cephfs: {} }),
    },
    {
        // securitycontextconstraints/defaults.go
        title: "volumes: no list allows all but the host's",
        scc: { ...noHost, volumes: null },
        pod: volumes({ name: "a", nfs: {} }, { name: "b", hostPath: {} }),
        refused: 'spec.volumes[1]: Invalid value: "hostPath"',
    },
    {
        title: "volumes: the older field allows the host's besides the list",
        scc: { allowHostDirVolumePlugin: true, volumes: ["secret"] },
        pod: volumes({ name: "b", hostPath: {} }),
    },
    {
        title: "volumes: the older field forbids the host's in spite of the list",
        scc: { ...noHost, volumes: ["hostPath"] },
        pod: volumes({ name: "b", hostPath: {} }),
        refused: "hostPath volumes are not allowed to be used",
    },
    {
        // util/util.go, IsOnlyServiceAccountTokenSources
        title: "volumes: who may have secrets may have the service account's token",
        scc: { ...noHost, volumes: ["secret"] },
        pod: volumes(token),
    },
    {
        title: "volumes: but nothing else in that volume",
        scc: { ...noHost, volumes: ["secret"] },
        pod: volumes({ name: "p", projected: { sources: [{ secret: { name: "x" } }] } }),
        refused: "projected volumes are not allowed to be used",
    },
    {
        title: "volumes: a driver that is not listed",
        scc: { allowedFlexVolumes: [{ driver: "example/lvm" }] },
        pod: volumes({ name: "f", flexVolume: { driver: "example/unknown" } }),
        refused: "Flexvolume driver is not allowed to be used",
    },
    {
        title: "root file system: must be read-only, and becomes it",
        scc: { readOnlyRootFilesystem: true },
        fills: { container: { readOnlyRootFilesystem: true } },
    },
    {
        title: "root file system: must be read-only, but is not to be",
        scc: { readOnlyRootFilesystem: true },
        container: { readOnlyRootFilesystem: false },
        refused:
            ".containers[0].readOnlyRootFilesystem: Invalid value: false: ReadOnlyRootFilesystem must be set to true",
    },
    {
        title: "escalation: forbidden, and set so",
        scc: { allowPrivilegeEscalation: false },
        fills: { container: { allowPrivilegeEscalation: false } },
    },
    {
        title: "escalation: off by default, on if asked for",
        scc: { defaultAllowPrivilegeEscalation: false },
        container: { allowPrivilegeEscalation: true },
    },
    {
        title: "escalation: the default is not for privileged containers",
        scc: { defaultAllowPrivilegeEscalation: false },
        container: { privileged: true },
        fills: { container: { privileged: true } },
    },
    {
        title: "kernel parameters: a safe one",
        scc: {},
        pod: { securityContext: { sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] } },
    },
    {
        title: "kernel parameters: a safe one that is forbidden",
        scc: { forbiddenSysctls: ["kernel.shm*"] },
        pod: { securityContext: { sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] } },
        refused: 'sysctl "kernel.shm_rmid_forced" is not allowed',
    },
    {
        title: "kernel parameters: an unsafe one that is allowed",
        scc: { allowedUnsafeSysctls: ["kernel.*"] },
        pod: { securityContext: { sysctls: [{ name: "kernel.sem", value: "1" }] } },
    },
    {
        title: "ports of the host",
        scc: { allowHostPorts: false },
        pod: { containers: [{ name: "main", ports: [{ hostPort: 1 }] }] },
        refused: "Host ports are not allowed to be used",
    },
];

/** admission_test.go, createNamespaceForTest */
const small = namespace({
    "openshift.io/sa.scc.uid-range": "1/3",
    "openshift.io/sa.scc.mcs": "s0:c1,c0",
    "openshift.io/sa.scc.supplemental-groups": "2/3",
});

describe("the rules of a constraint", () => {
    for (const [topic, cases] of Object.entries({
        user,
        groups,
        labels,
        capabilities,
        seccomp,
        rest,
    })) {
        for (const { title, scc, refused, fills, ...asked } of cases) {
            it(`${topic}: ${title}`, async () => {
                const main = {
                    name: "main",
                    ...(asked.container ? { securityContext: asked.container } : {}),
                };
                const verdict = await admit(
                    request(pod({ containers: [main], ...asked.pod }, asked.annotations), ["lax"], {
                        sccs: [{ ...lax, ...scc }],
                        namespace: small,
                    }),
                );
                if (refused !== undefined) {
                    assert.ok(refusal(verdict).includes(refused), refusal(verdict));
                    return;
                }
                const { spec } = admitted(verdict);
                if (fills?.pod) {
                    assert.deepEqual(spec.securityContext, fills.pod);
                }
                if (fills?.container) {
                    assert.deepEqual(spec.containers?.[0]?.securityContext, fills.container);
                }
            });
        }
    }
});
