/** The Docker engine of the `docker` stand-in: the one that `DOCKER_HOST` names, otherwise the default socket's. */
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** The engine refused a request; `status` is HTTP's. */
export class EngineError extends Error {
    readonly status: number;
    constructor(message: string, status: number) {
        super(message);
        this.status = status;
    }
}

let client: Promise<Docker> | undefined;

async function connect(): Promise<Docker> {
    // Loaded here, because starting the plugin must be quick and previews need no engine.
    client ??= import("dockerode").then(({ default: Client }) => new Client());
    return await client;
}

/**
 * Asks the engine for something, which `intent` names in errors: "create network `x`".
 * @throws EngineError when the engine refuses.
 */
export async function ask<T>(intent: string, request: (docker: Docker) => Promise<T>): Promise<T> {
    try {
        return await request(await connect());
    } catch (error) {
        throw explained(intent, error);
    }
}

/** Like `ask`, but gives undefined where what was asked for does not exist. */
export async function askIfThere<T>(
    intent: string,
    request: (docker: Docker) => Promise<T>,
): Promise<T | undefined> {
    try {
        return await ask(intent, request);
    } catch (error) {
        if (hasStatus(error, 404)) {
            return undefined;
        }
        throw error;
    }
}

export function hasStatus(error: unknown, ...statuses: number[]): error is EngineError {
    return error instanceof EngineError && statuses.includes(error.status);
}

interface RawError extends Error {
    statusCode?: number;
    json?: { message?: string };
    code?: string;
}

function explained(intent: string, cause: unknown): Error {
    if (!(cause instanceof Error) || cause instanceof EngineError) {
        return cause instanceof Error ? cause : new Error(String(cause));
    }
    if (cause.name === "AbortError") {
        return new Error(`Stopped before it could ${intent}`);
    }
    const raw: RawError = cause;
    if (raw.statusCode !== undefined) {
        const text = raw.json?.message ?? raw.message.replace(/^\(HTTP code \d+\) [^-]*- /, "");
        return new EngineError(`Unable to ${intent}: ${text.trim()}`, raw.statusCode);
    }
    if (raw.code !== undefined) {
        const address = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
        return new Error(
            `No Docker engine answers at \`${address}\` (${raw.code}): start one there, or set \`DOCKER_HOST\` to where one runs.`,
        );
    }
    return new Error(`Unable to ${intent}: ${raw.message}`, { cause });
}

/** `body` as an argument of dockerode, which would otherwise write all of it, secrets too, into the URL as well. */
export function inBody<T extends object>(body: T, query: Record<string, string> = {}): T {
    return Object.assign({ ...body }, { _query: query, _body: body });
}

export interface Patience {
    seconds: number;
    signal: AbortSignal;
}

/** Tries until there is an answer other than undefined, which is given back; undefined when time is up. */
export async function poll<T>(
    { seconds, signal }: Patience,
    attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
    const deadline = Date.now() + seconds * 1_000;
    for (;;) {
        signal.throwIfAborted();
        const answer = await attempt();
        const left = deadline - Date.now();
        if (answer !== undefined || left <= 0) {
            return answer;
        }
        // Where this is cut short, the next round says so.
        await sleep(Math.min(200, left), undefined, { signal }).catch(() => undefined);
    }
}

// As long as the real provider waits until nothing uses a network or a volume any more.
const busySeconds = 30;

/** Removes something as soon as nobody uses it: `busy` is how the engine says that somebody does. */
export async function removeWhenFree(
    intent: string,
    busy: RegExp,
    signal: AbortSignal,
    request: (docker: Docker) => Promise<unknown>,
): Promise<void> {
    let inUse: unknown;
    const removed = await poll({ seconds: busySeconds, signal }, async () => {
        try {
            await askIfThere(intent, request);
            return true;
        } catch (error) {
            if (!hasStatus(error, 403, 409) || !busy.test(error.message)) {
                throw error;
            }
            inUse = error;
            return undefined;
        }
    });
    if (!removed) {
        throw inUse;
    }
}
