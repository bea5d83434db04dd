/** The objects that the behaviours of storage make, and what is read of those that others make. */
import type { V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";

export const snapshotApi = "snapshot.storage.k8s.io/v1";

export interface SnapshotClass {
    driver: string;
    deletionPolicy: string;
    parameters?: Record<string, string>;
}

export interface Snapshot {
    spec: { volumeSnapshotClassName?: string; source: object };
    status?: {
        readyToUse?: boolean;
        creationTime?: string;
        restoreSize?: string;
        boundVolumeSnapshotContentName?: string;
        error?: { message?: string };
    };
}

export interface Content {
    spec: {
        driver: string;
        deletionPolicy: string;
        source: { volumeHandle?: string; snapshotHandle?: string };
        volumeSnapshotRef: { name?: string; namespace?: string; uid?: string };
        volumeSnapshotClassName?: string;
    };
    status?: { snapshotHandle?: string; readyToUse?: boolean; restoreSize?: number };
}

/** Where a claim's data come from. */
export type Source = { kind: "VolumeSnapshot" | "PersistentVolumeClaim"; name: string };

export function claimOf(
    metadata: { name: string; namespace: string },
    storageClassName: string,
    size: string,
    more: { source?: Source; volumeMode?: "Filesystem" | "Block" } = {},
): V1PersistentVolumeClaim {
    const { source, volumeMode } = more;
    const apiGroup = source?.kind === "VolumeSnapshot" ? "snapshot.storage.k8s.io" : undefined;
    return {
        ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata },
        spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName,
            resources: { requests: { storage: size } },
            ...(volumeMode ? { volumeMode } : {}),
            ...(source ? { dataSource: { ...source, ...(apiGroup ? { apiGroup } : {}) } } : {}),
        },
    };
}

/** How a pod has a claim: as files, as files that it must not change, or as a device. */
export type Use = "files" | "read-only" | "device";

/** Who owns the files of the pods' volumes. */
export const fsGroup = 2000;

/** A pod that runs one shell command to its end, with a claim at /data or as /dev/data. It names no user. */
export function podOf(
    metadata: { name: string; namespace: string },
    image: string,
    claim: string,
    script: string,
    use: Use = "files",
): V1Pod {
    const readOnly = use === "read-only";
    return {
        ...{ apiVersion: "v1", kind: "Pod", metadata },
        spec: {
            restartPolicy: "Never",
            securityContext: { fsGroup },
            // Nothing here has anything to finish.
            terminationGracePeriodSeconds: 0,
            containers: [
                {
                    ...{ name: "main", image, command: ["sh", "-c", script] },
                    ...(use === "device"
                        ? { volumeDevices: [{ name: "data", devicePath: "/dev/data" }] }
                        : { volumeMounts: [{ name: "data", mountPath: "/data", readOnly }] }),
                },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim, readOnly } }],
        },
    };
}

export const snapshotOf = (
    metadata: { name: string; namespace: string },
    volumeSnapshotClassName: string | undefined,
    source: { persistentVolumeClaimName: string } | { volumeSnapshotContentName: string },
) => ({
    ...{ apiVersion: snapshotApi, kind: "VolumeSnapshot", metadata },
    spec: { ...(volumeSnapshotClassName ? { volumeSnapshotClassName } : {}), source },
});

const units: Record<string, number> = {
    ...{ "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** Bytes of a quantity of Kubernetes. */
export function bytes(quantity: string | undefined): number {
    const [, number, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(quantity ?? "") ?? [];
    return Number(number) * (units[unit] ?? Number.NaN);
}
