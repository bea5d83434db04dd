/**
 * Attempts of an action. K10 keeps no lock for us, so the action's name is the lock: it is computed from what is run,
 * the `runId` and the attempt, and a POST of a name that exists answers 409.
 */
import { explain, hint } from "../explain";
import { ApiError, isTransient, UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import { Action, isComplete, isUnsuccessful } from "./api";
import { describe } from "./progress";
import type { RunOptions } from "./run";

/**
 * Label of what we start: the run. A stack that was made anew, or another one, may use the same `runId`, and what was
 * started for that one is no success of this one. K10 keeps labels of other people's (its documentation, API, "Labels").
 */
const runLabel = "crossing/run";

/**
 * The name of the attempt to wait for: one of this run that is in flight or a success, or a new one.
 * @param isSuccess whether an attempt that is Complete is one
 */
export async function findOrStart(
    options: RunOptions,
    isSuccess: (complete: Action) => Promise<boolean>,
): Promise<string> {
    const { namespace } = options;
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
            const attempts = await attemptsOf(options);
            for (const { attempt, action } of attempts) {
                if (action.status?.state === "Deleting") {
                    return { done: false, seen: `attempt ${attempt} is being deleted` };
                }
                const adopts =
                    isOfThisRun(options, action) &&
                    !isUnsuccessful(action) &&
                    (!isComplete(action) || (await isSuccess(action)));
                if (adopts) {
                    const name = action.metadata?.name ?? "";
                    options.report(
                        `${options.title} \`${namespace}/${name}\`: adopted, ${describe(action)}`,
                    );
                    return { done: true, value: name };
                }
            }
            // After the highest, and never in a gap: what is missing was pruned, and what came after it may be a success.
            const name = `${options.name}-${(attempts.at(-1)?.attempt ?? 0) + 1}`;
            await start(options, name);
            return { done: true, value: name };
        },
    );
}

/** The attempts that K10 knows, in their order. */
async function attemptsOf(options: RunOptions): Promise<{ attempt: number; action: Action }[]> {
    const { cluster, resource, namespace, name } = options;
    const actions = await cluster.list<Action>(resource, { namespace });
    return actions
        .flatMap(action => {
            const [, number] = /^-([1-9]\d*)$/.exec(ending(name, action)) ?? [];
            return number === undefined ? [] : [{ attempt: Number(number), action }];
        })
        .sort((a, b) => a.attempt - b.attempt);
}

/** What follows on a name in that of an action; nothing where it does not begin so. */
function ending(name: string, { metadata }: Action): string {
    const own = metadata?.name ?? "";
    return own.startsWith(name) ? own.slice(name.length) : "";
}

/** Whether it is of this very run. One without a label is: older versions gave none. */
function isOfThisRun({ runToken }: RunOptions, { metadata }: Action): boolean {
    const found = metadata?.labels?.[runLabel];
    return found === undefined || runToken === undefined || found === runToken;
}

/** The action that is posted as an attempt, with the run that it is of. */
function bodyOf(options: RunOptions, name: string): Action {
    const { runToken } = options;
    const action = options.body(name);
    return runToken === undefined
        ? action
        : {
              ...action,
              metadata: {
                  ...action.metadata,
                  labels: { ...action.metadata?.labels, [runLabel]: runToken },
              },
          };
}

/** Posts an attempt. 409 means that somebody else did, for example the process of a killed `up`: adopt it. */
async function start(options: RunOptions, name: string): Promise<void> {
    try {
        await options.cluster.create(options.resource, bodyOf(options, name), options.namespace);
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
