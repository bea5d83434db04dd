/** What is asked of MariaDB, and what is made of its answers. What MariaDB makes of it: see mariadb-digest.test.ts. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { databaseOf } from "../../../actions/src/database";
import { MariaDb } from "../../../actions/src/database/mariadb";
import { shop } from "../../../actions/src/database/mariadb-shop";
import { Postgres } from "../../../actions/src/database/postgres";
import { Cluster } from "../../../actions/src/kube/client";
import { baseline } from "../../../actions/src/proof/baseline";
import { Execution, FakeKubeApi } from "../../fake/kube-api";
import { databaseRef, mariaDbRef, pod, readyPod } from "./support/pods";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("MariaDB in a pod", () => {
    let api: FakeKubeApi;
    let mariaDb: MariaDb;
    /** The statements of each session, and what it answers. */
    let sessions: string[][];
    let answers: Execution[];
    let lines: string[];

    const client = [
        ...["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--binary-mode"],
        "--default-character-set=utf8mb4",
        "--init-command=SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', character_set_results = 'utf8mb4'",
        ...["--socket=/tmp/mariadb.sock", "--user=shop", "--database=shop"],
    ];

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        mariaDb = new MariaDb(await Cluster.connect(api.kubeconfig), mariaDbRef);
        sessions = [];
        answers = [];
        lines = [];
        api.exec = command => {
            assert.deepEqual(command.slice(0, client.length), client);
            const words = command.slice(client.length);
            sessions.push(words.filter((_, i) => i % 2 === 1));
            assert.deepEqual(
                words.filter((_, i) => i % 2 === 0),
                sessions.at(-1)?.map(() => "--execute"),
            );
            return answers.shift() ?? {};
        };
    });
    afterEach(() => api.stop());

    const ping = (timeout: number) => mariaDb.ping(timeout, line => lines.push(line));
    const details =
        "Details: kubectl -n shop describe pods; kubectl -n shop logs -l app.kubernetes.io/name=database,tier=data";

    it("is asked where a reference says so, and PostgreSQL where it says nothing, as older states do", async () => {
        const cluster = await Cluster.connect(api.kubeconfig);
        assert.ok(databaseOf(cluster, mariaDbRef) instanceof MariaDb);
        assert.ok(databaseOf(cluster, { ...databaseRef, kind: "postgres" }) instanceof Postgres);
        assert.ok(databaseOf(cluster, databaseRef) instanceof Postgres);
    });

    it("runs statements in one session of the client in the ready pod, without a password", async () => {
        readyPod(api);
        answers = [{ stdout: "1\ta b\n2\t\n" }];
        assert.deepEqual(await mariaDb.query("SET @x = 1", "SELECT a, b FROM t"), [
            ["1", "a b"],
            ["2", ""],
        ]);
        assert.deepEqual(sessions, [["SET @x = 1;", "SELECT a, b FROM t;"]]);
        assert.ok(api.requests.includes("EXEC /api/v1/namespaces/shop/pods/database-0/exec"));
    });

    it("shows what the client complains of, without warnings before it", async () => {
        readyPod(api);
        answers = [
            {
                stderr: "WARNING: option --ssl is deprecated\nERROR 1054 (42S22) at line 1: Unknown column 'a' in 'field list'\n",
                status: 1,
            },
        ];
        await assert.rejects(mariaDb.query("SELECT a"), {
            message:
                "MariaDB in `shop/database-0` refused a statement: ERROR 1054 (42S22) at line 1: Unknown column 'a' in 'field list'.",
        });
    });

    it("is waited for: a pod, its readiness, and the server in it", async () => {
        const refused = {
            stderr: "ERROR 2002 (HY000): Can't connect to local server through socket '/tmp/mariadb.sock' (2)\n",
            status: 1,
        };
        answers = [refused, { stdout: "1\n" }];
        setTimeout(() => pod(api, "database-0", "True"), 200);
        await ping(10);
        const what = "MariaDB in namespace `shop` to answer";
        assert.deepEqual(lines, [
            `${what}: no pod of it is ready`,
            `${what}: ERROR 2002 (HY000): Can't connect to local server through socket '/tmp/mariadb.sock' (2)`,
        ]);
        assert.deepEqual(sessions, [["SELECT 1;"], ["SELECT 1;"]]);
    });

    it("fails at the deadline with the reason, what is around it, and where to look", async () => {
        readyPod(api);
        api.exec = () => ({
            stderr: "ERROR 1045 (28000): Access denied for user 'shop'@'localhost' (using password: YES)\n",
            status: 1,
        });
        await assert.rejects(ping(0.6), {
            message: `Waited 1s in vain for MariaDB in namespace \`shop\` to answer; last seen: ERROR 1045 (28000): Access denied for user 'shop'@'localhost' (using password: YES). ${details}`,
        });
    });

    it("explains what keeps its pod from running", async () => {
        api.put("/api/v1/namespaces/shop/pods", {
            metadata: { name: "database-0", namespace: "shop", labels: mariaDbRef.labels },
            status: {
                phase: "Pending",
                containerStatuses: [
                    {
                        name: "mariadb",
                        ready: false,
                        state: {
                            waiting: {
                                reason: "ImagePullBackOff",
                                message: 'Back-off pulling image "mariadb:0"',
                            },
                        },
                    },
                ],
            },
        });
        await assert.rejects(ping(0.6), (error: Error) => {
            assert.match(
                error.message,
                /^Waited 1s in vain for MariaDB in namespace `shop` to answer; last seen: no pod of it is ready\. In namespace `shop`: Pod database-0: ImagePullBackOff: Back-off pulling image "mariadb:0"\. Probably /,
            );
            return true;
        });
    });

    describe("digests", () => {
        const sum = (name: string, from: string, fields: string) =>
            `SELECT '${name}', COUNT(*), COALESCE(SUM(CAST(CONV(SUBSTR(h, 1, 16), 16, 10) AS UNSIGNED)), 0), COALESCE(SUM(CAST(CONV(SUBSTR(h, 17, 16), 16, 10) AS UNSIGNED)), 0) FROM (SELECT SHA2(CONCAT_WS(',', ${fields}), 256) AS h FROM ${from}) AS hashes;`;
        const hash = (text: string) => `COALESCE(SHA2(${text}, 256), '-')`;

        it("come from one snapshot of all tables, each field by its type, sorted by name", async () => {
            readyPod(api);
            answers = [
                {
                    stdout: [
                        ...["shop\torders\tid\tint", "shop\torders\tshare\tdouble"],
                        ...["shop\torders\trate\tfloat", "shop\torders\tstate\tenum"],
                        ...["A\\\\`s\tit's\tnote\ttext", ""],
                    ].join("\n"),
                },
                { stdout: "shop.orders\t3\t5\t7\n`A\\\\``s`.`it's`\t0\t0\t0\n" },
            ];
            assert.deepEqual(await mariaDb.digests(), [
                { table: "`A\\``s`.`it's`", rows: 0, digest: sha256("0:0:0") },
                { table: "shop.orders", rows: 3, digest: sha256("3:5:7") },
            ]);
            assert.deepEqual(sessions, [
                [
                    "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY c.table_schema, c.table_name, c.ordinal_position;",
                ],
                [
                    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;",
                    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;",
                    sum(
                        "shop.orders",
                        "`shop`.`orders`",
                        [
                            ...[hash("`id`"), hash("`share` * 1e0"), hash("`rate` * 1e0")],
                            hash("CONCAT(`state` + 0, ':', `state`)"),
                        ].join(", "),
                    ),
                    sum("`A\\``s`.`it''s`", "`A\\``s`.`it's`", hash("`note`")),
                    "COMMIT;",
                ],
            ]);
        });

        it("need no second session where there are no tables", async () => {
            readyPod(api);
            assert.deepEqual(await mariaDb.digests(), []);
            assert.equal(sessions.length, 1);
        });
    });

    it("a baseline over it holds its rows and the sentinel of this run", async () => {
        readyPod(api);
        answers = [
            { stdout: "1\n" },
            { stdout: "shop\tsentinels\trun\tvarchar\n" },
            { stdout: "shop.sentinels\t1\t5\t6\n" },
            { stdout: "1\n" },
        ];
        const inputs = {
            ...{ kubeconfig: api.kubeconfig, clusterUid: "c", runId: "1", runToken: "it's" },
            ...{ namespace: "shop", database: mariaDbRef, timeout: 10 },
        };
        assert.deepEqual(await baseline.run(inputs, () => undefined), {
            baseline: {
                tables: [{ table: "shop.sentinels", rows: 1, digest: sha256("1:5:6") }],
                sentinel: true,
                images: [],
            },
        });
        assert.deepEqual(sessions.at(-1), ["SELECT 1 FROM sentinels WHERE token = 'it''s';"]);
    });

    it("is seeded in one session, which gives the number of orders", async () => {
        readyPod(api);
        answers = [{ stdout: "45\n" }];
        const data = { rows: 45, runId: "1", runToken: "5e471e1" };
        assert.equal(await mariaDb.seed(data), 45);
        assert.deepEqual(sessions, [shop(data).map(statement => `${statement};`)]);
    });
});
