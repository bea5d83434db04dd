/** What is made on a cluster, as the program makes it (components/k10/specs.ts), and where K10 has it. */
import type { KubeObject } from "../kube.ts";
import { scratchLabel } from "../scratch.ts";

const actionsGroup = "actions.kio.kasten.io/v1alpha1";
const appsGroup = "apps.kio.kasten.io/v1alpha1";
const configGroup = "config.kio.kasten.io/v1alpha1";

const below = (namespace: string | undefined, plural: string, name: string | undefined) =>
    [...(namespace ? ["namespaces", namespace] : []), plural, ...(name ? [name] : [])].join("/");

/** Paths: of an object, of a namespace's objects or of all. */
export const path = {
    actions: (plural: string, namespace?: string, name?: string) =>
        `/apis/${actionsGroup}/${below(namespace, plural, name)}`,
    apps: (plural: string, namespace?: string, name?: string) =>
        `/apis/${appsGroup}/${below(namespace, plural, name)}`,
    config: (plural: string, namespace?: string, name?: string) =>
        `/apis/${configGroup}/${below(namespace, plural, name)}`,
    core: (plural: string, namespace?: string, name?: string) =>
        `/api/v1/${below(namespace, plural, name)}`,
    workloads: (plural: string, namespace?: string, name?: string) =>
        `/apis/apps/v1/${below(namespace, plural, name)}`,
    snapshots: (plural: string, namespace?: string, name?: string) =>
        `/apis/snapshot.storage.k8s.io/v1/${below(namespace, plural, name)}`,
};

const labels = { [scratchLabel]: "k10" };

export const namespace = (name: string): KubeObject => ({ metadata: { name, labels } });

/** An object reference, as K10's specs have it. */
export interface Ref {
    name: string;
    namespace: string;
}

export const secret = (name: string, data: unknown): KubeObject => ({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name, labels } },
    ...{ type: "secrets.kanister.io/aws", data },
});

export const profile = (name: string, spec: Record<string, unknown>): KubeObject => ({
    ...{ apiVersion: configGroup, kind: "Profile", metadata: { name, labels }, spec },
});

export const policy = (name: string, spec: Record<string, unknown>): KubeObject => ({
    ...{ apiVersion: configGroup, kind: "Policy", metadata: { name, labels }, spec },
});

export const blueprintBinding = (
    name: string,
    blueprintRef: Ref,
    resources: object,
): KubeObject => ({
    ...{ apiVersion: configGroup, kind: "BlueprintBinding", metadata: { name, labels } },
    spec: { blueprintRef, resources },
});

/** A backup alone, on demand. */
export const backupSpec = (profile: Ref, application: string) => ({
    frequency: "@onDemand",
    actions: [{ action: "backup", backupParameters: { profile } }] as object[],
    selector: {
        matchExpressions: [
            { key: "k10.kasten.io/appNamespace", operator: "In", values: [application] },
        ],
    },
});

/** The program's export policy. */
export function exportSpec(profile: Ref, application: string) {
    const { actions, ...rest } = backupSpec(profile, application);
    const exportParameters = { frequency: "@onDemand", profile, exportData: { enabled: true } };
    return { ...rest, actions: [...actions, { action: "export", exportParameters }] };
}

/** The program's import policy. */
export const importSpec = (profile: Ref, receiveString: string) => ({
    frequency: "@onDemand",
    actions: [{ action: "import", importParameters: { profile, receiveString } }],
});

export const runAction = (name: string, policy: Ref): KubeObject => ({
    ...{ apiVersion: actionsGroup, kind: "RunAction" },
    metadata: { name, labels },
    spec: { subject: { apiVersion: configGroup, kind: "Policy", ...policy } },
});

export const cancelAction = (name: string, run: Ref): KubeObject => ({
    ...{ apiVersion: actionsGroup, kind: "CancelAction", metadata: { name } },
    spec: { subject: { apiVersion: actionsGroup, kind: "RunAction", ...run } },
});

export const restorePoint = (name: string, content: string): KubeObject => ({
    ...{ apiVersion: appsGroup, kind: "RestorePoint", metadata: { name } },
    spec: { restorePointContentRef: { name: content } },
});

/** The program's RestoreAction, from a restore point in the namespace that it restores to. */
export const restoreAction = (
    name: string,
    point: Ref,
    overwriteExisting: boolean,
    targetNamespace = point.namespace,
): KubeObject => ({
    ...{ apiVersion: actionsGroup, kind: "RestoreAction", metadata: { name, labels } },
    spec: {
        subject: { apiVersion: appsGroup, kind: "RestorePoint", ...point },
        ...{ targetNamespace, overwriteExisting },
    },
});

export const validateAction = (name: string, point: Ref): KubeObject => ({
    ...{ apiVersion: actionsGroup, kind: "ValidateAction", metadata: { name, labels } },
    spec: { subject: { apiVersion: appsGroup, kind: "RestorePoint", ...point } },
});
