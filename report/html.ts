/** One page that holds everything it shows: it can be mailed, archived and read without a network. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Eta } from "eta";
import type { ApplicationReport, Report } from "./report.ts";
import { timelineOf } from "./timeline.ts";

const template = readFileSync(join(import.meta.dirname, "report.html.eta"), "utf8");

// Escapes all that is not said to be HTML; the template says so of nothing.
const eta = new Eta({ autoEscape: true, autoTrim: false });

export function htmlOf(report: Report): string {
    return eta.renderString(template, {
        report,
        words,
        title: `Crossing ${report.stack}, run ${report.runId}: ${report.status}`,
        applications: report.applications.map(application => ({
            ...application,
            checks: application.verification?.checks.map(check => ({
                ...check,
                ...marks[check.compared === false ? "apart" : check.passed ? "passed" : "failed"],
            })),
            bars: timelineOf(application),
            facts: factsOf(application),
        })),
    });
}

const words = {
    passed: "Proven: what was restored is what was backed up.",
    failed: "Not proven: what was restored differs from what was backed up.",
    unproven: "Not proven: nothing of this run was compared with its baseline.",
};

const marks = {
    passed: { mark: "✓", style: "yes" },
    failed: { mark: "✗", style: "no" },
    apart: { mark: "–", style: "open" },
};

const imageWords = {
    same: "the same",
    other: "another digest than on the source",
    none: "runs in no pod",
};

/** What is told beside the checks: a name, and what is there. */
function factsOf(application: ApplicationReport): [name: string, value: string][] {
    const { restoredNamespace, restorePoint, url, timings, evidence, baseline } = application;
    const { images } = application.verification ?? {};
    const moved = evidence?.export;
    const point = evidence?.restorePoint;
    const bucket = evidence?.bucket;
    const facts: [string, string | undefined][] = [
        ["restored to namespace", restoredNamespace],
        ["restore point", restorePoint],
        ["its backup was made", point?.time],
        ["its volumes", point?.volumes?.join(", ")],
        ["it holds", point?.kinds && counts(point.kinds)],
        ["data of volumes", moved && bytesOf(moved.totalBytes)],
        ["sent to the store", moved && bytesOf(moved.transferredBytes)],
        [
            "in the bucket",
            bucket &&
                `${bucket.atLeast ? "at least " : ""}${bucket.objects} objects, ${bytesOf(bucket.bytes)}, below ${bucket.below}`,
        ],
        [
            "seconds",
            timings &&
                Object.entries(timings)
                    .map(([part, seconds]) => `${part} ${seconds}`)
                    .join(", "),
        ],
        [
            "images",
            images?.map(({ image, restored }) => `${image}: ${imageWords[restored]}`).join(", "),
        ],
        ["baseline", baseline && `${baseline.key}, SHA-256 ${baseline.digest}`],
        ["answers at", url],
    ];
    return facts.flatMap(([name, value]) => (value ? [[name, value] as [string, string]] : []));
}

const counts = (kinds: Record<string, number>) =>
    Object.entries(kinds)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", ");

/** Bytes in MiB to the tenth, or as they are where they are few. */
const bytesOf = (bytes: number | undefined): string | undefined =>
    bytes === undefined
        ? undefined
        : bytes < 1 << 20
          ? `${bytes} bytes`
          : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
