/**
 * What the lab builds from Go modules. A module graph is a folder below lab/go/ with a go.mod that pins every version
 * and a go.sum that is checked. Programs of one module graph that are built apart share what Go has compiled.
 */
import { type Kubernetes, versions } from "../versions.ts";

export interface Graph {
    /** The folder below lab/go/. */
    folder: string;
    /** What a person reads while it is built. */
    title: string;
    /** Seconds on 2 cores when nothing is cached, downloads included. */
    seconds: number;
    /** Program name → Go package. */
    programs: Record<string, string>;
    /** `-X` settings: what the programs say of their own version. */
    stamps: Record<string, string>;
    /** Further compiler flags for some packages. */
    gcflags?: string[];
}

/** Kubernetes itself, of one version. */
export function kubernetesGraph({ version, commit, folder }: Kubernetes): Graph {
    const stamp = {
        gitVersion: `v${version}`,
        gitMajor: version.split(".")[0] ?? "",
        gitMinor: version.split(".")[1] ?? "",
        gitTreeState: "clean",
        gitCommit: commit,
        buildDate: "1970-01-01T00:00:00Z",
    };
    const names = ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler"];
    names.push("kubeadm", "kubectl", "kubelet");
    return {
        folder,
        title: `Kubernetes v${version}`,
        seconds: 400,
        programs: Object.fromEntries(names.map(name => [name, `k8s.io/kubernetes/cmd/${name}`])),
        stamps: {
            // Without both, kubeadm, Helm and the kubelet see v0.0.0-master.
            ...prefixed("k8s.io/component-base/version", stamp),
            ...prefixed("k8s.io/client-go/pkg/version", stamp),
        },
    };
}

export const graphs = {
    parts: {
        folder: "kubernetes",
        title: "etcd, CoreDNS, storage sidecars, snapshot-controller",
        seconds: 40,
        programs: {
            etcd: "go.etcd.io/etcd/server/v3",
            coredns: "./coredns",
            "csi-provisioner":
                "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner",
            "csi-resizer": "github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer",
            "csi-snapshotter":
                "github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter",
            "snapshot-controller":
                "github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller",
        },
        stamps: {},
    },
    storage: {
        // In the same module graph, but by itself: it imports logrus by an old name that differs only in
        // case, which Go refuses to load together with the new one.
        folder: "kubernetes",
        title: "local-path-provisioner",
        seconds: 15,
        programs: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
        stamps: {},
    },
    kind: {
        // By itself, as Pulumi is: machines that have them need not build them.
        folder: "kubernetes",
        title: "kind",
        seconds: 10,
        programs: { kind: "sigs.k8s.io/kind" },
        stamps: {},
    },
    pulumi: {
        folder: "kubernetes",
        title: `Pulumi ${versions.pulumi}`,
        seconds: 240,
        programs: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
        stamps: {
            "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${versions.pulumi}`,
        },
    },
    nodehost: {
        folder: "nodehost",
        title: "Pulumi's Node.js language host",
        seconds: 30,
        programs: {
            "pulumi-language-nodejs":
                "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        },
        stamps: {},
    },
    minio: {
        folder: "minio",
        title: "MinIO",
        seconds: 150,
        programs: { minio: "github.com/minio/minio" },
        stamps: { "github.com/minio/minio/cmd.ReleaseTag": versions.minio },
    },
    provider: {
        folder: "provider",
        title: `Pulumi's Kubernetes provider ${versions.pulumiKubernetes}`,
        seconds: 450,
        programs: { "pulumi-resource-kubernetes": "." },
        stamps: {
            "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version":
                versions.pulumiKubernetes,
        },
        // The generated SDK is large and runs once at start: optimising it is most of the build's time.
        gcflags: ["github.com/pulumi/pulumi-kubernetes/sdk/v4/...=-N -l -dwarf=false"],
    },
    csiSanity: {
        // No part of the lab: its test builds it when it is run.
        folder: "csi-sanity",
        title: "csi-sanity, the CSI project's own test of drivers",
        seconds: 40,
        programs: { "csi-sanity": "github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity" },
        stamps: {},
    },
    actionlint: {
        // No part of the lab: the test of the workflows builds it.
        folder: "actionlint",
        title: "actionlint, a linter of GitHub's workflows",
        seconds: 15,
        programs: { actionlint: "github.com/rhysd/actionlint/cmd/actionlint" },
        stamps: {},
    },
    tools: {
        folder: "tools",
        title: "the lab's small programs (container runtime wrapper, pause)",
        seconds: 5,
        programs: { "lab-runc": "./runc", pause: "./pause" },
        stamps: {},
    },
} satisfies Record<string, Graph>;

function prefixed(prefix: string, values: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
    );
}
