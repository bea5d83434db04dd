/** Requests of waits to clusters: each wait's own are counted, and of all together there are only so many in a second. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "./clock";

/** Lets so many through in any one second, and the others in the order in which they came. */
export class RequestLimit {
    private readonly clock: Clock;
    private readonly perSecond: number;
    /** When the last `perSecond` of them were let through, the oldest first. */
    private times: number[] = [];

    constructor(perSecond: number, clock: Clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Waits until it is this one's turn. */
    async turn(): Promise<void> {
        const now = this.clock.now();
        const before = this.times.at(-this.perSecond);
        const at = before === undefined ? now : Math.max(now, before + 1_000);
        this.times = [...this.times, at].slice(-this.perSecond);
        if (at > now) {
            await this.clock.sleep(at - now);
        }
    }
}

/** The requests of one wait, by its clock. */
interface Count {
    requests: number;
    clock: Clock;
}

let perSecond = 20;
/** One for all waits of a clock: outside of tests there is one clock. */
const limits = new WeakMap<Clock, RequestLimit>();
const counted = new AsyncLocalStorage<Count>();

/** Sets how many requests all waits together may make in a second. Called before the first of them. @default 20 */
export function limitRequests(most: number): void {
    perSecond = most;
}

/** Does something, and counts the requests to clusters that it makes. */
export const counting = <T>(count: Count, work: () => Promise<T>): Promise<T> =>
    counted.run(count, work);

/** Called by the client before each request. What is asked outside of a wait is asked at once: it is no poll. */
export async function beforeRequest(): Promise<void> {
    const wait = counted.getStore();
    if (!wait) {
        return;
    }
    wait.requests++;
    const limit = limits.get(wait.clock) ?? new RequestLimit(perSecond, wait.clock);
    limits.set(wait.clock, limit);
    await limit.turn();
}
