/** What K10 asks of a cluster, and what its licence counts there. */
import type { V1Container, V1Node, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../kube/client";

export interface Footprint {
    /** Pods of K10 that run or are to run. */
    pods: number;
    /** What they request together: CPUs, such as `0.54`, and MiB. */
    cpu: number;
    memoryMiB: number;
    /** Nodes that take workloads. */
    nodes: number;
    /** Nodes that Kasten's free licence covers for good. */
    freeLicenceNodes: number;
}

/**
 * "at most 50 worker nodes in the first 30 days, and then 5 nodes after the 30-day period" (K10 documentation, "FREE
 * Veeam Kasten Edition and Licensing").
 */
const freeLicenceNodes = 5;

export async function lookAtFootprint(cluster: Cluster, namespace: string): Promise<Footprint> {
    const [pods, nodes] = await Promise.all([
        cluster.request(cluster.core.listNamespacedPod({ namespace })),
        cluster.request(cluster.core.listNode()),
    ]);
    return footprintOf(pods.items, nodes.items);
}

export function footprintOf(pods: V1Pod[], nodes: V1Node[]): Footprint {
    const alive = pods.filter(
        ({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""),
    );
    const sum = (name: "cpu" | "memory") =>
        alive.reduce((total, pod) => total + requestOf(pod, name), 0);
    return {
        pods: alive.length,
        cpu: Math.round(sum("cpu") * 1_000) / 1_000,
        memoryMiB: Math.round(sum("memory") / 1_024 ** 2),
        nodes: nodes.filter(takesWorkloads).length,
        freeLicenceNodes,
    };
}

/** What a pod is scheduled by: all its containers together, or more where one that comes first asks for more. */
function requestOf({ spec }: V1Pod, name: "cpu" | "memory"): number {
    const of = (container: V1Container) => amount(container.resources?.requests?.[name] ?? "0");
    const first = spec?.initContainers ?? [];
    // Those that stay are not over when the others begin.
    const staying = first.filter(({ restartPolicy }) => restartPolicy === "Always");
    const total = [...(spec?.containers ?? []), ...staying].reduce((sum, c) => sum + of(c), 0);
    return Math.max(total, ...first.map(of));
}

/** A node that only a control plane may use is no worker. */
const takesWorkloads = ({ spec }: V1Node) =>
    !(spec?.taints ?? []).some(
        ({ key, effect }) =>
            effect !== "PreferNoSchedule" &&
            /^node-role\.kubernetes\.io\/(control-plane|master)$/.test(key),
    );

const powers: Record<string, number> = {
    ...{ "": 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Kubernetes' quantity as a number: `100m` is 0.1. What is none counts as nothing. */
export function amount(quantity: string): number {
    const [, number, unit = ""] =
        /^([0-9.]+(?:[eE][+-]?[0-9]+)?)([mkMGTPE]|[KMGTPE]i)?$/.exec(quantity) ?? [];
    return number === undefined ? 0 : Number(number) * (powers[unit] ?? 0);
}
