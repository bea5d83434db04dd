/** What the seed asks of the database. That PostgreSQL takes it, twice: tests/actions/database/digest.test.ts. */
import assert from "node:assert/strict";
import { shop } from "../../../actions/src/database/postgres-shop";
import { seed, SeedInputs } from "../../../actions/src/proof/sample";
import { FakeKubeApi } from "../../fake/kube-api";
import { databaseRef, readyPod } from "../database/support/pods";

const oneLine = (text: string) => text.replace(/\s+/g, " ");

describe("the seed", () => {
    it("is rows that are the same every time, and a sentinel that is of this run", () => {
        assert.deepEqual(shop({ rows: 45, runId: "it's", runToken: "5e471e1" }).map(oneLine), [
            "CREATE TABLE IF NOT EXISTS customers ( id integer PRIMARY KEY, name text NOT NULL, city text, since date NOT NULL)",
            "CREATE TABLE IF NOT EXISTS orders ( id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customers, item text NOT NULL, amount numeric(10, 2) NOT NULL, placed timestamptz NOT NULL, receipt bytea, note text)",
            "CREATE TABLE IF NOT EXISTS sentinels (run text PRIMARY KEY, token text NOT NULL)",
            "INSERT INTO customers SELECT n, 'Customer ' || n, (ARRAY['Zürich', '臺北', 'São Paulo', NULL])[1 + n % 4], date '2020-01-01' + n FROM generate_series(1, 5) AS n ON CONFLICT DO NOTHING",
            "INSERT INTO orders SELECT n, 1 + n % 5, (ARRAY['Widget', 'Gadget', 'Gizmo'])[1 + n % 3], (n * 37 % 100000) / 100.0, timestamptz '2024-01-01 00:00:00+00' + n * interval '1 minute', decode(md5(n::text), 'hex'), CASE WHEN n % 5 = 0 THEN 'gift, straße ' || n END FROM generate_series(1, 45) AS n ON CONFLICT DO NOTHING",
            "INSERT INTO sentinels VALUES ('it''s', '5e471e1') ON CONFLICT (run) DO UPDATE SET token = excluded.token",
            "CHECKPOINT",
            "SELECT count(*) FROM orders",
        ]);
    });

    it("has a customer for each ten orders, and at least one", () => {
        const customers = (rows: number) =>
            shop({ rows, runId: "1", runToken: "t" })
                .map(text => /INSERT INTO customers.*generate_series\(1, (\d+)\)/s.exec(text)?.[1])
                .find(Boolean);
        assert.deepEqual([1, 10, 11, 1_000].map(customers), ["1", "1", "2", "100"]);
    });

    it("runs all of it in one session once the database answers, and gives the number of orders", async () => {
        const api = new FakeKubeApi();
        await api.start();
        try {
            readyPod(api);
            const sessions: string[][] = [];
            api.exec = command => {
                sessions.push(command.filter((_, i) => command[i - 1] === "--command"));
                return { stdout: sessions.length === 1 ? "1\n" : "45\n" };
            };
            const inputs: SeedInputs = {
                kubeconfig: api.kubeconfig,
                volumeUid: "volume-1",
                database: databaseRef,
                runId: "nightly",
                runToken: "5e471e1",
                rows: 45,
                timeout: 10,
            };
            const lines: string[] = [];
            assert.deepEqual(await seed.run(inputs, line => lines.push(line)), { orders: 45 });
            assert.deepEqual(sessions, [["SELECT 1"], shop(inputs)]);
            assert.deepEqual(lines, ["45 orders, and the sentinel of run nightly"]);
            assert.equal(seed.id(inputs), "shop/nightly");
            assert.deepEqual(seed.replaceOn, ["volumeUid", "runId", "runToken"]);
        } finally {
            await api.stop();
        }
    });
});
