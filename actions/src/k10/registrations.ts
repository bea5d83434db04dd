/**
 * K10's registrations with the API server, its APIServices. One whose server is away blocks the deletion of every
 * namespace of the cluster, K10's own first of all (seen on live clusters): so none may outlive K10's namespace. They
 * go after K10, and not before it: where `destroy` stops in between, K10 is there with them or is installed again, and
 * Helm does not make again what somebody took from a release.
 */
import { ClusterInputs, Definition, FailedResult } from "../action";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { unless } from "../kube/errors";

export interface RegistrationsInputs extends ClusterInputs {
    /** Where K10 is installed. */
    namespace: string;
}

export interface ApiService extends KubeObject {
    spec?: { service?: { namespace?: string; name?: string } | null };
    status?: { conditions?: { type: string; status: string; message?: string }[] };
}

export const apiServices: Resource = {
    group: "apiregistration.k8s.io",
    version: "v1",
    plural: "apiservices",
};

export interface RegistrationsOutputs {
    /** Whether they are another K10's, and stay. */
    taken?: boolean;
}

export const registrations: Definition<RegistrationsInputs, RegistrationsOutputs> = {
    title: "k10",
    replaceOn: ["namespace"],
    outputs: [],
    extras: ["taken"],
    id: inputs => `${inputs.namespace}/registrations`,

    /** K10 registers itself, and this stands for the end of that. It comes before K10: what is there is another one's. */
    async run({ kubeconfig, namespace }) {
        const cluster = await Cluster.connect(kubeconfig);
        const [name] = await registered(cluster, namespace);
        if (name) {
            throw new FailedResult(
                `A K10 that is not of this stack is registered with the cluster (APIService \`${name}\`, of namespace \`${namespace}\`). Uninstall it, and delete what it has left (\`kubectl delete apiservice ${name}\`), or choose another cluster.`,
                { taken: true },
            );
        }
        return {};
    },
    succeeded: ({ taken }) => !taken,

    async remove(state, report) {
        if (!state.taken) {
            await removeRegistrations(state, report);
        }
    },
};

/** Names of the APIServices whose server lies in the namespace. */
async function registered(cluster: Cluster, namespace: string): Promise<string[]> {
    const all = await cluster.list<ApiService>(apiServices);
    return all
        .filter(({ spec }) => spec?.service?.namespace === namespace)
        .flatMap(({ metadata }) => metadata?.name ?? []);
}

/** Removes what K10's release has left, and what K10 has registered beside it. */
export async function removeRegistrations(
    { kubeconfig, namespace }: RegistrationsInputs,
    report: (line: string) => void,
): Promise<void> {
    const cluster = await Cluster.connect(kubeconfig);
    for (const name of await registered(cluster, namespace)) {
        report(`removing APIService ${name}`);
        await unless(404, cluster.delete(apiServices, name));
    }
}
