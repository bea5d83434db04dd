/** What a RunAction starts, and for which applications. */
import type { Run } from "../action.ts";
import type { NewObject } from "../catalog.ts";
import { labels, suffix } from "../constants.ts";
import { Failure } from "../failure.ts";
import { at, fieldsAt, listAt, textAt, type Fields, type KubeObject } from "../json.ts";
import { matchesWildcard, meets, selectorValues } from "../selectors.ts";

/** Never meant by a wildcard or a label (K10 documentation, chart value `excludedApps`). */
const SYSTEM = ["kasten-io", "kube-node-lease", "kube-public", "kube-system", "local-path-storage"];

export const isSystem = (namespace: string) => SYSTEM.includes(namespace);

/** The namespaces that a policy's selector means; wildcards and labels are of namespaces. */
export function selectedNamespaces(selector: unknown, namespaces: KubeObject[]): string[] {
    const names = selectorValues(selector, labels.appNamespace);
    const isName = (each: unknown) => at(each, "key") === labels.appNamespace;
    const others = {
        matchLabels: Object.fromEntries(
            Object.entries(fieldsAt(selector, "matchLabels")).filter(
                ([k]) => k !== labels.appNamespace,
            ),
        ),
        matchExpressions: listAt(selector, "matchExpressions").filter(each => !isName(each)),
    };
    const any = (patterns: string[], name: string) => patterns.some(p => matchesWildcard(name, p));
    return namespaces
        .filter(({ metadata: { name, labels: found } }) => {
            const included = names.in.length === 0 || any(names.in, name);
            const system = isSystem(name) && !names.in.includes(name);
            return included && !system && meets(found, others) && !any(names.notIn, name);
        })
        .map(each => each.metadata.name);
}

/** A new action on behalf of a run: K10 names and labels them like this (seen). */
export function subordinate(run: Run, policy: KubeObject, namespace: string): NewObject {
    const { name, namespace: own = "" } = run.object.metadata;
    return {
        namespace,
        name: `scheduled-${suffix(10)}`,
        labels: {
            [labels.policyName]: policy.metadata.name,
            [labels.policyNamespace]: policy.metadata.namespace ?? "",
            [labels.runActionName]: name,
            [labels.runActionNamespace]: own,
            [labels.isRunNow]: "true",
        },
    };
}

/** @throws Failure with the subordinate's own error, when it did not end Complete. */
export function requireComplete(action: KubeObject): KubeObject {
    const state = textAt(action, "status", "state");
    if (state === "Complete") {
        return action;
    }
    const { namespace = "", name } = action.metadata;
    const error = fieldsAt(action, "status", "error");
    throw new Failure(`${action.kind} ${namespace}/${name} ended ${state}`, {
        ...(error["message"] !== undefined && { cause: nested(error) }),
    });
}

/** `status.error` of another action as a chain of errors again. */
function nested(error: Fields): Error {
    const cause =
        typeof error["cause"] === "string"
            ? (JSON.parse(error["cause"]) as Fields)
            : error["cause"];
    const inner = typeof cause === "object" && cause !== null ? nested(cause as Fields) : undefined;
    const message = textAt(error, "message");
    return inner && inner.message !== message
        ? new Failure(message, { cause: inner })
        : new Failure(message, { cause: inner?.cause });
}
