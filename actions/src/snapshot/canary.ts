/**
 * A canary: a scratch volume is written, snapshotted, cloned from the snapshot and read back, before an application
 * has to rely on it. What K10's own primer does by hand, as a step of the graph.
 */
import { randomUUID } from "node:crypto";
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import {
    daemonSets,
    deployments,
    Snapshot,
    SnapshotClass,
    snapshotClasses,
    SnapshotContent,
    snapshotContents,
    snapshots,
    statefulSets,
    StorageClass,
    storageClasses,
    Workload,
} from "./api";
import { classFor, reasons } from "./diagnosis";
import { namespaceOf, podOf, volumeClaim } from "./objects";

export interface CanaryInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster is tried anew. */
    clusterUid: string;
    /** The StorageClass to try. */
    storageClass: string;
    /** An image with `sh`, `sync` and `cmp`, whose user may write to a new volume. */
    image: string;
    /** Seconds that each step may take. */
    timeout: number;
}

export interface CanaryOutputs {
    result: {
        driver: string;
        snapshotClass: string;
        /** Seconds from asking for the snapshot until it was ready to use. */
        secondsToReady: number;
        /** Kubernetes' quantity: what a volume made of the snapshot needs at least. */
        restoreSize: string;
    };
}

export const canary: Definition<CanaryInputs, CanaryOutputs> = {
    title: "canary",
    replaceOn: ["clusterUid", "storageClass"],
    outputs: ["result"],
    id: inputs => `${inputs.storageClass}/canary`,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const [driver, snapshotClass] = await classOf(cluster, inputs.storageClass);
        const namespace = namespaceOf(inputs.storageClass);
        // What a killed run left is in an unknown state.
        await removeNamespace(cluster, namespace.metadata?.name ?? "", inputs.timeout, report);
        try {
            await cluster.core.createNamespace({ body: namespace });
            return { result: await tryOut(cluster, inputs, driver, snapshotClass, report) };
        } finally {
            await removeNamespace(cluster, namespace.metadata?.name ?? "", inputs.timeout, report);
        }
    },

    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const name = namespaceOf(state.storageClass).metadata?.name ?? "";
        await removeNamespace(cluster, name, state.timeout, report);
    },
};

/** The driver of a StorageClass, and the class that its snapshots are taken with. */
async function classOf(cluster: Cluster, storageClass: string): Promise<[string, string]> {
    const found = await cluster.get<StorageClass>(storageClasses, storageClass);
    if (!found) {
        const all = await cluster.list<StorageClass>(storageClasses);
        const names = all.map(each => `\`${each.metadata?.name}\``).join(", ") || "none";
        throw new UserError(
            `There is no StorageClass \`${storageClass}\` in the cluster, which has ${names}: correct \`crossing:snapshots.storageClass\`.`,
        );
    }
    const classes = await cluster.list<SnapshotClass>(snapshotClasses);
    const usable = classFor(found.provisioner, classes);
    if (typeof usable === "string") {
        throw new UserError(usable);
    }
    return [found.provisioner, usable.metadata?.name ?? ""];
}

async function tryOut(
    cluster: Cluster,
    inputs: CanaryInputs,
    driver: string,
    snapshotClass: string,
    report: (line: string) => void,
): Promise<CanaryOutputs["result"]> {
    const { storageClass, image, timeout } = inputs;
    const namespace = namespaceOf(storageClass).metadata.name;
    const world = { cluster, namespace, image, timeout, report };
    const text = randomUUID();

    await makeClaim(world, "original", storageClass, "1Mi");
    await runPod(world, "writer", "original", `echo ${text} > /data/canary && sync`);

    const asked = Date.now();
    await cluster.create(
        snapshots,
        {
            ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot" },
            metadata: { name: "canary" },
            spec: {
                volumeSnapshotClassName: snapshotClass,
                source: { persistentVolumeClaimName: "original" },
            },
        } as Snapshot,
        namespace,
    );
    const snapshot = await waitReady(world, driver);
    const secondsToReady = (Date.now() - asked) / 1_000;
    const restoreSize = snapshot.status?.restoreSize ?? "1Mi";

    await makeClaim(world, "clone", storageClass, restoreSize, "canary");
    await runPod(world, "reader", "clone", `echo ${text} | cmp - /data/canary`);
    report(
        `${storageClass}: a snapshot was ready after ${secondsToReady.toFixed(1)} s and holds what was written`,
    );
    return { driver, snapshotClass, secondsToReady, restoreSize };
}

