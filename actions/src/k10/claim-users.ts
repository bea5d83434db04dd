/**
 * What uses the claims of a namespace: workloads with their pods, and pods of nobody's. Only what a container mounts counts:
 * volumes are compared, not the paths that they are mounted at.
 */
import type {
    V1Container,
    V1PersistentVolumeClaim,
    V1Pod,
    V1PodSpec,
} from "@kubernetes/client-node";
import type { KubeObject } from "../kube/client";
import { Labels, LabelSelector, meets } from "../kube/labels";
import type { SnapshotClass, StorageClass } from "../snapshot/api";

/** The container of K10's generic volume backup, and the annotation of a workload that asks for it (documentation). */
export const sidecarName = "kanister-sidecar";
export const forcedAnnotation = "k10.kasten.io/forcegenericbackup";

export interface WorkloadObject extends KubeObject {
    spec?: {
        replicas?: number;
        selector?: LabelSelector;
        template?: { metadata?: { labels?: Labels }; spec?: V1PodSpec };
    };
    status?: { observedGeneration?: number; updatedReplicas?: number };
}

/** What is looked at in a cluster. */
export interface Scene {
    namespace: { name: string; labels: Labels };
    /** Deployments, StatefulSets and DaemonSets, each with its kind. */
    workloads: { kind: string; object: WorkloadObject }[];
    pods: V1Pod[];
    claims: V1PersistentVolumeClaim[];
    storageClasses: StorageClass[];
    snapshotClasses: SnapshotClass[];
}

/** Something that has pods with claims. */
export interface Owner {
    kind: string;
    name: string;
    labels: Labels;
    annotations: Labels;
    /** What its next pods are made of. */
    spec: V1PodSpec;
    pods: V1Pod[];
    /** Absent of a pod that is nobody's. */
    object?: WorkloadObject;
}

export const whoIs = ({ kind, name }: Pick<Owner, "kind" | "name">): string => `${kind} ${name}`;

/** What of the wanted labels is missing: `a=b, c=d`. */
export const lacking = (labels: Labels, wanted: Labels = {}): string =>
    Object.entries(wanted)
        .filter(([key, value]) => labels[key] !== value)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");

/** The claims that containers mount, by the volume's name. What no container mounts cannot be read there either. */
function mountedClaims(spec: V1PodSpec, containers: V1Container[]): string[] {
    const mounted = new Set(
        containers.flatMap(({ volumeMounts = [], volumeDevices = [] }) =>
            [...volumeMounts, ...volumeDevices].map(({ name }) => name),
        ),
    );
    return (spec.volumes ?? [])
        .filter(({ name }) => mounted.has(name))
        .flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
        .sort();
}

const isSidecar = ({ name }: V1Container) => name === sidecarName;
export const sidecarsOf = ({ containers }: V1PodSpec) => containers.filter(isSidecar);
export const application = ({ containers, initContainers = [] }: V1PodSpec) =>
    [...containers, ...initContainers].filter(each => !isSidecar(each));

/** The claims that the application of a pod mounts. */
const used = (spec: V1PodSpec) => mountedClaims(spec, application(spec));

/** The claims among them that the sidecar does not mount. A block device cannot be mounted by it. */
export const uncovered = (spec: V1PodSpec): string[] => {
    const files = sidecarsOf(spec).map(({ volumeDevices: _, ...each }) => each);
    const covered = mountedClaims(spec, files);
    return used(spec).filter(claim => !covered.includes(claim));
};

export const isReady = ({ status }: V1Pod) =>
    status?.conditions?.some(each => each.type === "Ready" && each.status === "True") ?? false;
const isOver = ({ metadata, status }: V1Pod) =>
    metadata?.deletionTimestamp !== undefined || /^(Succeeded|Failed)$/.test(status?.phase ?? "");

/** Workloads and pods of nobody's that mount claims, with the pods of each. */
export function ownersOf({ workloads, pods }: Scene): Owner[] {
    const alive = pods.filter(pod => !isOver(pod));
    const owned = workloads.map(({ kind, object }): Owner => {
        const { metadata = {}, spec = {} } = object;
        const { selector } = spec;
        return {
            ...{ kind, object, name: metadata.name ?? "" },
            ...{ labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
            spec: spec.template?.spec ?? { containers: [] },
            pods: alive.filter(pod => selector && meets(pod.metadata?.labels ?? {}, selector)),
        };
    });
    const single = alive
        .filter(pod => !owned.some(owner => owner.pods.includes(pod)))
        .map((pod): Owner => {
            const { name = "", labels = {}, annotations = {} } = pod.metadata ?? {};
            const spec = pod.spec ?? { containers: [] };
            return { kind: "Pod", name, labels, annotations, spec, pods: [pod] };
        });
    return [...owned, ...single].filter(
        owner => !isAtRest(owner) && (claimsOf(owner).length > 0 || ofTemplates(owner)),
    );
}

/** Whether it was scaled to nothing: nobody uses its claims then. */
const isAtRest = ({ object, pods }: Owner): boolean =>
    object?.spec?.replicas === 0 && pods.length === 0;

/** Whether pods of a StatefulSet have claims that only they name. */
const ofTemplates = ({ kind, object }: Owner): boolean =>
    kind === "StatefulSet" &&
    ((object?.spec as { volumeClaimTemplates?: unknown[] } | undefined)?.volumeClaimTemplates
        ?.length ?? 0) > 0;

/** All claims of a workload: those of its pods, which are named for them in a StatefulSet, and of its next ones. */
export const claimsOf = ({ spec, pods }: Owner): string[] =>
    [...new Set([...pods.flatMap(pod => (pod.spec ? used(pod.spec) : [])), ...used(spec)])].sort();
