/**
 * Running an action exactly once for a `runId`. K10 keeps no lock for us, so the action's name is the lock: it is
 * computed from what is run, the `runId` and the attempt, and a POST of a name that exists answers 409.
 */
import { explain, hint, messagesOf, Names, Surroundings, Wait } from "../explain";
import type { Cluster, Resource } from "../kube/client";
import { ApiError, innermostCause, isTransient, UserError } from "../kube/errors";
import { Clock, poll, realClock, seconds } from "../kube/poll";
import { Action, isComplete, isUnsuccessful } from "./api";

export interface RunOptions {
    cluster: Cluster;
    resource: Resource;
    namespace: string;
    /** The name without the attempt, for example `shop-export-nightly-7`. */
    name: string;
    /** The object for the attempt of this name. */
    body(name: string): Action;
    /** How messages call it: "Export". */
    title: string;
    /** What causes of a failure are looked for among. */
    wait: Wait;
    /** Where K10 is installed. */
    k10: string;
    /** Seconds until the wait fails. */
    timeout: number;
    report: (line: string) => void;
    /** What the failed action's subordinates say, if they know more than the action itself. */
    cause?(action: Action): Promise<Why | undefined>;
    /** Why an action is no success although it says Complete, or undefined: it is one. */
    incomplete?(action: Action): Promise<Why | undefined>;
    /** Looks at what the action works on, when it has failed or takes too long. */
    surroundings?(): Promise<Surroundings>;
    clock?: Clock;
}

/** Why an action is no success. */
export interface Why {
    /** What else failed, where it was not the action itself: "ExportAction `shop/x` is Failed". */
    about?: string;
    /** What K10 says, the outermost message first. */
    messages: string[];
}

/** An action ended without success. */
export class RunFailed extends UserError {
    readonly action: Action;
    constructor(message: string, action: Action) {
        super(message);
        this.action = action;
    }
}

/** Far more attempts than anyone makes by hand; a loop without an end would hide a mistake. */
const maxAttempts = 1_000;

/**
 * Adopts the attempt that is in flight or Complete, or starts the next one; then waits for its end.
 * An attempt after a success or beside one in flight is never started.
 * @returns the action in state Complete.
 * @throws RunFailed when K10 says Failed, Cancelled or Skipped (with the innermost cause), or the action is no
 * success by `incomplete`; UserError when the time is over.
 */
export async function runOnce(options: RunOptions): Promise<Action> {
    const clock = options.clock ?? realClock;
    const started = clock.now();
    const name = await findOrStart(options);
    const id = `${options.namespace}/${name}`;
    const { resource, wait } = options;
    const names: Names = { k10: options.k10, namespace: options.namespace };
    const details = `kubectl -n ${options.namespace} get ${resource.plural}.${resource.group} ${name} -o yaml`;
    const { action, why } = await poll(
        {
            what: `${options.title} \`${id}\` to be Complete`,
            timeout: options.timeout,
            hint: async seen => {
                const surroundings = await options.surroundings?.();
                return hint(
                    {
                        ...{ wait, names, surroundings, messages: [seen] },
                        then: "run `pulumi up` again, which goes on waiting",
                    },
                    `It may still end well: run \`pulumi up\` again to go on waiting. Details: ${details}`,
                );
            },
            report: options.report,
            clock,
        },
        async () => {
            const found = await options.cluster.get<Action>(resource, name, options.namespace);
            if (!found) {
                throw new UserError(
                    `${options.title} \`${id}\` was deleted while it was waited for. Run \`pulumi up\` again to start it anew.`,
                );
            }
            // Asked in here, so that an API that is away for a moment does not hide the reason.
            return isUnsuccessful(found)
                ? { done: true, value: { action: found, why: await whyOf(options, found) } }
                : isComplete(found)
                  ? { done: true, value: { action: found, why: await options.incomplete?.(found) } }
                  : { done: false, seen: describe(found) };
        },
    );
    if (why === undefined) {
        reportExceptions(`${options.title} \`${id}\``, action, options.report);
        return action;
    }
    const state = action.status?.state ?? "";
    const ended = ["Cancelled", "Skipped"].includes(state)
        ? `was ${state.toLowerCase()}`
        : "failed";
    const about = why.about === undefined ? "" : `: ${why.about}`;
    throw new RunFailed(
        explain({
            what: `${options.title} \`${id}\` ${ended} after ${seconds((clock.now() - started) / 1_000)}${about}`,
            ...{ wait, names, messages: why.messages },
            surroundings: await options.surroundings?.(),
            then: "run `pulumi up` again, which starts the next attempt of the same run",
            command: details,
        }),
        action,
    );
}

