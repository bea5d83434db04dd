/** K10 is ready when it serves its aggregated APIs and all its workloads run; then it is told how it is reached. */
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { poll, realClock } from "../kube/poll";
import { Dashboard, lookAtDashboard } from "./dashboard";
import { Footprint, lookAtFootprint } from "./footprint";
import { ApiService, apiServices, removeRegistrations } from "./registrations";

export interface ReadyInputs extends ClusterInputs {
    /** Where K10 is installed. */
    namespace: string;
    /** Which revision of the release it is, or of what the operator installs: after another one it is looked at again. */
    revision: number | string;
    /** Seconds until the wait fails. */
    timeout: number;
    /** The resource that removes K10's APIServices once K10 is gone. Older states lack it: there it is this one. */
    registrations?: string;
}

export interface ReadyOutputs {
    /** The aggregated APIs that answered. */
    apis: string[];
    dashboard: Dashboard;
    footprint: Footprint;
}

interface Workload extends KubeObject {
    spec?: { replicas?: number };
    status?: {
        observedGeneration?: number;
        readyReplicas?: number;
        updatedReplicas?: number;
        /** Of DaemonSets, in place of the above. */
        desiredNumberScheduled?: number;
        numberReady?: number;
        updatedNumberScheduled?: number;
    };
}

const workload = (plural: string): Resource => ({ group: "apps", version: "v1", plural });

const workloads = {
    Deployment: workload("deployments"),
    StatefulSet: workload("statefulsets"),
    DaemonSet: workload("daemonsets"),
};

/** The aggregated APIs that the program uses. */
const needed = ["v1alpha1.actions.kio.kasten.io", "v1alpha1.apps.kio.kasten.io"];

export const ready: Definition<ReadyInputs, ReadyOutputs> = {
    title: "k10",
    replaceOn: [],
    outputs: ["apis", "dashboard", "footprint"],
    id: inputs => `${inputs.namespace}/apis`,
    // Another release may be reached in another way, and is not ready because an earlier one was.
    serves: () => false,

    async run(inputs, report) {
        const { namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const deadline = realClock.now() + timeout * 1_000;
        const waitFor = (what: string, troubles: () => Promise<string[]>) =>
            poll(
                {
                    what,
                    timeout: Math.max(0, deadline - realClock.now()) / 1_000,
                    hint: seen => whyNot(cluster, namespace, seen),
                    report,
                },
                async () => {
                    const waiting = await troubles();
                    return waiting.length === 0
                        ? { done: true, value: undefined }
                        : { done: false, seen: waiting.join("; ") };
                },
            );
        await waitFor("K10's aggregated APIs to be Available", () => unavailable(cluster));
        await waitFor("K10's workloads to be ready", () => unready(cluster, namespace));
        const [dashboard, footprint] = await Promise.all([
            lookAtDashboard(cluster, namespace),
            lookAtFootprint(cluster, namespace),
        ]);
        return { apis: needed, dashboard, footprint };
    },

    /** What an older program made has nothing else that removes the APIServices. */
    async remove(state, report) {
        if (state.registrations === undefined) {
            await removeRegistrations(state, report);
        }
    },
};

const whyNot = async (cluster: Cluster, namespace: string, seen: string) =>
    hint(
        {
            ...{ wait: "k10", messages: [seen] },
            surroundings: await lookAround(cluster, namespace),
            names: { k10: namespace, namespace },
            then: "run `pulumi up` again",
        },
        `Details: kubectl get apiservices; kubectl -n ${namespace} get pods`,
    );

/** What of the aggregated APIs does not answer, and why. */
async function unavailable(cluster: Cluster): Promise<string[]> {
    const found = await Promise.all(needed.map(name => cluster.get<ApiService>(apiServices, name)));
    return needed.flatMap((name, i) => {
        const available = found[i]?.status?.conditions?.find(c => c.type === "Available");
        return available?.status === "True"
            ? []
            : [`${name} ${available?.message ?? "does not exist"}`];
    });
}

/** What of K10's workloads does not run, as it was asked for last. */
async function unready(cluster: Cluster, namespace: string): Promise<string[]> {
    const lists = await Promise.all(
        Object.entries(workloads).map(async ([kind, resource]) =>
            (await cluster.list<Workload>(resource, { namespace })).map(
                each => [kind, each] as const,
            ),
        ),
    );
    const all = lists.flat();
    return all.length === 0
        ? ["there are none"]
        : all.flatMap(([kind, each]) => notReady(kind, each) ?? []);
}

/** "Deployment gateway 0 of 1", if it is so. */
export function notReady(kind: string, { metadata, spec, status }: Workload): string | undefined {
    const wanted = status?.desiredNumberScheduled ?? spec?.replicas ?? 1;
    const ready = status?.readyReplicas ?? status?.numberReady ?? 0;
    const updated = status?.updatedReplicas ?? status?.updatedNumberScheduled ?? 0;
    const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
    // Pods of an earlier revision may be ready, too.
    const counts = Math.min(ready, updated);
    return isSeen && counts >= wanted
        ? undefined
        : `${kind} ${metadata?.name} ${isSeen ? counts : 0} of ${wanted}`;
}
