/**
 * K10's registrations with the API server, its APIServices. One whose server is away blocks the deletion of every
 * namespace of the cluster, K10's own first of all (seen on live clusters): so none may outlive K10's namespace. They
 * go after K10, and not before it: where `destroy` stops in between, K10 is there with them or is installed again, and
 * Helm does not make again what somebody took from a release.
 */
import type { ClusterInputs, Definition } from "../action";
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

export const registrations: Definition<RegistrationsInputs, Record<string, never>> = {
    title: "k10",
    replaceOn: ["namespace"],
    outputs: [],
    id: inputs => `${inputs.namespace}/registrations`,

    // K10 registers itself: this stands for the end of that.
    run: () => Promise.resolve({}),

    remove: removeRegistrations,
};

/** Removes what K10's release has left, and what K10 has registered beside it. */
export async function removeRegistrations(
    { kubeconfig, namespace }: RegistrationsInputs,
    report: (line: string) => void,
): Promise<void> {
    const cluster = await Cluster.connect(kubeconfig);
    for (const { metadata, spec } of await cluster.list<ApiService>(apiServices)) {
        const name = metadata?.name;
        if (name && spec?.service?.namespace === namespace) {
            report(`removing APIService ${name}`);
            await unless(404, cluster.delete(apiServices, name));
        }
    }
}