interface World {
    cluster: Cluster;
    namespace: string;
    image: string;
    timeout: number;
    report: (line: string) => void;
}

function makeClaim(
    { cluster, namespace }: World,
    name: string,
    storageClass: string,
    size: string,
    snapshot?: string,
) {
    const body = volumeClaim(name, storageClass, size, snapshot);
    return cluster.request(cluster.core.createNamespacedPersistentVolumeClaim({ namespace, body }));
}

/** Runs a command with a volume to its end. */
async function runPod(world: World, name: string, claim: string, command: string): Promise<void> {
    const { cluster, namespace, timeout, report } = world;
    const body = podOf(name, claim, world.image, command);
    await cluster.request(cluster.core.createNamespacedPod({ namespace, body }));
    await poll(
        {
            what: `the canary's ${name} to end`,
            timeout,
            hint: async seen =>
                hint(
                    {
                        ...{ wait: "snapshot", messages: [seen] },
                        surroundings: await lookAround(cluster, namespace),
                        names: { k10: k10Namespace, namespace },
                        then: "run `pulumi up` again",
                    },
                    `A volume that is not bound keeps it Pending: kubectl -n ${namespace} describe pod/${name} pvc/${claim}`,
                ),
            report,
        },
        async () => {
            const pod = await cluster.request(cluster.core.readNamespacedPod({ namespace, name }));
            const phase = pod.status?.phase ?? "Pending";
            if (phase === "Failed") {
                throw new UserError(
                    name === "reader"
                        ? `The canary's volume from the snapshot does not hold what was written: snapshots of this StorageClass must not be relied on.`
                        : `The canary cannot write to a new volume of its StorageClass: look at the volume's permissions.`,
                );
            }
            const scheduled = pod.status?.conditions?.find(each => each.type === "PodScheduled");
            return phase === "Succeeded"
                ? { done: true, value: undefined }
                : { done: false, seen: [phase, scheduled?.message].filter(Boolean).join(": ") };
        },
    );
}

async function waitReady(world: World, driver: string): Promise<Snapshot> {
    const { cluster, namespace, timeout, report } = world;
    let latest: Snapshot | undefined;
    try {
        return await poll(
            { what: `the canary's VolumeSnapshot to be ready to use`, timeout, report },
            async () => {
                latest = await cluster.get<Snapshot>(snapshots, "canary", namespace);
                return latest?.status?.readyToUse
                    ? { done: true, value: latest }
                    : {
                          done: false,
                          seen: latest?.status?.boundVolumeSnapshotContentName
                              ? "it has a content"
                              : "it has no content yet",
                      };
            },
        );
    } catch (error) {
        if (!(error instanceof UserError)) {
            throw error;
        }
        const found = reasons(await evidence(world, driver, latest));
        throw new UserError([error.message, ...found].join(" "));
    }
}

async function evidence({ cluster }: World, driver: string, snapshot: Snapshot | undefined) {
    const name = snapshot?.status?.boundVolumeSnapshotContentName;
    const [content, classes, ...workloads] = await Promise.all([
        name ? cluster.get<SnapshotContent>(snapshotContents, name) : undefined,
        cluster.list<SnapshotClass>(snapshotClasses),
        ...[deployments, daemonSets, statefulSets].map(kind => cluster.list<Workload>(kind)),
    ]);
    return { driver, classes, snapshot, content, workloads: workloads.flat() };
}

/** The namespace with all in it, until it is gone: volumes and snapshots are deleted by their drivers. */
async function removeNamespace(
    cluster: Cluster,
    name: string,
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    if (!(await cluster.namespace(name))) {
        return;
    }
    await cluster.request(cluster.core.deleteNamespace({ name }));
    await poll({ what: `namespace \`${name}\` to go`, timeout, report }, async () =>
        (await cluster.namespace(name))
            ? { done: false, seen: "it is still there" }
            : { done: true, value: undefined },
    );
}
