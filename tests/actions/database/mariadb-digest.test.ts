/**
 * What the digests tell and what they do not, on a real MariaDB of whatever version this machine has. The way there,
 * by exec into a pod, is a stand-in's. Skipped where MariaDB is not installed.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { literal, TableDigest } from "../../../actions/src/database/database";
import { MariaDb } from "../../../actions/src/database/mariadb";
import { Cluster } from "../../../actions/src/kube/client";
import { seed } from "../../../actions/src/proof/sample";
import { FakeKubeApi } from "../../fake/kube-api";
import { installation, MariaDbServer } from "./support/mariadb-server";
import { mariaDbRef, readyPod } from "./support/pods";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

describe("the digests of a real MariaDB", function () {
    this.timeout(60_000);

    let server: MariaDbServer | undefined;
    let api: FakeKubeApi;
    let mariaDb: MariaDb;
    const sql = (...statements: string[]) => server!.sql("USE shop", ...statements);

    before(async function () {
        const found = installation();
        if (typeof found["missing"] === "string") {
            console.log(`  skipped, since ${found["missing"]}: the digests of a real MariaDB`);
            this.skip();
        }
        server = await MariaDbServer.start(found);
        api = new FakeKubeApi();
        await api.start();
        readyPod(api);
        api.exec = command => server!.run(command);
        mariaDb = new MariaDb(await Cluster.connect(api.kubeconfig), mariaDbRef);
    });
    after(async () => {
        if (server) {
            await server.stop();
            await api.stop();
        }
    });
    beforeEach(() => {
        server!.sql(
            "DROP DATABASE IF EXISTS shop",
            "CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        );
    });

    /** The digest of one table, by what makes and fills it. */
    async function digestOf(...statements: string[]): Promise<TableDigest> {
        sql("DROP TABLE IF EXISTS t", ...statements);
        const [digest, ...more] = await mariaDb.digests();
        assert.ok(digest);
        assert.deepEqual(more, []);
        return digest;
    }
    const make = "CREATE TABLE t (id integer, name text)";
    const rows = (...values: string[]) => `INSERT INTO t VALUES ${values.join(", ")}`;

    it("add up what each row hashes to, as computed here by other means", async () => {
        const fields = [
            ["1", "Zürich"],
            ["2", "a,b"],
            ["3", undefined],
            ["4", ""],
        ];
        const hashes = fields.map(row =>
            sha256(row.map(field => (field === undefined ? "-" : sha256(field))).join(",")),
        );
        const sum = (offset: number) =>
            hashes.reduce((all, hash) => all + BigInt(`0x${hash.slice(offset, offset + 16)}`), 0n);
        assert.deepEqual(
            await digestOf(make, rows("(1, 'Zürich')", "(2, 'a,b')", "(3, NULL)", "(4, '')")),
            { table: "shop.t", rows: 4, digest: sha256(`4:${sum(0)}:${sum(16)}`) },
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
                "ALTER TABLE t ENGINE = InnoDB, FORCE",
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
            // Equal in MariaDB's eyes, and not the same.
            ["(1, 'a')", "(1, 'a')", "(2, 'b ')"],
            ["(1, 'a')", "(1, 'a')", "(2, 'B')"],
            ["(1, 'a')", "(1, 'a')", "(2, NULL)"],
            ["(1, 'a')", "(1, 'a')", "(2, '')"],
            ["(1, 'a')", "(1, 'a')", "(2, '-')"],
            ["(1, 'a')", "(1, 'a')", "(NULL, 'b')"],
            ["(1, 'a')", "(2, 'b')"],
        ];
        const digests = [];
        for (const values of tables) {
            digests.push((await digestOf(make, rows(...values))).digest);
        }
        assert.equal(new Set(digests).size, tables.length);
    });

    /** Types, and values of each that are not the same although they may look so. */
    const types: Record<string, [type: string, ...values: string[]]> = {
        numbers: ["bigint unsigned", "18446744073709551615", "18446744073709551614"],
        decimals: ["decimal(40, 20)", "0.00000000000000000001", "0.00000000000000000002"],
        floats: ["float", "0.1", "0.10000001", "-0.1", "16777216", "16777215"],
        doubles: ["double", "0.1", "0.30000000000000004", "0.3", "1e300", "5e-324", "1e-323"],
        times: ["datetime(6)", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.000002'"],
        texts: ["text", "'a'", "'A'", "'a '", "'ä'", "'a\\u0308'", "''", "NULL"],
        bytes: ["varbinary(9)", "x'00'", "x'0000'", "x''", "x'ff'", "x'c3bf'", "NULL"],
        bits: ["bit(64)", "b'1'", "b'0'", `b'${"1".repeat(64)}'`, `b'${"1".repeat(63)}0'`],
        members: ["enum('', 'a', '-')", "''", "'a'", "'-'", "NULL"],
        sets: ["set('a', 'b')", "''", "'a'", "'b'", "'a,b'", "NULL"],
        documents: ["json", `'{"a": 1}'`, `'{"a": 2}'`, "'null'", "NULL"],
        points: ["point", "point(1, 2)", "point(2, 1)", "NULL"],
        years: ["year", "2024", "2025", "NULL"],
    };
    for (const [name, [type, ...values]] of Object.entries(types)) {
        it(`tell ${name} that differ, to the last bit`, async () => {
            const digests = [];
            for (const value of values) {
                digests.push(
                    (await digestOf(`CREATE TABLE t (v ${type})`, rows(`(${value})`))).digest,
                );
            }
            assert.equal(new Set(digests).size, values.length);
        });
    }

    it("tell what was no member of an ENUM from a member that looks like it", async () => {
        const of = "CREATE TABLE t (v enum('', 'a'))";
        const none = await digestOf(of, "SET sql_mode = ''", "INSERT IGNORE INTO t VALUES ('x')");
        assert.notDeepEqual(none, await digestOf(of, rows("('')")));
    });

    it("tell fields from each other: what moves from one to the next is another row", async () => {
        const of = "CREATE TABLE t (a text, b text)";
        const digests = [];
        for (const row of ["('ab', 'c')", "('a', 'bc')", "('abc', '')", "('', 'abc')"]) {
            digests.push((await digestOf(of, rows(row))).digest);
        }
        assert.equal(new Set(digests).size, 4);
    });

    it("hash fields that are longer than what a function may give", async () => {
        const of = "CREATE TABLE t (v longtext)";
        const long = (end: string) => [
            of,
            rows("(REPEAT('x', 9000000))"),
            `UPDATE t SET v = CONCAT(v, '${end}')`,
        ];
        assert.equal(sql("SELECT @@max_allowed_packet"), "16777216\n");
        const expected = await digestOf(...long("a"));
        assert.notDeepEqual(await digestOf(...long("b")), expected);
        assert.notDeepEqual(await digestOf(of, rows("(NULL)")), expected);
    });

    it("of an empty table are the same everywhere", async () => {
        assert.deepEqual(await digestOf(make), {
            table: "shop.t",
            rows: 0,
            digest: sha256("0:0:0"),
        });
    });

    it("of no table are none", async () => {
        assert.deepEqual(await mariaDb.digests(), []);
    });

    it("do not depend on how the server is set to show values", async () => {
        const statements = [
            "SET time_zone = '+00:00'",
            "CREATE TABLE t (at timestamp NULL, name char(5), share double)",
            rows("('2024-02-29 12:00:00', 'ä', 0.1)"),
        ];
        const expected = await digestOf(...statements);
        try {
            sql(
                "SET GLOBAL time_zone = '+09:00'",
                "SET GLOBAL sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES'",
                "SET GLOBAL character_set_results = 'latin1'",
            );
            assert.match(sql("SELECT CONCAT(at, '|', name, '|') FROM t"), /21:00:00\|ä {4}\|/);
            assert.deepEqual(await mariaDb.digests(), [expected]);
        } finally {
            sql(
                "SET GLOBAL time_zone = DEFAULT",
                "SET GLOBAL sql_mode = DEFAULT",
                "SET GLOBAL character_set_results = DEFAULT",
            );
        }
    });

    it("are of every table of the user's, under the name that SQL knows it by", async () => {
        sql(
            "CREATE DATABASE `My ``Schema`",
            "CREATE TABLE `My ``Schema`.`Odd \\t'name` (`a``b` integer)",
            "CREATE TABLE plain (id integer, unseen integer INVISIBLE DEFAULT 1)",
            "CREATE TABLE parted (id integer) PARTITION BY HASH (id) PARTITIONS 2",
            "INSERT INTO parted VALUES (1)",
            "CREATE TABLE versioned (id integer) WITH SYSTEM VERSIONING",
            "CREATE VIEW not_a_table AS SELECT 1",
        );
        try {
            const found = await mariaDb.digests();
            assert.deepEqual(
                found.map(({ table, rows: count }) => [table, count]),
                [
                    ["`My ``Schema`.`Odd \\t'name`", 0],
                    ["shop.parted", 1],
                    ["shop.plain", 0],
                    ["shop.versioned", 0],
                ],
            );
        } finally {
            sql("DROP DATABASE `My ``Schema`");
        }
    });

    it("count columns that a star does not show", async () => {
        const of = "CREATE TABLE t (id integer, unseen integer INVISIBLE)";
        const first = await digestOf(of, "INSERT INTO t (id, unseen) VALUES (1, 1)");
        assert.notDeepEqual(await digestOf(of, "INSERT INTO t (id, unseen) VALUES (1, 2)"), first);
    });

    it("catch any change of any row, and no change of their order", async () => {
        const value = fc.option(
            fc
                .string({ unit: fc.constantFrom("a", "A", " ", ",", "-", "'", "\\", "ß", "臺") })
                .map(text => text.slice(0, 8)),
        );
        const row = fc.record({ id: fc.option(fc.integer({ min: 0, max: 3 })), name: value });
        const sqlOf = ({ id, name }: { id: number | null; name: string | null }) =>
            `(${id ?? "NULL"}, ${name === null ? "NULL" : `x'${Buffer.from(name).toString("hex")}'`})`;
        await fc.assert(
            fc.asyncProperty(
                fc.array(row, { minLength: 1, maxLength: 6 }),
                fc.nat(),
                row,
                fc.constantFrom("replaced", "doubled", "lost"),
                async (table, at, other, change) => {
                    const index = at % table.length;
                    const changed = table.flatMap((each, i) =>
                        i !== index
                            ? [each]
                            : { replaced: [other], doubled: [each, each], lost: [] }[change],
                    );
                    const tables = { asis: table, changed, reversed: table.toReversed() };
                    sql(
                        ...Object.entries(tables).flatMap(([name, of]) => [
                            `CREATE OR REPLACE TABLE ${name} (id integer, name text)`,
                            ...of.map(each => `INSERT INTO ${name} VALUES ${sqlOf(each)}`),
                        ]),
                    );
                    const [asis, changedToo, reversed] = (await mariaDb.digests()).map(
                        ({ digest }) => digest,
                    );
                    assert.equal(reversed, asis);
                    const same = change === "replaced" && sqlOf(other) === sqlOf(table[index]);
                    assert.equal(changedToo === asis, same);
                },
            ),
            { numRuns: 40 },
        );
    });

    it("are the same each time the sample application is seeded, but for the sentinel of the run", async () => {
        const run = (runId: string, rowCount = 45) =>
            seed.run(
                {
                    kubeconfig: api.kubeconfig,
                    volumeUid: "v",
                    database: mariaDbRef,
                    runId,
                    runToken: `token of ${runId}`,
                    rows: rowCount,
                    timeout: 10,
                },
                () => undefined,
            );
        assert.deepEqual(await run("1"), { orders: 45 });
        const first = await mariaDb.digests();
        assert.deepEqual(
            first.map(({ table, rows: count }) => [table, count]),
            [
                ["shop.customers", 5],
                ["shop.orders", 45],
                ["shop.sentinels", 1],
            ],
        );
        assert.equal(mariaDb.sentinels, "shop.sentinels");
        assert.deepEqual(await run("1"), { orders: 45 });
        assert.deepEqual(await mariaDb.digests(), first);

        assert.deepEqual(await run("it's"), { orders: 45 });
        const second = await mariaDb.digests();
        assert.deepEqual(second.slice(0, 2), first.slice(0, 2));
        assert.equal(second[2]?.rows, 2);
        assert.deepEqual(await mariaDb.query("SELECT run, token FROM sentinels ORDER BY run"), [
            ["1", "token of 1"],
            ["it's", "token of it's"],
        ]);
        assert.equal(await mariaDb.sentinel("token of it's"), true);
        assert.equal(await mariaDb.sentinel("TOKEN OF IT'S"), false);
    });

    it("the sample is more than 1000 rows where more are wanted, the same as over PostgreSQL", async () => {
        const query =
            "SELECT id, item, amount, placed, HEX(receipt), note FROM orders WHERE id = 995";
        await mariaDb.seed({ rows: 2_500, runId: "1", runToken: "t" });
        assert.deepEqual(await mariaDb.query("SELECT COUNT(*) FROM customers"), [["250"]]);
        // 995 * 37 % 100000 / 100, and 995 minutes after the year began; md5 of "995".
        const receipt = createHash("md5").update("995").digest("hex").toUpperCase();
        assert.deepEqual(await mariaDb.query(query), [
            ["995", "Gizmo", "368.15", "2024-01-01 16:35:00", receipt, "gift, straße 995"],
        ]);
    });

    it("literals are read as the texts that they were made of", async () => {
        const texts = fc.sample(fc.string({ unit: "binary" }), 100).map(clean);
        const lines = ["\\", "\\'", "a\\\nb", "\n\\g\n", "delimiter x\n;", "\r\n", "-- x", "/* x"];
        const all = [...lines, ...texts];
        assert.deepEqual(
            await mariaDb.query(...all.map(text => `SELECT CONCAT('-', HEX(${literal(text)}))`)),
            all.map(text => [`-${Buffer.from(text).toString("hex").toUpperCase()}`]),
        );
    });

    it("a statement that MariaDB refuses is an error that names the pod and the reason", async () => {
        await assert.rejects(mariaDb.query("SELECT 1", "SELECT * FROM nowhere"), {
            message:
                "MariaDB in `shop/database-0` refused a statement: ERROR 1146 (42S02) at line 1: Table 'shop.nowhere' doesn't exist.",
        });
    });
});

/** Neither SQL nor a program's arguments can hold a zero character. */
const clean = (text: string) => text.replaceAll("\0", "0");
