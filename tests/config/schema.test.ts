import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

/** What is wrong with a configuration, as sentences. */
function mistakes(values: Values, secretsSet: string[] = []): string[] {
    try {
        parse(values, secretsSet);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const existing = (name: string) => ({ type: "existing", kubeconfig: name });
const s3 = {
    type: "existing",
    bucket: "backups",
    endpoint: { source: "https://s3.example.com", target: "http://10.0.0.7:9000" },
};
const keys = ["storeAccessKey", "storeSecretKey"];

const label =
    "use lower-case letters, digits and dashes, beginning and ending with a letter or digit";
const bucket = "use 3 to 63 lower-case letters, digits, dots and dashes";
const time = "write a time such as `30 minutes`";
const network = "write an IPv4 network such as `172.30.77.0/24`";
const url = "write a URL without a path, such as `https://s3.example.com`";
const removal = { op: "remove", path: "/a" };
const notAKey = "is not a key: remove it, or correct its name";

describe("a mistake in the configuration", () => {
    /** What is set, and the part of the sentence after `crossing:`. */
    const table: [Values, string][] = [
        // Choices.
        [{ role: "both" }, "role` is `both`: use `all`, `store`, `source`, `target` or `drill`"],
        [{ role: "" }, "role` is ``: use `all`, `store`, `source`, `target` or `drill`"],
        [{ role: 3 }, "role` is `3`: use `all`, `store`, `source`, `target` or `drill`"],
        [{ onConflict: "merge" }, "onConflict` is `merge`: use `fail`, `replace` or `newName`"],
        [{ exceptions: "ignore" }, "exceptions` is `ignore`: use `warn` or `fail`"],
        [{ cancelOnTimeout: "yes" }, "cancelOnTimeout` is `yes`: use `true` or `false`"],
        [{ safetyBackup: 1 }, "safetyBackup` is `1`: use `true` or `false`"],
        [{ validateExport: "all" }, "validateExport` is `all`: use `true` or `false`"],
        [
            { onDestroy: { restorePoints: "delete" } },
            "onDestroy.restorePoints` is `delete`: use `keep` or `retire`",
        ],
        [{ restored: "drop" }, "restored` is `drop`: use `keep` or `delete`"],
        [{ source: "kind" }, "source` is `kind`: use `kind`, `existing` or `crc`"],
        [{ source: null }, "source` is `null`: use `kind`, `existing` or `crc`"],
        [{ source: {} }, "source.type` is missing: use `kind`, `existing` or `crc`"],
        [{ target: { type: "k3s" } }, "target.type` is `k3s`: use `kind`, `existing` or `crc`"],
        [
            { store: { type: "gcs" } },
            "store.type` is `gcs`: use `minio`, `minio-in-cluster`, `existing` or `stack`",
        ],
        [
            { target: { type: "kind", platform: "rosa" } },
            "target.platform` is `rosa`: use `kubernetes` or `openshift`",
        ],
        // Unknown keys, on top and below.
        [{ rol: "all" }, `rol\` ${notAKey}`],
        [{ applications: [{ sample: { row: 3 } }] }, `applications.0.sample.row\` ${notAKey}`],
        [{ source: { type: "kind", kubeconfig: "x" } }, `source.kubeconfig\` ${notAKey}`],
        [{ images: { mysql: "x" } }, `images.mysql\` ${notAKey}`],
        [{ timeouts: { exports: "1 hour" } }, `timeouts.exports\` ${notAKey}`],
        [{ k10: { license: "x" } }, `k10.license\` ${notAKey}`],
        [
            { store: { ...s3, endpoint: { ...s3.endpoint, lab: "https://x" } } },
            `store.endpoint.lab\` ${notAKey}`,
        ],
        // Types.
        [{ applications: [{ sample: 5 }] }, "applications.0.sample` is `5`: give keys with values"],
        [
            { applications: { shop: {} } },
            'applications` is `{"shop":{}}`: give a list of applications',
        ],
        [{ applications: [] }, "applications` is `[]`: name at least one application"],
        [{ k10: "9.0.4" }, "k10` is `9.0.4`: give keys with values"],
        [{ k10: { values: "x" } }, "k10.values` is `x`: give keys with values"],
        [{ k10: { version: 9 } }, "k10.version` is `9`: give a text"],
        [{ k10: { repository: 3 } }, "k10.repository` is `3`: give a text"],
        [{ k10: { chart: "" } }, "k10.chart` is ``: give a text that is not empty"],
        [{ images: { mariadb: "" } }, "images.mariadb` is ``: give a text that is not empty"],
        [{ images: { postgres: "" } }, "images.postgres` is ``: give a text that is not empty"],
        [
            { applications: [{ sample: { rows: "3" } }] },
            "applications.0.sample.rows` is `3`: give a number",
        ],
        [
            { applications: [{ sample: { database: "mysql" } }] },
            "applications.0.sample.database` is `mysql`: use `postgres` or `mariadb`",
        ],
        [
            { applications: [{ sample: { rows: 0 } }] },
            "applications.0.sample.rows` is `0`: give at least 1",
        ],
        [
            { applications: [{ sample: { rows: 1.5 } }] },
            "applications.0.sample.rows` is `1.5`: give a whole number",
        ],
        [{ runId: 5 }, "runId` is `5`: give a text"],
        [
            { store: { ...s3, endpoint: "https://x" } },
            "store.endpoint` is `https://x`: give keys with values",
        ],
        // Names.
        [{ runId: "" }, `runId\` is \`\`: ${label}`],
        [{ runId: "Nightly" }, `runId\` is \`Nightly\`: ${label}`],
        [{ runId: "-1" }, `runId\` is \`-1\`: ${label}`],
        [{ runId: "1-" }, `runId\` is \`1-\`: ${label}`],
        [{ runId: "a_b" }, `runId\` is \`a_b\`: ${label}`],
        [{ runId: "a.b" }, `runId\` is \`a.b\`: ${label}`],
        [{ runId: "a".repeat(21) }, `runId\` is \`${"a".repeat(21)}\`: use at most 20 characters`],
        [{ name: "x".repeat(41) }, `name\` is \`${"x".repeat(41)}\`: use at most 40 characters`],
        [
            { applications: [{ sample: { namespace: "Shop" } }] },
            `applications.0.sample.namespace\` is \`Shop\`: ${label}`,
        ],
        [{ store: { type: "minio", bucket: "ab" } }, `store.bucket\` is \`ab\`: ${bucket}`],
        [{ store: { ...s3, bucket: "Backups" } }, `store.bucket\` is \`Backups\`: ${bucket}`],
        [{ store: { ...s3, bucket: "backups-" } }, `store.bucket\` is \`backups-\`: ${bucket}`],
        // Times.
        ...["3", "", "0 hours", "1.5 hours", "1  hour", "2 days", "-1 hours", "1 hours "].map(
            (text): [Values, string] => [
                { timeouts: { export: text } },
                `timeouts.export\` is \`${text}\`: ${time}`,
            ],
        ),
        [{ timeouts: { restore: 3600 } }, "timeouts.restore` is `3600`: give a text"],
        // Other stacks.
        ...["store", "crossing/store", "a/b/c/d", "a//c", "a/b/c d"].map(
            (text): [Values, string] => [
                { sourceStack: text },
                `sourceStack\` is \`${text}\`: write \`organization/project/stack\`: with a backend of your own \`organization/crossing/<stack>\``,
            ],
        ),
        [
            { store: { type: "stack" } },
            "store.stack` is missing: name the stack with `role: store`, as `organization/project/stack`",
        ],
        // A MinIO.
        [{ store: { type: "minio", port: 0 } }, "store.port` is `0`: give at least 1"],
        [{ store: { type: "minio", port: 65_536 } }, "store.port` is `65536`: give at most 65535"],
        [
            { store: { type: "minio", onDestroy: "keep" } },
            "store.onDestroy` is `keep`: use `refuse` or `delete`",
        ],
        // Networks.
        ...["10.0.0.0/16", "10.0.0.1/24", "fd00::/64", "", "300.0.0.0/24", "1.2.999.0/24"].map(
            (text): [Values, string] => [
                { network: { subnet: text } },
                `network.subnet\` is \`${text}\`: ${network}`,
            ],
        ),
        // A Route.
        [{ route: { enabled: "yes" } }, "route.enabled` is `yes`: use `true` or `false`"],
        ...["https://shop.test", "Shop.test", "shop", "shop.test.", "*.test", "a_b.test"].map(
            (host): [Values, string] => [
                { route: { host } },
                `route.host\` is \`${host}\`: write a DNS name such as \`shop.example.com\``,
            ],
        ),
        [
            { route: { domain: `${"a".repeat(60)}.`.repeat(5) + "test" } },
            `route.domain\` is \`${`${"a".repeat(60)}.`.repeat(5)}test\`: use at most 253 characters`,
        ],
        // A kind cluster.
        [{ source: { type: "kind", workers: -1 } }, "source.workers` is `-1`: give 0 or more"],
        [{ source: { type: "kind", workers: 10 } }, "source.workers` is `10`: give at most 9"],
        [
            { source: { type: "kind", workers: 0.5 } },
            "source.workers` is `0.5`: give a whole number",
        ],
        [{ source: { type: "kind", workers: "1" } }, "source.workers` is `1`: give a number"],
        [
            { target: { type: "kind", extraMounts: [{ hostPath: "pv", containerPath: "/data" }] } },
            "target.extraMounts.0.hostPath` is `pv`: write a path that begins with `/`",
        ],
        // A restore.
        ...(["newest", {}, { time: "x", name: "y" }, null] as const).map(
            (restorePoint): [Values, string] => [
                { restore: { restorePoint } },
                `restore.restorePoint\` is \`${typeof restorePoint === "string" ? restorePoint : JSON.stringify(restorePoint)}\`: use \`latest\`, \`{time: 2026-01-31T12:00:00Z}\` or \`{name: …}\``,
            ],
        ),
        [
            { restore: { restorePoint: { time: "yesterday" } } },
            "restore.restorePoint.time` is `yesterday`: write a time such as `2026-01-31T12:00:00Z`",
        ],
        [
            { restore: { restorePoint: { name: "" } } },
            "restore.restorePoint.name` is ``: give a text that is not empty",
        ],
        [
            { restore: { targetNamespace: "Shop" } },
            `restore.targetNamespace\` is \`Shop\`: ${label}`,
        ],
        [{ restore: { dataOnly: "yes" } }, "restore.dataOnly` is `yes`: use `true` or `false`"],
        [{ restore: { filter: {} } }, `restore.filter\` ${notAKey}`],
        [{ restore: { filters: { includes: [] } } }, `restore.filters.includes\` ${notAKey}`],
        [
            { restore: { filters: { exclude: [{}] } } },
            "restore.filters.exclude.0` is `{}`: say which objects are meant, by `group`, `version`, `resource`, `name`, `matchLabels` or `matchExpressions`",
        ],
        [
            { restore: { filters: { include: [{ kind: "Secret" }] } } },
            `restore.filters.include.0.kind\` ${notAKey}`,
        ],
        [
            { restore: { transforms: [{}] } },
            "restore.transforms.0` is `{}`: give a `transformSetRef`, or a `subject` with `json` operations",
        ],
        [
            { restore: { transforms: ["to-openshift"] } },
            "restore.transforms.0` is `to-openshift`: give a `transformSetRef`, or a `subject` with `json` operations",
        ],
        [
            { restore: { transforms: [{ json: [{ op: "remove", path: "/a" }] }] } },
            "restore.transforms.0.subject` is missing: say by `group`, `version`, `resource` or `name` which objects are meant",
        ],
        [
            { restore: { transforms: [{ transformSetRef: {} }] } },
            "restore.transforms.0.transformSetRef.name` is missing: give its name",
        ],
        ...(
            [
                [
                    { op: "merge", path: "/a" },
                    ".op` is `merge`: use `test`, `add`, `remove`, `copy`, `move` or `replace`",
                ],
                [
                    { op: "remove", path: "a" },
                    ".path` is `a`: write a JSON pointer, which begins with `/`",
                ],
                [
                    { op: "move", path: "/a" },
                    '` is `{"op":"move","path":"/a"}`: give `from` for `copy` and `move`, and for nothing else',
                ],
                [
                    { op: "add", path: "/a" },
                    '` is `{"op":"add","path":"/a"}`: give the `value` that `add` and `replace` write',
                ],
                [
                    { op: "test", path: "/a", value: 1, regex: "b" },
                    '` is `{"op":"test","path":"/a","value":1,"regex":"b"}`: give `test` either a `value` or a `regex`',
                ],
                [
                    { op: "remove", path: "/a~b" },
                    ".path` is `/a~b`: write `~0` for `~` and `~1` for `/` within a name",
                ],
                [
                    { op: "remove", path: "/a", value: 1 },
                    '` is `{"op":"remove","path":"/a","value":1}`: leave `value` out, which `remove` does not write',
                ],
                [
                    { op: "remove", path: "/a", regex: "b" },
                    '` is `{"op":"remove","path":"/a","regex":"b"}`: leave `regex` out, which `add` and `remove` do not look at',
                ],
                [
                    { op: "copy", from: "/b", path: "/a", value: 1 },
                    '` is `{"op":"copy","path":"/a","from":"/b","value":1}`: give `copy` and `move` a `value` only together with a `regex`',
                ],
                [
                    { op: "test", path: "/a", regex: "(?=b)" },
                    ".regex` is `(?=b)`: write a regular expression of RE2",
                ],
                [
                    { op: "test", path: "/a", regex: "(" },
                    ".regex` is `(`: write a regular expression of RE2",
                ],
            ] as const
        ).map(([operation, rest]): [Values, string] => [
            { restore: { transforms: [{ subject: { resource: "routes" }, json: [operation] }] } },
            `restore.transforms.0.json.0${rest}`,
        ]),
        [
            { restore: { transforms: [{ subject: {}, json: [{ op: "remove", path: "/a" }] }] } },
            "restore.transforms.0.subject` is `{}`: say which objects are meant, by `group`, `version`, `resource` or `name`",
        ],
        [
            { restore: { transforms: [{ subject: { resource: "routes" }, json: [] }] } },
            "restore.transforms.0.json` is `[]`: give at least one operation",
        ],
        // Sets of transforms.
        [
            { transformSets: { a: [{ subject: { resource: "routes" }, json: [removal] }] } },
            "transformSets.a.0.name` is missing: give its name",
        ],
        [{ transformSets: { a: [] } }, "transformSets.a` is `[]`: give at least one transform"],
        [
            { transformSets: { a: { json: [] } } },
            'transformSets.a` is `{"json":[]}`: give a list of transforms',
        ],
        [
            { transformSets: { a: [{ name: "b", subject: {}, json: [removal] }] } },
            "transformSets.a.0.subject` is `{}`: say which objects are meant, by `group`, `version`, `resource` or `name`",
        ],
        // An existing cluster.
        [
            { source: { type: "existing" } },
            "source.kubeconfig` is missing: give the path of a kubeconfig, or its contents by `pulumi config set --secret crossing:sourceKubeconfig`",
        ],
        [
            { target: { type: "existing", kubeconfig: "" } },
            "target.kubeconfig` is ``: give a text that is not empty",
        ],
        [{ target: { ...existing("a"), context: 4 } }, "target.context` is `4`: give a text"],
        // An existing store.
        ...[
            "s3.example.com",
            "s3://bucket",
            "https://s3.example.com/",
            "https://s3/x",
            "https://",
        ].map((text): [Values, string] => [
            { store: { ...s3, endpoint: { ...s3.endpoint, source: text } } },
            `store.endpoint.source\` is \`${text}\`: ${url}`,
        ]),
        [
            { store: { type: "existing", bucket: "backups" } },
            "store.endpoint` is missing: give the store's URL for `source` and for `target`",
        ],
        [
            { store: { type: "existing", endpoint: s3.endpoint } },
            "store.bucket` is missing: give the name of a bucket that exists",
        ],
        [
            { store: { ...s3, endpoint: { source: "https://s3" } } },
            "store.endpoint.target` is missing: give the store's URL as this cluster reaches it",
        ],
    ];
    for (const [values, rest] of table) {
        it(`${JSON.stringify(values)} is one sentence, and says what to do`, () => {
            assert.deepEqual(mistakes(values), [`\`crossing:${rest}.`]);
        });
    }

    it("is found in what is only wrong together: a store without its keys", () => {
        const missing = (key: string) =>
            `\`crossing:${key}\` is missing, which an existing store needs: set it by \`pulumi config set --secret crossing:${key}\`.`;
        assert.deepEqual(mistakes({ store: s3 }), keys.map(missing));
        assert.deepEqual(mistakes({ store: s3 }, ["storeAccessKey"]), [missing("storeSecretKey")]);
        assert.deepEqual(mistakes({ store: s3 }, ["storeSecretKey"]), [missing("storeAccessKey")]);
        assert.deepEqual(mistakes({ store: s3 }, keys), []);
    });

    it("is found in what is only wrong together: keys beside a MinIO that has its own", () => {
        const useless = (key: string) =>
            `\`crossing:${key}\` is set, but the stack makes its own MinIO and its keys: remove it, or set \`crossing:store\` to an existing store.`;
        assert.deepEqual(mistakes({}, keys), keys.map(useless));
        assert.deepEqual(mistakes({ store: { type: "minio" } }, ["storeSecretKey"]), [
            useless("storeSecretKey"),
        ]);
        assert.deepEqual(mistakes({}, ["receiveString"]), []);
    });

    it("is found in what is only wrong together: two existing clusters and a MinIO on this machine", () => {
        const both = { source: existing("a"), target: existing("b") };
        assert.deepEqual(mistakes(both), [
            "`crossing:store` is a MinIO on this machine's Docker network, which no existing cluster reaches: set it to an existing store.",
        ]);
        assert.deepEqual(mistakes({ ...both, store: s3 }, keys), []);
        assert.deepEqual(mistakes({ source: existing("a") }), []);
        assert.deepEqual(mistakes({ target: existing("b") }), []);
    });

    it("is found in what is only wrong together: a part of the crossing that lacks another", () => {
        const store = { type: "stack", stack: "organization/crossing/store" };
        const sourceStack = "organization/crossing/source";
        assert.deepEqual(mistakes({ role: "target", store }), [
            "`crossing:sourceStack` is missing, which `role: target` needs: name the stack with `role: source`, as `organization/project/stack`.",
        ]);
        assert.deepEqual(mistakes({ role: "target", store, sourceStack }), []);
        const k10 = { disasterRecovery: {} };
        assert.deepEqual(mistakes({ role: "target", store, sourceStack, k10 }), [
            "`crossing:k10.disasterRecovery` is K10's backup of itself on the source, which `role: target` does not hold: move it to its stack.",
        ]);
        for (const role of ["source", "target"]) {
            assert.deepEqual(mistakes({ role, sourceStack }), [
                `\`crossing:store\` is a MinIO of the stack itself, which would go with \`role: ${role}\`: set it to an existing store, or to the stack with \`role: store\`.`,
            ]);
            assert.deepEqual(mistakes({ role, sourceStack, store: s3 }, keys), []);
        }
        for (const role of ["all", "store"]) {
            assert.deepEqual(mistakes({ role, store }), [
                `\`crossing:store\` is that of another stack, which \`role: ${role}\` has no use for: set it to a MinIO or an existing store.`,
            ]);
        }
        assert.deepEqual(mistakes({ role: "source", store }, ["storeAccessKey"]), [
            "`crossing:storeAccessKey` is set, but the keys come from the stack of the store: remove it, or set `crossing:store` to an existing store.",
        ]);
        const both = { source: existing("a"), target: existing("b") };
        assert.deepEqual(mistakes({ ...both, role: "store" }), []);
    });

    it("is found in what is only wrong together: a restore that cannot be as it is wished", () => {
        const filters = { exclude: [{ resource: "secrets" }] };
        const needless =
            "`crossing:safetyBackup` is of no use where nothing is overwritten: set `crossing:onConflict` to `replace`, or remove it.";
        const nothingThere =
            "`crossing:restore.dataOnly` needs the application to be there already: set `crossing:onConflict` to `replace`, or remove it.";
        assert.deepEqual(mistakes({ safetyBackup: true }), [needless]);
        assert.deepEqual(mistakes({ safetyBackup: true, onConflict: "newName" }), [needless]);
        assert.deepEqual(mistakes({ safetyBackup: true, onConflict: "replace" }), []);
        assert.deepEqual(mistakes({ restore: { dataOnly: true } }), [nothingThere]);
        assert.deepEqual(mistakes({ restore: { dataOnly: true }, onConflict: "replace" }), []);
        assert.deepEqual(
            mistakes({
                restore: { dataOnly: true, filters },
                ...{ onConflict: "replace", restored: "delete" },
            }),
            [
                "`crossing:restore.filters` does not go with `crossing:restore.dataOnly`, which restores volumes and nothing else: remove one of them.",
                "`crossing:restored: delete` would delete the application that `crossing:restore.dataOnly` restores into: remove one of them.",
            ],
        );
        assert.deepEqual(mistakes({ restore: { filters } }), []);
    });

    it("comes with all others, sorted, in one message", () => {
        const values = {
            role: "both",
            runId: "Nightly",
            source: { type: "existing", kubeconfig: "" },
            network: { subnet: "10.0.0.0/8", driver: "bridge" },
            timeouts: { export: "soon" },
            colour: "red",
        };
        const sentences = [
            `\`crossing:colour\` ${notAKey}.`,
            `\`crossing:network.driver\` ${notAKey}.`,
            `\`crossing:network.subnet\` is \`10.0.0.0/8\`: ${network}.`,
            "`crossing:role` is `both`: use `all`, `store`, `source`, `target` or `drill`.",
            `\`crossing:runId\` is \`Nightly\`: ${label}.`,
            "`crossing:source.kubeconfig` is ``: give a text that is not empty.",
            `\`crossing:timeouts.export\` is \`soon\`: ${time}.`,
        ];
        assert.throws(() => parse(values, []), {
            message: ["The configuration has 7 mistakes:", ...sentences].join("\n  - "),
        });
    });

    it("that is alone is not called several", () => {
        assert.throws(() => parse({ role: "both" }, []), {
            message:
                "The configuration has a mistake:\n  - `crossing:role` is `both`: use `all`, `store`, `source`, `target` or `drill`.",
        });
    });

    it("in one key comes before what is wrong only together: that is looked for once each key is right", () => {
        assert.deepEqual(mistakes({ role: "both", store: s3 }), [
            "`crossing:role` is `both`: use `all`, `store`, `source`, `target` or `drill`.",
        ]);
    });
});

describe("secrets", () => {
    const password = "hunter2";

    it("that stand under a wrong key are not repeated", () => {
        const wrong: Values[] = [
            { storeSecretKye: password },
            { store: { ...s3, secretKey: password } },
            { store: { type: "s3", secretKey: password } },
            { source: { ...existing("a"), token: password } },
            { source: { type: "eks", token: password } },
        ];
        for (const values of wrong) {
            const found = mistakes(values, keys);
            assert.equal(found.length, 1, JSON.stringify(values));
            assert.doesNotMatch(found[0], /hunter2/);
        }
    });

    it("have no place in an endpoint, and are not repeated from there", () => {
        const endpoint = { ...s3.endpoint, target: `https://user:${password}@s3.example.com` };
        assert.deepEqual(mistakes({ store: { ...s3, endpoint } }, keys), [
            `\`crossing:store.endpoint.target\` is \`https://[secret]@s3.example.com\`: ${url}.`,
        ]);
    });
});

describe("an empty configuration", () => {
    const kind = {
        type: "kind",
        nodeImage:
            "kindest/node:v1.36.1@sha256:3489c7674813ba5d8b1a9977baea8a6e553784dab7b84759d1014dbd78f7ebd5",
        workers: 0,
        extraMounts: [],
    };

    it("means two kind clusters and a MinIO", () => {
        assert.deepEqual(parse({}, []), {
            role: "all",
            runId: "1",
            source: { ...kind, platform: "kubernetes" },
            target: { ...kind, platform: "openshift" },
            network: { subnet: "172.30.77.0/24" },
            store: {
                type: "minio",
                image: "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z@sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e",
                bucket: "crossing",
            },
            applications: [
                {
                    namespace: "shop",
                    after: [],
                    sample: {
                        namespace: "shop",
                        database: "postgres",
                        rows: 1_000,
                        storage: "1Gi",
                    },
                },
            ],
            policyPer: "application",
            grants: [],
            concurrency: 5,
            locations: {},
            exportLocation: "crossing",
            k10: {
                chart: "k10",
                version: "9.0.4",
                repository: "https://charts.kasten.io/",
                values: {},
            },
            images: {
                mariadb:
                    "docker.io/library/mariadb:11.8.6@sha256:78a5047d3ba33975f183f183c2464cc7f1eab13ec8667e57cc9a5821d6da7577",
                postgres:
                    "docker.io/library/postgres:17.6@sha256:00bc86618629af00d2937fdc5a5d63db3ff8450acf52f0636ec813c7f4902929",
                nginx: "docker.io/nginxinc/nginx-unprivileged:1.28.0@sha256:4adeed9e12f0ce19d42c3f66dcfc0cbaee6872e1762f390c9f97a5dc1f3502f3",
                curl: "docker.io/curlimages/curl:8.11.1@sha256:c1fe1679c34d9784c1b0d1e5f62ac0a79fca01fb6377cdd33e90473c6f9f9a69",
                kanister: "ghcr.io/kanisterio/kanister-tools:0.118.0",
                node: "docker.io/library/node:22.22.0-alpine3.23@sha256:e4bf2a82ad0a4037d28035ae71529873c069b13eb0455466ae0bc13363826e34",
                haproxy:
                    "docker.io/library/haproxy:3.2.24-alpine3.24@sha256:686211da34aba401814bb109c813db6a579491bc8753bfd81b78cce7d1e02f7c",
            },
            route: { enabled: true, domain: "apps.crossing.test" },
            onConflict: "fail",
            restore: { restorePoint: "latest", dataOnly: false, transforms: [] },
            safetyBackup: false,
            validateExport: false,
            cancelOnTimeout: false,
            exceptions: "warn",
            restored: "keep",
            onDestroy: { restorePoints: "keep" },
            timeouts: {
                install: 900,
                validation: 180,
                export: 3_600,
                import: 1_800,
                restore: 3_600,
                store: 120,
                snapshot: 300,
                application: 300,
            },
            requestsPerSecond: 20,
        });
    });

    it("is frozen all the way down", () => {
        const config = parse({ k10: { values: { a: { b: 1 } } } }, []);
        const thaw: (() => void)[] = [
            () => void (config.runId = "2"),
            () => void (config.applications[0].namespace = "x"),
            () => void (config.k10.values["a"] = 2),
            () => void ((config.k10.values["a"] as Values)["b"] = 2),
        ];
        for (const change of thaw) {
            assert.throws(change, TypeError);
        }
    });
});

describe("what is left open below a key that is set", () => {
    it("gets its default", () => {
        const config = parse(
            {
                target: existing("ocp.yaml"),
                applications: [{ sample: { rows: 5 } }],
                k10: { version: "8.0.0" },
            },
            [],
        );
        assert.deepEqual(config.target, {
            type: "existing",
            kubeconfig: "ocp.yaml",
            platform: "kubernetes",
        });
        assert.deepEqual(config.applications[0]?.sample, {
            ...{ namespace: "shop", database: "postgres", rows: 5, storage: "1Gi" },
        });
        assert.deepEqual(config.k10, {
            chart: "k10",
            version: "8.0.0",
            repository: "https://charts.kasten.io/",
            values: {},
        });
        assert.deepEqual(parse({ store: s3 }, keys).store, { ...s3, region: "us-east-1" });
    });

    it("stays empty where empty means something: a chart by path has no repository", () => {
        assert.equal(parse({ k10: { repository: "" } }, []).k10.repository, "");
    });
});

describe("a restore", () => {
    it("is described in K10's own words", () => {
        const restore = {
            restorePoint: { time: "2026-01-31T12:00:00+01:00" },
            targetNamespace: "shop-copy",
            filters: {
                include: [{ group: "apps", resource: "deployments" }],
                exclude: [
                    {
                        matchLabels: { tier: "cache" },
                        matchExpressions: [{ key: "a", operator: "In", values: ["b"] }],
                    },
                ],
            },
            transforms: [
                { transformSetRef: { name: "to-openshift", namespace: "kasten-io" } },
                {
                    name: "class",
                    subject: { resource: "persistentvolumeclaims" },
                    json: [
                        { op: "test", path: "/spec/storageClassName", value: "standard" },
                        { op: "replace", path: "/spec/storageClassName", value: null },
                        { op: "copy", from: "/a/*", path: "/b/$1" },
                    ],
                },
            ],
        };
        assert.deepEqual(parse({ restore }, []).restore, { ...restore, dataOnly: false });
    });
});

describe("diagnostics", () => {
    it("are not wanted unless a folder is named, and then on every failure", () => {
        assert.equal(parse({}, []).diagnostics, undefined);
        assert.deepEqual(parse({ diagnostics: { folder: "d" } }, []).diagnostics, {
            ...{ folder: "d", onFailure: true },
        });
        const diagnostics = { folder: "/var/d", onFailure: false };
        assert.deepEqual(parse({ diagnostics }, []).diagnostics, diagnostics);
    });

    it("say what is wrong", () => {
        assert.deepEqual(mistakes({ diagnostics: { onFailure: "yes" } }), [
            "`crossing:diagnostics.folder` is missing: give the path of a folder.",
            "`crossing:diagnostics.onFailure` is `yes`: use `true` or `false`.",
        ]);
    });
});

describe("times", () => {
    const table: [string, number][] = [
        ["1 second", 1],
        ["90 seconds", 90],
        ["1 minute", 60],
        ["30 minutes", 1_800],
        ["1 hour", 3_600],
        ["2 hours", 7_200],
    ];
    for (const [text, expected] of table) {
        it(`\`${text}\` is ${expected} seconds`, () => {
            assert.equal(parse({ timeouts: { export: text } }, []).timeouts.export, expected);
        });
    }
});

describe("names", () => {
    it("of a run are accepted exactly if Kubernetes would accept them and they are short", () => {
        const letters = fc.constantFrom("a", "z", "0", "9", "-", ".", "A", "_", "ä");
        fc.assert(
            fc.property(fc.array(letters, { maxLength: 24 }), characters => {
                const runId = characters.join("");
                const fine =
                    [...runId].every(c => "az09-".includes(c)) &&
                    runId.length >= 1 &&
                    runId.length <= 20 &&
                    !runId.startsWith("-") &&
                    !runId.endsWith("-");
                assert.equal(mistakes({ runId }).length === 0, fine, runId);
            }),
        );
    });
});
