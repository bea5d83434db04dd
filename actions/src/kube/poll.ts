/** The one way this code base waits: for something to be so, until a deadline. */
import { isTransient, sentence, UserError } from "./errors";

/** Time as `poll` sees it. Tests bring their own. */
export interface Clock {
    now(): number;
    sleep(ms: number): Promise<void>;
}

export const realClock: Clock = {
    now: () => Date.now(),
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
};

/** One look: either finished with a value, or not yet, with what was seen in a few words. */
export type Look<T> = { done: true; value: T } | NotYet;

export interface NotYet {
    done: false;
    seen: string;
    /** How many requests the look took: more of them are followed by a longer pause. @default 1 */
    requests?: number;
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
}

/** Failed looks in a row that are borne before the wait is given up: about a minute of an API that is away. */
const toleratedFailures = 60;

/** Milliseconds between looks: 4 a second while things usually happen, then one. */
export function interval(elapsed: number): number {
    return elapsed < 30_000 ? 250 : 1_000;
}

/** Milliseconds between any two looks of this process: many waits at once are no storm. */
let spacing = 1_000 / 20;
const nextTurn = new WeakMap<Clock, number>();

/** Sets how often all waits together may look, in a second. @default 20 */
export function limitLooks(perSecond: number): void {
    spacing = 1_000 / perSecond;
}

/** Counts requests that a look made beside its own among those of all waits. */
function pay(clock: Clock, requests: number): void {
    nextTurn.set(clock, (nextTurn.get(clock) ?? clock.now()) + requests * spacing);
}

/** Waits until it is this look's turn among those of all waits, but not beyond its own deadline. */
async function turn(clock: Clock, deadline: number): Promise<void> {
    const now = clock.now();
    const start = Math.max(now, Math.min(nextTurn.get(clock) ?? now, deadline));
    nextTurn.set(clock, start + spacing);
    if (start > now) {
        await clock.sleep(start - now);
    }
}

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
    let seen = "nothing yet";
    let failures = 0;
    for (;;) {
        let now: string;
        let pause = interval(clock.now() - started);
        await turn(clock, deadline);
        try {
            const result = await look();
            if (result.done) {
                return result.value;
            }
            now = result.seen;
            failures = 0;
            const { requests = 1 } = result;
            pause *= requests;
            pay(clock, requests - 1);
        } catch (error) {
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
            throw new TimedOut(
                `Waited ${seconds(options.timeout)} in vain for ${options.what}; last seen: ${sentence(seen)}`,
                ...([seen, await hint(seen)] as const),
            );
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
