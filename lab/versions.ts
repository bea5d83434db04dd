/** What the lab pins. Go modules are pinned in lab/go/, npm packages in package-lock.json: these say the same to people and programs. */

/** A version of Kubernetes that the lab can build, with the names of images that its kubeadm asks for. */
export interface Kubernetes {
    /** Equals `k8s.io/kubernetes` in the go.mod of `folder`. */
    version: string;
    /** The commit of that version's tag, as the module proxy names it. */
    commit: string;
    /** The folder of its module graph, below lab/go/. */
    folder: string;
    /** Tags of the images. What is in the images of etcd and CoreDNS is the same for all versions. */
    etcd: string;
    coredns: string;
    pause: string;
}

/** The versions to choose from, one for each minor. The first is the default. */
export const kubernetesVersions: readonly [Kubernetes, ...Kubernetes[]] = [
    {
        version: "1.36.2",
        commit: "24e2b02af5543d7910c2bb074c7264df5a8f0467",
        folder: "kubernetes",
        etcd: "3.6.8-0",
        coredns: "v1.14.2",
        pause: "3.10.2",
    },
    {
        version: "1.35.8",
        commit: "1c2e10a409eb1b03f2f28f401ce935312e20d9fb",
        folder: "kubernetes-1.35",
        etcd: "3.6.6-0",
        coredns: "v1.13.1",
        pause: "3.10.1",
    },
];

/** `1.36.2` → `1.36`. */
export const minorOf = (version: string) => version.split(".").slice(0, 2).join(".");

export const versions = {
    /** Equals `pulumi/pkg` in lab/go/kubernetes/go.mod and `@pulumi/pulumi` in package.json. */
    pulumi: "3.259.0",
    /** Equals the provider's module and `@pulumi/kubernetes` in package.json: they must be the same version. */
    pulumiKubernetes: "4.25.0",
    /** The release that the pinned commit of github.com/minio/minio belongs to. */
    minio: "RELEASE.2026-02-12T20-18-48Z",
    /** Equals the default of `crossing:store.image`. */
    minioImage:
        "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z@sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e",
} as const;
