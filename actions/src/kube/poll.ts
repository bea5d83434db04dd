/** The one way this code base waits: for something to be so, until a deadline. */
import { Clock, realClock, within } from "./clock";
import { isTransient, sentence, UserError } from "./errors";
import { counting } from "./requests";

export { Clock, realClock } from "./clock";

/** One look: either finished with a value, or not yet, with what was seen in a few words. */
export type Look<T> = { done: true; value: T } | NotYet;

export interface NotYet {
    done: false;
    seen: string;
}

/** The time of a wait is over. */
export class TimedOut extends UserError {
    /** What was waited for, and what was seen last, without the hint. */
    readonly bare: string;
    readonly seen: string;
    constructor(bare: string, seen: string, hint: string) {
        super(`${bare}${hint}`);
        this.bare = bare;
        this.seen = seen;
    }
}

export interface PollOptions {
    /** What is waited for, as it stands in messages: "policy `shop-export` to be validated". */
    what: string;
    /** Seconds until the wait fails. */
    timeout: number;
    /** Added to the message of a time-out: where to look, what to do. Asked once, with what was seen last. */
    hint?: string | ((seen: string) => string | Promise<string>);
    /** Called with a line for each change in what is seen. */
    report?: (line: string) => void;
    clock?: Clock;
    /** Milliseconds beyond the deadline that a look may go on which began before it. @default 10 seconds */
    grace?: number;
}

/** Failed looks in a row that are borne before the wait is given up: about a minute of an API that is away. */
const toleratedFailures = 60;

/** Milliseconds between looks of one request: 4 a second while things usually happen, then one. More take a longer pause. */
export function interval(elapsed: number): number {
    return elapsed < 30_000 ? 250 : 1_000;
}

/** A look goes on though its wait is over: a connection that is silently dead must not outlast it. */
class Unanswered extends Error {}

/**
 * Looks at once and then again and again until a look is done. Transient errors of the API are borne for a
 * while; every other error ends the wait.
 * @throws TimedOut when the time is over: a time-out is a failure.
 */
export async function poll<T>(options: PollOptions, look: () => Promise<Look<T>>): Promise<T> {
    const clock = options.clock ?? realClock;
    const started = clock.now();
    const deadline = started + options.timeout * 1_000;
    const hint = async (last: string) => {
        const text = typeof options.hint === "function" ? await options.hint(last) : options.hint;
        return text ? ` ${text}` : "";
    };
    const timedOut = async (last: string) =>
        new TimedOut(
            `Waited ${seconds(options.timeout)} in vain for ${options.what}; last seen: ${sentence(last)}`,
            ...([last, await hint(last)] as const),
        );
    let seen = "nothing yet";
    let failures = 0;
    for (;;) {
        let now: string;
        let pause = interval(clock.now() - started);
        const count = { requests: 0, clock };
        const patience = Math.max(deadline - clock.now(), 0) + (options.grace ?? 10_000);
        try {
            const result = await within(
                ...([patience, counting(count, look), () => new Unanswered()] as const),
            );
            if (result.done) {
                return result.value;
            }
            now = result.seen;
            failures = 0;
            pause *= Math.max(count.requests, 1);
        } catch (error) {
            if (error instanceof Unanswered) {
                throw await timedOut(`${seen}; since then nothing was answered`);
            }
            if (!isTransient(error)) {
                throw error;
            }
            const { message } = error as Error;
            if (++failures > toleratedFailures) {
                throw new UserError(
                    `Gave up waiting for ${options.what}: the API did not answer ${failures} times in a row (${message}).${await hint(message)}`,
                    { cause: error },
                );
            }
            now = `the API does not answer (${message})`;
            pause = Math.max(pause, 1_000);
        }
        if (now !== seen) {
            seen = now;
            options.report?.(`${options.what}: ${seen}`);
        }
        const left = deadline - clock.now();
        if (left <= 0) {
            throw await timedOut(seen);
        }
        await clock.sleep(Math.min(pause, left));
    }
}

/**
 * Tells of each look whether something has been so, without a break, for some seconds: what a controller writes does
 * not say which version of its object it is of, and may be of an earlier one.
 */
export function lasting(seconds: number, clock: Clock = realClock): (isSo: boolean) => boolean {
    let since: number | undefined;
    return isSo => {
        since = isSo ? (since ?? clock.now()) : undefined;
        return since !== undefined && clock.now() - since >= seconds * 1_000;
    };
}

/** Asks one question until it is answered: what the API says must not get lost because it is away for a moment. */
export function ask<T>(options: PollOptions, question: () => Promise<T>): Promise<T> {
    return poll(options, async () => ({ done: true, value: await question() }));
}

/** Milliseconds before work is begun again: a blip is over in seconds, and what takes longer is waited for by `poll`. */
const secondTries = [1_000, 2_000, 4_000, 8_000];

/**
 * Does work that goes on where it was interrupted, again after a transient error of the API: no single request
 * outside of a wait may decide over a crossing.
 */
export async function persist<T>(
    work: () => Promise<T>,
    report: (line: string) => void,
    clock: Clock = realClock,
): Promise<T> {
    for (const pause of secondTries) {
        try {
            return await work();
        } catch (error) {
            if (!isTransient(error)) {
                throw error;
            }
            report(`${sentence((error as Error).message)} Going on in ${seconds(pause / 1_000)}`);
            await clock.sleep(pause);
        }
    }
    return work();
}

/** `250` as `4m10s`. */
export function seconds(value: number): string {
    const whole = Math.round(value);
    const minutes = Math.floor(whole / 60);
    return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`;
}
