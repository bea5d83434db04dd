/** The webhook, running against a stand-in for an API server, and a way to ask it over real HTTPS. */
import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { applyPatch, Operation } from "rfc6902";
import { Pod, shipped } from "../../../rehearsal/src";
import { KubeApi } from "../../../rehearsal/src/server/kube";
import { sink } from "../../../rehearsal/src/server/log";
import type { AdmissionResponse } from "../../../rehearsal/src/server/review";
import { Running, start } from "../../../rehearsal/src/server/webhook";
import { WatchedKubeApi } from "../../fake/watched-kube-api";

export const name = "openshift-rehearsal";
export const host = `${name}.${name}.svc`;
export const sccs = "/apis/security.openshift.io/v1/securitycontextconstraints";
export const namespaces = "/api/v1/namespaces";
const configurations = "/apis/admissionregistration.k8s.io/v1";

interface Configuration {
    webhooks?: {
        failurePolicy: string;
        clientConfig: { caBundle: string; service: object };
        namespaceSelector: { matchExpressions: { values: string[] }[] };
    }[];
}

interface Asked {
    namespace?: string;
    user?: string;
}

export class RunningWebhook {
    readonly fake = new WatchedKubeApi();
    /** Its log. */
    readonly lines: string[] = [];
    private readonly write = sink.write;
    private running?: Running;

    get api(): KubeApi {
        const server = `http://127.0.0.1:${this.fake.port}`;
        return new KubeApi({ server, token: () => "secret-token" });
    }

    async start(): Promise<void> {
        sink.write = line => this.lines.push(line);
        await this.fake.start();
        for (const constraint of shipped) {
            this.fake.put(sccs, structuredClone(constraint));
        }
        for (const kind of ["mutating", "validating"]) {
            this.fake.put(`${configurations}/${kind}webhookconfigurations`, { metadata: { name } });
        }
        // Every authenticated user may use restricted-v2, as on OpenShift.
        this.fake.allows = ({ groups, resourceAttributes }) =>
            resourceAttributes.name === "restricted-v2" &&
            groups?.includes("system:authenticated") === true;
        this.addNamespace("shop");
        const settings = { name, namespace: name, excluded: ["kube-system"], port: 0 };
        this.running = await start(this.api, settings);
    }

    async stop(): Promise<void> {
        await this.running?.stop();
        await this.fake.stop();
        sink.write = this.write;
    }

    configuration(kind: "mutating" | "validating") {
        const path = `${configurations}/${kind}webhookconfigurations/${name}`;
        const [webhook] = (this.fake.objects.get(path) as Configuration).webhooks ?? [];
        return webhook;
    }

    addNamespace(namespace: string, annotations?: Record<string, string>): void {
        this.fake.put(namespaces, { metadata: { name: namespace, annotations } });
    }

    annotationsOf(namespace: string): Record<string, string> {
        return this.fake.objects.get(`${namespaces}/${namespace}`)?.metadata.annotations ?? {};
    }

    /** Asks as the API server does: by the Service's name, and trusting only the registered certificate. */
    async call(path: string, body?: object): Promise<{ status: number; text: string }> {
        const { caBundle = "" } = this.configuration("mutating")?.clientConfig ?? {};
        return new Promise((resolve, reject) => {
            const sent = httpsRequest(
                {
                    ...{ host: "127.0.0.1", port: this.running?.port, path, servername: host },
                    method: body ? "POST" : "GET",
                    ca: Buffer.from(caBundle, "base64"),
                },
                answer => {
                    let text = "";
                    answer.on("data", chunk => (text += String(chunk)));
                    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
                },
            );
            sent.on("error", reject);
            sent.end(body && JSON.stringify(body));
        });
    }

    async ask(
        step: "mutate" | "validate",
        object: Pod,
        {
            namespace = "shop",
            user = "system:serviceaccount:kube-system:replicaset-controller",
        }: Asked = {},
    ): Promise<AdmissionResponse> {
        const { status, text } = await this.call(`/${step}`, {
            apiVersion: "admission.k8s.io/v1",
            kind: "AdmissionReview",
            request: {
                ...{ uid: "u-1", namespace, operation: "CREATE", object, oldObject: null },
                userInfo: { username: user, groups: ["system:authenticated"] },
            },
        });
        assert.equal(status, 200, text);
        const answer = JSON.parse(text) as { kind: string; response: AdmissionResponse };
        assert.equal(answer.kind, "AdmissionReview");
        assert.equal(answer.response.uid, "u-1");
        return answer.response;
    }

    /** The pod as the API server has it after the webhook. */
    async mutated(object: Pod, asked: Asked = {}): Promise<Pod> {
        return patched(object, await this.ask("mutate", object, asked));
    }
}

export function patched(object: Pod, { patch = "", patchType, status }: AdmissionResponse): Pod {
    assert.equal(patchType, "JSONPatch", status?.message);
    const result = structuredClone(object);
    const operations = JSON.parse(Buffer.from(patch, "base64").toString()) as Operation[];
    const errors = applyPatch(result, operations).filter(error => error !== null);
    assert.deepEqual(errors, []);
    return result;
}

/** What is asked until it is as expected. */
export async function eventually<T>(ask: () => T | Promise<T>, expected: T): Promise<void> {
    for (let end = Date.now() + 5_000; ; await sleep(10)) {
        const answer = await ask();
        if (answer === expected || Date.now() > end) {
            assert.deepEqual(answer, expected);
            return;
        }
    }
}