async function whyOf(options: RunOptions, action: Action): Promise<Why> {
    return (
        (await options.cause?.(action)) ?? {
            messages: messagesOf(action.status?.error),
        }
    );
}

/** Says what K10 has to add to a success. */
export function reportExceptions(
    what: string,
    action: Action,
    report: (line: string) => void,
): void {
    for (const exception of action.status?.exceptions ?? []) {
        report(
            `${what} is Complete with an exception: ${innermostCause(exception) ?? "K10 gives no reason"}`,
        );
    }
}

/** The name of the attempt to wait for. */
async function findOrStart(options: RunOptions): Promise<string> {
    const { cluster, resource, namespace } = options;
    return poll(
        {
            what: `${options.title} \`${namespace}/${options.name}\` to start`,
            timeout: options.timeout,
            hint: seen =>
                hint(
                    {
                        ...{ wait: options.wait, messages: [seen] },
                        names: { k10: options.k10, namespace },
                        then: "run `pulumi up` again",
                    },
                    "Details: kubectl get apiservices | grep kio.kasten.io",
                ),
            report: options.report,
            clock: options.clock,
        },
        async () => {
            for (let attempt = 1; attempt <= maxAttempts; attempt++) {
                const name = `${options.name}-${attempt}`;
                const found = await cluster.get<Action>(resource, name, namespace);
                if (!found) {
                    await start(options, name);
                    return { done: true, value: name };
                }
                if (found.status?.state === "Deleting") {
                    return { done: false, seen: `attempt ${attempt} is being deleted` };
                }
                if (!isUnsuccessful(found) && !(await isIncomplete(options, found))) {
                    options.report(
                        `${options.title} \`${namespace}/${name}\`: adopted, ${describe(found)}`,
                    );
                    return { done: true, value: name };
                }
            }
            throw new UserError(
                `${options.title} \`${namespace}/${options.name}\` has failed ${maxAttempts} times. Choose another \`crossing:runId\`.`,
            );
        },
    );
}

async function isIncomplete(options: RunOptions, action: Action): Promise<boolean> {
    return isComplete(action) && (await options.incomplete?.(action)) !== undefined;
}

/** Posts an attempt. 409 means that somebody else did, for example the process of a killed `up`: adopt it. */
async function start(options: RunOptions, name: string): Promise<void> {
    try {
        await options.cluster.create(options.resource, options.body(name), options.namespace);
        options.report(`${options.title} \`${options.namespace}/${name}\`: started`);
    } catch (error) {
        if (error instanceof ApiError && error.code === 409) {
            return;
        }
        if (isTransient(error)) {
            // It may have been carried out (504): the caller looks again before it posts again.
            throw error;
        }
        if (!(error instanceof ApiError)) {
            throw error;
        }
        const { resource, namespace } = options;
        throw new UserError(
            explain({
                what: `${options.title} \`${namespace}/${name}\` was refused`,
                ...{ wait: options.wait, messages: [error.message] },
                names: { k10: options.k10, namespace },
                then: "run `pulumi up` again",
                command: `kubectl -n ${namespace} get ${resource.plural}.${resource.group}`,
            }),
        );
    }
}

function describe(action: Action): string {
    const { state = "Pending", progress, error } = action.status ?? {};
    const cause = state === "AttemptFailed" ? innermostCause(error) : undefined;
    return `${state}${progress === undefined ? "" : ` ${progress} %`}${cause === undefined ? "" : ` (${cause})`}`;
}
