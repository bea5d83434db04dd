/** What `pulumi preview --json` says, as far as the comment needs it. The format is Pulumi's `PreviewDigest`. */

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

export type Operation = "create" | "change" | "replace" | "delete";

/** One resource that does not stay as it is. */
export interface Resource {
    urn: string;
    /** Types from the outermost component to the resource's own. */
    types: string[];
    name: string;
    operation: Operation;
    /** Inputs before; empty for a new resource. */
    old: Properties;
    /** Inputs after; empty for a deleted resource. */
    new: Properties;
    /** What was recorded of it before: inputs and outputs. */
    recorded: Properties;
    /** Properties that Pulumi names as the reason, in its own notation (`spec.actions[0].action`). */
    reasons: string[];
    /** Those that make it a replacement. */
    replacing: string[];
    /** The name of the cluster's provider. Empty for what lies in no cluster. */
    cluster: string;
    /** The URN of the resource whose end is the end of this one, too. */
    deletedWith: string;
}

/** A preview of one stack. */
export interface Preview {
    stack: string;
    /** Whether Pulumi could not finish it. What it shows is then not all. */
    failed: boolean;
    resources: Resource[];
    /** How many resources stay as they are. */
    unchanged: number;
    errors: string[];
    warnings: string[];
}

/** How a run of `pulumi preview --json` ended. */
export interface Run {
    /** The exit status. Of a recording it is not known: then an error among its messages makes it a failure. */
    status?: number;
    stdout: string;
    stderr: string;
}

interface State {
    inputs?: Properties;
    outputs?: Properties;
    deletedWith?: string;
}

export interface Step {
    op: string;
    urn: string;
    provider?: string;
    oldState?: State;
    newState?: State;
    diffReasons?: string[];
    replaceReasons?: string[];
    detailedDiff?: Record<string, unknown> | null;
}

interface Digest {
    steps?: Step[];
    diagnostics?: { message?: string; severity?: string }[];
    changeSummary?: Record<string, number>;
}

/** Pulumi's names of operations that change something. All others leave a resource as it is. */
const operations: Record<string, Operation> = {
    create: "create",
    import: "create",
    update: "change",
    replace: "replace",
    "create-replacement": "replace",
    "import-replacement": "replace",
    "delete-replaced": "replace",
    delete: "delete",
};

/** Reads what a run of `pulumi preview --json` printed. A failed preview is a preview, too. */
export function readPreview(stack: string, run: Run): Preview {
    const digest = parse(run.stdout);
    const messages = (severity: string) =>
        (digest?.diagnostics ?? [])
            .filter(diagnostic => diagnostic.severity === severity)
            .map(diagnostic => (diagnostic.message ?? "").replace(`${severity}: `, "").trim())
            .filter(message => message !== "");
    const errors = messages("error");
    const failed = digest === undefined || (run.status ?? errors.length) !== 0;
    const warnings = messages("warning");
    if (!failed) {
        // Pulumi calls an error what did not keep it from finishing, such as a plugin that ends badly.
        warnings.unshift(...errors.splice(0));
    }
    if (failed && errors.length === 0) {
        errors.push(run.stderr.trim() || `Pulumi ended with exit status ${run.status}.`);
    }
    const steps = digest?.steps ?? [];
    return {
        ...{ stack, failed, errors, warnings },
        resources: resourcesOf(steps),
        unchanged: digest?.changeSummary?.["same"] ?? 0,
    };
}

/** The name of the stack that a recorded preview is of, if any resource tells it. */
export function stackOf(stdout: string): string | undefined {
    return parse(stdout)?.steps?.[0]?.urn.split("::")[0]?.split(":")[2];
}

function parse(stdout: string): Digest | undefined {
    try {
        return JSON.parse(stdout) as Digest;
    } catch {
        return undefined;
    }
}

/** A replacement may be told in several steps: they are one resource. */
function resourcesOf(steps: Step[]): Resource[] {
    const found = new Map<string, Resource>();
    for (const step of steps) {
        const operation = operations[step.op];
        if (operation === undefined) {
            continue;
        }
        const resource = resourceOf(step, operation);
        const earlier = found.get(step.urn);
        found.set(step.urn, earlier ? merge(earlier, resource) : resource);
    }
    return [...found.values()].sort((a, b) => compareText(typeAndName(a), typeAndName(b)));
}

/** Pulumi's own order differs from run to run. */
const typeAndName = ({ types, name }: Resource) => `${types.at(-1)}::${name}`;
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function resourceOf(step: Step, operation: Operation): Resource {
    const { oldState, newState } = step;
    const [, , types = "", name = ""] = step.urn.split("::");
    return {
        ...{ urn: step.urn, types: types.split("$"), name, operation },
        old: oldState?.inputs ?? {},
        new: operation === "delete" ? {} : (newState?.inputs ?? {}),
        recorded: { ...oldState?.inputs, ...oldState?.outputs },
        reasons: Object.keys(step.detailedDiff ?? {}).concat(step.diffReasons ?? []),
        replacing: step.replaceReasons ?? [],
        cluster: clusterOf(step.provider ?? ""),
        deletedWith: oldState?.deletedWith ?? newState?.deletedWith ?? "",
    };
}

/** `urn:…::pulumi:providers:kubernetes::source::id` as `source`; other providers reach no cluster. */
function clusterOf(provider: string): string {
    const [, , types = "", name = ""] = provider.split("::");
    return types.endsWith("pulumi:providers:kubernetes") ? name : "";
}

function merge(a: Resource, b: Resource): Resource {
    const fuller = (one: Properties, other: Properties) =>
        Object.keys(one).length > 0 ? one : other;
    return {
        ...a,
        operation: "replace",
        old: fuller(a.old, b.old),
        new: fuller(a.new, b.new),
        recorded: fuller(a.recorded, b.recorded),
        reasons: [...a.reasons, ...b.reasons],
        replacing: [...a.replacing, ...b.replacing],
        deletedWith: a.deletedWith || b.deletedWith,
    };
}
