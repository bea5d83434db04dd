/** Import: runs the import policy once for a `runId` on the target, and finds what it brought. */
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import { importActions, labels, RestorePointContent, restorePointContents } from "./api";
import { ActionTimes, runPolicy, times } from "./policy-run";

export interface ImportInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    policy: string;
    runId: string;
    /** The UID of the cluster that exported: K10 imports on another one only (its documentation, "Importing Applications"). */
    sourceClusterUid: string;
    /** The application's namespace on the source. */
    applicationNamespace: string;
    /** When the backup of this run began (RFC 3339): what is older is of another run. */
    backupStartTime: string;
    /** Seconds that the import may take. */
    timeout: number;
    /** Seconds that K10 may take to validate the policy. */
    validationTimeout: number;
}

export interface ImportOutputs {
    result: { runAction: ActionTimes; seenTime: string };
    /** The cluster-scoped object that stands for the restore point in the store. */
    restorePointContent: string;
}

/** Seconds until an imported restore point is listed (on live clusters: minutes at worst), if an import may take longer. */
const contentTimeout = 300;

export const importAction: Definition<ImportInputs, ImportOutputs> = {
    title: "import",
    replaceOn: ["clusterUid", "runId", "policy", "namespace", "applicationNamespace"],
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
        const { run } = await runPolicy({
            ...{ cluster, report, title: "Import", wait: "import" },
            ...{ namespace: inputs.namespace, policy: inputs.policy, runId: inputs.runId },
            ...{ timeout: inputs.timeout, validationTimeout: inputs.validationTimeout },
            starts: { ImportAction: importActions },
        });
        const seenTime = new Date().toISOString();
        const restorePointContent = await findContent(cluster, inputs, report);
        report(`restore point content ${restorePointContent}`);
        return { result: { runAction: times(run), seenTime }, restorePointContent };
    },
};

/**
 * The content of this run: of the application, and not older than the run's backup. The first one since, by the time at
 * which the source made it: a policy that also runs on a schedule goes on making others. The order of the list means
 * nothing.
 */
async function findContent(
    cluster: Cluster,
    inputs: ImportInputs,
    report: (line: string) => void,
): Promise<string> {
    const notBefore = Date.parse(inputs.backupStartTime);
    if (Number.isNaN(notBefore)) {
        throw new UserError(
            `Import \`${inputs.policy}-${inputs.runId}\` cannot tell its restore point from older ones: the start of the backup is \`${inputs.backupStartTime}\`, which is no time.`,
        );
    }
    return poll(
        {
            what: `a restore point of namespace \`${inputs.applicationNamespace}\` from this run to be imported`,
            timeout: Math.min(inputs.timeout, contentTimeout),
            hint: seen =>
                hint(
                    {
                        ...{ wait: "import", messages: [seen] },
                        names: { k10: inputs.namespace, namespace: inputs.applicationNamespace },
                        then: "run `pulumi up` again",
                    },
                    "Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
                ),
            report,
        },
        async () => {
            const contents = await cluster.list<RestorePointContent>(restorePointContents, {
                labels: { [labels.appNamespace]: inputs.applicationNamespace },
            });
            const first = contents
                .filter(content => actionTime(content) >= notBefore)
                .sort((a, b) => actionTime(a) - actionTime(b))[0];
            const name = first?.metadata?.name;
            return name
                ? { done: true, value: name }
                : { done: false, seen: `${contents.length} older ones` };
        },
    );
}

/** Milliseconds. A content that does not tell counts by its creation here (K10 documentation, "Restore points"). */
function actionTime(content: RestorePointContent): number {
    return Date.parse(content.status?.actionTime ?? content.metadata?.creationTimestamp ?? "") || 0;
}
