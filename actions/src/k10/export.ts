/** Export: runs the export policy once for a `runId`, and reads the hand-off for the other cluster. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { ask, poll } from "../kube/poll";
import { Action, backupActions, exportActions, labels, policies, Policy } from "./api";
import { ActionTimes, ExportTimes, exportTimes, PointFacts, times } from "./facts";
import { choicesOf, RunChoices } from "./outcome";
import { exportedFacts } from "./point";
import { runPolicy } from "./policy-run";
import { contentsOfRun, retire } from "./retire";
import { installedVersion } from "./version";

export interface ExportInputs extends ClusterInputs, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    policy: string;
    runId: string;
    /** What is unique to the run: a stack that was made anew uses the same `runId`. Absent in older states. */
    runToken?: string;
    /** Seconds that backup and export may take together. */
    timeout: number;
    /** Seconds that K10 may take to validate the policy. */
    validationTimeout: number;
    /** What becomes of what the run made in K10 when this resource is destroyed. @default it stays */
    restorePoints?: "retire";
    /** Whether a person gives the hand-off, so that it need not be looked for in the API. */
    receiveStringGiven: boolean;
}

export interface ExportResult {
    runAction: ActionTimes;
    backupActions: ActionTimes[];
    exportActions: ExportTimes[];
    /** What was exported, by namespace. Absent where K10 does not tell, and in older states. */
    points?: Record<string, PointFacts>;
    /** The version of K10 that exported. Absent where K10 does not tell, and in older states. */
    k10Version?: string;
    /** When we saw that K10 had finished. */
    seenTime: string;
}

export interface ExportOutputs {
    result: ExportResult;
    /** Empty if it was given by a person. */
    receiveString: string;
}

/** Seconds that K10 may take to write the receive string after a run, if the export itself may take longer. */
const receiveStringTimeout = 120;

export const exportAction: Definition<ExportInputs, ExportOutputs> = {
    title: "export",
    limited: true,
    replaceOn: ["clusterUid", "runId", "runToken", "policy", "namespace"],
    added: ["runToken"],
    outputs: ["result", "receiveString"],
    id: inputs => `${inputs.namespace}/${inputs.policy}-${inputs.runId}`,
    serves: (outs, inputs) => outs.receiveString !== "" || inputs.receiveStringGiven,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const { run, started } = await runPolicy({
            ...{ cluster, report, title: "Export", wait: "export" },
            ...{ namespace: inputs.namespace, policy: inputs.policy },
            ...{ runId: inputs.runId, runToken: inputs.runToken },
            ...{ timeout: inputs.timeout, validationTimeout: inputs.validationTimeout },
            ...choicesOf(inputs),
            starts: { BackupAction: backupActions, ExportAction: exportActions },
        });
        const seenTime = new Date().toISOString();
        const { BackupAction: backups = [], ExportAction: exports = [] } = started;
        if (exports.length === 0) {
            throw nothingExported(inputs, run);
        }
        const receiveString = inputs.receiveStringGiven
            ? ""
            : await findReceiveString(cluster, inputs, exports, report);
        const runAction = times(run);
        const { policy } = inputs;
        const points = await exportedFacts(cluster, { policy, runAction }, report);
        const k10Version = await installedVersion(cluster, inputs.namespace);
        return {
            result: {
                runAction,
                backupActions: backups.map(times),
                exportActions: exports.map(exportTimes),
                ...(Object.keys(points).length > 0 && { points }),
                ...(k10Version && { k10Version }),
                seenTime,
            },
            receiveString,
        };
    },

    /** What lies in the store goes with the restore points: only if the configuration says so, and only of this run. */
    async remove(state, report) {
        if (state.restorePoints !== "retire" || !state.result) {
            return;
        }
        const cluster = await Cluster.connect(state.kubeconfig);
        const { policy, timeout, result } = state;
        const contents = await ask(
            { what: "the restore points of this run to be listed", ...{ timeout, report } },
            () => contentsOfRun(cluster, { policy, runAction: result.runAction }),
        );
        const names = contents.map(({ metadata }) => metadata?.name ?? "");
        await retire(cluster, names, timeout, report);
    },
};

/** A run that selects nothing may well be Complete. To start another one would not help. */
function nothingExported({ namespace, policy }: ExportInputs, run: Action): UserError {
    const name = run.metadata?.name;
    return new UserError(
        `Export \`${namespace}/${name}\` is Complete, but exported nothing: K10 shows no ExportAction of it. Check that Policy \`${namespace}/${policy}\` selects the application, and choose another \`crossing:runId\`. Details: kubectl get exportactions.actions.kio.kasten.io -A -l ${labels.runActionName}=${name}`,
    );
}

/**
 * K10 writes the receive string into the policy's own spec, at creation or after the first export, and into each
 * ExportAction (documented there as "Get Export String", to move from spec to status). An empty string counts as
 * absent; the export action is found by its name, for its place in the list varies.
 */
async function findReceiveString(
    cluster: Cluster,
    inputs: ExportInputs,
    exports: Action[],
    report: (line: string) => void,
): Promise<string> {
    const { namespace, policy } = inputs;
    return poll(
        {
            what: `K10 to write the receive string into Policy \`${namespace}/${policy}\``,
            timeout: Math.min(inputs.timeout, receiveStringTimeout),
            hint: 'K10\'s dashboard shows it under "Show import details" of the policy: set it by `pulumi config set --secret crossing:receiveString` and run `pulumi up` again.',
            report,
        },
        async () => {
            const found = await cluster.get<Policy>(policies, policy, namespace);
            const value =
                found?.spec?.actions
                    ?.filter(action => action.action === "export")
                    .map(action => action.exportParameters?.receiveString)
                    .find(Boolean) ??
                exports
                    .map(action => action.spec?.receiveString || action.status?.receiveString)
                    .find(Boolean);
            return value ? { done: true, value } : { done: false, seen: "it is empty" };
        },
    );
}
