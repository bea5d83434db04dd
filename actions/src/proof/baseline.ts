/** The baseline: what the application held before the backup. */
import { createHash } from "node:crypto";
import type { ClusterInputs, Definition } from "../action";
import { DatabaseRef, literal, Postgres, TableDigest } from "../database/postgres";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import { Cluster } from "../kube/client";
import { poll } from "../kube/poll";

/** A web page of the application, asked for by way of the API server. */
export interface PageRef {
    service: string;
    port: number;
    path: string;
}

export interface ObserveInputs extends ClusterInputs {
    clusterUid: string;
    runId: string;
    /** The sentinel of this run. */
    runToken: string;
    database: DatabaseRef;
    page: PageRef;
    /** Seconds until database and page must answer. */
    timeout: number;
}

/** What was found in an application. */
export interface Observation {
    tables: TableDigest[];
    /** Whether the sentinel of this run is among the rows. */
    sentinel: boolean;
    page: { status: number; digest: string; showsSentinel: boolean };
}

export interface BaselineOutputs {
    baseline: Observation;
}

export const baseline: Definition<ObserveInputs, BaselineOutputs> = {
    title: "baseline",
    replaceOn: ["clusterUid", "runId", "runToken"],
    outputs: ["baseline"],
    id: inputs => `${inputs.database.namespace}/${inputs.runId}`,
    places: inputs => [inputs.database.namespace],

    async run(inputs, report) {
        const found = await observe(inputs, report);
        const rows = found.tables.reduce((sum, table) => sum + table.rows, 0);
        report(`${rows} rows in ${found.tables.length} tables`);
        return { baseline: found };
    },
};

/** Looks at an application: its rows, the sentinel, its page. */
export async function observe(
    inputs: ObserveInputs,
    report: (line: string) => void,
): Promise<Observation> {
    const cluster = await Cluster.connect(inputs.kubeconfig);
    const database = new Postgres(cluster, inputs.database);
    await database.ping(inputs.timeout, report);
    const tables = await database.digests();
    const sentinel = tables.some(table => table.table === "public.sentinels")
        ? await database.query(`SELECT 1 FROM sentinels WHERE token = ${literal(inputs.runToken)}`)
        : [];
    return {
        tables,
        sentinel: sentinel.length === 1,
        page: await lookAtPage(cluster, inputs, report),
    };
}

/** The page follows the database by a moment: it is given time to show the sentinel, and then taken as it is. */
async function lookAtPage(
    cluster: Cluster,
    inputs: ObserveInputs,
    report: (line: string) => void,
): Promise<Observation["page"]> {
    const { namespace } = inputs.database;
    const { service, port, path } = inputs.page;
    const patience = Date.now() + Math.min(inputs.timeout, 30) * 1_000;
    return poll(
        {
            what: `the page \`http://${service}.${namespace}:${port}/${path}\``,
            timeout: inputs.timeout,
            hint: async seen =>
                hint(
                    {
                        ...{ wait: "application", messages: [seen] },
                        surroundings: await lookAround(cluster, namespace),
                        names: { k10: k10Namespace, namespace },
                        then: "run `pulumi up` again",
                    },
                    `Details: kubectl -n ${namespace} get services,endpointslices,pods`,
                ),
            report,
        },
        async () => {
            const { status, body } = await cluster.getPage(namespace, service, port, path);
            const showsSentinel = body.includes(inputs.runToken);
            if ((status === 200 && showsSentinel) || Date.now() > patience) {
                const digest = createHash("sha256").update(body).digest("hex");
                return { done: true, value: { status, digest, showsSentinel } };
            }
            return {
                done: false,
                seen: status === 200 ? "it does not show this run yet" : `HTTP ${status}`,
            };
        },
    );
}
