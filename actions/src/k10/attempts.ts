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

/** Far more attempts than anyone makes by hand; a loop without an end would hide a mistake. */
const maxAttempts = 1_000;

/**
 * The name of the attempt to wait for: the one that is in flight or a success, or a new one.
 * @param isSuccess whether an attempt that is Complete is one
 */
export async function findOrStart(
    options: RunOptions,
    isSuccess: (complete: Action) => Promise<boolean>,
): Promise<string> {
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
                if (!isUnsuccessful(found) && (!isComplete(found) || (await isSuccess(found)))) {
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
