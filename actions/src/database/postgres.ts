/** The PostgreSQL adapter, by psql. */
import { Database, digestOf, literal, SampleData, TableDigest } from "./database";
import { PodDatabase } from "./pod";
import { shop } from "./postgres-shop";

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

export class Postgres extends PodDatabase implements Database {
    readonly sentinels = "public.sentinels";
    protected readonly title = "PostgreSQL";

    async seed(data: SampleData): Promise<number> {
        const rows = await this.query(...shop(data));
        return Number(rows[0]?.[0]);
    }

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
            tables.map(([table]) => sumOf(table ?? "")).join(" UNION ALL "),
        );
        return rows.map(digestOf);
    }

    async sentinel(token: string): Promise<boolean> {
        const rows = await this.query(`SELECT 1 FROM sentinels WHERE token = ${literal(token)}`);
        return rows.length === 1;
    }

    protected command(statements: string[]): string[] {
        const { user, database } = this.ref;
        return [
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
        ];
    }

    /** Notices may stand before it, and the statement with a mark below it after it. */
    protected problem(stderr: string): string {
        const lines = stderr.trim().split("\n");
        return lines.find(line => /\b(error|ERROR|FATAL|PANIC):/.test(line)) ?? lines[0] ?? "";
    }
}

/**
 * Adds up what each row hashes to: a sum does not depend on the order, tells doubled rows from missing ones
 * (which exclusive-or does not), and needs no memory however many rows there are.
 */
function sumOf(table: string): string {
    const part = (from: number) =>
        `COALESCE(sum(('x' || encode(substr(h, ${from}, 8), 'hex'))::bit(64)::bigint::numeric), 0)`;
    return `SELECT ${literal(table)}, count(*), ${part(1)}, ${part(9)} FROM (SELECT sha256(convert_to(crossing_row::text, 'UTF8')) AS h FROM ${table} AS crossing_row) AS hashes`;
}
