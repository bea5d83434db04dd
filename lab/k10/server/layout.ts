/** Where things lie in the bucket, below the path of the location profile, and what a point consists of. */
import type { KubeObject } from "./json.ts";
import type { SnapshotRecord } from "./snapshots.ts";
import { normalPath, type VolumeKey } from "./seal.ts";

/** One volume of a restore point. */
export interface VolumeRecord extends VolumeKey {
    /** Name of the PersistentVolumeClaim. */
    claim: string;
    /** Key of the object in the bucket. Empty: the volume was snapshotted and lies in none. */
    object: string;
    /** Length of the tar stream in bytes; of a snapshot the size of the volume. */
    bytes: number;
    /** Files, folders and links in it. */
    entries: number;
    /** On local restore points only: where the data is instead. */
    snapshot?: SnapshotRecord;
}

/** What a Blueprint dumped of one workload in place of its volumes. */
export interface DumpRecord extends VolumeKey {
    workload: { group: string; resource: string; kind: string; name: string };
    /** The name of the Blueprint that dumped it. */
    blueprint: string;
    /** Its output artifacts. */
    artifacts: Record<string, { kopiaSnapshot?: string; keyValue?: Record<string, string> }>;
    /** Where its objects lie in the bucket, with a slash at its end. */
    prefix: string;
    /** The claims that were not backed up because of it. */
    claims: string[];
    bytes: number;
}

/** An object as it was captured, under the name that its API has in paths. */
export interface Captured {
    /** Empty for the core group. */
    group: string;
    version: string;
    /** The plural, e.g. `persistentvolumeclaims`. */
    resource: string;
    object: KubeObject;
}

/** All that a restore needs to know of an application, apart from the bytes of its volumes. */
export interface Manifest {
    version: 1;
    app: { name: string; namespace: string; namespaceUID: string };
    source: { clusterUID: string; kubernetes: string; standIn: string };
    /** When the backup began, RFC 3339. */
    actionTime: string;
    namespace: KubeObject;
    objects: Captured[];
    volumes: VolumeRecord[];
    /** Absent of older ones. */
    dumps?: DumpRecord[];
}

/** One line in the list of points that belong to a receiveString: written last, by the metadata export. */
export interface IndexEntry {
    version: 1;
    /** Name of the exported restore point. */
    restorePoint: string;
    appName: string;
    appNamespace: string;
    actionTime: string;
    /** Key of the sealed manifest. */
    manifest: string;
    labels: Record<string, string>;
}

function join(...parts: string[]): string {
    return parts.map(normalPath).filter(Boolean).join("/");
}

/** The path that K10 generates for a profile that names none: `k10/<UID of namespace default>/migration`. */
export function defaultPath(clusterUID: string): string {
    return `k10/${clusterUID}/migration`;
}

/**
 * An object that says who writes below this path. It outlives all points, so that an importing cluster, whose own
 * profile has another path, finds the paths of all exporting ones.
 */
export function markerKey(path: string): string {
    return join(path, "STAND-IN.txt");
}

/** The folder of the volumes of one backup, with a slash at its end. */
export function volumePrefix(path: string, namespaceUID: string, backup: string): string {
    return `${join(path, "repo", namespaceUID, "volumes", backup)}/`;
}

export function volumeKey(path: string, namespaceUID: string, backup: string, claim: string) {
    return `${volumePrefix(path, namespaceUID, backup)}${claim}.volume`;
}

/** The folder of the dumps of one backup, with a slash at its end. */
export function dumpPrefix(path: string, namespaceUID: string, backup: string): string {
    return `${join(path, "repo", namespaceUID, "dumps", backup)}/`;
}

export function manifestKey(path: string, namespaceUID: string, restorePoint: string): string {
    return join(path, "repo", namespaceUID, "points", `${restorePoint}.manifest`);
}

/** The folder of the points of one receiveString, with a slash at its end. */
export function indexPrefix(path: string, id: string): string {
    return `${join(path, "index", id)}/`;
}

/** The time comes first, so that the bucket's own order is that of the points. */
export function indexKey(path: string, id: string, actionTime: string, restorePoint: string) {
    return `${indexPrefix(path, id)}${actionTime.replace(/[^0-9TZ.]/g, "")}-${restorePoint}.point`;
}

/** The folder of the backups that K10 makes of itself, with a slash at its end. Seen in a public walk-through. */
export function ownBackupPrefix(clusterUID: string): string {
    return `${join(defaultPath(clusterUID), clusterUID, "k10/repo")}/`;
}

export function ownBackupKey(clusterUID: string, created: string, id: string): string {
    return `${ownBackupPrefix(clusterUID)}${created.replace(/[^0-9TZ.]/g, "")}-${id}.catalog`;
}
