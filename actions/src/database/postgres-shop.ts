/** The rows of the sample over PostgreSQL. */
import { customersOf, literal, SampleData } from "./database";

/**
 * Doing it again changes nothing. The values cover what survives a copy badly: time zones, text beyond ASCII,
 * bytes, nulls. The last statement gives the number of orders.
 */
export function shop({ rows, runId, runToken }: SampleData): string[] {
    const customers = customersOf(rows);
    return [
        `CREATE TABLE IF NOT EXISTS customers (
            id integer PRIMARY KEY, name text NOT NULL, city text, since date NOT NULL)`,
        `CREATE TABLE IF NOT EXISTS orders (
            id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customers,
            item text NOT NULL, amount numeric(10, 2) NOT NULL,
            placed timestamptz NOT NULL, receipt bytea, note text)`,
        `CREATE TABLE IF NOT EXISTS sentinels (run text PRIMARY KEY, token text NOT NULL)`,
        `INSERT INTO customers
            SELECT n, 'Customer ' || n, (ARRAY['Zürich', '臺北', 'São Paulo', NULL])[1 + n % 4],
                date '2020-01-01' + n FROM generate_series(1, ${customers}) AS n
            ON CONFLICT DO NOTHING`,
        `INSERT INTO orders
            SELECT n, 1 + n % ${customers}, (ARRAY['Widget', 'Gadget', 'Gizmo'])[1 + n % 3],
                (n * 37 % 100000) / 100.0, timestamptz '2024-01-01 00:00:00+00' + n * interval '1 minute',
                decode(md5(n::text), 'hex'), CASE WHEN n % 5 = 0 THEN 'gift, straße ' || n END
            FROM generate_series(1, ${rows}) AS n
            ON CONFLICT DO NOTHING`,
        `INSERT INTO sentinels VALUES (${literal(runId)}, ${literal(runToken)})
            ON CONFLICT (run) DO UPDATE SET token = excluded.token`,
        // What is in the tables is also in their files, not in the write-ahead log alone.
        "CHECKPOINT",
        "SELECT count(*) FROM orders",
    ];
}
