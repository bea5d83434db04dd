/** Export: runs the export policy once for a `runId`, and reads the hand-off for the other cluster. */
import type { Definition } from "../action";
import { Cluster } from "../kube/client";
import { innermostCause } from "../kube/errors";
import { poll } from "../kube/poll";
import {
    Action,
    backupActions,
    exportActions,
    isUnsuccessful,
    labels,
    policies,
    Policy,
    runActions,
} from "./api";
import { runOnce } from "./run";
import { waitValidated } from "./validation";

export interface ExportInputs {
    kubeconfig: string;
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    policy: string;
    runId: string;
    /** Seconds that backup and export may take together. */
    timeout: number;
    /** Seconds that K10 may take to validate the policy. */
    validationTimeout: number;
    /** Whether a person gives the hand-off, so that it need not be looked for in the API. */
    receiveStringGiven: boolean;
}

/** Times as K10 gives them: RFC 3339. */
export interface ActionTimes {
    name: string;
    startTime: string;
    endTime: string;
}

export interface ExportResult {
    runAction: ActionTimes;
    backupActions: ActionTimes[];
    exportActions: ActionTimes[];
    /** When we saw that K10 had finished. */
    seenTime: string;
}

export interface ExportOutputs {
    result: ExportResult;
    /** Empty if it was given by a person. */
    receiveString: string;
}

/** Seconds that K10 may take to write the receive string after a run. */
const receiveStringTimeout = 120;

export const exportAction: Definition<ExportInputs, ExportOutputs> = {
    title: "export",
    replaceOn: ["clusterUid", "runId", "policy", "namespace"],
    outputs: ["result", "receiveString"],
    id: inputs => `${inputs.namespace}/${inputs.policy}-${inputs.runId}`,
    serves: (outs, inputs) => outs.receiveString !== "" || inputs.receiveStringGiven,

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const { namespace, policy } = inputs;
        await waitValidated<Policy>({
            ...{ cluster, resource: policies, kind: "Policy", namespace, name: policy },
            ...{ timeout: inputs.validationTimeout, report },
        });
        const run = await runOnce({
            ...runPolicy(cluster, inputs, "Export", report),
            timeout: inputs.timeout,
        });
        const seenTime = new Date().toISOString();
        const { backups, exports } = await subordinates(cluster, run);
        const receiveString = inputs.receiveStringGiven
            ? ""
            : await findReceiveString(cluster, inputs, exports, report);
        return {
            result: {
                runAction: times(run),
                backupActions: backups.map(times),
                exportActions: exports.map(times),
                seenTime,
            },
            receiveString,
        };
    },
};

/** What it takes to run a policy once: the same on both sides of the crossing. */
export function runPolicy(
    cluster: Cluster,
    inputs: { namespace: string; policy: string; runId: string },
    title: string,
    report: (line: string) => void,
) {
    const { namespace, policy } = inputs;
    return {
        cluster,
        resource: runActions,
        namespace,
        name: `${policy}-${inputs.runId}`,
        title,
        report,
        body: (name: string): Action => ({
            apiVersion: "actions.kio.kasten.io/v1alpha1",
            kind: "RunAction",
            metadata: { name, namespace },
            spec: {
                subject: Object.assign({ name: policy, namespace }, subjectKind),
            },
        }),
        cause: async (run: Action) => {
            const { all } = await subordinates(cluster, run);
            return all
                .filter(isUnsuccessful)
                .map(action => innermostCause(action.status?.error))
                .find(cause => cause !== undefined);
        },
    };
}

/** Always sent both: K10 accepts a subject without apiVersion for some kinds and not for others. */
const subjectKind = { apiVersion: "config.kio.kasten.io/v1alpha1", kind: "Policy" };

/** The actions that a run started, in the namespaces of their applications. */
export async function subordinates(cluster: Cluster, run: Action) {
    const of = (resource: typeof backupActions) =>
        cluster.list<Action>(resource, {
            labels: { [labels.runActionName]: run.metadata?.name ?? "" },
        });
    const [backups, exports] = await Promise.all([of(backupActions), of(exportActions)]);
    return { backups, exports, all: [...backups, ...exports] };
}

export function times(action: Action): ActionTimes {
    return {
        name: `${action.metadata?.namespace}/${action.metadata?.name}`,
        startTime: action.status?.startTime ?? "",
        endTime: action.status?.endTime ?? "",
    };
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
            timeout: receiveStringTimeout,
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
