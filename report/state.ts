/** What a stack's state holds of a crossing. Secrets stay sealed: nothing here asks for them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Verification } from "crossing-actions";

/** A resource, as `pulumi stack export` writes it. */
interface Resource {
    type?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}

/** What `pulumi stack export` prints. */
export interface State {
    deployment?: { resources?: Resource[] };
}

/** An application in the stack's outputs. Which of it is there depends on the stack's role. */
export interface ApplicationOutputs {
    restoredNamespace?: string;
    restorePoint?: string;
    verification?: Verification;
    timings?: Record<string, number>;
    evidence?: Evidence;
    url?: string;
    baseline?: { key: string; digest: string };
}

export interface Evidence {
    actions: {
        kind: string;
        name: string;
        startTime: string;
        endTime: string;
        state?: string;
        exceptions?: number;
    }[];
    export?: { volumes?: number; totalBytes?: number; transferredBytes?: number; ratio?: number };
    restorePoint?: {
        time?: string;
        artifacts?: number;
        kinds?: Record<string, number>;
        volumes?: string[];
    };
    bucket?: { below: string; objects: number; bytes: number; atLeast?: boolean };
}

/** What was looked at before anything moved. */
export interface Finding {
    rule: string;
    level: "ok" | "warn";
    side: string;
    evidence: string;
    fix?: string;
}

export interface StackOutputs extends Record<string, unknown> {
    runId?: string;
    applications?: Record<string, ApplicationOutputs>;
    findings?: Finding[];
}

/** A verification in the state: also one that failed, of which the stack's outputs know nothing. */
export interface Verified {
    namespace: string;
    runId: string;
    /** Undefined: it ended without a result. */
    verification?: Verification;
}

/** The outputs of the last `pulumi up` that ended well. */
export function outputsOf(state: State): StackOutputs {
    const stack = resourcesOf(state, "pulumi:pulumi:Stack")[0];
    return stack?.outputs ?? {};
}

/** All verifications, by the namespace that was verified. */
export function verificationsOf(state: State): Verified[] {
    return resourcesOf(state, "pulumi-nodejs:dynamic/proof:Verification").map(
        ({ inputs = {}, outputs = {} }) => ({
            namespace: String(inputs["namespace"]),
            runId: String(inputs["runId"]),
            ...(outputs["verification"]
                ? { verification: outputs["verification"] as Verification }
                : {}),
        }),
    );
}

function resourcesOf(state: State, type: string): Resource[] {
    return (state.deployment?.resources ?? []).filter(resource => resource.type === type);
}

const project = join(import.meta.dirname, "..");

/** Asks Pulumi, which must be logged in to the stack. @throws Error with what Pulumi says */
export async function readState(stack: string): Promise<State> {
    return JSON.parse(await pulumi(["stack", "export", "--stack", stack])) as State;
}

/** The run that the configuration of a stack names; undefined of a target, which takes it from its source. */
export async function wantedRun(stack: string): Promise<string | undefined> {
    const config = JSON.parse(await pulumi(["config", "--json", "--stack", stack])) as Record<
        string,
        { value?: string }
    >;
    const value = (key: string) => config[`crossing:${key}`]?.value;
    return value("role") === "target" ? undefined : (value("runId") ?? "1");
}

async function pulumi(args: string[]): Promise<string> {
    const run = promisify(execFile)("pulumi", [...args, "--non-interactive", "--color", "never"], {
        ...{ cwd: project, maxBuffer: 1 << 30 },
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    try {
        return (await run).stdout;
    } catch (error) {
        const { code, stderr } = error as { code?: unknown; stderr?: string };
        throw new Error(
            code === "ENOENT"
                ? "Pulumi cannot be run: there is no `pulumi` on the PATH. Install its CLI."
                : (stderr?.trim() ?? String(error)),
            { cause: error },
        );
    }
}
