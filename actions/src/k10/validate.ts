/**
 * Validates an exported restore point of a run, once for a `runId`: K10 looks whether what a restore needs can be read
 * from the store (its documentation, API "ValidateActions").
 */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { ask } from "../kube/poll";
import { Action, labels, RestorePointContent, validateActions } from "./api";
import { choicesOf, RunChoices } from "./outcome";
import { ActionTimes, times } from "./facts";
import { contentsOfRun } from "./retire";
import { runOnce } from "./run";

export interface ValidateInputs extends ClusterInputs, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    policy: string;
    /** Whose restore point it is, where the policy exports several applications. */
    applicationNamespace?: string;
    runId: string;
    /** What is unique to the run. Absent in older states. */
    runToken?: string;
    /** The run that exported. */
    runAction: ActionTimes;
    /** Seconds that the validation may take. */
    timeout: number;
}

export interface ValidateOutputs {
    result: { validateAction: ActionTimes; restorePoint: string };
}

export const validateAction: Definition<ValidateInputs, ValidateOutputs> = {
    title: "validation",
    replaceOn: [
        ...(["clusterUid", "runId", "runToken"] as const),
        ...(["policy", "applicationNamespace", "namespace"] as const),
    ],
    added: ["runToken"],
    outputs: ["result"],
    id: inputs => `${inputs.namespace}/${nameFor(inputs)}`,

    async run(inputs, report) {
        const { namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const content = await ask(
            { what: "the exported restore point to be listed", ...{ timeout, report } },
            () => exportedContent(cluster, inputs),
        );
        const subject = subjectOf(content);
        const action = await runOnce({
            ...{ cluster, resource: validateActions, namespace, name: nameFor(inputs) },
            runToken: inputs.runToken,
            ...{ title: "Validation", wait: "export", k10: namespace },
            ...{ timeout, report, ...choicesOf(inputs) },
            body: name => validateActionOf(name, namespace, subject),
        });
        return {
            result: {
                validateAction: times(action),
                restorePoint: [subject.namespace, subject.name].filter(Boolean).join("/"),
            },
        };
    },
};

const nameFor = ({ policy, applicationNamespace, runId }: ValidateInputs) =>
    ["validate", policy, ...(applicationNamespace ? [applicationNamespace] : []), runId].join("-");

async function exportedContent(
    cluster: Cluster,
    inputs: ValidateInputs,
): Promise<RestorePointContent> {
    const { applicationNamespace } = inputs;
    const contents = await contentsOfRun(cluster, inputs);
    const found = contents.find(({ metadata }) => {
        const { [labels.exportProfile]: profile, [labels.appNamespace]: of } =
            metadata?.labels ?? {};
        return profile && (!applicationNamespace || of === applicationNamespace);
    });
    if (!found) {
        const whose = applicationNamespace ? `namespace \`${applicationNamespace}\` from ` : "";
        throw new UserError(
            `Nothing can be validated: K10 shows no exported restore point of ${whose}run \`${inputs.runAction.name}\`. Set \`crossing:validateExport\` to \`false\`, or choose another \`crossing:runId\`. Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels`,
        );
    }
    return found;
}

interface Subject {
    apiVersion: string;
    kind: string;
    name: string;
    namespace?: string;
}

/** The restore point, as others do it; its content where nothing is bound to that. */
function subjectOf({ metadata, status }: RestorePointContent): Subject {
    const apiVersion = "apps.kio.kasten.io/v1alpha1";
    const { name, namespace } = status?.restorePointRef ?? {};
    return name
        ? { apiVersion, kind: "RestorePoint", name, namespace }
        : { apiVersion, kind: "RestorePointContent", name: metadata?.name ?? "" };
}

/** Without options K10 checks what describes the data, and reads none of it (`verifyFilesPercent` is 0). */
const validateActionOf = (name: string, namespace: string, subject: Subject): Action => ({
    apiVersion: "actions.kio.kasten.io/v1alpha1",
    kind: "ValidateAction",
    metadata: { name, namespace },
    spec: { subject },
});
