/** Workloads with claims, as tests of K10's sidecar write them down. */

export const forced = { "k10.kasten.io/forcegenericbackup": "true" };

export const mount = (name: string) => ({ name, mountPath: `/${name}` });
export const sidecar = (...volumes: string[]) => ({
    ...{ name: "kanister-sidecar", image: "k10", volumeMounts: volumes.map(mount) },
});

/** Containers of a pod whose application mounts volumes `data`, ... of claims `web-data`, ... */
export function podSpec(volumes: string[], more: { sidecar?: object; spec?: object } = {}) {
    return {
        containers: [
            { name: "web", image: "web", volumeMounts: volumes.map(mount) },
            ...(more.sidecar ? [more.sidecar] : []),
        ],
        volumes: volumes.map(name => ({
            name,
            persistentVolumeClaim: { claimName: `web-${name}` },
        })),
        ...more.spec,
    };
}

const labels = { app: "web" };

export const workload = (spec: object, metadata: object = {}, more: object = {}) => ({
    metadata: { name: "web", ...metadata },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { spec }, ...more },
});

export const pod = (spec: object, { name = "web-1", ready = true, ...more }: PodOptions = {}) => ({
    metadata: { name, labels, ...more },
    spec,
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});

interface PodOptions {
    name?: string;
    ready?: boolean;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
}

export const claim = (name: string, storageClassName = "local-path") => ({
    metadata: { name },
    spec: { storageClassName },
});

export const storageClasses = [
    { metadata: { name: "local-path" }, provisioner: "rancher.io/local-path" },
    { metadata: { name: "fast" }, provisioner: "csi.x" },
];
export const snapshotClasses = [
    {
        metadata: { name: "snap", annotations: { "k10.kasten.io/is-snapshot-class": "true" } },
        ...{ driver: "csi.x", deletionPolicy: "Delete" },
    },
];
