/** Work on the same thing takes turns. A call that is repeated while the first one runs waits, and finds it done. */
export class Turns {
    readonly #last = new Map<string, Promise<unknown>>();

    /** Runs `work` when all earlier work on one of the keys has ended. */
    async take<T>(keys: string[], work: () => Promise<T>): Promise<T> {
        // All keys at once, before anything is awaited: nobody waits in a circle.
        const before = keys.map(key => this.#last.get(key) ?? Promise.resolve());
        const turn = Promise.allSettled(before).then(work);
        keys.forEach(key => this.#last.set(key, turn));
        try {
            return await turn;
        } finally {
            keys.filter(key => this.#last.get(key) === turn).forEach(key => this.#last.delete(key));
        }
    }
}
