/** Waiting until K10 has validated what it was given. K10 ignores what is not valid, and refuses to run it. */
import { explain, hint } from "../explain";
import type { Cluster, Resource } from "../kube/client";
import { UserError } from "../kube/errors";
import { Clock, poll, realClock } from "../kube/poll";
import { locationOf, Validated } from "./api";

export type ValidatedKind =
    "Profile" | "Policy" | "PolicyPreset" | "TransformSet" | "BlueprintBinding";

export interface ValidationOptions {
    cluster: Cluster;
    resource: Resource;
    kind: ValidatedKind;
    namespace: string;
    name: string;
    /** Seconds until the wait fails. */
    timeout: number;
    report: (line: string) => void;
    clock?: Clock;
}

/**
 * Seconds for which a `Failed` is doubted: after a Profile was mended, the Policy that uses it stays Failed for a
 * moment, and a status may be the one of an earlier spec (K10 documentation; seen on live clusters).
 */
const doubt = 15;

/**
 * Waits until `status.validation` is `Success`.
 * @throws UserError with K10's own reasons when it stays `Failed`, or when the time is over.
 */
export async function waitValidated<T extends Validated>(options: ValidationOptions): Promise<T> {
    const clock = options.clock ?? realClock;
    const { kind, namespace, name } = options;
    const show = `kubectl -n ${namespace} get ${options.resource.plural}.${options.resource.group} ${name} -o yaml`;
    const failure = {
        wait: kind === "Profile" ? ("profile" as const) : ("policy" as const),
        names: {
            ...{ k10: namespace, namespace },
            ...(kind === "Profile" && { location: locationOf(name) }),
        },
        then: "run `pulumi up` again",
    };
    let failedSince: number | undefined;
    return poll(
        {
            what: `${kind} \`${namespace}/${name}\` to be validated by K10`,
            timeout: options.timeout,
            hint: seen => hint({ ...failure, messages: [seen] }, `Details: ${show}`),
            report: options.report,
            clock,
        },
        async () => {
            const found = await options.cluster.get<T>(options.resource, name, namespace);
            const validation = found?.status?.validation;
            if (found && validation === "Success") {
                return { done: true, value: found };
            }
            if (validation !== "Failed") {
                failedSince = undefined;
                return { done: false, seen: found ? (validation ?? "Pending") : "not there yet" };
            }
            const reasons = found?.status?.error?.filter(Boolean).join("; ") || "no reason given";
            failedSince ??= clock.now();
            if (clock.now() - failedSince >= doubt * 1_000) {
                const what = `K10 does not accept ${kind} \`${namespace}/${name}\``;
                // They stand beside each other, not one in another: all of them are shown.
                const messages = [reasons];
                throw new UserError(explain({ ...failure, what, messages, command: show }));
            }
            return { done: false, seen: `Failed (${reasons})` };
        },
    );
}
