/** Which kills there are, and what is said of them. The same seed gives the same kills. */
import fc from "fast-check";

/** One kill of a `pulumi up`. */
export interface Kill {
    runId: string;
    /** When: the share of the time from the start of the policy's run to the proof, or of the whole `up`. */
    moment: number;
    /** Who is killed: Pulumi alone, whose providers work on for a while, or all of its processes at once. */
    victims: "pulumi" | "everything";
    /** Whether the `up` begins with nothing. */
    whole: boolean;
}

export function plan(seed: number, count: number, whole: number): Kill[] {
    const kills = fc.record({
        moment: fc.integer({ min: 0, max: 999 }).map(thousandths => thousandths / 1_000),
        victims: fc.constantFrom("pulumi" as const, "everything" as const),
    });
    return fc.sample(fc.noBias(kills), { seed, numRuns: count + whole }).map((kill, index) => ({
        ...kill,
        runId: `k${index + 1}`,
        whole: index >= count,
    }));
}

/** What became of a kill. */
export interface Outcome {
    kill: Kill;
    /** Seconds of the `up` that went on. */
    seconds: number;
    /** Seconds from the beginning of the `up` that was killed to the end of the one that went on. */
    total: number;
    /** Why the crossing did not survive. Empty if it did. */
    problem: string;
    /** Names of the actions of this run, by kind. More than one of a kind is a doubled run. */
    actions: Record<string, string[]>;
}

export const doubled = ({ actions }: Outcome): boolean =>
    Object.values(actions).some(names => names.length > 1);

/** Seconds that a kill on standing clusters may take, with all before and after it. One of the whole `up` may take longer. */
export const limit = 60;

export const late = ({ kill, total }: Outcome): boolean => !kill.whole && total > limit;

export const survived = (outcome: Outcome): boolean => outcome.problem === "";

export const lastLine = (outcomes: Outcome[]): string =>
    `survived ${outcomes.filter(survived).length}/${outcomes.length}, doubled ${outcomes.filter(doubled).length}`;

/** Whether all went as it should: the exit status of the whole. */
export const isGood = (outcomes: Outcome[]): boolean =>
    outcomes.every(outcome => survived(outcome) && !doubled(outcome) && !late(outcome));

/**
 * What is printed at the end, by where. The last line that a person sees is the same in both ways; with `--json` stdout is
 * one document, for programs.
 */
export function ending(outcomes: Outcome[], json: boolean): { stdout: string; stderr: string } {
    const summary = lastLine(outcomes);
    return json
        ? { stdout: `${JSON.stringify({ summary, outcomes }, null, 4)}\n`, stderr: `${summary}\n` }
        : { stdout: `${summary}\n`, stderr: "" };
}

export function line(outcome: Outcome): string {
    const { kill, seconds, total, problem, actions } = outcome;
    const when = `${Math.round(kill.moment * 100)} %`.padStart(5);
    const of = kill.whole ? "of the whole up" : "of run to proof";
    const counts = Object.entries(actions).map(([kind, names]) => `${names.length} ${kind}`);
    const problems = [
        problem,
        late(outcome) ? `${total.toFixed(0)} s in all, more than ${limit} s` : "",
    ].filter(Boolean);
    return `${problems.length > 0 ? "✗" : "✓"} ${kill.runId.padEnd(4)} ${when} ${of}, ${kill.victims.padEnd(10)}  resumed in ${seconds.toFixed(0)} s, ${counts.join(", ")}${problems.length > 0 ? `: ${problems.join("; ")}` : ""}`;
}
