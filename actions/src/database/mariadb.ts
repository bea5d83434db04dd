/**
 * The MariaDB adapter, by its client `mariadb`, which finds the password in the container's `MYSQL_PWD`. What the
 * digests are made by is MySQL 8's SQL, too.
 */
import { Database, digestOf, literal, SampleData, TableDigest } from "./database";
import { shop } from "./mariadb-shop";
import { PodDatabase } from "./pod";

/**
 * Settings that decide how a value looks as text, and how a literal is read: a backslash in it is one, as in the SQL
 * standard. Both sides must agree, or equal rows would hash differently.
 */
const settings =
    "SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', character_set_results = 'utf8mb4'";

/** A column, as `information_schema` tells it. */
interface Column {
    schema: string;
    table: string;
    name: string;
    type: string;
}

export class MariaDb extends PodDatabase implements Database {
    protected readonly title = "MariaDB";

    get sentinels(): string {
        return `${plain(this.ref.database)}.sentinels`;
    }

    async seed(data: SampleData): Promise<number> {
        const rows = await this.query(...shop(data));
        return Number(rows[0]?.[0]);
    }

    async digests(): Promise<TableDigest[]> {
        const tables = await this.tables();
        if (tables.size === 0) {
            return [];
        }
        // InnoDB shows all of them as of the moment in which the transaction began.
        const rows = await this.query(
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ...[...tables].map(([from, of]) => sumOf(from, of)),
            "COMMIT",
        );
        return rows
            .map(([name = "", ...sums]) => digestOf([unescaped(name), ...sums]))
            .sort((a, b) => (a.table < b.table ? -1 : 1));
    }

    async sentinel(token: string): Promise<boolean> {
        const rows = await this.query(`SELECT 1 FROM sentinels WHERE token = ${literal(token)}`);
        return rows.length === 1;
    }

    protected command(statements: string[]): string[] {
        const { user, database } = this.ref;
        return [
            // Files of settings could change what is asked, and how it is answered.
            ...["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--binary-mode"],
            ...["--default-character-set=utf8mb4", `--init-command=${settings}`],
            ...["--socket=/tmp/mariadb.sock", `--user=${user}`, `--database=${database}`],
            ...statements.flatMap(statement => ["--execute", `${statement};`]),
        ];
    }

    /** Warnings of the client may stand before it. */
    protected problem(stderr: string): string {
        const lines = stderr.trim().split("\n");
        return lines.find(line => /\bERROR\b/.test(line)) ?? lines[0] ?? "";
    }

    /** The columns of every table of the user's, by the table's name in a statement. */
    private async tables(): Promise<Map<string, Column[]>> {
        const rows = await this.query(
            `SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY c.table_schema, c.table_name, c.ordinal_position`,
        );
        const tables = new Map<string, Column[]>();
        for (const fields of rows) {
            const [schema = "", table = "", name = "", type = ""] = fields.map(unescaped);
            const from = `${quoted(schema)}.${quoted(table)}`;
            const columns = tables.get(from) ?? [];
            tables.set(from, columns);
            columns.push({ schema, table, name, type });
        }
        return tables;
    }
}

/**
 * Adds up what each row hashes to, as with PostgreSQL. A row is the hashes of its fields: whatever they hold, and
 * however much of it, one does not run into the next, and none exceeds what the server lets a function give.
 */
function sumOf(from: string, columns: Column[]): string {
    const [{ schema, table } = { schema: "", table: "" }] = columns;
    const part = (start: number) =>
        `COALESCE(SUM(CAST(CONV(SUBSTR(h, ${start}, 16), 16, 10) AS UNSIGNED)), 0)`;
    const fields = columns.map(column => `COALESCE(SHA2(${textOf(column)}, 256), '-')`);
    return `SELECT ${literal(`${plain(schema)}.${plain(table)}`)}, COUNT(*), ${part(1)}, ${part(17)} FROM (SELECT SHA2(CONCAT_WS(',', ${fields.join(", ")}), 256) AS h FROM ${from}) AS hashes`;
}

/** What SHA2 is made of: the bytes of a text or binary field, and otherwise the text that MariaDB makes of it. */
function textOf({ name, type }: Column): string {
    const column = quoted(name);
    switch (type) {
        case "float":
        case "double":
            // A FLOAT is shown with six digits, and a DOUBLE with all that it has.
            return `${column} * 1e0`;
        case "enum":
            // What was no member when it was written is empty, as a member may be.
            return `CONCAT(${column} + 0, ':', ${column})`;
        default:
            return column;
    }
}

const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;

/** A name as SQL knows it: quoted only where it has to be. */
const plain = (name: string) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name));

const escapes: Record<string, string> = { n: "\n", t: "\t", "0": "\0" };

/** A field as it was before the client escaped what would break its lines. */
const unescaped = (field: string) =>
    field.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
