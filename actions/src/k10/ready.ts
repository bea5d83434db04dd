/** K10 is ready when it serves its aggregated APIs, not when its pods run. */
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import { poll } from "../kube/poll";

export interface ReadyInputs extends ClusterInputs {
    /** Where K10 is installed. */
    namespace: string;
    /** Seconds until the wait fails. */
    timeout: number;
}

export interface ReadyOutputs {
    /** The aggregated APIs that answered. */
    apis: string[];
}

interface ApiService extends KubeObject {
    spec?: { service?: { namespace?: string; name?: string } | null };
    status?: { conditions?: { type: string; status: string; message?: string }[] };
}

const apiServices: Resource = {
    group: "apiregistration.k8s.io",
    version: "v1",
    plural: "apiservices",
};

/** The aggregated APIs that the program uses. K10 has further ones; they are removed with it all the same. */
const needed = ["v1alpha1.actions.kio.kasten.io", "v1alpha1.apps.kio.kasten.io"];

export const ready: Definition<ReadyInputs, ReadyOutputs> = {
    title: "k10",
    replaceOn: [],
    outputs: ["apis"],
    id: inputs => `${inputs.namespace}/apis`,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const apis = await poll(
            {
                what: "K10's aggregated APIs to be Available",
                timeout: inputs.timeout,
                hint: async seen =>
                    hint(
                        {
                            ...{ wait: "k10", messages: [seen] },
                            surroundings: await lookAround(cluster, inputs.namespace),
                            names: { k10: inputs.namespace, namespace: inputs.namespace },
                            then: "run `pulumi up` again",
                        },
                        `Details: kubectl get apiservices; kubectl -n ${inputs.namespace} get pods`,
                    ),
                report,
            },
            async () => {
                const found = await Promise.all(
                    needed.map(name => cluster.get<ApiService>(apiServices, name)),
                );
                const waiting = needed.flatMap((name, i) => {
                    const available = found[i]?.status?.conditions?.find(
                        c => c.type === "Available",
                    );
                    return available?.status === "True"
                        ? []
                        : [`${name} ${available?.message ?? "does not exist"}`];
                });
                return waiting.length === 0
                    ? { done: true, value: needed }
                    : { done: false, seen: waiting.join("; ") };
            },
        );
        return { apis };
    },

    /**
     * Removes K10's APIServices before its release and its namespace go. An APIService whose server is away blocks
     * the deletion of every namespace of the cluster, K10's own first of all (seen on live clusters).
     */
    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const all = await cluster.list<ApiService>(apiServices);
        for (const service of all) {
            const name = service.metadata?.name;
            if (name && service.spec?.service?.namespace === state.namespace) {
                report(`removing APIService ${name}`);
                await deleteIfThere(cluster, name);
            }
        }
    },
};

async function deleteIfThere(cluster: Cluster, name: string): Promise<void> {
    try {
        await cluster.delete(apiServices, name);
    } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 404) {
            throw error;
        }
    }
}
