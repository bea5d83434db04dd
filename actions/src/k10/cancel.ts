/** Cancelling what takes too long (K10 documentation, API "CancelActions": best effort, and nothing is stored of it). */
import type { Cluster, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import { Clock, poll, realClock, TimedOut } from "../kube/poll";
import { Action, cancelActions, isRunning } from "./api";

/** An action that may be cancelled. */
export interface Target {
    kind: string;
    namespace: string;
    name: string;
}

/** Seconds for which it is waited that K10 has cancelled: it does so between the phases of an action. */
const cancelTimeout = 60;

export interface Cancellation {
    cluster: Cluster;
    /** The action that is waited for. */
    resource: Resource;
    target: Target;
    /** What it started and has not finished. */
    started: readonly Target[];
    report: (line: string) => void;
    clock?: Clock;
}

/**
 * Asks K10 to cancel an action and then what it started, so that it starts nothing more meanwhile.
 * @returns the action as it is afterwards: it may have ended in another way, or not at all.
 */
export async function cancel(options: Cancellation): Promise<Action | undefined> {
    const { cluster, resource, target, report } = options;
    for (const each of [target, ...options.started]) {
        await post(cluster, each, report);
    }
    const look = () => cluster.get<Action>(resource, target.name, target.namespace);
    try {
        return await poll(
            {
                what: `${target.kind} \`${target.namespace}/${target.name}\` to be Cancelled`,
                ...{ timeout: cancelTimeout, report, clock: options.clock ?? realClock },
            },
            async () => {
                const found = await look();
                return found && isRunning(found)
                    ? { done: false, seen: found.status?.state ?? "Pending" }
                    : { done: true, value: found };
            },
        );
    } catch (error) {
        if (error instanceof TimedOut) {
            return look();
        }
        throw error;
    }
}

/** A refusal is said and no more: what has ended meanwhile cannot be cancelled, nor what is Pending (seen). */
async function post(
    cluster: Cluster,
    { kind, namespace, name }: Target,
    report: (line: string) => void,
): Promise<void> {
    report(`cancelling ${kind} \`${namespace}/${name}\`, as \`crossing:cancelOnTimeout\` says`);
    const body = {
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "CancelAction",
        metadata: { name: `cancel-${name}`, namespace },
        spec: {
            subject: { apiVersion: "actions.kio.kasten.io/v1alpha1", kind, name, namespace },
        },
    };
    try {
        await cluster.create(cancelActions, body, namespace);
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        report(`${kind} \`${namespace}/${name}\` was not cancelled: ${error.message}`);
    }
}
