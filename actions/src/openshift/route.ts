/** A Route to the restored application: made where it is missing, and waited for until a router admits it. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { isMissingApi, sentence, unless, UserError } from "../kube/errors";
import { ask, Look, poll } from "../kube/poll";

export interface RouteInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster means another Route. */
    clusterUid: string;
    /** Which stack the Route is of: project and stack. */
    owner: string;
    /** The restored namespace. It is the user's, and may be gone at any time. */
    namespace: string;
    name: string;
    /** A Service in that namespace, and a port of its pods. */
    service: string;
    port: number;
    /** The name under which the application answers. Empty: the cluster chooses. */
    host: string;
    /** The restore that came before: after another one the Route is looked after again. */
    restorePoint: string;
    /** Seconds until it must be admitted. */
    timeout: number;
}

export interface RouteOutputs {
    /** `https://host/` */
    url: string;
}

interface Spec {
    host?: string;
    to: { kind: string; name: string };
    port?: { targetPort: number | string };
    tls?: { termination: string; insecureEdgeTerminationPolicy?: string };
}

interface Condition {
    type: string;
    status: string;
    reason?: string;
    message?: string;
}

interface Route extends KubeObject {
    spec: Spec;
    status?: { ingress?: { host?: string; routerName?: string; conditions?: Condition[] }[] };
}

const routes: Resource = { group: "route.openshift.io", version: "v1", plural: "routes" };

/** Stands on a Route of ours: which stack made it. */
const ownerAnnotation = "crossing/route-of";

export const route: Definition<RouteInputs, RouteOutputs> = {
    title: "route",
    replaceOn: ["clusterUid", "namespace", "name"],
    outputs: ["url"],
    id: ({ namespace, name }) => `${namespace}/${name}`,
    // Whatever has changed: what is there is looked at again.
    serves: () => false,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const { namespace, name } = inputs;
        const url = await poll(
            {
                what: `Route \`${namespace}/${name}\` to be admitted`,
                timeout: inputs.timeout,
                hint: `Details: kubectl -n ${namespace} get routes.route.openshift.io ${name} -o yaml. A cluster that serves no Routes is not OpenShift: set \`crossing:route.enabled\` to \`false\` there.`,
                report,
            },
            () => look(cluster, inputs, report),
        );
        report(`${namespace}/${name} answers at ${url}`);
        return { url };
    },

    /** Only what is ours: a Route that came with the backup, or from another stack, stays. */
    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const { namespace, name, timeout } = state;
        const what = `Route \`${namespace}/${name}\` to be removed`;
        await ask({ what, timeout, report }, async () => {
            const found = await cluster
                .get<Route>(routes, name, namespace)
                .catch((error: unknown) => {
                    // A cluster that serves no Routes has none.
                    if (!isMissingApi(error)) {
                        throw error;
                    }
                    return undefined;
                });
            if (found && isOurs(found, state)) {
                report(`removing Route ${namespace}/${name}`);
                await unless(404, cluster.delete(routes, name, namespace));
            }
        });
    },
};

const isOurs = ({ metadata }: Route, { owner }: Pick<RouteInputs, "owner">) =>
    metadata?.annotations?.[ownerAnnotation] === owner;

/** Makes the Route if it is missing or not as wanted, and looks what routers say of it. */
async function look(
    cluster: Cluster,
    inputs: RouteInputs,
    report: (line: string) => void,
): Promise<Look<string>> {
    const { namespace, name } = inputs;
    const found = await cluster.get<Route>(routes, name, namespace);
    if (!found) {
        await unless(409, cluster.create(routes, wanted(inputs), namespace));
        return { done: false, seen: "it has been made" };
    }
    if (isOurs(found, inputs) && !isAsWanted(found, inputs)) {
        report(`making Route ${namespace}/${name} anew, since its settings have changed`);
        await unless(404, cluster.delete(routes, name, namespace));
        return { done: false, seen: "it is made anew" };
    }
    const said = (found.status?.ingress ?? []).map(
        ({ host = "", routerName = "", conditions }) => ({
            ...conditions?.find(({ type }) => type === "Admitted"),
            ...{ host, routerName },
        }),
    );
    const admitted = said.find(({ status }) => status === "True");
    if (admitted) {
        return { done: true, value: `${found.spec.tls ? "https" : "http"}://${admitted.host}/` };
    }
    const refused = said.find(({ status }) => status === "False");
    if (refused) {
        const { routerName, host, reason, message } = refused;
        throw new UserError(
            `Route \`${namespace}/${name}\` is not admitted by router \`${routerName}\` for host \`${host}\`: ${reason}: ${sentence(message ?? "no message")} Set \`crossing:route.host\` to another name, or \`crossing:route.enabled\` to \`false\`.`,
        );
    }
    return { done: false, seen: "no router has looked at it" };
}

function wanted({ namespace, name, owner, service, port, host }: RouteInputs): Route {
    return {
        apiVersion: "route.openshift.io/v1",
        kind: "Route",
        metadata: { name, namespace, annotations: { [ownerAnnotation]: owner } },
        spec: {
            ...(host ? { host } : {}),
            to: { kind: "Service", name: service },
            port: { targetPort: port },
            tls: { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" },
        },
    };
}

/** OpenShift lets nobody change a host without a further right: what differs is made anew. */
function isAsWanted({ metadata, spec }: Route, { service, port, host }: RouteInputs): boolean {
    const generated = metadata?.annotations?.["openshift.io/host.generated"] === "true";
    return (
        spec.to.name === service &&
        spec.port?.targetPort === port &&
        spec.tls?.termination === "edge" &&
        spec.tls.insecureEdgeTerminationPolicy === "Redirect" &&
        (host ? spec.host === host : generated || !spec.host)
    );
}
