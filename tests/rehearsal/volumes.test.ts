/** Volumes, and the rules that are simple. Cases from OpenShift's own tests. */
import { Case, checkRules } from "./support/rules";

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

describe("the rest that a constraint allows", () => {
    checkRules("rest", rest);
});
