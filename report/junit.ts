/** JUnit's XML: a suite for each application, a case for each check, so that a CI shows the proof as its tests. */
import type { Check } from "crossing-actions";
import { create } from "xmlbuilder2";
import type { ApplicationReport, Report } from "./report.ts";

interface TestCase {
    "@classname": string;
    "@name": string;
    /** What was not compared. */
    skipped?: { "@message": string };
    /** A check that did not pass. */
    failure?: { "@message": string; "@type": string };
    /** There is nothing to judge by. */
    error?: { "@message": string; "@type": string };
}

export function junitOf({ stack, runId, applications }: Report): string {
    const suites =
        applications.length > 0
            ? applications.map(application => suiteOf(stack, application))
            : [suite(stack, [unproven(stack, runId)])];
    return `${create({ encoding: "UTF-8" }, { testsuites: { testsuite: suites } }).end({ prettyPrint: true })}\n`;
}

function suiteOf(stack: string, application: ApplicationReport) {
    const { namespace, runId, restorePoint, verification } = application;
    const property = Object.entries({ stack, runId, restorePoint }).flatMap(([name, value]) =>
        value ? [{ "@name": name, "@value": value }] : [],
    );
    const cases = verification
        ? verification.checks.map(check => caseOf(namespace, check))
        : [unproven(namespace, runId)];
    const times = verification && {
        "@timestamp": verification.startTime,
        "@time": (Date.parse(verification.endTime) - Date.parse(verification.startTime)) / 1_000,
    };
    return suite(namespace, cases, { ...times, properties: { property } });
}

const suite = (name: string, cases: TestCase[], more: object = {}) => ({
    "@name": name,
    "@tests": cases.length,
    "@failures": cases.filter(({ failure }) => failure).length,
    "@errors": cases.filter(({ error }) => error).length,
    "@skipped": cases.filter(({ skipped }) => skipped).length,
    ...more,
    testcase: cases,
});

const caseOf = (
    namespace: string,
    { name, passed, compared, expected, actual }: Check,
): TestCase => ({
    ...{ "@classname": namespace, "@name": name },
    ...(compared === false && { skipped: { "@message": `not compared: ${actual}` } }),
    ...(!passed && {
        failure: { "@message": `expected ${expected}, found ${actual}`, "@type": "difference" },
    }),
});

const unproven = (namespace: string, runId: string): TestCase => ({
    ...{ "@classname": namespace, "@name": "verification" },
    error: {
        "@message": `nothing of run ${runId} was compared with its baseline`,
        "@type": "unproven",
    },
});
