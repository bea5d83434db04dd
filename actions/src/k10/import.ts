/** Import: runs the import policy once for a `runId` on the target, and finds what it brought. */
import type { ClusterInputs, Definition } from "../action";
import { hint } from "../explain";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import {
    Action,
    actionTime,
    importActions,
    labels,
    RestorePointContent,
    restorePointContents,
} from "./api";
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

/** Seconds until an imported restore point is listed (on live clusters: minutes at worst), if an import may take longer. */
const contentTimeout = 300;

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
        const restorePointContent = await findContent(cluster, inputs, imports, report);
        report(`restore point content ${restorePointContent}`);
        return {
            result: { runAction: times(run), importActions: imports.map(times), seenTime },
            restorePointContent,
        };
    },
};

/** Waits for the content that is to be restored to be listed. */
async function findContent(
    cluster: Cluster,
    inputs: ImportInputs,
    imports: Action[],
    report: (line: string) => void,
): Promise<string> {
    const { applicationNamespace, restorePoint } = inputs;
    const isImported = importedBy(inputs, imports);
    const choose = chooser(inputs, isImported);
    return poll(
        {
            what: `a restore point of namespace \`${applicationNamespace}\` ${describe(restorePoint)} to be imported`,
            timeout: Math.min(inputs.timeout, contentTimeout),
            hint: seen =>
                hint(
                    {
                        ...{ wait: "import", messages: [seen] },
                        names: { k10: inputs.namespace, namespace: applicationNamespace },
                        then: "run `pulumi up` again",
                    },
                    `${restorePoint ? "Correct `crossing:restore.restorePoint`. " : ""}Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels`,
                ),
            report,
        },
        async () => {
            const contents = await cluster.list<RestorePointContent>(restorePointContents, {
                labels: { [labels.appNamespace]: applicationNamespace },
            });
            const meant = contents.filter(choose).sort(newestFirst);
            // Of this run is the first one: a policy that also runs on a schedule goes on making others.
            const name = meant.at(restorePoint ? 0 : -1)?.metadata?.name;
            return name
                ? { done: true, value: name }
                : { done: false, seen: instead(contents, isImported, restorePoint) };
        },
    );
}

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

/**
 * Which contents are meant. Of this run are those that are not older than the run's backup, by the time at which the
 * source made them. A name is the content's own, or that of its restore point: K10 names the one after the other. By name
 * it may be one that no import brought.
 */
function chooser(
    inputs: ImportInputs,
    isImported: (content: RestorePointContent) => boolean,
): (content: RestorePointContent) => boolean {
    const { restorePoint, applicationNamespace, backupStartTime } = inputs;
    if (restorePoint && "name" in restorePoint) {
        const names = [restorePoint.name, `${applicationNamespace}-${restorePoint.name}`];
        return ({ metadata }) => names.includes(metadata?.name ?? "");
    }
    if (restorePoint) {
        const notAfter = Date.parse(restorePoint.time);
        return content => isImported(content) && actionTime(content) <= notAfter;
    }
    const notBefore = Date.parse(backupStartTime);
    if (Number.isNaN(notBefore)) {
        throw new UserError(
            `Import \`${inputs.policy}-${inputs.runId}\` cannot tell its restore point from older ones: the start of the backup is \`${backupStartTime}\`, which is no time.`,
        );
    }
    return content => isImported(content) && actionTime(content) >= notBefore;
}

/** The order of K10's list means nothing. */
const newestFirst = (a: RestorePointContent, b: RestorePointContent) =>
    actionTime(b) - actionTime(a);

function describe(choice: PointChoice | undefined): string {
    if (!choice) {
        return "from this run";
    }
    return "name" in choice ? `named \`${choice.name}\`` : `of \`${choice.time}\` or before`;
}

/** So many names of what is there instead. */
const shown = 5;

/** What is there instead of what is looked for. */
function instead(
    contents: RestorePointContent[],
    isImported: (content: RestorePointContent) => boolean,
    choice: PointChoice | undefined,
): string {
    const imported = contents.filter(isImported);
    const others = contents.filter(each => !imported.includes(each));
    const more =
        others.length > 0
            ? `; and ${others.length} that no import brought, which only its name would choose: ${list(others)}`
            : "";
    return `${choice ? list(imported) : `${imported.length} older ones`}${more}`;
}

function list(contents: RestorePointContent[]): string {
    const names = contents
        .sort(newestFirst)
        .map(each => `${each.metadata?.name} (${new Date(actionTime(each)).toISOString()})`);
    const more = names.length > shown ? ` and ${names.length - shown} more` : "";
    return names.length === 0 ? "there is none" : `${names.slice(0, shown).join(", ")}${more}`;
}
