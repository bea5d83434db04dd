/** Waiting for something that a subject does by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "./scratch.ts";

export interface Wait {
    /** For messages: "RunAction `a` to end". */
    what: string;
    /** Ends the wait. */
    signal: AbortSignal;
    /** Seconds until it fails. */
    seconds: number;
    /** Milliseconds between two looks. */
    interval: number;
}

/**
 * @param look gives what is waited for, undefined while it is not there; an error of it counts as not there
 * @throws Error when the time is over, with the last error of `look`
 */
export async function until<T>(wait: Wait, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + wait.seconds * 1_000;
    for (;;) {
        let seen = "";
        try {
            const found = await look();
            if (found !== undefined) {
                return found;
            }
        } catch (error) {
            seen = `: ${messageOf(error)}`;
        }
        if (Date.now() >= deadline) {
            throw new Error(`waited ${wait.seconds} s in vain for ${wait.what}${seen}`);
        }
        await sleep(wait.interval, undefined, { signal: wait.signal });
    }
}
