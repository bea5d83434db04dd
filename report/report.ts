/** The report: what was crossed, whether it is proven, and by what. Data first; HTML and JUnit are made of it. */
import type { Verification } from "crossing-actions";
import {
    type ApplicationOutputs,
    type Evidence,
    type Finding,
    outputsOf,
    type State,
    type StackOutputs,
    verificationsOf,
} from "./state.ts";

/** `unproven`: nothing of this run was compared with a baseline. It is no success. */
export type Status = "passed" | "failed" | "unproven";

export interface ApplicationReport {
    /** Its namespace on the source, or the one it was restored to where only that is known. */
    namespace: string;
    status: Status;
    runId: string;
    restoredNamespace?: string;
    restorePoint?: string;
    url?: string;
    verification?: Verification;
    /** Seconds of each part. */
    timings?: Record<string, number>;
    evidence?: Evidence;
    /** Where the baseline lies in the bucket, and its SHA-256. */
    baseline?: { key: string; digest: string };
}

export interface Report {
    version: 1;
    stack: string;
    status: Status;
    /** The run that is told of. */
    runId: string;
    /** Kubernetes and K10 of both sides, as far as the stack knows them. */
    versions: Record<string, string>;
    /** What was looked at before anything moved, as the last `pulumi up` that ended well tells it. */
    findings: Finding[];
    applications: ApplicationReport[];
}

const versionNames = [
    "sourceKubernetesVersion",
    "targetKubernetesVersion",
    "sourceK10Version",
    "targetK10Version",
];

/**
 * @param stack the stack's name
 * @param wanted the run that has to be proven; by default the one that the stack last verified
 */
export function reportOf(stack: string, state: State, wanted?: string): Report {
    const outputs = outputsOf(state);
    const verified = verificationsOf(state);
    const runId = wanted ?? verified[0]?.runId ?? outputs.runId ?? "";
    const applications = applicationsOf(outputs, verified, runId);
    return {
        version: 1,
        stack,
        status: together(applications.map(({ status }) => status)),
        runId,
        versions: Object.fromEntries(
            versionNames.flatMap(name =>
                typeof outputs[name] === "string" ? [[name, outputs[name]]] : [],
            ),
        ),
        findings: outputs.findings ?? [],
        applications,
    };
}

/** Outputs are those of the last `up` that ended well: what they tell of another run is left out. */
function applicationsOf(
    { applications = {}, runId: reported }: StackOutputs,
    verified: ReturnType<typeof verificationsOf>,
    runId: string,
): ApplicationReport[] {
    const known = Object.entries(applications).map(([namespace, outputs]) => ({
        namespace,
        outputs,
        there: outputs.restoredNamespace ?? namespace,
    }));
    const others = verified
        .filter(each => !known.some(({ there }) => there === each.namespace))
        .map(({ namespace }) => ({ namespace, outputs: {}, there: namespace }));
    return [...known, ...others]
        .map(({ namespace, outputs, there }) =>
            applicationReport(
                { namespace, runId },
                reported === runId ? outputs : {},
                verified.find(each => each.namespace === there && each.runId === runId)
                    ?.verification,
            ),
        )
        .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}

function applicationReport(
    of: { namespace: string; runId: string },
    outputs: ApplicationOutputs,
    verification: Verification | undefined,
): ApplicationReport {
    const { restoredNamespace, restorePoint, url, timings, evidence, baseline } = outputs;
    return {
        ...of,
        status: verification?.status ?? "unproven",
        ...(restoredNamespace && { restoredNamespace }),
        ...(restorePoint && { restorePoint }),
        ...(url && { url }),
        ...(verification && { verification }),
        ...(timings && { timings }),
        ...(evidence && { evidence }),
        ...(baseline && { baseline: { key: baseline.key, digest: baseline.digest } }),
    };
}

function together(all: Status[]): Status {
    if (all.includes("failed")) {
        return "failed";
    }
    return all.length > 0 && all.every(each => each === "passed") ? "passed" : "unproven";
}
