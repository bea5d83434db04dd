/**
 * The webhook that gives selected workloads the sidecar when they are made or changed. Whom it is asked about decides the
 * API server, by the selectors of the MutatingWebhookConfiguration.
 */
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createPatch } from "rfc6902";
import { messageOf } from "./failure.ts";
import type { Faults } from "./faults/faults.ts";
import { at, textAt, type KubeObject } from "./json.ts";
import { log } from "./log.ts";
import { withSidecar, type SidecarImage } from "./sidecar.ts";

/** The answer to an AdmissionReview: everything is allowed, and a workload with claims gets the sidecar. */
export function review(request: unknown, image: SidecarImage): object {
    const workload = at(request, "request", "object") as KubeObject;
    const changed = withSidecar(workload, image);
    const patch = changed ? createPatch(workload, changed) : [];
    return {
        apiVersion: "admission.k8s.io/v1",
        kind: "AdmissionReview",
        response: {
            uid: textAt(request, "request", "uid"),
            allowed: true,
            ...(patch.length > 0 && {
                patchType: "JSONPatch",
                patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
            }),
        },
    };
}

export interface WebhookOptions {
    image: SidecarImage;
    faults: Faults;
    /** PEM of the server's own certificate and key. */
    certificate: { cert: string; key: string };
}

/** The webhook's server, not yet listening. */
export function webhookServer({ image, faults, certificate }: WebhookOptions): Server {
    return createServer(certificate, (request, response) => {
        answer(request, response, image, faults).catch((error: unknown) => {
            log(`webhook: ${messageOf(error)}`);
            response.writeHead(400, { "Content-Type": "text/plain" }).end(messageOf(error));
        });
    });
}

async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    image: SidecarImage,
    faults: Faults,
): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
        chunks.push(chunk);
    }
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    const namespace = textAt(asked, "request", "namespace");
    const kind = textAt(asked, "request", "kind", "kind");
    const what = `webhook: ${kind} ${namespace}/${textAt(asked, "request", "name")}`;
    if (await faults.strikes("webhookUnreachable", namespace)) {
        log(`${what}: fault webhookUnreachable`);
        request.socket.destroy();
        return;
    }
    const body = review(asked, image);
    log(`${what}: ${at(body, "response", "patch") === undefined ? "left as it is" : "sidecar"}`);
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
