/**
 * The objects by which K10 is recovered (K10 documentation, API "KastenDR"): K10 allows one of each kind at a time, and
 * deleting one takes nothing back.
 */
import { explain, hint, messagesOf } from "../explain";
import type { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError, isTransient, UserError } from "../kube/errors";
import { Clock, Look, poll, realClock, seconds } from "../kube/poll";

/** Its states are none, running, failed and success. One that is not listed counts as not finished. */
export interface KastenDr extends KubeObject {
    spec?: object;
    status?: { state?: string; phase?: string; error?: unknown; cause?: unknown };
}

export interface DrStep {
    cluster: Cluster;
    resource: Resource;
    kind: "KastenDRReview" | "KastenDRRestore";
    /** Where K10 is installed. */
    namespace: string;
    /** By its name it is known as ours, also after an interruption. */
    name: string;
    spec: object;
    /** Seconds that it may take. */
    timeout: number;
    report: (line: string) => void;
    clock?: Clock;
}

/**
 * Adopts our object, or makes it, and waits for its end. One that failed in an earlier run is made anew; what somebody
 * else made is waited for while it runs, and never deleted.
 * @throws UserError with K10's innermost cause when it fails.
 */
export async function succeeded<T extends KastenDr>(step: DrStep): Promise<T> {
    const { cluster, resource, kind, namespace, name, clock = realClock } = step;
    const started = clock.now();
    const id = `${kind} \`${namespace}/${name}\``;
    const details = showAll(step);
    const failure = failureOf(step);
    const then = "run `pulumi up` again";
    let begun = false;
    const look = async (): Promise<Look<T>> => {
        const all = await cluster.list<T>(resource, { namespace });
        const own = all.find(({ metadata }) => metadata?.name === name);
        const state = own?.status?.state ?? "none";
        if (own && (state === "success" || (state === "failed" && begun))) {
            return { done: true, value: own };
        }
        if (own && state === "failed") {
            await cluster.delete(resource, name, namespace);
            return { done: false, seen: "failed in an earlier run, and is made anew" };
        }
        if (own) {
            begun = true;
            const { phase } = own.status ?? {};
            return { done: false, seen: phase ? `${state}, ${phase}` : state };
        }
        if (begun) {
            throw new UserError(
                `${id} was deleted while it was waited for. Run \`pulumi up\` again to start it anew.`,
            );
        }
        if (all.length > 0) {
            return { done: false, seen: waitsFor(step, all[0]) };
        }
        begun = await start(step);
        return { done: false, seen: "started" };
    };
    const ended = await poll(
        {
            what: `${id} to succeed`,
            timeout: step.timeout,
            hint: seen =>
                hint(
                    { ...failure, messages: [seen], then: `${then}, which goes on waiting` },
                    `It may still end well: ${then} to go on waiting. Details: ${details}`,
                ),
            ...{ report: step.report, clock },
        },
        look,
    );
    const { state, error, cause } = ended.status ?? {};
    if (state === "failed") {
        throw new UserError(
            explain({
                ...{ ...failure, then: `${then}, which makes it anew`, command: details },
                what: `${id} failed after ${seconds((clock.now() - started) / 1_000)}`,
                messages: messagesOf([error, cause]),
            }),
        );
    }
    return ended;
}

const showAll = ({ namespace, resource }: DrStep): string =>
    `kubectl -n ${namespace} get ${resource.plural}.${resource.group} -o yaml`;

const failureOf = ({ namespace }: DrStep) => ({
    wait: "recovery" as const,
    names: { k10: namespace, namespace },
});

/** What is seen while somebody else's runs. @throws UserError when it has ended: it stays until it is deleted. */
function waitsFor({ kind, resource, namespace }: DrStep, { metadata, status }: KastenDr): string {
    const id = `${kind} \`${namespace}/${metadata?.name}\``;
    const { state } = status ?? {};
    if (state === "failed" || state === "success") {
        throw new UserError(
            `${id}, which somebody else made, is in the way: K10 allows one at a time. Delete it, which takes nothing back, and run \`pulumi up\` again: kubectl -n ${namespace} delete ${resource.plural}.${resource.group} ${metadata?.name}`,
        );
    }
    return `${id}, which somebody else made, is ${state ?? "none"}`;
}

/** Makes ours. @returns false where another one was quicker, perhaps the process of a killed `up`: look again */
async function start(step: DrStep): Promise<boolean> {
    const { cluster, resource, kind, namespace, name, spec } = step;
    const apiVersion = `${resource.group}/${resource.version}`;
    try {
        const body: KastenDr = { apiVersion, kind, metadata: { name, namespace }, spec };
        await cluster.create(resource, body, namespace);
        return true;
    } catch (error) {
        if (error instanceof ApiError && error.code === 409) {
            return false;
        }
        if (!(error instanceof ApiError) || isTransient(error)) {
            throw error;
        }
        throw new UserError(
            explain({
                ...{ ...failureOf(step), messages: [error.message] },
                what: `${kind} \`${namespace}/${name}\` was refused`,
                ...{ then: "run `pulumi up` again", command: showAll(step) },
            }),
        );
    }
}
