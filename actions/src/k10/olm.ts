/** What the Operator Lifecycle Manager of OpenShift keeps of an operator, and what it says is wrong. */
import { KubeObject, Resource } from "../kube/client";

export interface Condition {
    type: string;
    status: string;
    reason?: string;
    message?: string;
}

export interface Subscription extends KubeObject {
    spec?: { installPlanApproval?: string };
    status?: {
        /** What is installed, and what it is to become. */
        installedCSV?: string;
        currentCSV?: string;
        installPlanRef?: { name: string };
        conditions?: Condition[];
    };
}

export interface InstallPlan extends KubeObject {
    spec?: { approved?: boolean; clusterServiceVersionNames?: string[] };
}

export interface ClusterServiceVersion extends KubeObject {
    spec?: { version?: string };
    status?: { phase?: string; reason?: string; message?: string };
}

const resource = (plural: string): Resource => ({
    group: "operators.coreos.com",
    version: "v1alpha1",
    plural,
});

/** What K10's operator makes K10 of. */
export const k10s: Resource = { group: "apik10.kasten.io", version: "v1alpha1", plural: "k10s" };

export const subscriptions = resource("subscriptions");
export const installPlans = resource("installplans");
export const clusterServiceVersions = resource("clusterserviceversions");

/** Conditions that mean failure where they are True. All others come and go while OLM works. */
const failures = ["ResolutionFailed", "BundleUnpackFailed", "InstallPlanFailed"];

/** A catalog that does not answer, for example because its pod is starting: OLM tries again by itself. */
const passing = "ErrorPreventedResolution";

/** What keeps a Subscription from being installed, in OLM's words. */
export function failureOf({ status }: Subscription): string | undefined {
    const failed = trueConditions(status?.conditions).find(
        ({ type, reason }) => failures.includes(type) && reason !== passing,
    );
    return failed && said(failed);
}

/** What OLM says while it works: catalogs that are away, plans that are pending. */
export const troubleOf = ({ status }: Subscription): string | undefined =>
    trueConditions(status?.conditions).map(said).join("; ") || undefined;

export const trueConditions = (conditions: Condition[] = []): Condition[] =>
    conditions.filter(({ status }) => status === "True");

/** "ResolutionFailed (ConstraintsNotSatisfiable): no operators found …" */
export const said = ({ type, reason, message }: Omit<Condition, "status">): string =>
    `${type}${reason ? ` (${reason})` : ""}: ${message ?? "it does not say why"}`;

/** What OLM's messages ask for. */
export function fixOf(failure: string): string {
    if (/is not referenced by a subscription/.test(failure)) {
        return "An earlier installation has left a ClusterServiceVersion there: delete it by `kubectl delete csv`";
    }
    if (/OperatorGroup|operator ?group/i.test(failure)) {
        return "The namespace needs exactly one OperatorGroup, the one that the stack makes: delete the others";
    }
    if (/startingCSV/.test(failure)) {
        return "Set `startingCSV` of `crossing:k10.operator` to one of them";
    }
    return /ResolutionFailed/.test(failure)
        ? "Correct `package`, `channel`, `source` and `startingCSV` of `crossing:k10.operator`, which `kubectl get packagemanifests -o yaml` lists"
        : "Put that right";
}
