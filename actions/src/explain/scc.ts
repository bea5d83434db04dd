/** Which grant would let a pod in that OpenShift has refused: told by what OpenShift says of it. */
import type { Seen } from "./cause";

/** What `nonroot-v2` leaves to the pod, but for user 0; and `anyuid` that, too. */
const ids = /\.(runAsUser|fsGroup|supplementalGroups)$/;

/**
 * The least of OpenShift's SecurityContextConstraints that allow what was refused. Undefined: it is more than a user or
 * group id, which the pod should rather do without.
 */
export function leastScc(refusal: string): "nonroot-v2" | "anyuid" | undefined {
    const refused = [...refusal.matchAll(/(\.[\w.[\]]+): Invalid value: ([^:]+):/g)];
    const isMore = /: Forbidden: (?!not usable by)/.test(refusal);
    if (refused.length === 0 || isMore || !refused.every(([, path = ""]) => ids.test(path))) {
        return undefined;
    }
    const asRoot = refused.some(([, path, id]) => path?.endsWith(".runAsUser") && id === "0");
    return asRoot ? "anyuid" : "nonroot-v2";
}

/** The configuration that gives the leave, as a sentence. */
export function grantFor({ lines, serviceAccounts, names }: Seen): string | undefined {
    const refusal = lines.find(line => line.includes("security context constraint")) ?? "";
    const scc = leastScc(refusal);
    if (!scc || serviceAccounts.length === 0 || names.namespace === names.k10) {
        return undefined;
    }
    const { application = names.namespace } = names;
    const grants = serviceAccounts.map(
        serviceAccount =>
            `{ application: ${application}, serviceAccount: ${serviceAccount}, scc: ${scc} }`,
    );
    return `The least that lets this pod in is \`crossing:grants: [${grants.join(", ")}]\`.`;
}
