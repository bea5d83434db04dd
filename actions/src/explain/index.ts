/** Failures as one paragraph: what failed, the innermost cause, the probable reason, the fix, one command. */
import { sentence } from "../kube/errors";
import { keysOf } from "../store/errors";
import type { Cause, Names, Wait } from "./cause";
import { causes } from "./causes";
import { innermost } from "./messages";

export type { Names, Wait } from "./cause";
export { innermostCause, messagesOf } from "./messages";

/** A wait that has failed. */
export interface Failure {
    /** How the paragraph begins: "Export `kasten-io/x` failed after 3s". */
    what: string;
    wait: Wait;
    /** What K10 or the cluster says, the outermost message first. Empty: nothing. */
    messages: readonly string[];
    /** What is seen around it, for example pods that do not start. It explains where the messages do not. */
    surroundings?: Surroundings;
    names: Names;
    /** How to go on once the fix is made: "run `pulumi up` again". */
    then: string;
    /** A command that shows more, where no cause of the table says a better one. */
    command: string;
}

/** What was seen in a namespace. */
export interface Surroundings {
    namespace: string;
    /** The worst first. */
    lines: readonly string[];
    /** The ServiceAccounts of workloads whose pods could not be made. */
    serviceAccounts?: readonly string[];
}

/** At most so many lines of what is seen around are shown. */
const shownLines = 3;

/** The cause in the table, or undefined: unknown. */
export function causeOf(wait: Wait, messages: readonly string[]): Cause | undefined {
    const text = messages.join("\n");
    return causes.find(cause => (cause.waits?.includes(wait) ?? true) && cause.pattern.test(text));
}

/** The paragraph. An unknown cause is shown whole, with all its levels. */
export function explain(failure: Failure): string {
    const { what, messages, then, command } = failure;
    const known = knownCause(failure);
    const seen = around(failure, known);
    const core = innermost(messages) ?? "K10 gives no cause";
    if (known) {
        return `${what}: ${sentence(withContext(known, messages) ?? core)}${seen} ${adviceOf(known, failure)}`;
    }
    const whole = messages.length > 1 ? ` (in full: ${messages.join(" > ")})` : "";
    return `${what}: ${whole === "" ? sentence(core) : `${core.replace(/\.$/, "")}${whole}.`}${seen} Put that right and ${then}. Details: ${command}`;
}

/**
 * What comes after "last seen: …" when a wait is given up: the reason and the fix, or where nothing is known, what
 * `otherwise` says.
 */
export function hint(failure: Omit<Failure, "what" | "command">, otherwise: string): string {
    const known = knownCause(failure);
    return `${around(failure, known)} ${known ? adviceOf(known, failure) : otherwise}`.trim();
}

/** The innermost message; before it the one by which the cause is known, where that is another. */
function withContext({ pattern }: Cause, messages: readonly string[]): string | undefined {
    const core = innermost(messages);
    const telling = messages.find(message => pattern.test(message));
    return core === undefined || telling === undefined || pattern.test(core)
        ? core
        : `${telling.replace(/\.$/, "")}: ${core}`;
}

/**
 * What K10 says counts first: around a failure there may be troubles that have nothing to do with it. Only where that
 * is vague, what is seen around says more.
 */
function knownCause({ wait, messages, surroundings }: Omit<Failure, "what" | "command">) {
    const own = causeOf(wait, messages);
    if (own && !own.vague) {
        return own;
    }
    // Line by line, for they stand in the order in which one leads to the other.
    const seen = (surroundings?.lines ?? []).map(line => causeOf(wait, [line]));
    return seen.find(Boolean) ?? own;
}

function around(
    { wait, messages, surroundings }: Omit<Failure, "what" | "command">,
    known: Cause | undefined,
): string {
    const lines = surroundings?.lines ?? [];
    if (lines.length === 0 || (known && causeOf(wait, messages) === known)) {
        return "";
    }
    return ` In namespace \`${surroundings?.namespace}\`: ${sentence(lines.slice(0, shownLines).join("; "))}`;
}

function adviceOf(cause: Cause, failure: Omit<Failure, "what" | "command">): string {
    const { names, then, messages, surroundings } = failure;
    const more = cause.more?.({
        ...{ names, lines: [...messages, ...(surroundings?.lines ?? [])] },
        serviceAccounts: surroundings?.serviceAccounts ?? [],
    });
    const fix = typeof cause.fix === "string" ? cause.fix : cause.fix(keysOf(names.location));
    return `Probably ${cause.reason}. ${fix}, then ${then}.${more ? ` ${more}` : ""} Details: ${cause.command(names)}`;
}
