/**
 * The PostgreSQL adapter: asks the database inside its own pod, by psql. Only answers leave the cluster, and
 * nothing is created in the application's namespace.
 */
import { createHash } from "node:crypto";
import { hint } from "../explain";
import { lookAround } from "../explain/around";
import { k10Namespace } from "../k10/api";
import type { Cluster } from "../kube/client";
import { ApiError, UserError } from "../kube/errors";
import { poll } from "../kube/poll";

/** Where a database is. */
export interface DatabaseRef {
    namespace: string;
    /** Labels of its pod. */
    labels: Record<string, string>;
    container: string;
    database: string;
    user: string;
}

/** What a table holds, independent of the physical order of its rows. */
export interface TableDigest {
    /** With its schema: `public.orders`. */
    table: string;
    rows: number;
    digest: string;
}

/**
 * Settings that decide how a value looks as text. Both sides must agree, or equal rows would hash differently.
 */
const settings = [
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'iso_8601'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
    "SET client_encoding = 'UTF8'",
    "SET lc_monetary = 'C'",
];

export class Postgres {
    private readonly cluster: Cluster;
    private readonly ref: DatabaseRef;

    constructor(cluster: Cluster, ref: DatabaseRef) {
        this.cluster = cluster;
        this.ref = ref;
    }

    /** Waits until the database answers. */
    async ping(timeout: number, report: (line: string) => void): Promise<void> {
        const { namespace } = this.ref;
        await poll(
            {
                what: `PostgreSQL in namespace \`${namespace}\` to answer`,
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
                const { status, stderr } = await this.psql(pod, ["SELECT 1"]);
                return status === 0
                    ? { done: true, value: undefined }
                    : { done: false, seen: problem(stderr) };
            },
        );
    }

    /** Runs statements one after the other in one session and gives the rows of the last, fields separated by tabs. */
    async query(...statements: string[]): Promise<string[][]> {
        const pod = await this.readyPod();
        if (!pod) {
            throw new ApiError(
                503,
                `no pod of PostgreSQL in namespace \`${this.ref.namespace}\` is ready`,
            );
        }
        const { status, stdout, stderr } = await this.psql(pod, statements);
        if (status !== 0) {
            throw new UserError(
                `PostgreSQL in \`${this.ref.namespace}/${pod}\` refused a statement: ${problem(stderr)}.`,
            );
        }
        return stdout
            .split("\n")
            .filter(line => line !== "")
            .map(line => line.split("\t"));
    }

    /** Count and digest of every table of the user's, all as of one moment, sorted by name. */
    async digests(): Promise<TableDigest[]> {
        // Names that begin with `pg_` are PostgreSQL's own: its catalogue, and other sessions' temporary tables.
        const tables = await this.query(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1",
        );
        if (tables.length === 0) {
            return [];
        }
        // One statement sees one snapshot, however long it takes.
        const rows = await this.query(
            ...settings,
            tables.map(([table]) => digestOf(table ?? "")).join(" UNION ALL "),
        );
        return rows.map(([table = "", count = "", ...sums]) => ({
            table,
            rows: Number(count),
            digest: createHash("sha256")
                .update([count, ...sums].join(":"))
                .digest("hex"),
        }));
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

    private psql(pod: string, statements: string[]) {
        const { namespace, container, user, database } = this.ref;
        return this.cluster.exec(namespace, pod, container, [
            ...[
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--field-separator=\t",
            ],
            ...["--set=ON_ERROR_STOP=1", `--username=${user}`, `--dbname=${database}`],
            ...statements.flatMap(statement => ["--command", statement]),
        ]);
    }
}

/**
 * Adds up what each row hashes to: a sum does not depend on the order, tells doubled rows from missing ones
 * (which exclusive-or does not), and needs no memory however many rows there are.
 */
function digestOf(table: string): string {
    const part = (from: number) =>
        `COALESCE(sum(('x' || encode(substr(h, ${from}, 8), 'hex'))::bit(64)::bigint::numeric), 0)`;
    return `SELECT ${literal(table)}, count(*), ${part(1)}, ${part(9)} FROM (SELECT sha256(convert_to(crossing_row::text, 'UTF8')) AS h FROM ${table} AS crossing_row) AS hashes`;
}

/** A string as an SQL literal. */
export function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

const selector = (labels: Record<string, string>) =>
    Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");

/** What psql complains of. Notices may stand before it, and the statement with a mark below it after it. */
function problem(stderr: string): string {
    const lines = stderr.trim().split("\n");
    return lines.find(line => /\b(error|ERROR|FATAL|PANIC):/.test(line)) ?? lines[0] ?? "";
}
