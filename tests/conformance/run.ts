/** Asks a subject one behaviour after the other, and removes what that took. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour } from "./behaviour.ts";
import { messageOf, Scratch } from "./scratch.ts";

export type Outcome =
    | { state: "passed" }
    | { state: "failed"; message: string }
    | { state: "skipped"; message: string };

/** What came of one behaviour. */
export interface Answer {
    name: string;
    outcome: Outcome;
    /** What could not be removed, and why. */
    left: string[];
}

const defaultDeadline = 60;
/** Seconds that a check may go on after its time, so that nothing is made while its things are removed. */
const grace = 10;

/**
 * @param interrupted ends the run: what has begun is removed, the rest is not asked
 * @param progress hears each answer as it comes
 * @returns the answers in the order of the behaviours
 */
export async function run<World>(
    behaviours: Behaviour<World>[],
    world: World,
    interrupted: AbortSignal,
    progress: (answer: Answer) => void,
): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const group of groups(behaviours)) {
        if (interrupted.aborted) {
            break;
        }
        const asked = group.map(async behaviour => {
            const answer = await ask(behaviour, world, interrupted);
            progress(answer);
            return answer;
        });
        answers.push(...(await Promise.all(asked)));
    }
    return answers;
}

/** Behaviours that may run together are in one group with their neighbours, the others each in one of its own. */
function groups<World>(behaviours: Behaviour<World>[]): Behaviour<World>[][] {
    const result: Behaviour<World>[][] = [];
    for (const behaviour of behaviours) {
        const last = result.at(-1);
        if (behaviour.together && last?.[0]?.together) {
            last.push(behaviour);
        } else {
            result.push([behaviour]);
        }
    }
    return result;
}

/** Asks for one behaviour, and cleans up. Never throws. */
export async function ask<World>(
    behaviour: Behaviour<World>,
    world: World,
    interrupted: AbortSignal = new AbortController().signal,
): Promise<Answer> {
    const seconds = behaviour.deadline ?? defaultDeadline;
    const over = new AbortController();
    const scratch = new Scratch(over.signal);
    let give: (error: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => (give = reject));
    const stop = (why: string) => () => {
        over.abort();
        give(new Error(why));
    };
    const timer = setTimeout(stop(`not done after ${seconds} s`), seconds * 1_000);
    const interrupt = stop("interrupted");
    interrupted.addEventListener("abort", interrupt);
    const check = Promise.resolve().then(() => behaviour.check(world, scratch));
    let outcome: Outcome;
    try {
        const said = await Promise.race([check, ended]);
        outcome = said
            ? { state: "skipped", message: said.slice("skipped: ".length) }
            : { state: "passed" };
    } catch (error) {
        outcome = { state: "failed", message: messageOf(error) };
    } finally {
        clearTimeout(timer);
        interrupted.removeEventListener("abort", interrupt);
    }
    await Promise.race([
        check.catch(() => undefined),
        sleep(grace * 1_000, undefined, { ref: false }),
    ]);
    return { name: behaviour.name, outcome, left: await scratch.clean() };
}
