/** States as `pulumi stack export` writes them. */
import type { Verification } from "crossing-actions";
import type { ApplicationOutputs, Finding, State } from "../../report/state.ts";

export const checks = [
    { name: "table public.orders: rows", passed: true, expected: "1000", actual: "1000" },
    { name: "page: content", passed: true, expected: "6716b2", actual: "6716b2" },
];

export const passed: Verification = {
    status: "passed",
    checks,
    images: [
        { image: "db:1", digest: "sha256:aa", restored: "same" },
        { image: "web:1", digest: "sha256:bb", restored: "other" },
    ],
    startTime: "2026-01-31T12:00:30.000Z",
    endTime: "2026-01-31T12:00:31.500Z",
};

/** With a line that tells what was not compared. */
export const filtered: Verification = {
    ...passed,
    checks: [
        checks[0],
        {
            ...{ name: "left out by filters", passed: true, compared: false },
            ...{ expected: "not compared", actual: "1 object: Secret keys" },
        },
    ],
};

export const failed: Verification = {
    ...passed,
    status: "failed",
    checks: [checks[0], { ...checks[1], passed: false, actual: '<b title="x">&' }],
};

export const shop: ApplicationOutputs = {
    restoredNamespace: "shop",
    restorePoint: "shop/restore-shop-1",
    verification: passed,
    timings: { backup: 3.3, export: 0.1, import: 0.1, restore: 12.4, total: 19.5 },
    evidence: {
        actions: [
            {
                kind: "BackupAction",
                name: "shop/backup-1",
                startTime: "2026-01-31T12:00:00.000Z",
                endTime: "2026-01-31T12:00:03.300Z",
                state: "Complete",
            },
            {
                kind: "RestoreAction",
                name: "shop/restore-shop-1-1",
                startTime: "2026-01-31T12:00:10.000Z",
                endTime: "2026-01-31T12:00:22.400Z",
                state: "Failed",
            },
            // K10 did not tell when.
            { kind: "RunAction", name: "kasten-io/run", startTime: "", endTime: "" },
        ],
        export: { volumes: 1, totalBytes: 41_943_040, transferredBytes: 1_000, ratio: 0.01 },
        restorePoint: {
            time: "2026-01-31T12:00:03Z",
            artifacts: 5,
            kinds: { Service: 2, Deployment: 2, PersistentVolumeClaim: 1 },
            volumes: ["database"],
        },
        bucket: { below: "k10/", objects: 9, bytes: 41_950_000 },
    },
    baseline: { key: "crossing/u/shop/1-ab/baseline.json", digest: "0123abcd" },
    url: "https://shop.apps.example.com",
};

export const findings: Finding[] = [
    {
        ...{ rule: "STORE-COPY-001", level: "ok", side: "source" },
        evidence: "what is exported to the store outlives the source cluster",
    },
    {
        ...{ rule: "STORE-TLS-001", level: "warn", side: "target" },
        evidence: "`<far>` is reached by `http://far`, without TLS",
        fix: "give it a certificate",
    },
];

/** A state whose last good `up` left `applications`, and whose verifications are those given, by namespace. */
export function stateOf(
    applications: Record<string, ApplicationOutputs> | undefined,
    verifications: [namespace: string, runId: string, verification?: Verification][],
    runId = "1",
): State {
    const outputs = { runId, sourceK10Version: "9.0.4", applications, findings };
    return {
        deployment: {
            resources: [
                { type: "pulumi:pulumi:Stack", outputs: applications ? outputs : {} },
                { type: "kubernetes:core/v1:Secret", outputs: { data: { password: "hunter2" } } },
                ...verifications.map(([namespace, run, verification]) => ({
                    type: "pulumi-nodejs:dynamic/proof:Verification",
                    inputs: { namespace, runId: run },
                    outputs: { namespace, runId: run, ...(verification && { verification }) },
                })),
            ],
        },
    };
}
