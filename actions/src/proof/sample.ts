/** Seeding the sample application: rows that are the same every time, and a sentinel that is of this run alone. */
import type { ClusterInputs, Definition } from "../action";
import { DatabaseRef, literal, Postgres } from "../database/postgres";
import { Cluster } from "../kube/client";

export interface SeedInputs extends ClusterInputs {
    /** The UID of the volume claim: another volume is empty again. */
    volumeUid: string;
    database: DatabaseRef;
    runId: string;
    /** The sentinel. */
    runToken: string;
    /** Orders; there is a customer for each ten. */
    rows: number;
    /** Seconds until the database must answer. */
    timeout: number;
}

export interface SeedOutputs {
    /** Orders in the database. */
    orders: number;
}

export const seed: Definition<SeedInputs, SeedOutputs> = {
    title: "seed",
    replaceOn: ["volumeUid", "runId", "runToken"],
    outputs: ["orders"],
    id: inputs => `${inputs.database.namespace}/${inputs.runId}`,
    places: inputs => [inputs.database.namespace],

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const database = new Postgres(cluster, inputs.database);
        await database.ping(inputs.timeout, report);
        const rows = await database.query(...statements(inputs));
        const orders = Number(rows[0]?.[0]);
        report(`${orders} orders, and the sentinel of run ${inputs.runId}`);
        return { orders };
    },
};

/**
 * Doing it again changes nothing. The values cover what survives a copy badly: time zones, text beyond ASCII,
 * bytes, nulls. The last statement gives the number of orders.
 */
export function statements(inputs: { rows: number; runId: string; runToken: string }): string[] {
    const { rows, runId, runToken } = inputs;
    const customers = Math.max(1, Math.ceil(rows / 10));
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
