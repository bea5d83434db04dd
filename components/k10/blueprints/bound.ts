/** What a Blueprint is bound to (K10 documentation, API "BlueprintBindings"). */
import { newNames } from "crossing-actions/dist/k10/new-names";
import type { Requirement } from "../policy-specs";

export interface Workload {
    kind: "Deployment" | "StatefulSet" | "DeploymentConfig";
    name: string;
}

const groups = {
    Deployment: "apps",
    StatefulSet: "apps",
    DeploymentConfig: "apps.openshift.io",
};

/** A workload of that name in one of these namespaces. */
export const workloadIn = (
    { kind, name }: Workload,
    namespaces: readonly string[],
): { matchAll: Requirement[] } => ({
    matchAll: [
        {
            type: {
                operator: "In",
                values: [{ group: groups[kind], resource: `${kind.toLowerCase()}s`, name }],
            },
        },
        { namespace: { operator: "In", values: namespaces } },
    ],
});

/** The namespaces that a restore may end in. */
export function restoredNamespaces(
    { targetNamespace, onConflict }: { targetNamespace: string; onConflict: string },
    runId: string,
): string[] {
    return onConflict === "newName" ? newNames(targetNamespace, runId) : [targetNamespace];
}
