/** A cluster that is asked: objects by their kinds, and what its API server says when it refuses one. */
import { setTimeout as sleep } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import { messageOf, type Scratch, scratchLabel } from "../scratch.ts";

/** The API server refused a request. The message is its own. */
export class Refusal extends Error {
    /** The HTTP status: 403, for example. */
    readonly code: number;
    constructor(code: number, message: string) {
        super(message);
        this.code = code;
    }
}

/** What names an object. */
export interface Reference {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string };
}

/** An object of any kind, with the fields that somebody wants of it. */
export type Kind<T extends object = object> = k8s.KubernetesObject & T;

/** Cluster-scoped objects of a run carry this, so that a person finds what a killed one has left. */
export const scratchLabels = { [scratchLabel]: "yes" };

export class Cluster {
    readonly config: k8s.KubeConfig;
    readonly #objects: k8s.KubernetesObjectApi;
    readonly #core: k8s.CoreV1Api;

    constructor(config: k8s.KubeConfig) {
        this.config = config;
        this.#objects = k8s.KubernetesObjectApi.makeApiClient(config);
        this.#core = config.makeApiClient(k8s.CoreV1Api);
    }

    /** @throws when there is no such file or it is no kubeconfig */
    static fromFile(path: string): Cluster {
        const config = new k8s.KubeConfig();
        config.loadFromFile(path);
        return new Cluster(config);
    }

    get server(): string {
        return this.config.getCurrentCluster()?.server ?? "an unnamed cluster";
    }

    /** The same cluster, as the service account sees it. */
    async as(namespace: string, serviceAccount: string): Promise<Cluster> {
        const answer = await said(
            this.#core.createNamespacedServiceAccountToken({
                ...{ namespace, name: serviceAccount },
                body: { spec: { audiences: [], expirationSeconds: 3_600 } },
            }),
        );
        const config = new k8s.KubeConfig();
        config.loadFromClusterAndUser(this.config.getCurrentCluster()!, {
            name: serviceAccount,
            token: answer.status?.token,
        });
        return new Cluster(config);
    }

    /** @param dryRun whether all is decided and nothing is kept */
    create<T extends k8s.KubernetesObject>(object: T, dryRun = false): Promise<T> {
        return said(this.#objects.create(object, undefined, dryRun ? "All" : undefined));
    }

    /** Makes an object that goes when the behaviour is over. */
    make<T extends k8s.KubernetesObject>(object: T, scratch: Scratch): Promise<T> {
        const { kind, metadata } = object;
        scratch.later(`${kind} \`${metadata?.name}\``, () => this.remove(object as Reference));
        return this.create(object);
    }

    /** Changes the given fields alone. */
    change<T extends k8s.KubernetesObject>(object: Reference & Partial<T>): Promise<T> {
        return said(
            this.#objects.patch<T>(
                object as unknown as T,
                ...([undefined, undefined, undefined, undefined] as const),
                k8s.PatchStrategy.MergePatch,
            ),
        );
    }

    async find<T extends object>(reference: Reference): Promise<Kind<T> | undefined> {
        try {
            const found = await said(this.#objects.read<Reference>(reference));
            return found as unknown as Kind<T>;
        } catch (error) {
            if (error instanceof Refusal && error.code === 404) {
                return undefined;
            }
            throw error;
        }
    }

    async list<T extends object>(
        apiVersion: string,
        kind: string,
        namespace?: string,
    ): Promise<Kind<T>[]> {
        return (await said(this.#objects.list<Kind<T>>(apiVersion, kind, namespace))).items;
    }

    /** What is gone already is no error. */
    async remove({ apiVersion, kind, metadata }: Reference): Promise<void> {
        const { name, namespace } = metadata;
        try {
            await said(
                this.#objects.delete(
                    { apiVersion, kind, metadata: { name, namespace } },
                    ...([undefined, undefined, undefined, undefined] as const),
                    "Background",
                ),
            );
        } catch (error) {
            if (!(error instanceof Refusal && error.code === 404)) {
                throw error;
            }
        }
    }

    /** What the one container of a pod has printed. */
    logs(namespace: string, name: string): Promise<string> {
        return said(this.#core.readNamespacedPodLog({ namespace, name }));
    }
}

/** Gives answers without classes, and errors with the message of the API server instead of a dump of all that it sent. */
async function said<T>(request: Promise<T>): Promise<T> {
    try {
        return JSON.parse(JSON.stringify(await request)) as T;
    } catch (error) {
        if (error instanceof k8s.ApiException) {
            throw new Refusal(error.code, statusMessage(error.body) ?? `HTTP ${error.code}`);
        }
        throw error;
    }
}

function statusMessage(body: unknown): string | undefined {
    if (typeof body === "string") {
        try {
            return statusMessage(JSON.parse(body));
        } catch {
            return body;
        }
    }
    return (body as { message?: string } | undefined)?.message;
}

/**
 * Asks again and again, until there is an answer.
 *
 * @param look undefined as long as there is none; what it throws ends the wait
 * @throws when `seconds` are over: it says what was waited for
 */
export async function until<T>(
    what: string,
    look: () => Promise<T | undefined>,
    seconds = 60,
): Promise<T> {
    const end = Date.now() + seconds * 1_000;
    for (;;) {
        const answer = await look();
        if (answer !== undefined) {
            return answer;
        }
        if (Date.now() > end) {
            throw new Error(`waited ${seconds} s in vain for ${what}`);
        }
        await sleep(200);
    }
}

/** What the request was refused with. @throws when it was not */
export async function refusal(request: Promise<unknown>): Promise<string> {
    try {
        await request;
    } catch (error) {
        return messageOf(error);
    }
    throw new Error("it was not refused");
}
