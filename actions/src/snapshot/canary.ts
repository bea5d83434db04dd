/**
 * A canary: a scratch volume is written, snapshotted, cloned from the snapshot and read back, before an application
 * has to rely on it. What K10's own primer does by hand, as a step of the graph.
 */
import type { V1Namespace, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import { randomUUID } from "node:crypto";
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import { Cluster } from "../kube/client";
import { sentence, UserError } from "../kube/errors";
import { deleteNamespace } from "../kube/namespaces";
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
import { classOf, reasons } from "./diagnosis";
import { blockClaim, blockPod, namespaceOf, podOf, sameNodes, volumeClaim } from "./objects";

export interface CanaryInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster is tried anew. */
    clusterUid: string;
    /** The StorageClass to try. */
    storageClass: string;
    /** An image with `sh`, `sync` and `cmp`, whose user may write to a new volume. */
    image: string;
    /** Seconds that each step may take. */
    timeout: number;
    /** Whether volumes in volumeMode Block are tried, too. @default no */
    block?: boolean;
    /** Who tries, project and stack: another one tries beside it. Older states lack it. */
    owner?: string;
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
    replaceOn: ["clusterUid", "storageClass", "block"],
    outputs: ["result"],
    id: inputs => `${inputs.storageClass}/canary`,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const [driver, snapshotClass] = await findClass(cluster, inputs.storageClass);
        const body = namespaceOf(inputs);
        const clear = () => removeNamespace(cluster, body.metadata.name, inputs.timeout, report);
        // What a killed run left is in an unknown state.
        await clear();
        const result = await tryIn(cluster, body, () =>
            tryOut(cluster, inputs, driver, snapshotClass, report),
        ).catch(async (error: unknown) => {
            throw await clear().then(
                () => error,
                (left: unknown) => beside(error, left),
            );
        });
        await clear();
        return { result };
    },

    async remove(state, report) {
        const cluster = await Cluster.connect(state.kubeconfig);
        const { name } = namespaceOf(state).metadata;
        await removeNamespace(cluster, name, state.timeout, report);
    },
};

async function tryIn<T>(cluster: Cluster, body: V1Namespace, trial: () => Promise<T>): Promise<T> {
    await cluster.request(cluster.core.createNamespace({ body }));
    return trial();
}

/** A finding, and what could not be removed after it: a driver that does not delete must not hide what is wrong with it. */
const beside = (finding: unknown, left: unknown): unknown =>
    finding instanceof UserError && left instanceof Error
        ? new UserError(`${sentence(finding.message)} What it made is left: ${left.message}`)
        : finding;

/** The driver of a StorageClass, and the class that its snapshots are taken with. */
async function findClass(cluster: Cluster, storageClass: string): Promise<[string, string]> {
    const found = await cluster.get<StorageClass>(storageClasses, storageClass);
    if (!found) {
        const all = await cluster.list<StorageClass>(storageClasses);
        const names = all.map(each => `\`${each.metadata?.name}\``).join(", ") || "none";
        throw new UserError(
            `There is no StorageClass \`${storageClass}\` in the cluster, which has ${names}: correct \`crossing:snapshots.storageClass\`.`,
        );
    }
    const classes = await cluster.list<SnapshotClass>(snapshotClasses);
    const usable = classOf(found, classes);
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
    const namespace = namespaceOf(inputs).metadata.name;
    const world = { cluster, namespace, timeout, report, storageClass };
    const text = randomUUID();

    await makeClaim(world, volumeClaim("original", storageClass, "1Mi"));
    const write = podOf("writer", "original", image, `echo ${text} > /data/canary && sync`);
    await runPod(world, write, "original");

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

    await makeClaim(world, volumeClaim("clone", storageClass, restoreSize, "canary"));
    const read = podOf("reader", "clone", image, `echo ${text} | cmp - /data/canary`);
    // Where volumes lie on one node or in one zone, their snapshots do, too, and the scheduler does not know.
    await runPod(world, sameNodes(read, await nodesOf(world, "original")), "clone");
    if (inputs.block) {
        await makeClaim(world, blockClaim("block", storageClass));
        await runPod(world, blockPod("block", "block", image), "block");
    }
    report(
        `${storageClass}: a snapshot was ready after ${secondsToReady.toFixed(1)} s and holds what was written`,
    );
    return { driver, snapshotClass, secondsToReady, restoreSize };
}

interface World {
    cluster: Cluster;
    namespace: string;
    storageClass: string;
    timeout: number;
    report: (line: string) => void;
}

function makeClaim({ cluster, namespace }: World, body: V1PersistentVolumeClaim) {
    return cluster.request(cluster.core.createNamespacedPersistentVolumeClaim({ namespace, body }));
}

/** Where the volume of a claim can be used; undefined: everywhere. */
async function nodesOf({ cluster, namespace }: World, name: string) {
    const { core } = cluster;
    const claim = await cluster.request(
        core.readNamespacedPersistentVolumeClaim({ namespace, name }),
    );
    const volume = claim.spec?.volumeName;
    const found = volume && (await cluster.request(core.readPersistentVolume({ name: volume })));
    return found ? found.spec?.nodeAffinity?.required : undefined;
}

/** Runs a pod with a volume to its end. */
async function runPod(world: World, body: V1Pod, claim: string): Promise<void> {
    const { cluster, namespace, timeout, report } = world;
    const name = body.metadata?.name ?? "";
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
                throw new UserError(failures[name] ?? "The canary failed.");
            }
            if (name === "block" && phase === "Pending") {
                await failWithoutBlock(world, claim);
            }
            const scheduled = pod.status?.conditions?.find(each => each.type === "PodScheduled");
            return phase === "Succeeded"
                ? { done: true, value: undefined }
                : { done: false, seen: [phase, scheduled?.message].filter(Boolean).join(": ") };
        },
    );
}

const failures: Record<string, string> = {
    writer: "The canary cannot write to a new volume of its StorageClass: look at the volume's permissions.",
    reader: "The canary's volume from the snapshot does not hold what was written: snapshots of this StorageClass must not be relied on.",
    block: "The canary's volume in volumeMode Block is no block device: unset `crossing:snapshots.blockModeExports`.",
};

/** A driver without volumeMode Block says so once, and then again and again. */
async function failWithoutBlock({ cluster, namespace, storageClass }: World, claim: string) {
    const { items } = await cluster.request(
        cluster.core.listNamespacedEvent({
            namespace,
            fieldSelector: `involvedObject.name=${claim},reason=ProvisioningFailed`,
        }),
    );
    const said = items.find(event => event.reason === "ProvisioningFailed")?.message;
    if (said) {
        throw new UserError(
            `StorageClass \`${storageClass}\` gives no volume with volumeMode Block, so K10 cannot export in block mode: unset \`crossing:snapshots.blockModeExports\`. The driver says: ${sentence(said)}`,
        );
    }
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

/** The namespace, if it is there. */
async function removeNamespace(
    cluster: Cluster,
    name: string,
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    if (await cluster.namespace(name)) {
        await deleteNamespace(cluster, name, timeout, report);
    }
}
