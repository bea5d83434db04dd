/** What is asked of a database, whatever it is. */
import { createHash } from "node:crypto";

/** Where a database is. */
export interface DatabaseRef {
    /** What it is. Absent, as in older states: PostgreSQL. */
    kind?: "postgres" | "mariadb";
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

/** What a sample is filled with. */
export interface SampleData {
    /** Orders; there is a customer for each ten. */
    rows: number;
    runId: string;
    /** The sentinel. */
    runToken: string;
}

export interface Database {
    /** The table of sentinels, as `digests` names it. */
    readonly sentinels: string;
    /** Waits until the database answers. */
    ping(timeout: number, report: (line: string) => void): Promise<void>;
    /** Fills a sample; doing it again changes nothing. Gives the number of orders. */
    seed(data: SampleData): Promise<number>;
    /** Count and digest of every table of the user's, all as of one moment, sorted by name. */
    digests(): Promise<TableDigest[]>;
    /** Whether a sentinel is among the rows. Its table must exist. */
    sentinel(token: string): Promise<boolean>;
}

/** A string as an SQL literal. */
export function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

/** For each ten orders a customer, and at least one. */
export const customersOf = (rows: number) => Math.max(1, Math.ceil(rows / 10));

/** Of a row that the database has added up: the table, how many rows it has, and sums of what they hash to. */
export function digestOf([table = "", count = "", ...sums]: string[]): TableDigest {
    return {
        table,
        rows: Number(count),
        digest: createHash("sha256")
            .update([count, ...sums].join(":"))
            .digest("hex"),
    };
}
