/**
 * The HTTPS server of the aggregated API. The API server proves by a client certificate that it forwards a
 * request, and only then its headers are believed: otherwise any pod could claim to be anybody. Rights are
 * checked by the API server before it forwards anything.
 */
import { createServer, type Server } from "node:https";
import {
    createServer as createPlainServer,
    type IncomingMessage,
    type ServerResponse,
} from "node:http";
import type { TLSSocket } from "node:tls";
import { ConnectionReset, type Handler } from "./faults/api.ts";
import { listAt, textAt } from "./json.ts";
import { log } from "./log.ts";
import { ApiError, badRequest } from "./status.ts";
import { hasCode } from "./kube.ts";
import { messageOf } from "./failure.ts";

/** What the ConfigMap `extension-apiserver-authentication` says of the front proxy. */
export interface FrontProxy {
    /** PEM of the certificate authority of its client certificate. */
    ca: string;
    /** Allowed common names; none: all that this authority has signed. */
    names: string[];
}

/** Reads the front proxy's settings. @throws when the cluster has no aggregation layer. */
export function frontProxy(configMap: unknown): FrontProxy {
    const ca = textAt(configMap, "data", "requestheader-client-ca-file");
    if (ca === "") {
        throw new Error(
            "ConfigMap kube-system/extension-apiserver-authentication names no requestheader-client-ca-file: this cluster has no aggregation layer.",
        );
    }
    const names: unknown = JSON.parse(
        textAt(configMap, "data", "requestheader-allowed-names") || "[]",
    );
    return { ca, names: listAt({ names }, "names").filter(name => typeof name === "string") };
}

const MOST_BODY = 3 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MOST_BODY) {
            throw new ApiError(
                413,
                "RequestEntityTooLarge",
                "the request body is larger than 3 MiB",
            );
        }
        chunks.push(chunk);
    }
    const type = request.headers["content-type"]?.split(";")[0]?.trim() ?? "application/json";
    if (size === 0 || request.method === "PATCH" || request.method === "PUT") {
        return undefined;
    }
    if (type !== "application/json") {
        if (request.method === "DELETE") {
            // Options of a delete in another form can only hold preconditions, which few clients send.
            return undefined;
        }
        const message = `the body of the request was in an unknown format - accepted media types include: application/json`;
        throw new ApiError(415, "UnsupportedMediaType", message);
    }
    try {
        return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    } catch (error) {
        throw badRequest(`the request body is not JSON: ${messageOf(error)}`);
    }
}

function requireFrontProxy(request: IncomingMessage, { names }: FrontProxy): string {
    const socket = request.socket as TLSSocket;
    const name = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
    const user = request.headers["x-remote-user"];
    const known = typeof name === "string" && (names.length === 0 || names.includes(name));
    if (!known || typeof user !== "string" || user === "") {
        throw new ApiError(401, "Unauthorized", "Unauthorized");
    }
    return user;
}

function send(response: ServerResponse, code: number, body: object | string): void {
    const text = typeof body === "string" ? body : `${JSON.stringify(body)}\n`;
    const type = typeof body === "string" ? "text/plain" : "application/json";
    response.writeHead(code, {
        "Content-Type": type,
        "Content-Length": Buffer.byteLength(text),
        "Cache-Control": "no-cache, private",
    });
    response.end(text);
}

/** Any error as the API's own: those of the cluster keep their code where a client can act on it. */
function toApiError(error: unknown): ApiError {
    if (error instanceof ApiError) {
        return error;
    }
    if (hasCode(error, 503) || hasCode(error, 429)) {
        return new ApiError(503, "ServiceUnavailable", messageOf(error));
    }
    return new ApiError(500, "InternalError", `Internal error occurred: ${messageOf(error)}`);
}

async function answer(
    api: Handler,
    proxy: FrontProxy,
    request: IncomingMessage,
    response: ServerResponse,
) {
    const url = new URL(request.url ?? "/", "https://localhost");
    const { method = "GET" } = request;
    if (["/readyz", "/healthz", "/livez"].includes(url.pathname)) {
        send(response, 200, "ok");
        return;
    }
    let user = "-";
    try {
        user = requireFrontProxy(request, proxy);
        const result = await api.handle({
            method,
            path: url.pathname.replace(/\/+$/, ""),
            query: url.searchParams,
            accept: request.headers.accept ?? "",
            body: await bodyOf(request),
        });
        send(response, result.code, result.body);
        if (method !== "GET") {
            log(`${method} ${url.pathname} by ${user}: ${result.code}`);
        }
    } catch (error) {
        if (error instanceof ConnectionReset) {
            log(`${method} ${url.pathname} by ${user}: ${error.message}`);
            request.socket.destroy();
            return;
        }
        const failed = toApiError(error);
        if (method !== "GET" || failed.code >= 500 || failed.code === 401) {
            log(`${method} ${url.pathname} by ${user}: ${failed.code} ${failed.message}`);
        }
        send(response, failed.code, failed.body());
    }
}

export interface ServeOptions {
    api: Handler;
    proxy: FrontProxy;
    /** PEM of the server's own certificate and key. */
    certificate: { cert: string; key: string };
}

/** The server of the aggregated API, not yet listening. */
export function apiServer({ api, proxy, certificate }: ServeOptions): Server {
    const server = createServer(
        { ...certificate, ca: proxy.ca, requestCert: true, rejectUnauthorized: false },
        (request, response) => {
            answer(api, proxy, request, response).catch((error: unknown) => {
                log(`${request.method} ${request.url}: ${messageOf(error)}`);
                response.destroy();
            });
        },
    );
    // The API server keeps idle connections for 90 s: closing them first would break a request now and then.
    server.keepAliveTimeout = 120_000;
    server.headersTimeout = 125_000;
    return server;
}

const PAGE = `<!doctype html>
<html lang="en">
<title>Stand-in for Veeam Kasten K10</title>
<h1>This is a stand-in for Veeam Kasten K10</h1>
<p>It has K10's API, and it moves the bytes of volumes, but it is not Kasten's product and has no dashboard.
Use <code>kubectl -n NAMESPACE get profiles,policies,runactions</code>.</p>
`;

/** What answers at the Service `gateway`, where the real K10 has its dashboard. */
export function gatewayServer(release: string) {
    return createPlainServer((request, response) => {
        const path = request.url?.split(/[?#]/)[0] ?? "/";
        if (path.startsWith(`/${release}`) || path === "/healthz") {
            response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(PAGE);
        } else {
            response.writeHead(302, { Location: `/${release}/` }).end();
        }
    });
}

/** The version of the cluster, from its `/version`. */
export function gitVersion(version: unknown): string {
    return textAt(version, "gitVersion");
}
