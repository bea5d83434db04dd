/**
 * What a client sees as the API server of a fake cluster: the aggregated APIs come from the stand-in's own HTTPS
 * server, everything else from the fake. A broken connection behind it is its 503, as with a real API server.
 */
import {
    createServer,
    request as plainRequest,
    type IncomingMessage,
    type ServerResponse,
} from "node:http";
import { request as tlsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import type { Handler } from "../../../../lab/k10/server/faults/api.ts";
import { apiServer } from "../../../../lab/k10/server/serve.ts";
import { authority, certificate } from "./certificates.ts";
import type { FakeKube } from "./kube.ts";

const HOST = "aggregatedapis-svc.kasten-io.svc";
const proxyAuthority = authority("front-proxy-ca");
const ownAuthority = authority("k10-stand-in");
const own = certificate(HOST, ownAuthority, HOST);
const client = certificate("front-proxy-client", proxyAuthority);
const AGGREGATED = /^\/apis\/(actions|apps|dr)\.kio\.kasten\.io\//;

export interface Front {
    /** Leads here; its text, not a path. */
    kubeconfig: string;
    /** Method and path of every request. */
    requests: string[];
    stop(): void;
}

export async function front(kube: FakeKube, api: Handler): Promise<Front> {
    const requests: string[] = [];
    const aggregated = apiServer({
        api,
        proxy: { ca: proxyAuthority.cert, names: ["front-proxy-client"] },
        certificate: own,
    });
    await listen(aggregated);
    const send = (incoming: IncomingMessage, answered: (answer: IncomingMessage) => void) => {
        // An API server decodes paths before it forwards them: `name%2Fdetails` is a sub-resource.
        const path = incoming.url?.replaceAll("%2F", "/");
        const options = { host: "127.0.0.1", path, method: incoming.method };
        const { "content-type": type = "application/json", "content-length": length } =
            incoming.headers;
        const headers = {
            "Content-Type": type,
            ...(length !== undefined && { "Content-Length": length }),
        };
        if (!AGGREGATED.test(incoming.url ?? "")) {
            return plainRequest({ ...options, headers, port: kube.port }, answered);
        }
        return tlsRequest(
            {
                ...{ ...options, ...client, port: portOf(aggregated), agent: false },
                ...{ servername: HOST, ca: ownAuthority.cert },
                headers: { ...headers, "X-Remote-User": "admin" },
            },
            answered,
        );
    };
    const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
        requests.push(`${incoming.method} ${incoming.url}`);
        const sent = send(incoming, answer => {
            outgoing.writeHead(answer.statusCode ?? 500, {
                "Content-Type": answer.headers["content-type"] ?? "application/json",
            });
            answer.pipe(outgoing);
        });
        sent.on("error", () => {
            outgoing.writeHead(503, { "Content-Type": "text/plain" });
            outgoing.end("error trying to reach service: EOF\n");
        });
        incoming.pipe(sent);
    });
    await listen(server);
    return {
        kubeconfig: kubeconfig(portOf(server)),
        requests,
        stop: () => {
            for (const each of [server, aggregated]) {
                each.closeAllConnections();
                each.close();
            }
        },
    };
}

type Listener = ReturnType<typeof createServer> | ReturnType<typeof apiServer>;

const listen = (server: Listener) =>
    new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));

const portOf = (server: Listener) => (server.address() as AddressInfo).port;

function kubeconfig(port: number): string {
    const server = `http://127.0.0.1:${port}`;
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "fake",
        contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
        // The client refuses plain HTTP otherwise.
        clusters: [{ name: "fake", cluster: { server, "insecure-skip-tls-verify": true } }],
        users: [{ name: "fake", user: { token: "token" } }],
    });
}
