/** The restore point that a run exported, on the cluster that made it: for a restore without another cluster. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { labels } from "./api";
import { contentTimeout, findContent } from "./content";
import type { PointChoice } from "./restore-spec";

export interface ExportedPointInputs extends ClusterInputs {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    /** The policy that exported. */
    policy: string;
    runId: string;
    /** What is unique to the run. */
    runToken: string;
    applicationNamespace: string;
    /** When the backup of this run began (RFC 3339): what is older is of another run. */
    backupStartTime: string;
    /** Another restore point than the newest one of this run. */
    restorePoint?: PointChoice;
}

export interface ExportedPointOutputs {
    /** The cluster-scoped object that stands for the restore point in the store. */
    restorePointContent: string;
}

export const exportedPoint: Definition<ExportedPointInputs, ExportedPointOutputs> = {
    title: "exported restore point",
    replaceOn: [
        ...(["clusterUid", "runId", "runToken", "policy", "namespace"] as const),
        ...(["applicationNamespace", "restorePoint"] as const),
    ],
    outputs: ["restorePointContent"],
    id: inputs => `${inputs.applicationNamespace}/${inputs.policy}-${inputs.runId}`,
    places: inputs => [inputs.applicationNamespace],

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const restorePointContent = await findContent(
            cluster,
            {
                ...inputs,
                ...{ notBefore: inputs.backupStartTime, timeout: contentTimeout },
                came: "exported",
                // Beside it is the one of the backup, which goes with its snapshots: what lies outside is to be proven.
                isOurs: ({ metadata }) =>
                    metadata?.labels?.[labels.policyName] === inputs.policy &&
                    Boolean(metadata.labels[labels.exportProfile]),
            },
            report,
        );
        report(`restore point content ${restorePointContent}`);
        return { restorePointContent };
    },
};
