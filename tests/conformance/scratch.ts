/** What one behaviour makes, and how it goes away again. */
import { randomBytes } from "node:crypto";

/** On every namespace and cluster-scoped object that a run makes, so that a person can find what a killed run left. */
export const scratchLabel = "crossing.lab/conformance";

interface Undo {
    what: string;
    undo: () => Promise<unknown>;
}

export class Scratch {
    /** For names of this behaviour's own: six lower-case letters and digits. */
    readonly suffix = randomBytes(3).toString("hex");
    /** Aborted when the behaviour's time is up or the run is interrupted: waits end then. */
    readonly signal: AbortSignal;
    readonly #undos: Undo[] = [];

    constructor(signal: AbortSignal) {
        this.signal = signal;
    }

    /**
     * Has something undone when the behaviour is over, the latest first. To be called before it is made, so that an
     * interruption in between leaves nothing: undoing what is not there must succeed.
     *
     * @param what for people: "namespace `a`"
     */
    later(what: string, undo: () => Promise<unknown>): void {
        this.#undos.push({ what, undo });
    }

    /** Undoes everything, also when some of it cannot be. @returns what is left behind and why */
    async clean(): Promise<string[]> {
        const left: string[] = [];
        for (let next = this.#undos.pop(); next; next = this.#undos.pop()) {
            try {
                await next.undo();
            } catch (error) {
                left.push(`${next.what}: ${messageOf(error)}`);
            }
        }
        return left;
    }
}

export const messageOf = (error: unknown): string =>
    error instanceof Error ? error.message : String(error);
