/** Time as waits see it. Tests bring their own. */
export interface Clock {
    now(): number;
    sleep(ms: number): Promise<void>;
}

/** The longest that a timer of Node.js can be set to. */
const longest = 2 ** 31 - 1;

/** What the work gives, or the error where that takes longer, by the real clock. The work itself is not ended. */
export async function within<T>(ms: number, work: Promise<T>, error: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(error()), Math.min(ms, longest));
    });
    try {
        return await Promise.race([work, over]);
    } finally {
        clearTimeout(timer);
    }
}

export const realClock: Clock = {
    now: () => Date.now(),
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
};
