/** Why K10's webhook has not given a workload the sidecar: what leads to it is looked at, then it is asked in a dry run. */
import { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import { Owner, sidecarName, WorkloadObject } from "./claim-users";

interface WebhookConfiguration extends KubeObject {
    webhooks?: {
        clientConfig: {
            caBundle?: string;
            service?: { namespace: string; name: string };
        };
        rules?: { resources?: string[] }[];
    }[];
}

interface EndpointSlice extends KubeObject {
    endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

const webhookConfigurations: Resource = {
    group: "admissionregistration.k8s.io",
    version: "v1",
    plural: "mutatingwebhookconfigurations",
};
const endpointSlices: Resource = {
    group: "discovery.k8s.io",
    version: "v1",
    plural: "endpointslices",
};

/** The workloads that the webhook may be asked about. */
export const workloadResources: Record<string, Resource> = Object.fromEntries(
    ["Deployment", "StatefulSet", "DaemonSet"].map(kind => [
        kind,
        { group: "apps", version: "v1", plural: `${kind.toLowerCase()}s` },
    ]),
);

/** @returns a sentence */
export async function askWebhook(
    cluster: Cluster,
    k10Namespace: string,
    namespace: string,
    owner: Owner,
): Promise<string> {
    const configurations = await cluster.list<WebhookConfiguration>(webhookConfigurations);
    // Its name is not documented; K10's namespace is known.
    const found = configurations.flatMap(({ metadata, webhooks = [] }) =>
        webhooks
            .filter(({ clientConfig }) => clientConfig.service?.namespace === k10Namespace)
            .map(({ clientConfig }) => ({
                name: metadata?.name ?? "",
                service: clientConfig.service?.name ?? "",
                isTrusted: Boolean(clientConfig.caBundle),
            })),
    );
    const [webhook] = found;
    if (!webhook) {
        return `No MutatingWebhookConfiguration leads to namespace \`${k10Namespace}\`.`;
    }
    const { name, service, isTrusted } = webhook;
    if (!isTrusted) {
        return `MutatingWebhookConfiguration \`${name}\` has no \`caBundle\`.`;
    }
    const leads = `MutatingWebhookConfiguration \`${name}\` leads to Service \`${k10Namespace}/${service}\``;
    const services = await cluster.request(
        cluster.core.listNamespacedService({ namespace: k10Namespace }),
    );
    if (!services.items.some(({ metadata }) => metadata?.name === service)) {
        return `${leads}, which does not exist.`;
    }
    const slices = await cluster.list<EndpointSlice>(endpointSlices, {
        namespace: k10Namespace,
        labels: { "kubernetes.io/service-name": service },
    });
    const isServed = slices.some(({ endpoints }) =>
        endpoints?.some(({ conditions }) => conditions?.ready !== false),
    );
    return isServed ? tryInjection(cluster, namespace, owner) : `${leads}, which has no endpoint.`;
}

/** Has the cluster say what it would make of a copy of the workload: nothing is made. */
async function tryInjection(cluster: Cluster, namespace: string, owner: Owner): Promise<string> {
    const resource = workloadResources[owner.kind];
    const { object, labels, kind } = owner;
    const of = `a copy of ${kind} \`${owner.name}\` that is made now (dry run)`;
    if (!resource || !object) {
        return "";
    }
    try {
        const copy = await cluster.create<WorkloadObject>(
            resource,
            {
                ...{ apiVersion: "apps/v1", kind, spec: object.spec },
                metadata: { name: "crossing-dry-run", namespace, labels },
            },
            namespace,
            { dryRun: true },
        );
        const containers = copy.spec?.template?.spec?.containers ?? [];
        return containers.some(each => each.name === sidecarName)
            ? `K10's webhook gives the sidecar to ${of}.`
            : `K10's webhook does not give the sidecar to ${of}.`;
    } catch (error) {
        if (error instanceof ApiError) {
            return `The cluster refuses ${of}: ${error.message}.`;
        }
        throw error;
    }
}
