/**
 * The cluster this server runs in. Objects pass through as plain JSON: typed clients would drop fields they do
 * not know and turn times into dates, and a backup must contain what is there.
 */
import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { isFields, textAt, type KubeObject } from "./json.ts";
import { log } from "./log.ts";

/** The API server answered with an error. */
export class KubeError extends Error {
    readonly code: number;
    readonly reason: string;

    constructor(code: number, reason: string, message: string) {
        super(message);
        this.code = code;
        this.reason = reason;
    }
}

export function hasCode(error: unknown, code: number): boolean {
    return error instanceof KubeError && error.code === code;
}

export interface List {
    metadata: { resourceVersion?: string };
    items: KubeObject[];
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Request {
    body?: unknown;
    contentType?: string;
    signal?: AbortSignal;
}

const TRANSIENT = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"];

export class Cluster {
    readonly #config: KubeConfig;

    constructor(config: KubeConfig) {
        this.#config = config;
    }

    /** The cluster of the pod that this runs in. */
    static own(): Cluster {
        const config = new KubeConfig();
        config.loadFromCluster();
        return new Cluster(config);
    }

    async get<T = KubeObject>(path: string): Promise<T> {
        return (await this.#json("GET", path)) as T;
    }

    /** Like `get`, but gives undefined for what does not exist. */
    async find<T = KubeObject>(path: string): Promise<T | undefined> {
        try {
            return await this.get<T>(path);
        } catch (error) {
            if (hasCode(error, 404)) {
                return undefined;
            }
            throw error;
        }
    }

    /** What is no JSON: a pod's log. */
    async text(path: string): Promise<string> {
        const response = await this.#send("GET", path, {});
        if (response.statusCode !== 200) {
            throw await failure(response);
        }
        return await text(response);
    }

    async list(path: string): Promise<List> {
        return await this.get<List>(path);
    }

    async create(path: string, body: KubeObject): Promise<KubeObject> {
        return (await this.#json("POST", path, { body })) as KubeObject;
    }

    async replace(path: string, body: KubeObject): Promise<KubeObject> {
        return (await this.#json("PUT", path, { body })) as KubeObject;
    }

    /** JSON merge patch. */
    async merge(path: string, body: object): Promise<void> {
        await this.#json("PATCH", path, { body, contentType: "application/merge-patch+json" });
    }

    /** JSON patch (RFC 6902): the way to change one element of a list. */
    async patch(path: string, operations: object[]): Promise<void> {
        const contentType = "application/json-patch+json";
        await this.#json("PATCH", path, { body: operations, contentType });
    }

    /** Deletes; nothing happens where it is gone already. */
    async remove(path: string, options: object = {}): Promise<void> {
        try {
            await this.#json("DELETE", path, { body: options });
        } catch (error) {
            if (!hasCode(error, 404)) {
                throw error;
            }
        }
    }

    /**
     * Lists and watches for ever and calls `seen` for each object that is there, comes or changes; never
     * rejects before `signal` aborts. Each reconnection lists anew, so nothing is missed.
     */
    async follow(path: string, seen: (object: KubeObject) => void, signal: AbortSignal) {
        while (!signal.aborted) {
            try {
                const { items, metadata } = await this.list(path);
                items.forEach(seen);
                await this.#watch(path, metadata.resourceVersion ?? "", seen, signal);
            } catch (error) {
                if (!signal.aborted) {
                    log(`watching ${path}: ${String(error)}; again in 2 s`);
                }
            }
            await sleep(2_000, undefined, { signal }).catch(() => undefined);
        }
    }

    async #watch(
        path: string,
        version: string,
        seen: (object: KubeObject) => void,
        signal: AbortSignal,
    ) {
        const query = `?watch=1&timeoutSeconds=300&resourceVersion=${encodeURIComponent(version)}`;
        const response = await this.#send("GET", path + query, { signal });
        if (response.statusCode !== 200) {
            throw await failure(response);
        }
        let rest = "";
        for await (const chunk of response.setEncoding("utf8")) {
            const lines = (rest + String(chunk)).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines.filter(Boolean)) {
                const event = JSON.parse(line) as { type: string; object: KubeObject };
                if (event.type === "ERROR") {
                    // The version is too old: list again.
                    return;
                }
                if (event.type === "ADDED" || event.type === "MODIFIED") {
                    seen(event.object);
                }
            }
        }
    }

    async #json(method: Method, path: string, request: Request = {}): Promise<unknown> {
        for (let attempt = 1; ; attempt++) {
            try {
                const response = await this.#send(method, path, request);
                if ((response.statusCode ?? 500) >= 300) {
                    throw await failure(response);
                }
                return JSON.parse(await text(response));
            } catch (error) {
                // Only a read can be repeated without knowing whether the first one was carried out.
                const transient =
                    hasCode(error, 503) || hasCode(error, 429) || TRANSIENT.includes(codeOf(error));
                if (method !== "GET" || !transient || attempt === 4) {
                    throw error;
                }
                await sleep(250 * 2 ** attempt);
            }
        }
    }

    async #send(method: Method, path: string, request: Request): Promise<http.IncomingMessage> {
        const url = new URL((this.#config.getCurrentCluster()?.server ?? "") + path);
        const body = request.body === undefined ? undefined : JSON.stringify(request.body);
        const options: https.RequestOptions = {
            method,
            headers: {
                Accept: "application/json",
                "User-Agent": "k10-stand-in",
                ...(body !== undefined && {
                    "Content-Type": request.contentType ?? "application/json",
                    "Content-Length": Buffer.byteLength(body),
                }),
            },
            ...(request.signal && { signal: request.signal }),
        };
        await this.#config.applyToHTTPSOptions(options);
        return await new Promise((resolve, reject) => {
            const send = url.protocol === "http:" ? http.request : https.request;
            const sent = send(url, options, resolve);
            sent.on("error", reject);
            sent.end(body);
        });
    }
}

async function text(response: http.IncomingMessage): Promise<string> {
    let result = "";
    for await (const chunk of response.setEncoding("utf8")) {
        result += String(chunk);
    }
    return result;
}

async function failure(response: http.IncomingMessage): Promise<KubeError> {
    const code = response.statusCode ?? 500;
    const body = await text(response);
    let status: unknown;
    try {
        status = JSON.parse(body);
    } catch {
        // An aggregated API that is down answers in plain text.
        return new KubeError(code, "", body.trim() || `HTTP ${code}`);
    }
    const message = isFields(status) ? textAt(status, "message") : "";
    return new KubeError(code, textAt(status, "reason"), message || `HTTP ${code}`);
}

function codeOf(error: unknown): string {
    return error instanceof Error && "code" in error ? String(error.code) : "";
}
