/** Asks the stand-in and the real one what a part lists, and prints what came of it. */
import type { Absent, Given, Part, Subject } from "./behaviour.ts";
import { run, type Answer } from "./run.ts";
import { messageOf } from "./scratch.ts";
import { isGood, report, text } from "./table.ts";

export interface Output {
    /** The result. */
    out: (text: string) => void;
    /** What is going on. */
    progress: (line: string) => void;
}

/** @returns the exit status: 1 when something failed, was left behind or nobody could be asked */
export async function conformance<World>(
    part: Part<World>,
    given: Given,
    options: { json: boolean; interrupted: AbortSignal },
    { out, progress }: Output,
): Promise<number> {
    const left: string[] = [];
    const ask = async (who: string, subject: Subject<World> | Absent): Promise<Answer[]> => {
        if ("absent" in subject) {
            progress(`${who}: not asked, because ${subject.absent}`);
            return [];
        }
        progress(`${who}: ${subject.what}`);
        const answers = await run(
            part.behaviours,
            subject.world,
            options.interrupted,
            ({ name, outcome: { state } }) =>
                progress(`  ${state === "failed" ? "FAILED" : state}  ${name}`),
        );
        await subject.close().catch((error: unknown) => left.push(`${who}: ${messageOf(error)}`));
        return answers;
    };

    const standIn = await ask("stand-in", await part.standIn(given));
    if (given.real !== undefined && !options.interrupted.aborted) {
        progress(
            `On the real one, ${part.realIs} \`${given.real}\`, this run makes, and removes again:`,
        );
        part.makes.forEach(line => progress(`  - ${line}`));
    }
    const real = await ask("real", await realOne(part, given));
    const result = report(part.behaviours, standIn, real, left);
    out(options.json ? JSON.stringify({ part: part.name, ...result }, null, 4) : text(result));
    // Who is named must answer; without a name, anybody.
    const missing =
        (given.real !== undefined && real.length === 0) ||
        (given.standIn !== undefined && standIn.length === 0) ||
        standIn.length + real.length === 0;
    return missing || !isGood(result) || options.interrupted.aborted ? 1 : 0;
}

function realOne<World>(part: Part<World>, given: Given): Promise<Subject<World> | Absent> {
    if (given.real !== undefined) {
        return part.real(given);
    }
    const also = part.environment ? ` or by ${part.environment}` : "";
    return Promise.resolve({ absent: `none was given by --real${also}: it takes ${part.realIs}` });
}
