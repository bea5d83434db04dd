/** What the lab pins. Go modules are pinned in lab/go/, npm packages in package-lock.json: these say the same to people and programs. */
export const versions = {
    /** Equals `k8s.io/kubernetes` in lab/go/kubernetes/go.mod. */
    kubernetes: "1.36.2",
    /** The commit of that tag, as the module proxy names it. */
    kubernetesCommit: "24e2b02af5543d7910c2bb074c7264df5a8f0467",
    /** Equals `pulumi/pkg` in lab/go/kubernetes/go.mod and `@pulumi/pulumi` in package.json. */
    pulumi: "3.259.0",
    /** Equals the provider's module and `@pulumi/kubernetes` in package.json: they must be the same version. */
    pulumiKubernetes: "4.25.0",
    /** The release that the pinned commit of github.com/minio/minio belongs to. */
    minio: "RELEASE.2026-02-12T20-18-48Z",
    /** The oldest Node.js that runs TypeScript files as they are and loads ES modules by `require`. */
    node: "22.18.0",
    etcd: "3.6.8",
    coredns: "1.14.3",
    localPathProvisioner: "0.0.30",
} as const;
