/** HTTPS: `/mutate` and `/validate` for the API server, `/ready` for the kubelet. */
import { IncomingMessage, ServerResponse } from "node:http";
import { createServer, Server } from "node:https";
import type { Certificate } from "./certificate";
import { log } from "./log";
import { AdmissionRequest, Knowledge, review, Step } from "./review";

const steps: Record<string, Step> = { "/mutate": "mutate", "/validate": "validate" };

export function webhookServer(
    certificate: Certificate,
    knowledge: Knowledge,
    isReady: () => boolean,
): Server {
    return createServer(certificate, (request, response) => {
        handle(request, response, knowledge, isReady).catch((error: unknown) => {
            // The API server refuses the pod then, by the webhook's failure policy.
            log(`${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
            response.writeHead(500).end(String(error));
        });
    });
}

async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    knowledge: Knowledge,
    isReady: () => boolean,
): Promise<void> {
    const [path = ""] = (request.url ?? "").split("?");
    const step = steps[path];
    if (path === "/ready") {
        response.writeHead(isReady() ? 200 : 503).end();
    } else if (step && request.method === "POST") {
        const { request: asked } = (await body(request)) as { request: AdmissionRequest };
        const answer = await review(step, asked, knowledge);
        if (!answer.allowed) {
            log(`${step} ${asked.namespace}: ${answer.status?.message}`);
        }
        response.writeHead(200, { "Content-Type": "application/json" });
        const kind = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
        response.end(JSON.stringify({ ...kind, response: answer }));
    } else {
        response.writeHead(404).end();
    }
}

async function body(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
