/** What a cause is: an entry of the table by which failures are explained. */

import type { keysOf } from "../store/errors";

/** What was waited for when it failed. */
export type Wait =
    | "export"
    | "import"
    | "restore"
    | "profile"
    | "policy"
    | "k10"
    | "snapshot"
    | "sidecar"
    | "application"
    | "recovery";

/** Names that commands need. */
export interface Names {
    /** Where K10 is installed. */
    k10: string;
    /** Where the trouble shows: the application's namespace, or K10's. */
    namespace: string;
    /** The workload that is in trouble, as `kubectl` takes it: `deployment/web`. */
    workload?: string;
    /** What the configuration calls the application. @default as the namespace */
    application?: string;
    /** Which of `crossing:locations` it is about. @default the store */
    location?: string;
}

/** The configuration keys of the store, or of another location. */
export type StoreKeys = ReturnType<typeof keysOf>;

/** What was seen of a failure. */
export interface Seen {
    /** What K10 or the cluster said, and what was seen around it, line by line. */
    lines: readonly string[];
    /** The ServiceAccounts of workloads whose pods could not be made. */
    serviceAccounts: readonly string[];
    names: Names;
}

/** What a message says when a cause is at work. */
export interface Example {
    /** Nested as K10 nests them, the outermost first. */
    messages: readonly string[];
    /**
     * Who vouches for the words. `documented` and `seen`: of K10, by its vendor and on live clusters. `software`: of the
     * software that says it, which is known; that K10 passes the words on is not. `unconfirmed`: ours.
     */
    evidence: "documented" | "seen" | "software" | "unconfirmed";
}

export interface Cause {
    /** Stable: tests name it. */
    id: string;
    /** Found in the messages, all of them joined by line ends. */
    pattern: RegExp;
    /** The waits that it may explain. @default all */
    waits?: readonly Wait[];
    /** Says only where something is wrong: what is seen around it may say more. */
    vague?: true;
    /** Why, after the word "probably". */
    reason: string;
    /** What to do, as an order without its full stop; of a location with the keys of that one. */
    fix: string | ((keys: StoreKeys) => string);
    /** A sentence of its own after the fix, where more is known of it. */
    more?(seen: Seen): string | undefined;
    /** The one command that shows more. */
    command(names: Names): string;
    /** Rows of the field study, of the reference on K10's API, or pages of documentation. */
    source: string;
    examples: readonly [Example, ...Example[]];
}

/** Matches a pattern where another one does not occur anywhere. */
export function without(unwanted: RegExp, wanted: RegExp): RegExp {
    const flags = wanted.flags.includes("i") ? "i" : "";
    return new RegExp(`^(?![\\s\\S]*(?:${unwanted.source}))[\\s\\S]*(?:${wanted.source})`, flags);
}

export const showProfiles = ({ k10 }: Names): string =>
    `kubectl -n ${k10} get profiles.config.kio.kasten.io -o yaml`;
export const showPods = ({ namespace }: Names): string => `kubectl -n ${namespace} describe pods`;
export const showEvents = ({ namespace }: Names): string =>
    `kubectl -n ${namespace} get events --sort-by=.lastTimestamp`;
