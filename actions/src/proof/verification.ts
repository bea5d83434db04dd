/** Verification: the restored application against the baseline. A difference is a failure, and is recorded. */
import { Definition, FailedResult } from "../action";
import type { TableDigest } from "../database";
import type { RestoreChoices } from "../k10/restore-spec";
import { Observation, observe, ObservedPage, ObserveInputs } from "./baseline";
import { Chosen, expectationOf } from "./expected";
import { compareImages, RestoredImage } from "./images";
import { checkLeftovers, leftoversCheck } from "./leftovers";
import { compareObjects } from "./objects";
import { knownTransforms } from "./transforms";

export interface VerificationInputs extends Omit<ObserveInputs, "filters"> {
    baseline: Observation;
    /** What of the restore differs from all that was backed up. @default nothing */
    choices?: RestoreChoices;
    /** The restore that is verified: another one is verified anew. */
    restorePoint: string;
}

/** One verified fact. */
export interface Check {
    name: string;
    passed: boolean;
    expected: string;
    actual: string;
    /** `false` on a line that tells what was not compared: it neither proves nor disproves anything. */
    compared?: false;
}

export interface Verification {
    status: "passed" | "failed";
    checks: Check[];
    /** What the target runs of the baseline's images. Another digest by the same name fails nothing. */
    images?: RestoredImage[];
    startTime: string;
    endTime: string;
}

export interface VerificationOutputs {
    verification: Verification;
}

export const verification: Definition<VerificationInputs, VerificationOutputs> = {
    title: "verification",
    replaceOn: ["clusterUid", "runId", "runToken", "namespace", "restorePoint", "choices"],
    outputs: ["verification"],
    id: inputs => `${inputs.namespace}/${inputs.runId}`,
    places: inputs => [inputs.namespace],
    succeeded: outs => outs.verification.status === "passed",

    async run(inputs, report) {
        const startTime = new Date().toISOString();
        const { expected, apart } = expect(inputs.baseline, await chosenOf(inputs, report));
        const found = await observe(inputs, report, expected);
        const compared = [...compare(expected, found), await checkLeftovers(inputs, report)];
        const checks = [...compared, ...apart];
        const failed = compared.filter(check => !check.passed);
        const result: Verification = {
            status: failed.length === 0 ? "passed" : "failed",
            checks,
            ...(inputs.baseline.images && {
                images: compareImages(inputs.baseline.images, found.images ?? []),
            }),
            startTime,
            endTime: new Date().toISOString(),
        };
        if (failed.length > 0) {
            throw new FailedResult(
                `Verification of run \`${inputs.runId}\` failed, ${failed.length} of ${compared.length} checks: ${failed.map(describe).join("; ")}. ${advice(inputs, failed)}`,
                { verification: result },
            );
        }
        report(`${compared.length} checks passed`);
        result.images
            ?.filter(({ restored }) => restored !== "same")
            .forEach(({ image, restored }) =>
                report(
                    restored === "other"
                        ? `image ${image} has another digest than on the source`
                        : `image ${image} runs in no pod of the target`,
                ),
            );
        apart.forEach(({ name, actual }) => report(`not compared, ${name}: ${actual}`));
        return { verification: result };
    },
};

/** What the restore was told, with the contents of the TransformSets that it names. */
async function chosenOf(
    { kubeconfig, choices = {}, timeout }: VerificationInputs,
    report: (line: string) => void,
): Promise<Chosen> {
    const { transforms = [], ...chosen } = choices;
    return {
        ...chosen,
        transforms: await knownTransforms(kubeconfig, transforms, timeout, report),
    };
}

/** A baseline without what the backup or the restore left out. Rows are expected whatever was chosen. */
function expect(baseline: Observation, chosen: Chosen): { expected: Observation; apart: Check[] } {
    if (!baseline.objects) {
        return { expected: baseline, apart: [] };
    }
    const { objects, apart } = expectationOf(baseline.objects, chosen);
    return { expected: { ...baseline, objects }, apart };
}

const advice = ({ namespace }: VerificationInputs, failed: Check[]) =>
    failed.every(({ name }) => name === leftoversCheck)
        ? `K10 has not cleared up after its restore into namespace \`${namespace}\`: delete what is left, and run \`pulumi up\` again to verify once more.`
        : `What was restored into namespace \`${namespace}\` is not what was backed up. Set another \`crossing:runId\` to export and restore again, or run \`pulumi up\` again to verify once more.`;

const describe = (check: Check) => `${check.name} is ${check.actual}, expected ${check.expected}`;

/** Every fact of the baseline, looked for in what was restored; and rows that were restored but never backed up. */
export function compare(expected: Observation, actual: Observation): Check[] {
    return [
        ...(expected.tables ? compareRows(expected.tables, actual) : []),
        ...(expected.objects ? compareObjects(expected.objects, actual.objects ?? []) : []),
        ...(expected.page ? comparePages(expected, expected.page, actual.page) : []),
    ];
}

function check(name: string, want: string | number, got: string | number): Check {
    return {
        name,
        passed: want === got,
        expected: String(want),
        actual: String(got),
    };
}

function compareRows(expected: TableDigest[], { tables = [], sentinel }: Observation): Check[] {
    const wanted = expected.flatMap(want => {
        const got = tables.find(table => table.table === want.table);
        return [
            check(`table ${want.table}: rows`, want.rows, got?.rows ?? "missing"),
            check(`table ${want.table}: hash`, want.digest, got?.digest ?? "missing"),
        ];
    });
    const extra = tables
        .filter(got => !expected.some(want => want.table === got.table))
        .map(got => check(`table ${got.table}`, "absent", `${got.rows} rows`));
    return [
        // Nothing compared with nothing would be equal.
        ...(expected.length === 0 ? [check("tables of the baseline", "some", "none")] : []),
        ...wanted,
        ...extra,
        check("sentinel of this run", "present", sentinel ? "present" : "missing"),
    ];
}

function comparePages(
    { tables }: Observation,
    expected: ObservedPage,
    actual: ObservedPage | undefined,
): Check[] {
    const shown = actual?.showsSentinel ? "shown" : "not shown";
    return [
        // A sample's page has to answer; any other as it did before.
        check("page: HTTP status", tables ? 200 : expected.status, actual?.status ?? "none"),
        ...(tables ? [check("page: sentinel of this run", "shown", shown)] : []),
        ...(expected.digest
            ? [check("page: content", expected.digest, actual?.digest ?? "none")]
            : []),
    ];
}
