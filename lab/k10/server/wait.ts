/** Waiting for what the cluster does. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Pauses between looks that come close together at first and then every `most` milliseconds: much is done at
 * once, and what is not takes long.
 */
export function pauses(most: number): () => Promise<void> {
    let next = 25;
    return async () => {
        await sleep(next);
        next = Math.min(most, next * 2);
    };
}
