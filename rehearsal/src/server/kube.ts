/** The API of the cluster that this runs in: a few verbs over `fetch`. Objects pass through as plain JSON. */
import { readFileSync } from "node:fs";

export interface Access {
    /** `https://10.96.0.1:443` */
    server: string;
    /** Asked for at each request: Kubernetes renews tokens. */
    token: () => string;
}

/** The API server answered with an error. */
export class KubeError extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

export const hasCode = (error: unknown, code: number) =>
    error instanceof KubeError && error.code === code;

/** A pod's own access. Node.js trusts the cluster's certificates by NODE_EXTRA_CA_CERTS. */
export function ownAccess(env: NodeJS.ProcessEnv): Access {
    const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
    return {
        server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
        token: () =>
            readFileSync("/var/run/secrets/kubernetes.io/serviceaccount/token", "utf8").trim(),
    };
}

export class KubeApi {
    constructor(private readonly access: Access) {}

    get<T>(path: string): Promise<T> {
        return this.json("GET", path);
    }

    create<T>(path: string, body: object): Promise<T> {
        return this.json("POST", path, body, "application/json");
    }

    replace<T>(path: string, body: object): Promise<T> {
        return this.json("PUT", path, body, "application/json");
    }

    /** JSON merge patch. */
    patch<T>(path: string, body: object): Promise<T> {
        return this.json("PATCH", path, body, "application/merge-patch+json");
    }

    /** One parsed line after the other, until the server ends the answer. */
    async *lines(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
        const { body } = await this.request("GET", path, { signal });
        const decoder = new TextDecoder();
        let rest = "";
        for await (const chunk of body ?? []) {
            const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split(
                "\n",
            );
            rest = parts.pop() ?? "";
            for (const part of parts.filter(Boolean)) {
                yield JSON.parse(part);
            }
        }
    }

    private async json<T>(method: string, path: string, body?: object, type = ""): Promise<T> {
        const answer = await this.request(method, path, {
            signal: AbortSignal.timeout(10_000),
            ...(body ? { body: JSON.stringify(body), headers: { "Content-Type": type } } : {}),
        });
        return (await answer.json()) as T;
    }

    private async request(method: string, path: string, init: RequestInit): Promise<Response> {
        const { server, token } = this.access;
        const headers = { ...init.headers, Authorization: `Bearer ${token()}` };
        const answer = await fetch(`${server}${path}`, { ...init, method, headers }).catch(
            ({ message, cause }: Error) => {
                // `fetch` itself only says that it failed.
                const why = cause instanceof Error ? cause.message : message;
                throw new Error(`${method} ${path}: ${why}`);
            },
        );
        if (!answer.ok) {
            throw new KubeError(answer.status, `${method} ${path}: ${await messageOf(answer)}`);
        }
        return answer;
    }
}

async function messageOf(answer: Response): Promise<string> {
    const text = await answer.text();
    try {
        return (JSON.parse(text) as { message?: string }).message ?? text;
    } catch {
        return text;
    }
}
