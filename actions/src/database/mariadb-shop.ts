/** The rows of the sample over MariaDB. */
import { customersOf, literal, SampleData } from "./database";

/**
 * The shop as it is over PostgreSQL, in MariaDB's types, numbered by MariaDB's own tables `seq_1_to_…`. The last
 * statement gives the number of orders.
 */
export function shop({ rows, runId, runToken }: SampleData): string[] {
    const customers = customersOf(rows);
    return [
        `CREATE TABLE IF NOT EXISTS customers (
            id integer PRIMARY KEY, name text NOT NULL, city text, since date NOT NULL)`,
        // Without a default a timestamp may get one that follows each change of its row.
        `CREATE TABLE IF NOT EXISTS orders (
            id integer PRIMARY KEY, customer integer NOT NULL,
            item text NOT NULL, amount decimal(10, 2) NOT NULL,
            placed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, receipt varbinary(16), note text,
            FOREIGN KEY (customer) REFERENCES customers (id))`,
        `CREATE TABLE IF NOT EXISTS sentinels (
            run varchar(100) COLLATE utf8mb4_bin PRIMARY KEY, token varchar(100) COLLATE utf8mb4_bin NOT NULL)`,
        `INSERT INTO customers
            SELECT seq, CONCAT('Customer ', seq), ELT(1 + seq % 4, 'Zürich', '臺北', 'São Paulo', NULL),
                DATE '2020-01-01' + INTERVAL seq DAY FROM seq_1_to_${customers}
            ON DUPLICATE KEY UPDATE id = customers.id`,
        `INSERT INTO orders
            SELECT seq, 1 + seq % ${customers}, ELT(1 + seq % 3, 'Widget', 'Gadget', 'Gizmo'),
                (seq * 37 % 100000) / 100, TIMESTAMP '2024-01-01 00:00:00' + INTERVAL seq MINUTE,
                UNHEX(MD5(seq)), CASE WHEN seq % 5 = 0 THEN CONCAT('gift, straße ', seq) END
            FROM seq_1_to_${rows}
            ON DUPLICATE KEY UPDATE id = orders.id`,
        `INSERT INTO sentinels VALUES (${literal(runId)}, ${literal(runToken)})
            ON DUPLICATE KEY UPDATE token = VALUES(token)`,
        "SELECT COUNT(*) FROM orders",
    ];
}
