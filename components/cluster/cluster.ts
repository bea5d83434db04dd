/** What every cluster offers, wherever it comes from. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Connection } from "./connection";

export interface Cluster {
    /** The contents of a kubeconfig for an administrator. Secret. */
    readonly kubeconfig: pulumi.Output<string>;
    /** The UID of namespace `kube-system`. */
    readonly uid: pulumi.Output<string>;
    /** Kubernetes' version, for example `v1.36.2`. */
    readonly version: pulumi.Output<string>;
    /** The address of the API server. */
    readonly server: pulumi.Output<string>;
    readonly provider: k8s.Provider;
    /** The resource that takes everything in the cluster with it when it is destroyed, if we made the cluster. */
    readonly owner?: pulumi.Resource;
}

/** Options for resources in a cluster. What lives in a cluster that we made need not be deleted one by one. */
export function inside(
    cluster: Cluster,
    opts: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return { ...opts, provider: cluster.provider, deletedWith: cluster.owner };
}

/**
 * Finds out who the cluster is, and makes a provider for it.
 * @param known the cluster's UID, where it was asked for before. A preview of another kubeconfig for the same cluster
 * would not know it from the connection, and announce that all in it is replaced.
 */
export function connect(
    name: string,
    kubeconfig: pulumi.Output<string>,
    key: string,
    opts: pulumi.CustomResourceOptions,
    known?: string,
): { connection: Connection; provider: k8s.Provider; uid: pulumi.Output<string> } {
    const connection = new Connection(name, { kubeconfig, key, timeout: 120 }, opts);
    const uid = known === undefined ? connection.uid : pulumi.output(known);
    const provider = new k8s.Provider(
        name,
        {
            kubeconfig,
            // Its identity, not its address: an edited kubeconfig is no other cluster.
            clusterIdentifier: uid,
            // Another manager's fields (K10's in its policies) are taken over where we state them.
            enableServerSideApply: true,
        },
        { parent: opts.parent, deletedWith: opts.deletedWith },
    );
    return { connection, provider, uid };
}
