/**
 * A cluster as a stranger sees it: methods, paths and answers, nothing retried and nothing interpreted. Shares no code
 * with the program or the stand-ins.
 */
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

export interface KubeObject {
    apiVersion?: string;
    kind?: string;
    metadata: {
        name: string;
        namespace?: string;
        uid?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    spec?: Record<string, unknown>;
    status?: Record<string, unknown>;
    [field: string]: unknown;
}

/** What a server answered, whatever it was. */
export interface Reply {
    code: number;
    /** The body as JSON; `{ message }` where it is none. */
    body: KubeObject & { message?: string; reason?: string; items?: KubeObject[] };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An answer that is no success. */
export class KubeError extends Error {
    readonly code: number;

    constructor(code: number, message: string) {
        super(message);
        this.code = code;
    }
}

export class Kube {
    readonly #config = new KubeConfig();

    /** @param kubeconfig its text, not its path */
    constructor(kubeconfig: string) {
        this.#config.loadFromString(kubeconfig);
    }

    /** @throws Error when the file cannot be read */
    static async fromFile(path: string): Promise<Kube> {
        return new Kube(await readFile(path, "utf8"));
    }

    get server(): string {
        return this.#config.getCurrentCluster()?.server ?? "";
    }

    /** Sends one request, and gives the answer also where it is an error. */
    async send(
        method: Method,
        path: string,
        body?: unknown,
        contentType = "application/json",
    ): Promise<Reply> {
        const url = new URL(this.server + path);
        const text = body === undefined ? undefined : JSON.stringify(body);
        const options: https.RequestOptions = {
            method,
            headers: {
                Accept: "application/json",
                "User-Agent": "crossing-conformance",
                ...(text !== undefined && {
                    "Content-Type": contentType,
                    "Content-Length": Buffer.byteLength(text),
                }),
            },
        };
        await this.#config.applyToHTTPSOptions(options);
        return new Promise((resolve, reject) => {
            const { request } = url.protocol === "http:" ? http : https;
            const sent = request(url, options, answer => {
                const chunks: Buffer[] = [];
                answer.on("data", (chunk: Buffer) => chunks.push(chunk));
                answer.on("error", reject);
                answer.on("end", () => {
                    const all = Buffer.concat(chunks).toString();
                    resolve({ code: answer.statusCode ?? 0, body: parsed(all) });
                });
            });
            sent.on("error", reject);
            sent.end(text);
        });
    }

    /** @returns undefined where there is none */
    async get(path: string): Promise<KubeObject | undefined> {
        const reply = await this.send("GET", path);
        return reply.code === 404 ? undefined : succeeded(`GET ${path}`, reply);
    }

    /** @param selector a label selector: "a=b,c" */
    async list(path: string, selector?: string): Promise<KubeObject[]> {
        const query =
            selector === undefined ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
        const { items } = succeeded(`GET ${path}`, await this.send("GET", path + query));
        return items ?? [];
    }

    /** @param path of the collection */
    async create(path: string, object: KubeObject): Promise<KubeObject> {
        return succeeded(`POST ${path}`, await this.send("POST", path, object));
    }

    /** JSON merge patch. */
    async merge(path: string, change: object): Promise<KubeObject> {
        const type = "application/merge-patch+json";
        return succeeded(`PATCH ${path}`, await this.send("PATCH", path, change, type));
    }

    /** Nothing happens where it is gone already. */
    async remove(path: string): Promise<void> {
        const reply = await this.send("DELETE", path);
        if (reply.code !== 404) {
            succeeded(`DELETE ${path}`, reply);
        }
    }
}

function parsed(text: string): Reply["body"] {
    try {
        return JSON.parse(text) as Reply["body"];
    } catch {
        return { metadata: { name: "" }, message: text.trim() };
    }
}

function succeeded(what: string, { code, body }: Reply): Reply["body"] {
    if (code >= 300) {
        throw new KubeError(code, `${what}: ${code} ${body.message ?? ""}`);
    }
    return body;
}
