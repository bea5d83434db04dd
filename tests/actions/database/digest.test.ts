/**
 * What the digests tell and what they do not, on a real PostgreSQL of whatever version this machine has. The way
 * there, by exec into a pod, is a stand-in's. Skipped where PostgreSQL is not installed.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { literal, TableDigest } from "../../../actions/src/database/database";
import { Postgres } from "../../../actions/src/database/postgres";
import { Cluster } from "../../../actions/src/kube/client";
import { seed } from "../../../actions/src/proof/sample";
import { FakeKubeApi } from "../../fake/kube-api";
import { databaseRef, readyPod } from "./support/pods";
import { installation, PostgresServer } from "./support/server";

describe("the digests of a real PostgreSQL", function () {
    this.timeout(30_000);

    let server: PostgresServer | undefined;
    let api: FakeKubeApi;
    let postgres: Postgres;
    const sql = (...statements: string[]) => server!.sql(...statements);

    before(async function () {
        const found = installation();
        if ("missing" in found) {
            console.log(`  skipped, since ${found.missing}: the digests of a real PostgreSQL`);
            this.skip();
        }
        server = await PostgresServer.start(found.bin);
        api = new FakeKubeApi();
        await api.start();
        readyPod(api);
        api.exec = command => server!.run(command);
        postgres = new Postgres(await Cluster.connect(api.kubeconfig), databaseRef);
    });
    after(async () => {
        if (server) {
            await server.stop();
            await api.stop();
        }
    });
    afterEach(() => {
        if (server) {
            sql("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
        }
    });

    /** The digest of one table, by what makes and fills it. */
    async function digestOf(...statements: string[]): Promise<TableDigest> {
        sql("DROP TABLE IF EXISTS t", ...statements);
        const [digest, ...more] = await postgres.digests();
        assert.ok(digest);
        assert.deepEqual(more, []);
        return digest;
    }
    const make = "CREATE TABLE t (id integer, name text)";
    const rows = (...values: string[]) => `INSERT INTO t VALUES ${values.join(", ")}`;

    it("add up what each row hashes to, as computed here by other means", async () => {
        const hashes = ["(1,Zürich)", '(2,"a b")', "(3,)", '(4,"")'].map(text =>
            createHash("sha256").update(text).digest(),
        );
        const sum = (offset: number) =>
            hashes.reduce((total, hash) => total + hash.readBigInt64BE(offset), 0n);
        const expected = createHash("sha256")
            .update(`4:${sum(0)}:${sum(8)}`)
            .digest("hex");
        assert.deepEqual(
            await digestOf(make, rows("(1, 'Zürich')", "(2, 'a b')", "(3, NULL)", "(4, '')")),
            { table: "public.t", rows: 4, digest: expected },
        );
    });

    it("do not depend on the order of the rows, nor on where they lie in the files", async () => {
        const expected = await digestOf(make, rows("(1, 'a')", "(2, 'b')", "(3, 'c')"));
        const others = [
            [rows("(3, 'c')", "(1, 'a')", "(2, 'b')")],
            [
                rows("(2, 'b')"),
                rows("(9, 'z')", "(1, 'a')"),
                "DELETE FROM t WHERE id = 9",
                rows("(3, 'c')"),
            ],
            [
                rows("(3, 'x')", "(2, 'b')", "(1, 'a')"),
                "UPDATE t SET name = 'c' WHERE id = 3",
                "VACUUM FULL t",
            ],
        ];
        for (const statements of others) {
            assert.deepEqual(await digestOf(make, ...statements), expected);
        }
    });

    it("tell rows that differ, also where the number of rows does not", async () => {
        const tables = [
            ["(1, 'a')", "(1, 'a')", "(2, 'b')"],
            ["(1, 'a')", "(2, 'b')", "(2, 'b')"],
            ["(1, 'a')", "(1, 'b')", "(2, 'b')"],
            ["(1, 'a')", "(1, 'a')", "(2, 'b ')"],
            ["(1, 'a')", "(1, 'a')", "(2, NULL)"],
            ["(1, 'a')", "(1, 'a')", "(2, '')"],
            ["(1, 'a')", "(1, 'a')", "(NULL, 'b')"],
            ["(1, 'a')", "(2, 'b')"],
        ];
        const digests = [];
        for (const values of tables) {
            digests.push((await digestOf(make, rows(...values))).digest);
        }
        assert.equal(new Set(digests).size, tables.length);
    });

    it("of an empty table are the same everywhere", async () => {
        assert.deepEqual(await digestOf(make), {
            table: "public.t",
            rows: 0,
            digest: createHash("sha256").update("0:0:0").digest("hex"),
        });
    });

    it("of no table are none", async () => {
        assert.deepEqual(await postgres.digests(), []);
    });

    it("do not depend on how the database is set to show values", async () => {
        const statements = [
            "CREATE TABLE t (at timestamptz, day date, took interval, share float8, bytes bytea, price money)",
            `INSERT INTO t VALUES ('2024-02-29 12:00:00+00', '2024-02-29', '1 day 2 hours', 0.1::float8 / 3, '\\x00ff', 5)`,
        ];
        const expected = await digestOf(...statements);
        const odd = {
            TimeZone: "Asia/Tokyo",
            DateStyle: "German, DMY",
            IntervalStyle: "postgres_verbose",
            extra_float_digits: "-10",
            bytea_output: "escape",
        };
        try {
            sql(
                ...Object.entries(odd).map(([k, v]) => `ALTER DATABASE postgres SET ${k} = '${v}'`),
            );
            assert.match(sql("TABLE t"), /29\.02\.2024 21:00:00/);
            assert.deepEqual(await postgres.digests(), [expected]);
        } finally {
            sql("ALTER DATABASE postgres RESET ALL");
        }
    });

    it("are of every table of the user's, under the name that SQL knows it by", async () => {
        sql(
            'CREATE SCHEMA "My Schema"',
            'CREATE TABLE "My Schema"."Odd ""name\'s" (id integer)',
            "CREATE TABLE plain (id integer)",
            "CREATE TABLE parted (id integer) PARTITION BY RANGE (id)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
            "INSERT INTO parted VALUES (1)",
            "CREATE VIEW not_a_table AS SELECT 1",
        );
        try {
            const found = await postgres.digests();
            assert.deepEqual(
                found.map(({ table, rows: count }) => [table, count]),
                [
                    ['"My Schema"."Odd ""name\'s"', 0],
                    ["public.parted", 1],
                    ["public.parted_1", 1],
                    ["public.plain", 0],
                ],
            );
        } finally {
            sql('DROP SCHEMA "My Schema" CASCADE');
        }
    });

    it("leave out what other sessions keep for themselves: nobody may read it, and no backup holds it", async () => {
        sql("CREATE TABLE plain (id integer)");
        await server!.hold("CREATE TEMPORARY TABLE mine AS SELECT 1 AS id");
        assert.deepEqual(
            (await postgres.digests()).map(({ table }) => table),
            ["public.plain"],
        );
    });

    it("are the same each time the sample application is seeded, but for the sentinel of the run", async () => {
        const run = (runId: string, rowCount = 45) =>
            seed.run(
                {
                    kubeconfig: api.kubeconfig,
                    volumeUid: "v",
                    database: databaseRef,
                    runId,
                    runToken: `token of ${runId}`,
                    rows: rowCount,
                    timeout: 10,
                },
                () => undefined,
            );
        assert.deepEqual(await run("1"), { orders: 45 });
        const first = await postgres.digests();
        assert.deepEqual(
            first.map(({ table, rows: count }) => [table, count]),
            [
                ["public.customers", 5],
                ["public.orders", 45],
                ["public.sentinels", 1],
            ],
        );
        assert.deepEqual(await run("1"), { orders: 45 });
        assert.deepEqual(await postgres.digests(), first);

        assert.deepEqual(await run("it's"), { orders: 45 });
        const second = await postgres.digests();
        assert.deepEqual(second.slice(0, 2), first.slice(0, 2));
        assert.equal(second[2]?.rows, 2);
        assert.deepEqual(await postgres.query("SELECT run, token FROM sentinels ORDER BY run"), [
            ["1", "token of 1"],
            ["it's", "token of it's"],
        ]);
    });

    it("literals are read as the texts that they were made of", () => {
        const texts = fc.sample(fc.string({ unit: "binary" }), 100).map(clean);
        const shown = sql(
            `SELECT encode(convert_to(text, 'UTF8'), 'hex') FROM (VALUES ${texts
                .map(text => `(${literal(text)})`)
                .join(", ")}) AS texts (text)`,
        );
        assert.deepEqual(
            shown.replace(/\n$/, "").split("\n"),
            texts.map(text => Buffer.from(text).toString("hex")),
        );
    });

    it("a statement that PostgreSQL refuses is an error that names the pod and the reason", async () => {
        await assert.rejects(postgres.query("SELECT 1", "SELECT * FROM nowhere"), {
            message:
                'PostgreSQL in `shop/database-0` refused a statement: ERROR:  relation "nowhere" does not exist.',
        });
    });
});

/** Neither SQL nor a program's arguments can hold a zero character. */
const clean = (text: string) => text.replaceAll("\0", "0");
