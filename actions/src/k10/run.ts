/** Running an action exactly once for a `runId`. */
import { explain, hint, messagesOf, Names, Surroundings, Wait } from "../explain";
import type { Cluster, Resource } from "../kube/client";
import { UserError } from "../kube/errors";
import { ask, Clock, interval, Look, poll, realClock, seconds, TimedOut } from "../kube/poll";
import { Action, isComplete, isUnsuccessful } from "./api";
import { findOrStart } from "./attempts";
import { cancel, Target } from "./cancel";
import { exceptional, reportExceptions, RunChoices, Why } from "./outcome";
import { phasesOf } from "./phase";
import { describe } from "./progress";

export interface RunOptions extends RunChoices {
    cluster: Cluster;
    resource: Resource;
    namespace: string;
    /** The name without the attempt, for example `shop-export-nightly-7`. */
    name: string;
    /** What is unique to the run: what was started for another one is not adopted. */
    runToken?: string;
    /** The object for the attempt of this name. */
    body(name: string): Action;
    /** How messages call it: "Export". */
    title: string;
    /** What causes of a failure are looked for among. */
    wait: Wait;
    /** Where K10 is installed. */
    k10: string;
    /** What the configuration calls the application. @default as the namespace */
    application?: string;
    /** Which of `crossing:locations` it goes by. @default the store */
    location?: string;
    /** Seconds until the wait fails. */
    timeout: number;
    report: (line: string) => void;
    /**
     * What the action, or what it started, is at: added to its state and percent. Asked when these change, and now and
     * then. @default the action's own phase
     */
    progress?: (action: Action) => Promise<string>;
    /** What the action started and has not finished. */
    running?(action: Action): Promise<Target[]>;
    /** What the failed action's subordinates say, if they know more than the action itself. */
    cause?(action: Action): Promise<Why | undefined>;
    /** Why an action is no success although it says Complete, or undefined: it is one. */
    incomplete?(action: Action): Promise<Why | undefined>;
    /** Looks at what the action works on, when it has failed or takes too long. */
    surroundings?(): Promise<Surroundings>;
    clock?: Clock;
}

/** What an action started goes on while its own percent stands: it is asked for with each so many-th look. */
const looksBetween = 10;

/** An action ended without success. */
export class RunFailed extends UserError {
    readonly action: Action;
    constructor(message: string, action: Action) {
        super(message);
        this.action = action;
    }
}

/**
 * Adopts the attempt that is in flight or Complete, or starts the next one; then waits for its end.
 * An attempt after a success or beside one in flight is never started.
 * @returns the action in state Complete.
 * @throws RunFailed when K10 says Failed, Cancelled or Skipped (with the innermost cause), or the action is no
 * success by `incomplete` or `exceptions`; UserError when the time is over.
 */
