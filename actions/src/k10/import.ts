/** Import: runs the import policy once for a `runId` on the target, and finds what it brought. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { Action, importActions, labels, RestorePointContent } from "./api";
import { contentTimeout, findContent } from "./content";
import { ActionTimes, times } from "./facts";
import { choicesOf, RunChoices } from "./outcome";
import { runPolicy } from "./policy-run";
import type { PointChoice } from "./restore-spec";

export interface ImportInputs extends ClusterInputs, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    policy: string;
    runId: string;
    /** What is unique to the run: a stack that was made anew uses the same `runId`. Absent in older states. */
    runToken?: string;
    /** The UID of the cluster that exported: K10 imports on another one only (its documentation, "Importing Applications"). */
    sourceClusterUid: string;
    /** The application's namespace on the source. */
    applicationNamespace: string;
    /** When the backup of this run began (RFC 3339): what is older is of another run. */
    backupStartTime: string;
    /** The policy that exported, on the source. @default any, as in older states */
    exportPolicy?: string;
    /** Another restore point than the newest one of this run. */
    restorePoint?: PointChoice;
    /** Seconds that the import may take. */
    timeout: number;
    /** Seconds that K10 may take to validate the policy. */
    validationTimeout: number;
}

export interface ImportOutputs {
    result: {
        runAction: ActionTimes;
        /** Older states do not tell. */
        importActions?: ActionTimes[];
        seenTime: string;
    };
    /** The cluster-scoped object that stands for the restore point in the store. */
    restorePointContent: string;
}

export const importAction: Definition<ImportInputs, ImportOutputs> = {
    title: "import",
    limited: true,
    replaceOn: [
        ...(["clusterUid", "runId", "policy", "namespace", "applicationNamespace"] as const),
        ...(["runToken", "sourceClusterUid", "restorePoint"] as const),
    ],
    added: ["runToken"],
    outputs: ["result", "restorePointContent"],
    id: inputs => `${inputs.namespace}/${inputs.policy}-${inputs.runId}`,
    places: inputs => [inputs.applicationNamespace],

    async run(inputs, report) {
        if (inputs.clusterUid === inputs.sourceClusterUid) {
            throw new UserError(
                `Source and target are the same cluster (namespace \`kube-system\` has UID \`${inputs.clusterUid}\` on both), and K10 imports on another cluster only: correct \`crossing:target\`.`,
            );
        }
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const { run, started } = await runPolicy({
            ...{ cluster, report, title: "Import", wait: "import" },
            ...{ namespace: inputs.namespace, policy: inputs.policy },
            ...{ runId: inputs.runId, runToken: inputs.runToken },
            ...{ timeout: inputs.timeout, validationTimeout: inputs.validationTimeout },
            ...choicesOf(inputs),
            starts: { ImportAction: importActions },
        });
        const seenTime = new Date().toISOString();
        const { ImportAction: imports = [] } = started;
        const restorePointContent = await findContent(
            cluster,
            {
                ...inputs,
                notBefore: inputs.backupStartTime,
                timeout: Math.min(inputs.timeout, contentTimeout),
                came: "imported",
                isOurs: importedBy(inputs, imports),
            },
            report,
        );
        report(`restore point content ${restorePointContent}`);
        return {
            result: { runAction: times(run), importActions: imports.map(times), seenTime },
            restorePointContent,
        };
    },
};

/**
 * Whether an import brought a content, or a backup on this very cluster made it: a safety backup, a policy of its own.
 * What was exported says so by its labels, and by which policy; a policy of this cluster may export, too. Where a K10
 * does not label what it imports, the ImportAction of this run tells of one.
 */
function importedBy(
    { policy, exportPolicy }: ImportInputs,
    imports: Action[],
): (content: RestorePointContent) => boolean {
    const named = imports.map(({ status }) => status?.restorePointContent?.name);
    return ({ metadata }) => {
        const of = metadata?.labels ?? {};
        const isExported = Boolean(of[labels.exportType] || of[labels.exportProfile]);
        // That it names the policy of the source is documented; it could as well be the one that imported.
        const from = of[labels.policyName];
        const isOurs = !from || !exportPolicy || [exportPolicy, policy].includes(from);
        return (isExported && isOurs) || named.includes(metadata?.name);
    };
}
