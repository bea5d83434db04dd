import assert from "node:assert/strict";
import { sampleBlueprint } from "../../config/blueprints";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

function mistakes(values: Values): string[] {
    try {
        parse(values, []);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const orders = {
    ...{ name: "orders", database: "postgres", image: "postgres:17", service: "db" },
    workload: { kind: "StatefulSet", name: "db" },
    secret: { name: "db", username: "user", password: "password" },
};
const { workload: _, ...unbound } = orders;
const resources = { matchAll: [{ labels: { key: "db", operator: "Exists" } }] };
const dumped = { sample: { backup: "dump" } };

describe("Blueprints in the configuration", () => {
    it("are databases in workloads, or in what an operator has", () => {
        const { secret, service: __, ...rest } = unbound;
        const other = {
            ...{ ...rest, name: "stock", database: "mongodb", resources, port: 27018 },
            ...{
                host: "db.example.com",
                secret: { name: secret.name, password: "pw" },
                user: "root",
            },
        };
        const blueprints = [orders, other];
        assert.deepEqual(parse({ blueprints }, []).blueprints, blueprints);
        assert.equal(parse({}, []).blueprints, undefined);
    });

    it("are a sample's own by one word", () => {
        const { applications } = parse({ applications: [dumped] }, []);
        assert.deepEqual(applications[0]?.sample, {
            ...{ namespace: "shop", rows: 1_000, storage: "1Gi", backup: "dump" },
            database: "postgres",
        });
        assert.equal(sampleBlueprint("shop"), "shop-database");
    });

    const store = { type: "stack", stack: "organization/crossing/store" };
    const target = { role: "target", sourceStack: "organization/crossing/source", store };
    const two = [{ sample: {} }, { namespace: "books" }];
    const cases: [name: string, values: Values, expected: string[]][] = [
        [
            "what is missing",
            { blueprints: [{ name: "orders", workload: { kind: "Job", name: "x" } }] },
            [
                "`crossing:blueprints.0.database` is missing: use `postgres`, `mysql` or `mongodb`.",
                "`crossing:blueprints.0.image` is missing: give the image that the database runs on.",
                "`crossing:blueprints.0.secret` is missing: name the Secret that opens the database.",
                "`crossing:blueprints.0.workload.kind` is `Job`: use `Deployment`, `StatefulSet` or `DeploymentConfig`.",
            ],
        ],
        [
            "templates and blanks in what goes into a Blueprint",
            {
                blueprints: [
                    {
                        ...{ ...orders, databases: ["a b"] },
                        secret: { name: "{{ .x }}", username: "u", password: "a b" },
                    },
                ],
            },
            [
                "`crossing:blueprints.0.databases.0` is `a b`: give a text without blanks, line ends and braces.",
                "`crossing:blueprints.0.secret.name` is `{{ .x }}`: give a text without blanks, line ends and braces.",
                "`crossing:blueprints.0.secret.password` is `a b`: give a key of the Secret.",
            ],
        ],
        [
            "a dump of a sample over another database than PostgreSQL",
            { applications: [{ sample: { database: "mariadb", backup: "dump" } }] },
            [
                "`crossing:applications.0.sample` is over `mariadb`, and `backup: dump` is for samples over `postgres`: remove `backup`, or take that database.",
            ],
        ],
        [
            "a name twice",
            { blueprints: [orders, orders] },
            [
                "`crossing:blueprints.1` has the name `orders` of another Blueprint or binding: choose another one.",
            ],
        ],
        [
            "the name of a sample's, and of a binding",
            {
                applications: [dumped],
                blueprints: [{ ...orders, name: "shop-database" }, orders],
                blueprintBindings: [{ name: "orders", blueprint: "x", resources }],
            },
            [0, 1].map(
                index =>
                    `\`crossing:blueprints.${index}\` has the name \`${["shop-database", "orders"][index]}\` of another Blueprint or binding: choose another one.`,
            ),
        ],
        [
            "several applications to choose from",
            { applications: two, blueprints: [orders] },
            [
                "`crossing:blueprints.0` has no `namespace`, and there are several applications: name one of `shop`, `books`.",
            ],
        ],
        [
            "a stranger's namespace",
            { applications: two, blueprints: [{ ...orders, namespace: "stock" }] },
            [
                "`crossing:blueprints.0` has the namespace `stock`, which is no application's: name one of `shop`, `books`.",
            ],
        ],
        [
            "no namespace on a target of its own",
            { ...target, blueprints: [orders] },
            [
                "`crossing:blueprints.0` has no `namespace`, which `role: target` needs: name that of the application.",
            ],
        ],
        [
            "a namespace beside what says it itself",
            { blueprints: [{ ...unbound, resources, namespace: "shop" }] },
            [
                "`crossing:blueprints.0` has a `namespace` beside `resources`, which say that themselves: remove it, and say it there.",
            ],
        ],
        [
            "a safety backup, which has no location",
            { applications: [dumped], safetyBackup: true, onConflict: "replace" },
            [
                "`crossing:safetyBackup` is a BackupAction, which has no location for a dump, and the target's Blueprints would make one: remove it, or the dump.",
            ],
        ],
    ];
    for (const [name, values, expected] of cases) {
        it(`are not ${name}`, () => assert.deepEqual(mistakes(values), expected));
    }

    const pairs: [Values, string][] = [
        [unbound, "give either `workload` or `resources`"],
        [{ ...orders, resources }, "give either `workload` or `resources`"],
        [{ ...orders, host: "db.example.com" }, "give either `service` or `host`"],
        [{ ...orders, user: "root" }, "give either `secret.username` or `user`"],
        [
            { ...orders, database: "mongodb", databases: ["a"] },
            "leave `databases` out: a dump of MongoDB has all of them",
        ],
    ];
    for (const [given, advice] of pairs) {
        it(`hear of what excludes each other: ${advice}, ${Object.keys(given).join()}`, () => {
            const [only, ...more] = mistakes({ blueprints: [given] });
            assert.deepEqual(more, []);
            assert.match(only, /^`crossing:blueprints\.0` is `\{.*\}`: /);
            assert.ok(only.endsWith(`: ${advice}.`), only);
        });
    }
});
