/** What is asked of PostgreSQL, and what is made of its answers. What PostgreSQL makes of it: see digest.test.ts. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { literal } from "../../../actions/src/database/database";
import { Postgres } from "../../../actions/src/database/postgres";
import { Cluster } from "../../../actions/src/kube/client";
import { ApiError, isTransient, UserError } from "../../../actions/src/kube/errors";
import { Execution, FakeKubeApi } from "../../fake/kube-api";
import { databaseRef, pod, readyPod } from "./support/pods";

describe("PostgreSQL in a pod", () => {
    let api: FakeKubeApi;
    let postgres: Postgres;
    /** The programs that were run, and what they answer. */
    let commands: string[][];
    let answers: Execution[];
    let lines: string[];

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        postgres = new Postgres(await Cluster.connect(api.kubeconfig), databaseRef);
        commands = [];
        answers = [];
        lines = [];
        api.exec = command => {
            commands.push(command);
            return answers.shift() ?? {};
        };
    });
    afterEach(() => api.stop());

    const psql = [
        ...["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"],
        ...[
            "--field-separator=\t",
            "--set=ON_ERROR_STOP=1",
            "--username=shop",
            "--dbname=postgres",
        ],
    ];
    const execs = () => api.requests.filter(line => line.startsWith("EXEC"));
    const ping = (timeout: number) => postgres.ping(timeout, line => lines.push(line));

    describe("query", () => {
        it("runs its statements in one session of psql in the ready pod, and gives the rows", async () => {
            readyPod(api);
            answers = [{ stdout: "1\ta b\n2\t\n\n" }];
            assert.deepEqual(await postgres.query("SET x = 1", "SELECT a, b FROM t"), [
                ["1", "a b"],
                ["2", ""],
            ]);
            assert.deepEqual(commands, [
                [...psql, "--command", "SET x = 1", "--command", "SELECT a, b FROM t"],
            ]);
            assert.deepEqual(execs(), ["EXEC /api/v1/namespaces/shop/pods/database-0/exec"]);
        });

        it("takes the pod that is ready and stays, among those that carry all labels", async () => {
            pod(api, "database-a", "False");
            pod(api, "database-b", undefined);
            pod(api, "database-c", "True", { deletionTimestamp: "2026-11-21T12:00:00Z" });
            pod(api, "database-d", "True", {
                labels: { "app.kubernetes.io/name": "database", tier: "cache" },
            });
            pod(api, "database-e", "True");
            await postgres.query("SELECT 1");
            assert.deepEqual(execs(), ["EXEC /api/v1/namespaces/shop/pods/database-e/exec"]);
        });

        it("fails with an error that may pass where no pod is ready", async () => {
            pod(api, "database-0", "False");
            await assert.rejects(postgres.query("SELECT 1"), error => {
                assert.ok(error instanceof ApiError);
                assert.equal(error.message, "no pod of PostgreSQL in namespace `shop` is ready");
                return isTransient(error);
            });
        });

        it("shows what psql complains of, without notices and quotations around it", async () => {
            readyPod(api);
            answers = [
                {
                    stderr: 'NOTICE:  table "x" does not exist, skipping\nERROR:  column "a" does not exist\nLINE 1: SELECT a\n               ^\n',
                    status: 3,
                },
            ];
            await assert.rejects(postgres.query("SELECT a"), error => {
                assert.ok(error instanceof UserError);
                assert.equal(
                    error.message,
                    'PostgreSQL in `shop/database-0` refused a statement: ERROR:  column "a" does not exist.',
                );
                return true;
            });
        });

        it("fails where no answer comes, though the connection stands", async () => {
            readyPod(api);
            answers = [{ silent: true }];
            const patient = new Postgres(await Cluster.connect(api.kubeconfig), databaseRef, 0.5);
            await assert.rejects(patient.query("SELECT 1"), error => {
                assert.ok(error instanceof UserError);
                assert.equal(
                    error.message,
                    "PostgreSQL in `shop/database-0` has not answered within 1s: look whether it works and its cluster is reached, or give it more time by `crossing:timeouts.application`, and run `pulumi up` again. Details: kubectl -n shop describe pod database-0",
                );
                return true;
            });
        });
    });

    describe("ping", () => {
        it("asks once where the database answers", async () => {
            readyPod(api);
            answers = [{ stdout: "1\n" }];
            await ping(10);
            assert.deepEqual(commands, [[...psql, "--command", "SELECT 1"]]);
            assert.deepEqual(lines, []);
        });

        it("waits for a pod, for its readiness and for the database in it", async () => {
            const failed = { stderr: "psql: error: FATAL:  the database system is starting up\n" };
            answers = [{ ...failed, status: 2 }, { ...failed, status: 2 }, { stdout: "1\n" }];
            setTimeout(() => pod(api, "database-0", "False"), 100);
            setTimeout(() => pod(api, "database-0", "True"), 300);
            await ping(10);
            assert.equal(commands.length, 3);
            const what = "PostgreSQL in namespace `shop` to answer";
            assert.deepEqual(lines, [
                `${what}: no pod of it is ready`,
                `${what}: psql: error: FATAL:  the database system is starting up`,
            ]);
        });

        const details =
            "Details: kubectl -n shop describe pods; kubectl -n shop logs -l app.kubernetes.io/name=database,tier=data";

        it("fails at the deadline where no pod becomes ready, and says where to look", async () => {
            pod(api, "database-0", "True", { deletionTimestamp: "2026-11-21T12:00:00Z" });
            await assert.rejects(ping(0.6), {
                message: `Waited 1s in vain for PostgreSQL in namespace \`shop\` to answer; last seen: no pod of it is ready. ${details}`,
            });
            assert.deepEqual(commands, []);
        });

        it("fails at the deadline where psql fails, with the reason", async () => {
            readyPod(api);
            api.exec = () => ({
                stderr: 'psql: error: connection to server on socket "/tmp/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?\n',
                status: 2,
            });
            await assert.rejects(ping(0.6), {
                message: `Waited 1s in vain for PostgreSQL in namespace \`shop\` to answer; last seen: psql: error: connection to server on socket "/tmp/.s.PGSQL.5432" failed: No such file or directory. ${details}`,
            });
        });
    });

    describe("digests", () => {
        const part = (table: string, name: string) =>
            `SELECT '${name}', count(*), COALESCE(sum(('x' || encode(substr(h, 1, 8), 'hex'))::bit(64)::bigint::numeric), 0), COALESCE(sum(('x' || encode(substr(h, 9, 8), 'hex'))::bit(64)::bigint::numeric), 0) FROM (SELECT sha256(convert_to(crossing_row::text, 'UTF8')) AS h FROM ${table} AS crossing_row) AS hashes`;

        it("come from one statement over all tables, under settings that fix how values look", async () => {
            readyPod(api);
            answers = [
                { stdout: `public.orders\npublic."it's"\n` },
                {
                    stdout: 'public.orders\t3\t-5\t7\npublic."it\'s"\t2\t123456789012345678901234567890\t-1\n',
                },
            ];
            assert.deepEqual(await postgres.digests(), [
                {
                    table: "public.orders",
                    rows: 3,
                    // sha256("3:-5:7")
                    digest: "c2f175d26fddbbc3b2827e4bddbb90adcc5b9f6d9b763d848d94a41c13064cbf",
                },
                {
                    table: `public."it's"`,
                    rows: 2,
                    // sha256("2:123456789012345678901234567890:-1")
                    digest: "d138f6a9523e9282cc26909928965a03ce8b30161c8d7a5107ed259bdcc18110",
                },
            ]);
            const statements = commands.map(command => {
                assert.deepEqual(command.slice(0, psql.length), psql);
                return command.slice(psql.length).filter(word => word !== "--command");
            });
            assert.deepEqual(statements, [
                [
                    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1",
                ],
                [
                    "SET TimeZone = 'UTC'",
                    "SET DateStyle = 'ISO, YMD'",
                    "SET IntervalStyle = 'iso_8601'",
                    "SET extra_float_digits = 1",
                    "SET bytea_output = 'hex'",
                    "SET client_encoding = 'UTF8'",
                    "SET lc_monetary = 'C'",
                    `${part("public.orders", "public.orders")} UNION ALL ${part(`public."it's"`, `public."it''s"`)}`,
                ],
            ]);
        });

        it("need no second statement where there are no tables", async () => {
            readyPod(api);
            assert.deepEqual(await postgres.digests(), []);
            assert.equal(commands.length, 1);
        });
    });
});

describe("literal", () => {
    const table: [string, string][] = [
        ["", "''"],
        ["token", "'token'"],
        ["it's", "'it''s'"],
        ["'; DROP TABLE orders; --", "'''; DROP TABLE orders; --'"],
        ["back\\slash", "'back\\slash'"],
    ];
    for (const [text, expected] of table) {
        it(`makes ${expected} of ${text || "nothing"}`, () => {
            assert.equal(literal(text), expected);
        });
    }

    it("ends where it should and nowhere before, and gives the text back", () => {
        fc.assert(
            fc.property(fc.string({ unit: fc.constantFrom("'", "\\", "a", ";", "\n") }), text => {
                const sql = literal(text);
                // What SQL says of a literal: quotes around it, and each quote in it is doubled.
                assert.match(sql, /^'(?:[^']|'')*'$/);
                assert.equal(sql.slice(1, -1).replaceAll("''", "'"), text);
            }),
        );
    });
});
