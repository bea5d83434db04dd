/** Asks a cluster who it is, which also finds out whether the kubeconfig leads anywhere. */
import type { Definition } from "../action";
import { Cluster } from "./client";
import { ApiError, UserError } from "./errors";
import { poll } from "./poll";

export interface ConnectionInputs {
    kubeconfig: string;
    /** The configuration key that the kubeconfig comes from, for messages: `crossing:target`. */
    key: string;
    /** Seconds until the cluster must answer. */
    timeout: number;
}

export interface ConnectionOutputs {
    /** The UID of namespace `kube-system`: what a cluster is told by, whatever its address. */
    uid: string;
    /** Kubernetes' version: `v1.36.2`. */
    version: string;
    /** The address of the API server. */
    server: string;
}

export const connection: Definition<ConnectionInputs, ConnectionOutputs> = {
    title: "cluster",
    replaceOn: [],
    // Another kubeconfig may lead to another cluster.
    serves: () => false,
    outputs: ["uid", "version", "server"],
    id: inputs => inputs.key,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        return poll(
            {
                what: `the cluster of \`${inputs.key}\` at ${cluster.server} to answer`,
                timeout: inputs.timeout,
                hint: `Start the cluster, or correct the kubeconfig that \`${inputs.key}\` names.`,
                report,
            },
            async () => {
                const [namespace, version] = await Promise.all([
                    identity(cluster, inputs.key),
                    cluster.version(),
                ]);
                return { done: true, value: { uid: namespace, version, server: cluster.server } };
            },
        );
    },
};

async function identity(cluster: Cluster, key: string): Promise<string> {
    try {
        const namespace = await cluster.namespace("kube-system");
        return namespace?.metadata?.uid ?? "";
    } catch (error) {
        if (error instanceof ApiError && (error.code === 401 || error.code === 403)) {
            throw new UserError(
                `The cluster of \`${key}\` at ${cluster.server} refuses the kubeconfig's user: ${error.message}. Give a kubeconfig whose user may administer the cluster.`,
            );
        }
        throw error;
    }
}
