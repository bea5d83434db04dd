/** What a run says at its end. */
import { table } from "../../lab/table.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Answer, Outcome } from "./run.ts";

/** One behaviour and what came of it. A column that was not asked has no answer. */
export interface Row {
    name: string;
    source: string;
    confirmed: boolean;
    standIn?: Outcome;
    real?: Outcome;
}

export interface Report {
    rows: Row[];
    passed: number;
    failed: number;
    /** What could not be removed, and why. */
    left: string[];
}

/** @param left what the subjects themselves could not remove */
export function report(
    behaviours: Pick<Behaviour<never>, "name" | "source" | "confirmed">[],
    standIn: Answer[],
    real: Answer[],
    left: string[],
): Report {
    const outcome = (answers: Answer[], name: string) =>
        answers.find(answer => answer.name === name)?.outcome;
    const rows = behaviours.map(({ name, source, confirmed }) => ({
        ...{ name, source, confirmed },
        standIn: outcome(standIn, name),
        real: outcome(real, name),
    }));
    const answers = [...standIn, ...real];
    const count = (state: Outcome["state"]) =>
        answers.filter(answer => answer.outcome.state === state).length;
    return {
        rows,
        passed: count("passed"),
        failed: count("failed"),
        left: [...answers.flatMap(answer => answer.left), ...left],
    };
}

/** Whether all is as documented, and nothing is left behind. */
export const isGood = ({ failed, left }: Report): boolean => failed === 0 && left.length === 0;

/** A table, then what failed, was skipped or is left behind, then the counts as the last line. */
export function text(report: Report): string {
    const headings = ["BEHAVIOUR", "SOURCE", "STAND-IN", "REAL"];
    const cells = report.rows.map(row => [
        row.name,
        row.confirmed ? row.source : `${row.source} *unconfirmed*`,
        cell(row.standIn),
        cell(row.real),
    ]);
    return [
        table([headings, ...cells]),
        ...notes(report, "failed"),
        ...notes(report, "skipped"),
        ...section("Left behind:", report.left),
        "",
        `${report.passed} passed, ${report.failed} failed`,
    ].join("\n");
}

function cell(outcome: Outcome | undefined): string {
    return outcome === undefined ? "–" : outcome.state === "failed" ? "FAILED" : outcome.state;
}

function notes({ rows }: Report, state: "failed" | "skipped"): string[] {
    const lines = rows.flatMap(({ name, standIn, real }) =>
        Object.entries({ "stand-in": standIn, real }).flatMap(([who, outcome]) =>
            outcome?.state === state ? [`${name} (${who})\n    ${outcome.message}`] : [],
        ),
    );
    return section(state === "failed" ? "FAILED:" : "Skipped:", lines);
}

function section(heading: string, lines: string[]): string[] {
    return lines.length === 0 ? [] : ["", heading, ...lines.map(line => `  ${line}`)];
}