export async function runOnce(options: RunOptions): Promise<Action> {
    const clock = options.clock ?? realClock;
    const started = clock.now();
    const name = await findOrStart(
        options,
        async complete => (await notSuccess(options, complete)) === undefined,
    );
    const id = `${options.namespace}/${name}`;
    const { resource, wait, title } = options;
    const { k10, namespace, application, location } = options;
    const names: Names = { k10, namespace, application, location };
    const details = `kubectl -n ${options.namespace} get ${resource.plural}.${resource.group} ${name} -o yaml`;
    const elapsed = () => seconds((clock.now() - started) / 1_000);
    const advice = async (seen: string, then: string, otherwise: string) =>
        hint(
            {
                ...{ wait, names, messages: [seen], then: `run \`pulumi up\` again, ${then}` },
                surroundings: await options.surroundings?.(),
            },
            `${otherwise} Details: ${details}`,
        );
    const { action, why } = await poll(
        {
            what: `${title} \`${id}\` to be Complete`,
            timeout: options.timeout,
            hint: seen =>
                advice(
                    ...([seen, "which goes on waiting"] as const),
                    "It may still end well: run `pulumi up` again to go on waiting.",
                ),
            report: line => options.report(`${line} (${elapsed()})`),
            clock,
        },
        look(options, name),
    ).catch(async (error: unknown) => {
        if (!(error instanceof TimedOut) || !options.cancelOnTimeout) {
            throw error;
        }
        const left = await ask(
            {
                what: `${title} \`${id}\` to be cancelled`,
                timeout: 60,
                report: options.report,
                clock,
            },
            () => cancelled(options, name),
        );
        if (left && isComplete(left)) {
            return { action: left, why: await notSuccess(options, left) };
        }
        const [is, then] =
            !left || isUnsuccessful(left)
                ? [left?.status?.state ?? "gone", "which starts the next attempt of the same run"]
                : [
                      `still ${left.status?.state}`,
                      "which goes on waiting, or starts the next attempt once it is Cancelled",
                  ];
        throw new UserError(
            `${error.bare} K10 was asked to cancel it, as \`crossing:cancelOnTimeout\` says, and it is ${is}. ${await advice(error.seen, then, `Give it more time by \`crossing:timeouts\` and run \`pulumi up\` again, ${then}.`)}`,
            { cause: error },
        );
    });
    if (why === undefined) {
        reportExceptions(`${title} \`${id}\``, action, options.report);
        return action;
    }
    const state = action.status?.state ?? "";
    const ended = ["Cancelled", "Skipped"].includes(state)
        ? `was ${state.toLowerCase()}`
        : "failed";
    const about = why.about === undefined ? "" : `: ${why.about}`;
    const otherwise = why.otherwise === undefined ? "" : `; or ${why.otherwise}`;
    throw new RunFailed(
        explain({
            what: `${title} \`${id}\` ${ended} after ${elapsed()}${about}`,
            ...{ wait, names, messages: why.messages },
            surroundings: await options.surroundings?.(),
            then: `run \`pulumi up\` again, which starts the next attempt of the same run${otherwise}`,
            command: details,
        }),
        action,
    );
}

/** An action that has ended, and why it is no success, if it is none. */
interface Ended {
    action: Action;
    why: Why | undefined;
}

/** Looks at an action; when its state or percent change, also at its phase or at what it started. */
function look(options: RunOptions, name: string): () => Promise<Look<Ended>> {
    const { title, namespace, clock = realClock } = options;
    const progress = options.progress ?? ownPhase(options);
    const started = clock.now();
    let state: string | undefined;
    let below = "";
    let asked = started;
    return async () => {
        const found = await options.cluster.get<Action>(options.resource, name, namespace);
        if (!found) {
            throw new UserError(
                `${title} \`${namespace}/${name}\` was deleted while it was waited for. Run \`pulumi up\` again to start it anew.`,
            );
        }
        // Asked in here, so that an API that is away for a moment does not hide the reason.
        if (isUnsuccessful(found)) {
            return { done: true, value: { action: found, why: await whyOf(options, found) } };
        }
        if (isComplete(found)) {
            return { done: true, value: { action: found, why: await notSuccess(options, found) } };
        }
        const now = describe(found);
        const due = looksBetween * interval(clock.now() - started);
        const begun = (found.status?.state ?? "Pending") !== "Pending";
        if (begun && (now !== state || clock.now() - asked >= due)) {
            below = await progress(found);
            asked = clock.now();
        }
        state = now;
        return { done: false, seen: `${now}${below}` };
    };
}

function ownPhase({ cluster, resource }: RunOptions): (action: Action) => Promise<string> {
    const phaseOf = phasesOf(cluster);
    return async action => {
        const phase = await phaseOf(resource, action);
        return phase === undefined ? "" : `: ${phase}`;
    };
}

/** Cancels an action and what it started. */
async function cancelled(options: RunOptions, name: string): Promise<Action | undefined> {
    const { cluster, resource, namespace, report, clock } = options;
    const found = await cluster.get<Action>(resource, name, namespace);
    return cancel({
        ...{ cluster, resource, report, clock },
        target: { kind: options.body(name).kind ?? "", namespace, name },
        started: (found && (await options.running?.(found))) ?? [],
    });
}

async function whyOf(options: RunOptions, action: Action): Promise<Why> {
    return (
        (await options.cause?.(action)) ?? {
            messages: messagesOf(action.status?.error),
        }
    );
}

/** Why an action that says Complete is no success. */
async function notSuccess(options: RunOptions, action: Action): Promise<Why | undefined> {
    return (
        (await options.incomplete?.(action)) ??
        (options.exceptions === "fail" ? exceptional(options.title, action) : undefined)
    );
}
