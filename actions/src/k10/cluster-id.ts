/** How K10 names a cluster in a location: whoever recovers K10 there is asked for it, once the cluster is gone. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";

export interface ClusterIdInputs extends ClusterInputs {
    /** The UID of namespace `kube-system`: another cluster has another name. */
    clusterUid: string;
}

export interface ClusterIdOutputs {
    /** The UID of namespace `default` (K10 documentation, "Veeam Kasten Disaster Recovery"). */
    clusterId: string;
}

export const clusterId: Definition<ClusterIdInputs, ClusterIdOutputs> = {
    title: "k10",
    replaceOn: ["clusterUid"],
    outputs: ["clusterId"],
    id: inputs => inputs.clusterUid,

    async run(inputs) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const uid = (await cluster.namespace("default"))?.metadata?.uid;
        if (!uid) {
            throw new UserError(
                `The cluster at ${cluster.server} has no namespace \`default\`, by whose UID K10 names it: make it, and run \`pulumi up\` again.`,
            );
        }
        return { clusterId: uid };
    },
};
