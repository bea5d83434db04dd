/** `make demo`: one crossing, from nothing to the proof. */
import { run } from "./exec.ts";
import { labStack } from "./home.ts";
import { pulumi, runPulumi } from "./pulumi.ts";
import { repository } from "./paths.ts";

interface Check {
    name: string;
    passed: boolean;
    expected: string;
    actual: string;
    /** `false` where the line tells what was not compared. */
    compared?: false;
}

interface Outputs {
    verification?: { status: string; checks: Check[] };
    restorePoint?: string;
    timings?: Record<string, number>;
    applicationNamespace: string;
    applicationUrl?: string;
    sourceServer: string;
    targetServer: string;
    targetStoreEndpoint: string;
    bucket: string;
}

/** Prints the proof and where things are. @returns the exit status: 0 only for a proof that passed */
export async function demo(): Promise<number> {
    const started = Date.now();
    const status = await runPulumi("up", labStack, ["--yes", "--skip-preview"]);
    const took = time((Date.now() - started) / 1000);
    if (status !== 0) {
        process.stdout.write(
            `\nproof: failed (pulumi up ended with status ${status}) in ${took}\n`,
        );
        return 1;
    }
    const { env, stack } = await pulumi(labStack);
    const json = await run("pulumi", ["stack", "output", "--json", ...stack], {
        ...{ env, cwd: repository },
    });
    const outputs = JSON.parse(json) as Outputs;
    const lines = outputs.verification?.checks ?? [];
    const checks = lines.filter(({ compared = true }) => compared);
    const passed = outputs.verification?.status === "passed" && checks.length > 0;
    process.stdout.write(`\n${proofTable(lines)}\n\n${places(outputs)}\n\n`);
    process.stdout.write(
        passed
            ? `proof: passed (${checks.length} checks) in ${took}\n`
            : `proof: failed (${checks.filter(check => !check.passed).length} of ${checks.length} checks) in ${took}\n`,
    );
    return passed ? 0 : 1;
}

/** `95.4` as `1 m 35 s`, minutes always shown. */
export function time(seconds: number): string {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} m ${whole % 60} s`;
}

function proofTable(checks: Check[]): string {
    const width = Math.max(...checks.map(check => check.name.length), 5);
    const short = (text: string) => (text.length > 16 ? `${text.slice(0, 12)}…` : text);
    const lines = checks.map(check =>
        check.passed
            ? `  ${check.compared === false ? "–" : "✓"} ${check.name.padEnd(width)}  ${short(check.actual)}`
            : `  ✗ ${check.name.padEnd(width)}  ${short(check.actual)}, expected ${short(check.expected)}`,
    );
    return ["Restored against the baseline taken before the backup:", ...lines].join("\n");
}

function places(outputs: Outputs): string {
    const timings = Object.entries(outputs.timings ?? {}).map(
        ([part, seconds]) => `${part} ${seconds} s`,
    );
    return [
        "Where things are:",
        `  source   ${outputs.sourceServer}`,
        `  target   ${outputs.targetServer}  (OpenShift stand-in: its admission on a kind cluster)`,
        `  store    ${outputs.targetStoreEndpoint}, bucket ${outputs.bucket}`,
        `  restored namespace ${outputs.applicationNamespace}, from restore point ${outputs.restorePoint}`,
        ...(outputs.applicationUrl
            ? [`  route    ${outputs.applicationUrl}  (by the router of the cluster's node)`]
            : []),
        `  timings  ${timings.join(", ")}`,
        "  K10 is a stand-in (lab/k10): it has K10's API and moves the bytes, and is not K10.",
        "",
        'To look around: eval "$(make env)"',
        "  pulumi stack output targetKubeconfig --show-secrets --stack lab > target.kubeconfig",
        `  kubectl --kubeconfig target.kubeconfig -n ${outputs.applicationNamespace} port-forward service/web 8080   # http://localhost:8080`,
        "To remove it all: make destroy STACK=lab, then make clean",
    ].join("\n");
}
