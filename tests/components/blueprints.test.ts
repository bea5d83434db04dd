/** The catalogue of Blueprints: the manifests as Kanister gets them, and their scripts with stand-ins for the programs. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { newNames } from "../../actions/src/k10/new-names";
import {
    blueprintActions,
    BlueprintSettings,
    databases,
    restoredNamespaces,
    workloadIn,
} from "../../components/k10/blueprints";
import { World } from "./support/scripts";

const settings: BlueprintSettings = {
    ...{ database: "postgres", image: "postgres:17", toolsImage: "tools:1" },
    server: { service: "database" },
    secret: { name: "login", username: "user", password: "pass" },
};

/** The containers' environment in the first phase of an action. */
const environment = (given: BlueprintSettings) =>
    blueprintActions(given).backup.phases[0].args.podOverride.containers[0];

describe("the Blueprints of the catalogue", () => {
    for (const database of databases) {
        it(`are those of tests/components/golden, ${database}`, () => {
            const path = join(__dirname, "golden", `blueprint-${database}.yaml`);
            const found = stringify({ actions: blueprintActions({ ...settings, database }) });
            if (process.env["UPDATE_PLANS"]) {
                writeFileSync(path, found);
            }
            assert.ok(existsSync(path), path);
            assert.equal(found, readFileSync(path, "utf8"));
        });

        it(`say nothing secret in a command, ${database}`, () => {
            const { backup, restore } = blueprintActions({ ...settings, database });
            for (const phase of [...backup.phases, ...restore.phases]) {
                const { podOverride, ...rest } = phase.args;
                assert.doesNotMatch(JSON.stringify(rest), /login|"pass"|\.Secrets\./);
                assert.deepEqual(
                    podOverride.containers.map(({ name }) => name),
                    ["background"],
                );
            }
        });
    }

    it("log in with what the Secret and the settings say", () => {
        const secretKeyRef = (key: string) => ({
            valueFrom: { secretKeyRef: { name: "login", key } },
        });
        assert.deepEqual(environment(settings), {
            name: "background",
            env: [
                { name: "PGHOST", value: "database.{{ .Object.metadata.namespace }}.svc" },
                { name: "PGPORT", value: "5432" },
                { name: "PGUSER", ...secretKeyRef("user") },
                { name: "PGPASSWORD", ...secretKeyRef("pass") },
                { name: "PGDATABASE", value: "postgres" },
            ],
        });
        assert.deepEqual(
            environment({
                ...{
                    ...settings,
                    database: "mysql",
                    server: { host: "db.example.com" },
                    port: 3307,
                },
                ...{ secret: { name: "login", password: "pass" }, user: "root" },
                databases: ["shop", "stock"],
            }).env,
            [
                { name: "DB_HOST", value: "db.example.com" },
                { name: "DB_PORT", value: "3307" },
                { name: "DB_USER", value: "root" },
                { name: "MYSQL_PWD", ...secretKeyRef("pass") },
                { name: "DATABASES", value: "shop\nstock" },
            ],
        );
    });

    it("are bound to a workload wherever it is restored", () => {
        const target = { targetNamespace: "shop", onConflict: "fail" };
        assert.deepEqual(restoredNamespaces(target, "7"), ["shop"]);
        assert.deepEqual(
            restoredNamespaces({ ...target, onConflict: "newName" }, "7"),
            newNames("shop", "7"),
        );
        assert.deepEqual(workloadIn({ kind: "DeploymentConfig", name: "db" }, ["a", "b"]), {
            matchAll: [
                {
                    type: {
                        operator: "In",
                        values: [
                            {
                                group: "apps.openshift.io",
                                resource: "deploymentconfigs",
                                name: "db",
                            },
                        ],
                    },
                },
                { namespace: { operator: "In", values: ["a", "b"] } },
            ],
        });
    });
});

/** The two containers of a phase, side by side on this machine, with a folder of their own for what they share. */
class Pod extends World {
    async run(
        action: "backup" | "restore",
        given: Partial<BlueprintSettings> = {},
        env: Record<string, string> = {},
    ) {
        const { args } = blueprintActions({ ...settings, ...given })[action].phases[0];
        const start = (name: string, command: string[]) => {
            const script = (command.at(-1) ?? "").replaceAll("/tmp/", "$WORLD/tmp/");
            const path = this.write(`${name}.sh`, script);
            // The shell and its options, as the container gets them.
            return this.start(["-c", `exec ${command.slice(0, -2).join(" ")} "$0"`, path], env)
                .result;
        };
        await start("init", args.initCommand);
        const database = start("background", args.backgroundCommand);
        const tools = start("output", args.outputCommand);
        return { database: await database, tools: await tools };
    }
}

