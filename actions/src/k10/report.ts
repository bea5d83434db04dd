/**
 * K10's own report: how many applications are compliant, and what the licence says (K10 documentation, API
 * "ReportActions" and "Reports": a developer preview, whose fields may change; what is not there is left out).
 */
import type { ClusterInputs, Definition } from "../action";
import { Cluster, KubeObject } from "../kube/client";
import { poll } from "../kube/poll";
import { Action, reportActions, reports } from "./api";
import { ActionTimes, times } from "./facts";
import { choicesOf, RunChoices } from "./outcome";
import { runOnce } from "./run";

export interface ReportInputs extends ClusterInputs, RunChoices {
    /** The UID of the cluster: another cluster means another run. */
    clusterUid: string;
    /** Where K10 is installed. */
    namespace: string;
    runId: string;
    runToken: string;
    /** What it has to tell of: namespaces of applications on this cluster. */
    applications: string[];
    /** Seconds that the report may take. */
    timeout: number;
}

/** What K10 counts. An application is unmanaged if no policy protects it. */
export interface Compliance {
    applications: number;
    compliant: number;
    nonCompliant: number;
    unmanaged: number;
    /** Names of those that are not compliant: K10 tells up to ten. */
    someNonCompliant: string[];
}

export interface ReportOutputs {
    result: {
        reportAction: ActionTimes;
        /** The Report's name. */
        report: string;
        compliance?: Compliance;
        licence?: { type?: string; status?: string; nodeCount?: number; nodeLimit?: number };
    };
}

/** A Report: its results stand beside the spec. */
interface Report extends KubeObject {
    spec?: { reportTimestamp?: string };
    results?: {
        compliance?: {
            loading?: boolean;
            applicationCount?: number;
            compliantCount?: number;
            nonCompliantCount?: number;
            unmanagedCount?: number;
            someNonCompliantApps?: { name?: string }[];
        };
        licensing?: { type?: string; status?: string; nodeCount?: number; nodeLimit?: number };
    };
}

export const reportAction: Definition<ReportInputs, ReportOutputs> = {
    title: "report",
    replaceOn: ["clusterUid", "runId", "runToken", "namespace"],
    outputs: ["result"],
    id: inputs => `${inputs.namespace}/${nameFor(inputs)}`,

    async run(inputs, report) {
        const { namespace, timeout } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const action = await runOnce({
            ...{ cluster, resource: reportActions, namespace, name: nameFor(inputs) },
            runToken: inputs.runToken,
            ...{ title: "Report", wait: "export", k10: namespace },
            ...{ timeout, report, ...choicesOf(inputs) },
            body: name => reportActionOf(name, namespace),
        });
        const found = await findReport(cluster, inputs, action, report);
        const compliance = complianceOf(found);
        const wrong = inputs.applications.filter(each =>
            compliance?.someNonCompliant.includes(each),
        );
        if (wrong.length > 0) {
            report(`K10 does not call compliant: ${wrong.join(", ")}`);
        }
        const licence = licenceOf(found);
        return {
            result: {
                ...{ reportAction: times(action), report: found.metadata?.name ?? "" },
                ...(compliance && { compliance }),
                ...(licence && { licence }),
            },
        };
    },
};

const nameFor = ({ runId }: ReportInputs) => `crossing-report-${runId}`;

/** What K10 tells of its last day. */
const reportActionOf = (name: string, namespace: string): Action => ({
    apiVersion: "actions.kio.kasten.io/v1alpha1",
    kind: "ReportAction",
    metadata: { name, namespace },
    spec: Object.assign({ subject: { name: namespace, namespace } }, { statsIntervalDays: 1 }),
});

/**
 * The Report that an action made. Nothing is documented of how the one is told from the other: a Report is named after
 * its action in the documentation's example, and is not older than it in any case.
 */
async function findReport(
    cluster: Cluster,
    { namespace, timeout }: ReportInputs,
    action: Action,
    report: (line: string) => void,
): Promise<Report> {
    const name = action.metadata?.name ?? "";
    const since = Date.parse(action.status?.startTime ?? "");
    return poll(
        {
            what: `K10 to write the Report of ReportAction \`${namespace}/${name}\``,
            ...{ timeout, report },
            hint: `Details: kubectl -n ${namespace} get reports.reporting.kio.kasten.io`,
        },
        async () => {
            const all = await cluster.list<Report>(reports, { namespace });
            const found =
                all.find(each => each.metadata?.name?.startsWith(`${name}-`)) ??
                all.filter(each => timeOf(each) >= since).sort((a, b) => timeOf(a) - timeOf(b))[0];
            return found
                ? { done: true, value: found }
                : { done: false, seen: `${all.length} older ones` };
        },
    );
}

const timeOf = ({ spec }: Report) => Date.parse(spec?.reportTimestamp ?? "");

function complianceOf({ results }: Report): Compliance | undefined {
    const found = results?.compliance;
    if (!found || found.loading || found.applicationCount === undefined) {
        return undefined;
    }
    return {
        applications: found.applicationCount,
        compliant: found.compliantCount ?? 0,
        nonCompliant: found.nonCompliantCount ?? 0,
        unmanaged: found.unmanagedCount ?? 0,
        someNonCompliant: (found.someNonCompliantApps ?? []).flatMap(({ name }) => name ?? []),
    };
}

/** By name, so that nothing of a licence but its facts gets in. */
function licenceOf({ results }: Report): ReportOutputs["result"]["licence"] {
    const { type, status, nodeCount, nodeLimit } = results?.licensing ?? {};
    const facts = {
        ...(type !== undefined && { type }),
        ...(status !== undefined && { status }),
        ...(nodeCount !== undefined && { nodeCount }),
        ...(nodeLimit !== undefined && { nodeLimit }),
    };
    return Object.keys(facts).length > 0 ? facts : undefined;
}
