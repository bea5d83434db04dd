/** Safety backup: what a restore will overwrite is backed up before, on the target, once for a restore. */
import type { ClusterInputs, Definition } from "../action";
import { lookAround } from "../explain/around";
import { Cluster } from "../kube/client";
import { ask } from "../kube/poll";
import { Action, backupActions, k10Namespace, labels, RestorePoint, restorePoints } from "./api";
import { ActionTimes, times } from "./facts";
import { choicesOf, RunChoices } from "./outcome";
import { runAnnotation } from "./restore-namespace";
import { markOf, restoreName, RestoreIdentity } from "./restore-spec";
import { retire } from "./retire";
import { runOnce } from "./run";

export interface BackupInputs extends ClusterInputs, RestoreIdentity, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** What becomes of the restore point when this resource is destroyed. @default it stays */
    restorePoints?: "retire";
    /** Seconds that the backup may take. */
    timeout: number;
}

export interface BackupOutputs {
    /** `namespace/name`. Empty where there was nothing to be overwritten. */
    restorePoint: string;
    /** Absent where there was nothing to be overwritten, and in older states. */
    backupAction?: ActionTimes;
}

export const backupAction: Definition<BackupInputs, BackupOutputs> = {
    title: "safety backup",
    replaceOn: ["clusterUid", "runId", "runToken", "targetNamespace", "choices"],
    outputs: ["restorePoint"],
    extras: ["backupAction"],
    id: inputs => `${inputs.targetNamespace}/${backupName(inputs)}`,
    places: inputs => [inputs.targetNamespace],

    async run(inputs, report) {
        const { targetNamespace: namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const found = await ask(
            { what: `namespace \`${namespace}\` to be looked at`, ...{ timeout, report } },
            () => cluster.namespace(namespace),
        );
        const mark = found?.metadata?.annotations?.[runAnnotation];
        if (!found || mark === markOf(inputs)) {
            report(`namespace ${namespace} holds nothing but what this run restores`);
            return { restorePoint: "" };
        }
        const action = await runOnce({
            ...{ cluster, resource: backupActions, namespace, name: backupName(inputs) },
            runToken: inputs.runToken,
            ...{ title: "Safety backup", wait: "export", k10: k10Namespace },
            surroundings: () => lookAround(cluster, namespace),
            ...{ timeout, report, ...choicesOf(inputs) },
            body: name => backupActionOf(name, namespace),
        });
        const point = action.status?.restorePoint;
        report(`what is overwritten lies in restore point ${namespace}/${point?.name}`);
        return {
            restorePoint: `${point?.namespace ?? namespace}/${point?.name}`,
            backupAction: times(action),
        };
    },

    async remove(state, report) {
        if (state.restorePoints !== "retire" || !state.restorePoint) {
            return;
        }
        const [namespace, name = ""] = state.restorePoint.split("/");
        const cluster = await Cluster.connect(state.kubeconfig);
        const point = await cluster.get<RestorePoint>(restorePoints, name, namespace);
        const content = point?.spec?.restorePointContentRef?.name;
        await retire(cluster, content === undefined ? [] : [content], state.timeout, report);
    },
};

/** After the restore that it precedes: another restore overwrites something else. */
const backupName = (inputs: BackupInputs) => restoreName(inputs).replace(/^restore-/, "before-");

/** K10 wants these labels of a backup that no policy runs (its documentation, API "BackupActions"). */
const backupActionOf = (name: string, namespace: string): Action => ({
    apiVersion: "actions.kio.kasten.io/v1alpha1",
    kind: "BackupAction",
    metadata: {
        ...{ name, namespace },
        labels: { [labels.appName]: namespace, [labels.appNamespace]: namespace },
    },
    spec: { subject: { name: namespace, namespace } },
});
