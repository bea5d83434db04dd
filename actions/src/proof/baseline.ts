/** The baseline: what the application held before the backup. */
import { createHash } from "node:crypto";
import type { ClusterInputs, Definition } from "../action";
import { databaseOf, DatabaseRef, TableDigest } from "../database";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import { Filters, isLeftOut } from "./expected";
import { ObservedImage, observeImages, ofNoRegistry } from "./images";
import { ObservedObject, observeObjects } from "./objects";

/** A web page of the application, asked for by way of the API server. */
export interface PageRef {
    service: string;
    port: number;
    path: string;
    /**
     * What of the page has to be the same after the restore: that it shows the sentinel of the run and is equal
     * otherwise; that it is equal; or only its HTTP status.
     */
    same: "sentinel" | "content" | "status";
}

export interface ObserveInputs extends ClusterInputs {
    clusterUid: string;
    runId: string;
    /** The sentinel of this run. */
    runToken: string;
    /** The application's namespace. */
    namespace: string;
    /** Without a database that is known how to be asked, the objects of the namespace count. */
    database?: DatabaseRef;
    page?: PageRef;
    /** What of the namespace is backed up, where its objects count. @default all of it */
    filters?: Filters;
    /** Seconds until database and page must answer. */
    timeout: number;
}

/** What was found of an application's page. */
export interface ObservedPage {
    status: number;
    /** SHA-256, hexadecimal. Empty where only the status counts. */
    digest: string;
    showsSentinel: boolean;
}

/** What was found in an application: its rows, or its objects where it has no known database. */
export interface Observation {
    tables?: TableDigest[];
    /** Whether the sentinel of this run is among the rows. */
    sentinel?: boolean;
    objects?: ObservedObject[];
    page?: ObservedPage;
    /** What its pods run. Absent in baselines of earlier versions. */
    images?: ObservedImage[];
}

export interface BaselineOutputs {
    baseline: Observation;
}

export const baseline: Definition<ObserveInputs, BaselineOutputs> = {
    title: "baseline",
    replaceOn: ["clusterUid", "runId", "runToken"],
    outputs: ["baseline"],
    id: inputs => `${inputs.namespace}/${inputs.runId}`,
    places: inputs => [inputs.namespace],

    /** What the page was before the backup cannot be found out after it, and without that it would count for nothing. */
    refuses: ({ page: recorded, baseline: found }, { namespace, page, runId }) =>
        page && !(recorded && found?.page && isOf(found.page, recorded, page))
            ? `The baseline of run \`${runId}\` was recorded without the page of namespace \`${namespace}\` that \`http\` in \`crossing:applications\` names now, so that the proof would leave it out: choose another \`crossing:runId\` as well, or leave \`http\` as it was.`
            : undefined,

    async run(inputs, report) {
        const found = markLeftOut(inputs, await observe(inputs, report));
        report(summary(found));
        const alone = ofNoRegistry(found.images ?? []);
        if (alone.length > 0) {
            report(
                `no registry is known for ${alone.join(", ")}: the target runs what its own nodes have by that name, or pulls it`,
            );
        }
        return { baseline: found };
    },
};

/** Whether what was found of one page is all that is wanted of another. */
const isOf = ({ digest }: ObservedPage, recorded: PageRef, page: PageRef) =>
    (["service", "port", "path"] as const).every(key => recorded[key] === page[key]) &&
    (page.same === "status" || digest !== "");

function summary({ tables, objects = [] }: Observation): string {
    const rows = tables?.reduce((sum, table) => sum + table.rows, 0);
    const leftOut = objects.filter(each => each.leftOut).length;
    return tables
        ? `${rows} rows in ${tables.length} tables`
        : `${objects.length} objects${leftOut > 0 ? `, ${leftOut} of them left out by \`crossing:policy.filters\`` : ""}`;
}

/**
 * Marks the objects that the backup's filters leave out, for the target does not know them.
 * @throws UserError where nothing is left, of which nothing could be proven
 */
function markLeftOut({ filters, namespace }: ObserveInputs, found: Observation): Observation {
    if (!filters || !found.objects) {
        return found;
    }
    const objects = found.objects.map(each =>
        isLeftOut(each, filters) ? { ...each, leftOut: true as const } : each,
    );
    if (objects.every(each => each.leftOut)) {
        throw new UserError(
            `\`crossing:policy.filters\` leave out all ${objects.length} objects of namespace \`${namespace}\` that count, so that nothing could be proven: let them take at least one.`,
        );
    }
    return { ...found, objects };
}

/**
 * Looks at an application: its rows and the sentinel, or its objects; and its page.
 * @param expected what has to be found, where something has: it is given time
 */
export async function observe(
    inputs: ObserveInputs,
    report: (line: string) => void,
    expected?: Observation,
): Promise<Observation> {
    const cluster = await Cluster.connect(inputs.kubeconfig);
    const data = inputs.database
        ? await observeRows(cluster, inputs.database, inputs, report)
        : { objects: await observeObjects(cluster, inputs, report, expected?.objects) };
    return {
        ...data,
        ...(inputs.page && {
            page: await lookAtPage(cluster, inputs.page, inputs, report, Boolean(expected)),
        }),
        images: await observeImages(cluster, inputs, report),
    };
}

async function observeRows(
    cluster: Cluster,
    ref: DatabaseRef,
    { timeout, runToken }: ObserveInputs,
    report: (line: string) => void,
): Promise<Observation> {
    const database = databaseOf(cluster, ref, timeout);
    await database.ping(timeout, report);
    const tables = await database.digests();
    const sentinel =
        tables.some(({ table }) => table === database.sentinels) &&
        (await database.sentinel(runToken));
    return { tables, sentinel };
}

/**
 * The page follows the database by a moment: it is given time to show what it should, and then taken as it is. But a
 * sample's page that does not show the run before the backup is no baseline of anything.
 */
async function lookAtPage(
    cluster: Cluster,
    { service, port, path, same }: PageRef,
    inputs: ObserveInputs,
    report: (line: string) => void,
    isRestored: boolean,
): Promise<ObservedPage> {
    const { namespace } = inputs;
    const isDemanded = same === "sentinel" && !isRestored;
    const patience = isDemanded ? Infinity : Date.now() + Math.min(inputs.timeout, 60) * 1_000;
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
            const showsSentinel = same === "sentinel" && body.includes(inputs.runToken);
            const answers = status < 500 && status !== 404;
            const shown = same === "sentinel" ? status === 200 && showsSentinel : answers;
            if (shown || Date.now() > patience) {
                const digest =
                    same === "status" ? "" : createHash("sha256").update(body).digest("hex");
                return { done: true, value: { status, digest, showsSentinel } };
            }
            return {
                done: false,
                seen: status === 200 ? "it does not show this run yet" : `HTTP ${status}`,
            };
        },
    );
}
