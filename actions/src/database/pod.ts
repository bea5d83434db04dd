/**
 * Asks a database inside its own pod, by its own client. Only answers leave the cluster, and nothing is created in
 * the application's namespace.
 */
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import type { Cluster } from "../kube/client";
import { within } from "../kube/clock";
import { ApiError, UserError } from "../kube/errors";
import { poll, seconds } from "../kube/poll";
import type { DatabaseRef } from "./database";

export abstract class PodDatabase {
    /** As messages name it. */
    protected abstract readonly title: string;
    private readonly cluster: Cluster;
    protected readonly ref: DatabaseRef;
    private readonly timeout: number;

    /** @param timeout seconds that an answer may take: a connection that is silently dead brings none */
    constructor(cluster: Cluster, ref: DatabaseRef, timeout = 300) {
        this.cluster = cluster;
        this.ref = ref;
        this.timeout = timeout;
    }

    /** The client that runs statements in one session, and writes rows as lines, their fields separated by tabs. */
    protected abstract command(statements: string[]): string[];

    /** What the client complains of. */
    protected abstract problem(stderr: string): string;

    async ping(timeout: number, report: (line: string) => void): Promise<void> {
        const { namespace } = this.ref;
        await poll(
            {
                what: `${this.title} in namespace \`${namespace}\` to answer`,
                timeout,
                hint: async seen =>
                    hint(
                        {
                            ...{ wait: "application", messages: [seen] },
                            surroundings: await lookAround(this.cluster, namespace),
                            names: { k10: k10Namespace, namespace },
                            then: "run `pulumi up` again",
                        },
                        `Details: kubectl -n ${namespace} describe pods; kubectl -n ${namespace} logs -l ${selector(this.ref.labels)}`,
                    ),
                report,
            },
            async () => {
                const pod = await this.readyPod();
                if (!pod) {
                    return { done: false, seen: "no pod of it is ready" };
                }
                const { status, stderr } = await this.run(pod, ["SELECT 1"]);
                return status === 0
                    ? { done: true, value: undefined }
                    : { done: false, seen: this.problem(stderr) };
            },
        );
    }

    /** Runs statements one after the other in one session, and gives the rows that they select. */
    async query(...statements: string[]): Promise<string[][]> {
        const pod = await this.readyPod();
        if (!pod) {
            throw new ApiError(
                503,
                `no pod of ${this.title} in namespace \`${this.ref.namespace}\` is ready`,
            );
        }
        const { namespace } = this.ref;
        const where = `${this.title} in \`${namespace}/${pod}\``;
        const { status, stdout, stderr } = await within(
            this.timeout * 1_000,
            this.run(pod, statements),
            () =>
                new UserError(
                    `${where} has not answered within ${seconds(this.timeout)}: look whether it works and its cluster is reached, or give it more time by \`crossing:timeouts.application\`, and run \`pulumi up\` again. Details: kubectl -n ${namespace} describe pod ${pod}`,
                ),
        );
        if (status !== 0) {
            throw new UserError(`${where} refused a statement: ${this.problem(stderr)}.`);
        }
        return stdout
            .split("\n")
            .filter(line => line !== "")
            .map(line => line.split("\t"));
    }

    private async readyPod(): Promise<string | undefined> {
        const pods = await this.cluster.request(
            this.cluster.core.listNamespacedPod({
                namespace: this.ref.namespace,
                labelSelector: selector(this.ref.labels),
            }),
        );
        return pods.items.find(
            pod =>
                !pod.metadata?.deletionTimestamp &&
                pod.status?.conditions?.some(c => c.type === "Ready" && c.status === "True"),
        )?.metadata?.name;
    }

    private run(pod: string, statements: string[]) {
        const { namespace, container } = this.ref;
        return this.cluster.exec(namespace, pod, container, this.command(statements));
    }
}

const selector = (labels: Record<string, string>) =>
    Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
