/** An OpenShift is ready when it says so of itself, when a node takes pods, and when volumes have a default class. */
import type { Definition } from "../action";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import { isReady } from "../kube/nodes";
import { poll } from "../kube/poll";
import { storageClasses } from "../snapshot/api";

export interface OpenShiftReadyInputs {
    kubeconfig: string;
    /** The configuration key that the cluster comes from, for messages: `crossing:target`. */
    key: string;
    /** Seconds until it must be ready. */
    timeout: number;
}

export interface OpenShiftReadyOutputs {
    /** OpenShift's version: `4.20.5`. */
    openshiftVersion: string;
    /** The StorageClass of claims that name none. */
    storageClass: string;
}

interface ClusterVersion extends KubeObject {
    status?: {
        history?: { state: string; version: string }[];
        conditions?: { type: string; status: string; message?: string }[];
    };
}

const clusterVersions: Resource = {
    group: "config.openshift.io",
    version: "v1",
    plural: "clusterversions",
};
const defaultClass = "storageclass.kubernetes.io/is-default-class";

export const openshiftReady: Definition<OpenShiftReadyInputs, OpenShiftReadyOutputs> = {
    title: "openshift",
    replaceOn: [],
    // Another kubeconfig may lead to another cluster.
    serves: () => false,
    outputs: ["openshiftVersion", "storageClass"],
    id: inputs => `${inputs.key}/openshift`,

    async run({ kubeconfig, key, timeout }, report) {
        const cluster = await Cluster.connect(kubeconfig);
        return poll(
            {
                what: `the OpenShift of \`${key}\` at ${cluster.server} to be ready`,
                timeout,
                hint: `\`crc status\` says more of a CRC, which \`crc start\` starts; its preset has to be \`openshift\`. Details: kubectl get clusterversion,clusteroperators,nodes,storageclasses`,
                report,
            },
            async () => {
                const version = await clusterVersion(cluster);
                const nodes = (await cluster.request(cluster.core.listNode())).items;
                const storageClass = await defaultStorageClass(cluster);
                const waiting = [
                    ...(version.problem ? [version.problem] : []),
                    ...(nodes.some(isReady) ? [] : [`none of ${nodes.length} nodes is Ready`]),
                    ...(storageClass ? [] : ["no StorageClass is the default"]),
                ];
                return waiting.length === 0 && storageClass
                    ? {
                          done: true,
                          value: { openshiftVersion: version.name, storageClass },
                      }
                    : { done: false, seen: waiting.join("; ") };
            },
        );
    },
};

/** The version that was completed last, and what keeps the cluster from being Available. */
async function clusterVersion(cluster: Cluster): Promise<{ name: string; problem?: string }> {
    const found = await clusterVersionObject(cluster);
    const { history = [], conditions = [] } = found?.status ?? {};
    const name = history.find(({ state }) => state === "Completed")?.version ?? "";
    const available = conditions.find(({ type }) => type === "Available");
    if (available?.status === "True") {
        return { name };
    }
    const why = found
        ? `is not Available (${available?.message ?? "it does not say why"})`
        : "is not there";
    return { name, problem: `ClusterVersion ${why}` };
}

/** A cluster that is no OpenShift serves no such kind, and one that begins does not yet. */
async function clusterVersionObject(cluster: Cluster): Promise<ClusterVersion | undefined> {
    try {
        return await cluster.get<ClusterVersion>(clusterVersions, "version");
    } catch (error) {
        if (error instanceof ApiError && error.code === 404) {
            return undefined;
        }
        throw error;
    }
}

/** Of several defaults Kubernetes takes the newest, and of those the first by name. */
async function defaultStorageClass(cluster: Cluster): Promise<string | undefined> {
    const all = await cluster.list<KubeObject>(storageClasses);
    const age = ({ metadata }: KubeObject) => Date.parse(metadata?.creationTimestamp ?? "") || 0;
    return all
        .filter(each => each.metadata?.annotations?.[defaultClass] === "true")
        .map(each => ({ name: each.metadata?.name ?? "", made: age(each) }))
        .sort((a, b) => b.made - a.made || (a.name < b.name ? -1 : 1))[0]?.name;
}
