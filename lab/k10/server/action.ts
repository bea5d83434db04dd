/** What an action is while it runs (K10 documentation, API "Actions", usage "Action States"). */
import type { NewObject } from "./catalog.ts";
import { textAt, type Fields, type KubeObject } from "./json.ts";
import type { Kind } from "./kinds.ts";

const TERMINAL = ["Complete", "Failed", "Cancelled", "Skipped"];

export interface Phase {
    name: string;
    state: "running" | "succeeded" | "failed" | "cancelled";
    attempt: number;
    startTime: string;
    endTime: string | null;
    updatedTime: string;
    errors: { message: string }[];
}

/** What the catalog keeps of an action beside the object: shown by `…/details`. */
export interface ActionNote {
    phases: Phase[];
}

/** What the body of an action works with. */
export interface Run {
    readonly object: KubeObject;
    /** Runs one phase; before it, a cancellation takes effect. */
    phase<T>(name: string, work: () => Promise<T>): Promise<T>;
    /** Throws when the action has been deleted: to be called while waiting. */
    readonly check: () => void;
    /** Changes the status as it is stored. */
    status(fields: Fields): void;
    /** Changes the spec: for the few fields that the server fills. */
    spec(fields: Fields): void;
    /** Something to report although the action goes on. */
    exception(message: string): void;
    /** Starts another action on behalf of this one and waits for its end, whatever it is. */
    child(kind: Kind, what: NewObject, body: Body, attempts?: number): Promise<KubeObject>;
}

export type Body = (run: Run) => Promise<void>;

/** Makes the work of an action into what is done in its place. */
export type Wrap = (kind: Kind, body: Body) => Body;

/** Whether an action has ended. `AttemptFailed` is not an end. */
export function isTerminal(object: KubeObject): boolean {
    return TERMINAL.includes(textAt(object, "status", "state"));
}

export function describe(object: KubeObject): string {
    const { namespace, name } = object.metadata;
    return `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** The present time as K10 writes it. */
export function now(): string {
    return new Date().toISOString();
}
