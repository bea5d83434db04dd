/** What a mover is told, in a file from its Secret, and what it answers, in its termination message. */
import type { StoreAccess } from "../s3.ts";

export interface MoverJob {
    direction: "backup" | "restore";
    /** Name of the PersistentVolumeClaim: for messages only. */
    claim: string;
    store: StoreAccess;
    /** Key of the object that holds the volume. */
    object: string;
    /** The volume's cipher key, in hex. */
    key: string;
    /** Length of the tar stream, when it is restored. */
    bytes: number;
    /** How often a volume that keeps changing is copied at most. */
    passes: number;
}

export interface MoverResult {
    /** Length of the tar stream. */
    bytes: number;
    /** Files, folders and links. */
    entries: number;
    /** How often the volume was copied. */
    passes: number;
    /** False: the volume changed even during the last copy. */
    settled: boolean;
    /** What could not be carried over, e.g. sockets. */
    exceptions: string[];
}

/** Where the pod finds its Secret and the volume. */
export const JOB_FILE = "/k10/job/job.json";
export const DATA_FOLDER = "/k10/data";

/** The kubelet takes 4096 bytes of a termination message. */
export const MOST_MESSAGE = 4_000;
