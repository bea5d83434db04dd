/** What is collected of a cluster, and what of each object: what explains a failure, and nothing that may be secret. */
import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import {
    backupActions,
    exportActions,
    importActions,
    policies,
    profiles,
    restoreActions,
    restorePointContents,
    restorePoints,
    runActions,
} from "../k10/api";
import type { KubeObject, Resource } from "../kube/client";
import { snapshotClasses, snapshotContents, snapshots, storageClasses } from "../snapshot/api";

/** K10's actions, each with its `/details`. */
export const actions: Resource[] = [
    ...[runActions, backupActions, exportActions, importActions, restoreActions],
];

/** Lists of the whole cluster, by the folder that they go to. */
export const clusterWide: Record<string, Resource[]> = {
    k10: [profiles, policies, restorePoints, restorePointContents],
    cluster: [
        ...[storageClasses, snapshotClasses, snapshotContents],
        { group: "apiregistration.k8s.io", version: "v1", plural: "apiservices" },
    ],
};

/** Lists of each namespace that is concerned, next to its pods and events. */
export const namespaced: Resource[] = [
    snapshots,
    { group: "apps", version: "v1", plural: "deployments" },
    { group: "apps", version: "v1", plural: "replicasets" },
    { group: "apps", version: "v1", plural: "statefulsets" },
];

/** Of what the program did not make, only what it has to do with. */
export const isOurs = (resource: Resource, object: KubeObject): boolean =>
    resource.plural !== "apiservices" || /kio\.kasten\.io$/.test(object.metadata?.name ?? "");

/** An object without what others wrote for themselves; a workload without its pods' template, which may hold secrets. */
export function shown(object: KubeObject): object {
    const { managedFields: _, ...metadata } = { managedFields: undefined, ...object.metadata };
    const { spec } = object as { spec?: Record<string, unknown> };
    if (!spec || !("template" in spec)) {
        return { ...object, metadata };
    }
    const { template, ...rest } = spec;
    return { ...object, metadata, spec: { ...rest, images: imagesOf(template) } };
}

function imagesOf(template: unknown): (string | undefined)[] {
    const { spec } = (template ?? {}) as { spec?: { containers?: { image?: string }[] } };
    return (spec?.containers ?? []).map(({ image }) => image);
}

/** A pod's place, images and state; not its environment and arguments. */
export function podShown({ metadata, spec, status }: V1Pod): object {
    const { name, namespace, labels, ownerReferences, creationTimestamp, deletionTimestamp } =
        metadata ?? {};
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    return {
        ...{ name, namespace, labels, creationTimestamp, deletionTimestamp },
        owners: ownerReferences?.map(owner => `${owner.kind}/${owner.name}`),
        ...{ node: spec?.nodeName, serviceAccount: spec?.serviceAccountName },
        containers: containers.map(each => ({ name: each.name, image: each.image })),
        claims: spec?.volumes?.flatMap(each => each.persistentVolumeClaim?.claimName ?? []),
        status,
    };
}

/** Events as `kubectl get events` shows them, the latest last. */
export function eventLines(events: CoreV1Event[]): string {
    const lines = events.map(event => {
        const { involvedObject: about, type, reason, message = "", count } = event;
        const time = event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
        const when = time ? new Date(time).toISOString() : "-";
        const times = count && count > 1 ? ` (${count} times)` : "";
        return `${when} ${type} ${reason} ${about.kind}/${about.name}: ${message.replace(/\s+/g, " ")}${times}\n`;
    });
    return lines.sort().join("");
}
