/** Kubernetes' snapshot API and what stands around it, as far as a canary looks at it. */
import type { KubeObject, Resource } from "../kube/client";

const snapshotApi = { group: "snapshot.storage.k8s.io", version: "v1" };
export const snapshotClasses: Resource = { ...snapshotApi, plural: "volumesnapshotclasses" };
export const snapshots: Resource = { ...snapshotApi, plural: "volumesnapshots" };
export const snapshotContents: Resource = { ...snapshotApi, plural: "volumesnapshotcontents" };
export const storageClasses: Resource = {
    group: "storage.k8s.io",
    version: "v1",
    plural: "storageclasses",
};
export const deployments: Resource = { group: "apps", version: "v1", plural: "deployments" };
export const daemonSets: Resource = { group: "apps", version: "v1", plural: "daemonsets" };
export const statefulSets: Resource = { group: "apps", version: "v1", plural: "statefulsets" };

/** K10 snapshots a driver's volumes with the one class of it that carries this (documentation, "Storage"). */
export const k10ClassAnnotation = "k10.kasten.io/is-snapshot-class";
/** A StorageClass names the class for its volumes by this, which counts more (documentation, "Storage"). */
export const k10BindingAnnotation = "k10.kasten.io/volume-snapshot-class";
/** On a StorageClass: K10 may export its volumes in block mode (documentation, "Storage"). */
export const k10BlockExportAnnotation = "k10.kasten.io/sc-supports-block-mode-exports";

export interface SnapshotClass extends KubeObject {
    driver: string;
    deletionPolicy: string;
}

export interface Snapshot extends KubeObject {
    status?: {
        readyToUse?: boolean;
        boundVolumeSnapshotContentName?: string;
        restoreSize?: string;
        error?: { message?: string };
    };
}

export interface SnapshotContent extends KubeObject {
    status?: { snapshotHandle?: string; readyToUse?: boolean; error?: { message?: string } };
}

export interface StorageClass extends KubeObject {
    provisioner: string;
}

export interface Workload extends KubeObject {
    spec?: { template?: { spec?: { containers?: { name: string; image?: string }[] } } };
}
