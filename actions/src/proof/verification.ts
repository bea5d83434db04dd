/** Verification: the restored application against the baseline. A difference is a failure, and is recorded. */
import { Definition, FailedResult } from "../action";
import { Observation, observe, ObserveInputs } from "./baseline";

export interface VerificationInputs extends ObserveInputs {
    baseline: Observation;
    /** The restore that is verified: another one is verified anew. */
    restorePoint: string;
}

/** One verified fact. */
export interface Check {
    name: string;
    passed: boolean;
    expected: string;
    actual: string;
}

export interface Verification {
    status: "passed" | "failed";
    checks: Check[];
    startTime: string;
    endTime: string;
}

export interface VerificationOutputs {
    verification: Verification;
}

export const verification: Definition<VerificationInputs, VerificationOutputs> = {
    title: "verification",
    replaceOn: ["clusterUid", "runId", "runToken", "restorePoint"],
    outputs: ["verification"],
    id: inputs => `${inputs.database.namespace}/${inputs.runId}`,
    places: inputs => [inputs.database.namespace],
    succeeded: outs => outs.verification.status === "passed",

    async run(inputs, report) {
        const startTime = new Date().toISOString();
        const checks = compare(inputs.baseline, await observe(inputs, report));
        const failed = checks.filter(check => !check.passed);
        const result: Verification = {
            status: failed.length === 0 ? "passed" : "failed",
            checks,
            startTime,
            endTime: new Date().toISOString(),
        };
        if (failed.length > 0) {
            throw new FailedResult(
                `Verification of run \`${inputs.runId}\` failed, ${failed.length} of ${checks.length} checks: ${failed.map(describe).join("; ")}. What was restored into namespace \`${inputs.database.namespace}\` is not what was backed up. Set another \`crossing:runId\` to export and restore again, or run \`pulumi up\` again to verify once more.`,
                { verification: result },
            );
        }
        report(`${checks.length} checks passed`);
        return { verification: result };
    },
};

const describe = (check: Check) => `${check.name} is ${check.actual}, expected ${check.expected}`;

/** Every fact of the baseline, looked for in what was restored; and what was restored but never backed up. */
export function compare(expected: Observation, actual: Observation): Check[] {
    const check = (name: string, want: string | number, got: string | number): Check => ({
        name,
        passed: want === got,
        expected: String(want),
        actual: String(got),
    });
    const tables = expected.tables.flatMap(want => {
        const got = actual.tables.find(table => table.table === want.table);
        return [
            check(`table ${want.table}: rows`, want.rows, got?.rows ?? "missing"),
            check(`table ${want.table}: hash`, want.digest, got?.digest ?? "missing"),
        ];
    });
    const extra = actual.tables
        .filter(got => !expected.tables.some(want => want.table === got.table))
        .map(got => check(`table ${got.table}`, "absent", `${got.rows} rows`));
    return [
        // Nothing compared with nothing would be equal.
        ...(expected.tables.length === 0 ? [check("tables of the baseline", "some", "none")] : []),
        ...tables,
        ...extra,
        check("sentinel of this run", "present", actual.sentinel ? "present" : "missing"),
        check("page: HTTP status", 200, actual.page.status),
        check(
            "page: sentinel of this run",
            "shown",
            actual.page.showsSentinel ? "shown" : "not shown",
        ),
        check("page: content", expected.page.digest, actual.page.digest),
    ];
}