describe("the scripts of the Blueprints", function () {
    this.timeout(20_000);
    let pod: Pod;
    beforeEach(() => {
        pod = new Pod();
        pod.program(
            "kando",
            'printf "%s\\n" "$@" > "$WORLD/kando-$2"\ncase "$2" in\npush) cat > "$WORLD/object"; echo pushed ;;\npull) cat "$WORLD/object" ;;\nesac\n',
        );
        pod.program("pg_isready", "");
        pod.program(
            "pg_dumpall",
            "printf 'CREATE ROLE shop;\\nALTER ROLE shop WITH SUPERUSER;\\n'",
        );
        pod.program("pg_dump", 'echo "-- $PGDATABASE $*"');
        pod.program(
            "psql",
            'case "$*" in\n*rolsuper*) echo t ;;\n*quote_ident*) echo shop ;;\n*datname*) printf "one\\ntwo three\\n" ;;\n*name=*) echo "create ${*##*name=}" ;;\n*) cat > "$WORLD/restored" ;;\nesac\n',
        );
    });
    afterEach(() => pod.remove());

    it("dump roles and each database, and bring it to kando", async () => {
        const { database, tools } = await pod.run("backup");
        assert.deepEqual([database.status, tools.status, tools.stdout], [0, 0, "pushed\n"]);
        assert.equal(
            pod.read("object"),
            [
                "DO $crossing$BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END$crossing$;",
                ...["create one", "-- one --clean --if-exists"],
                ...["create two three", "-- two three --clean --if-exists", ""],
            ].join("\n"),
        );
        assert.deepEqual(pod.lines("kando-push"), [
            ...["location", "push", "--profile", "{{ toJson .Profile }}", "--path", "dump"],
            ...["--output-name", "kopiaOutput", "-"],
        ]);
    });

    it("restore what was dumped, to the last byte", async () => {
        pod.write("object", "SELECT 1;\n".repeat(50_000));
        const { database, tools } = await pod.run("restore");
        assert.deepEqual([database.status, tools.status], [0, 0]);
        assert.equal(pod.read("restored"), pod.read("object"));
    });

    it("fail with what the database's programs say, where K10 looks for it", async () => {
        pod.program(
            "pg_dump",
            'echo half; echo "FATAL:  password authentication failed" >&2; exit 3',
        );
        const { database, tools } = await pod.run("backup");
        const said = "FATAL:  password authentication failed\n";
        assert.deepEqual(database, { status: 3, stdout: "", stderr: said });
        assert.deepEqual(tools, {
            ...{ status: 1, stdout: "pushed\n" },
            stderr: `${said}The dump failed, exit code 3\n`,
        });
    });

    it("fail where the database's container was killed, although all that came looks whole", async () => {
        pod.program("pg_dump", "kill -9 $PPID");
        const { tools } = await pod.run("backup");
        assert.deepEqual(
            [tools.status, tools.stderr],
            [1, "The dump failed, exit code none, since it was killed\n"],
        );
    });

    it("fail where the location refuses, with its words", async () => {
        pod.program("kando", 'echo "AccessDenied" >&2; exit 1');
        const pushed = await pod.run("backup");
        assert.deepEqual([pushed.tools.status, pushed.tools.stderr], [1, "AccessDenied\n"]);
        assert.notEqual(pushed.database.status, 0);
        const pulled = await pod.run("restore");
        assert.deepEqual([pulled.tools.status, pulled.tools.stderr], [1, "AccessDenied\n"]);
    });

    it("fail where one statement does", async () => {
        pod.program("psql", 'echo "ERROR:  division by zero" >&2; exit 3');
        pod.write("object", "SELECT 1/0;\n");
        const { tools } = await pod.run("restore");
        assert.deepEqual(
            [tools.status, tools.stderr],
            [1, "ERROR:  division by zero\nThe restore failed, exit code 3\n"],
        );
    });

    it("dump MySQL and MariaDB by whatever names their programs have", async () => {
        pod.program("mariadb", "printf 'shop\\nstock\\n'");
        pod.program(
            "mariadb-dump",
            'case "$1" in --help) echo --set-gtid-purged ;; *) echo "$@" ;; esac',
        );
        const env = { DB_HOST: "db", DB_PORT: "3306", DB_USER: "root" };
        const dumped = await pod.run("backup", { database: "mysql" }, env);
        assert.deepEqual([dumped.database.status, dumped.tools.status], [0, 0]);
        assert.equal(
            pod.read("object"),
            "--host=db --port=3306 --user=root --single-transaction --routines --events --triggers --no-tablespaces --add-drop-database --set-gtid-purged=OFF --databases shop stock\n",
        );
    });
});
