/** Where a Service that is reached from outside of its cluster can be found: the address is the cluster's to give. */
import type { V1Node, V1Service } from "@kubernetes/client-node";
import type { Definition } from "../action";
import { Cluster } from "../kube/client";
import { isReady } from "../kube/nodes";
import { Look, poll } from "../kube/poll";

export interface PublishedInputs {
    kubeconfig: string;
    namespace: string;
    service: string;
    /** Seconds until it must have an address. */
    timeout: number;
}

export interface PublishedOutputs {
    /** `172.30.77.2:30123`: the load balancer's, or a node's with the node port. */
    address: string;
}

export const published: Definition<PublishedInputs, PublishedOutputs> = {
    title: "store",
    // The Service is not known by another name; and another cluster is another store, with all that is in it.
    replaceOn: [],
    serves: () => false,
    outputs: ["address"],
    id: inputs => `${inputs.namespace}/${inputs.service}`,

    async run({ kubeconfig, namespace, service: name, timeout }, report) {
        const cluster = await Cluster.connect(kubeconfig);
        const address = await poll(
            {
                what: `Service \`${namespace}/${name}\` to have an address`,
                timeout,
                hint: `Give the store's addresses by \`crossing:store.endpoint\`, or see to what is missing. Details: kubectl -n ${namespace} describe service ${name}; kubectl get nodes -o wide`,
                report,
            },
            async () => {
                const service = await cluster.request(
                    cluster.core.readNamespacedService({ name, namespace }),
                );
                const { items } = await cluster.request(cluster.core.listNode());
                return addressOf(service, items);
            },
        );
        return { address };
    },
};

/** Where a Service with one port is reached from outside. */
export function addressOf({ spec, status }: V1Service, nodes: V1Node[]): Look<string> {
    const [port] = spec?.ports ?? [];
    if (spec?.type === "LoadBalancer") {
        const [balancer] = status?.loadBalancer?.ingress ?? [];
        const host = balancer?.hostname ?? balancer?.ip;
        return host && port
            ? { done: true, value: `${bracketed(host)}:${port.port}` }
            : { done: false, seen: "no load balancer has taken it up" };
    }
    if (!port?.nodePort) {
        return { done: false, seen: "it has no node port" };
    }
    const host = nodes
        .filter(isReady)
        .map(node => ({ name: node.metadata?.name ?? "", host: hostOf(node) }))
        .filter(node => node.host)
        // Of several the same one each time.
        .sort((a, b) => (a.name < b.name ? -1 : 1))[0]?.host;
    return host
        ? { done: true, value: `${bracketed(host)}:${port.nodePort}` }
        : { done: false, seen: `none of ${nodes.length} nodes is Ready and has an address` };
}

/** An address for everybody, where a node has one, rather than the one that nodes know each other by. */
const hostOf = (node: V1Node) =>
    ["ExternalIP", "InternalIP"]
        .map(wanted => node.status?.addresses?.find(({ type }) => type === wanted)?.address)
        .find(Boolean);

/** An IPv6 address as it stands in a URL. */
const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host);
