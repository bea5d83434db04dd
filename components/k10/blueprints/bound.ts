/** What a Blueprint is bound to (K10 documentation, API "BlueprintBindings"). */
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

/** The namespaces that a restore may end in: those that `onConflict: newName` tries, one after the other. */
export function restoredNamespaces(
    { targetNamespace, onConflict }: { targetNamespace: string; onConflict: string },
    runId: string,
): string[] {
    const own = `${targetNamespace}-${runId}`;
    return onConflict === "newName"
        ? [targetNamespace, own, ...[2, 3, 4, 5, 6, 7, 8].map(number => `${own}-${number}`)]
        : [targetNamespace];
}
