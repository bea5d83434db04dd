import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

function mistakes(values: Values): string[] {
    try {
        const secrets = "locations" in values ? ["locationSecrets"] : [];
        parse(values, secrets, secrets.length > 0 ? JSON.stringify(vbrSecrets) : undefined);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const daily = { frequency: "@daily", retention: { daily: 7 } };
const window = { start: "22:00", end: "04:30" };
const silver = daily;
const gold = { ...daily, export: {} };
const snapshots = { ...daily, export: { enabled: false } };
const store = { type: "stack", stack: "organization/crossing/store" };
const locations = {
    here: { type: "nfs", claimName: "share", sides: ["source"] },
    vbr: { type: "vbr", server: "vbr.example.com", repository: "R", metadataLocation: "crossing" },
};
const vbrSecrets = { vbr: { username: "u", password: "p" } };
const binding = {
    name: "pg",
    blueprint: "postgres",
    resources: { matchAll: [{ namespace: { operator: "In", values: ["shop"] } }] },
};

describe("policies in the configuration", () => {
    it("are on demand and export all data, if nothing else is said", () => {
        const policy = {
            ...{ paused: false, staggering: false, ignoreExceptions: false },
            export: { enabled: true, data: true },
        };
        assert.deepEqual(parse({ policy: {}, importPolicy: {}, policies: { p: {} } }, []), {
            ...parse({}, []),
            policy,
            importPolicy: { paused: false },
            policies: {
                p: { ...policy, on: "source", cluster: false, withoutData: false },
            },
        });
    });

    it("may say all that K10 takes", () => {
        const hook = { blueprint: "pg", actionName: "freeze" };
        const hooks = { preHook: hook, onSuccess: hook, onFailure: hook };
        const policy = {
            ...{ frequency: "@daily", subFrequency: { hours: [2, 14], minutes: [7] } },
            ...{ retention: { daily: 7, yearly: 1 }, hooks, ignoreExceptions: true },
            export: {
                ...{ frequency: "@weekly", retention: { weekly: 4 }, hooks },
                ...{ exporterStorageClass: "fast", blockModeProfile: "vbr" },
                overrides: [{ storageClass: "gold", exporterStorageClass: "x" }],
            },
            filters: {
                include: [{ group: "apps", resource: "deployments" }],
                exclude: [
                    { matchExpressions: [{ key: "tmp", operator: "Exists" }] },
                    { matchLabels: { tmp: "yes" } },
                ],
            },
        };
        const values = {
            locations,
            policy,
            importPolicy: { frequency: "@hourly", subFrequency: { minutes: [0, 30] } },
            policies: {
                nightly: { ...policy, namespaces: ["shop", "web-*"], comment: "c", on: "target" },
                gold: { preset: "gold", hooks, selector: { matchLabels: { team: "shop" } } },
                local: { ...snapshots, withoutData: true },
                cluster: {
                    ...{ ...snapshots, cluster: true, location: "here" },
                    filters: { excludeClusterResources: [{ resource: "storageclasses" }] },
                },
                both: {
                    ...{ ...daily, namespaces: ["shop", "kasten-io-cluster"] },
                    filters: { includeClusterResources: [{ resource: "clusterroles" }] },
                },
                window: {
                    ...{ frequency: "@weekly", retention: { weekly: 1 }, staggering: true },
                    ...{ subFrequency: { weekdays: [6] }, location: "vbr" },
                    backupWindow: { start: "22:30", end: "04:00" },
                },
            },
            blueprintBindings: [
                binding,
                { ...binding, on: "target", disabled: true },
                {
                    name: "all",
                    blueprint: "b",
                    resources: { matchAny: [{ labels: { key: "k", operator: "DoesNotExist" } }] },
                },
            ],
        };
        assert.deepEqual(mistakes(values), []);
    });

    const crossing = (name: string) =>
        `\`crossing:policy.export.${name}\` is \`false\`, but what this policy exports is what crosses: remove it, and write a policy of snapshots alone below \`crossing:policies\`.`;
    const withoutData = (name: string) =>
        `\`crossing:policies.${name}\` leaves out data of volumes, which would be lost with their cluster: export all of it, or say \`withoutData: true\`.`;
    const table: [Values, string[]][] = [
        [
            { policy: { frequency: "daily" } },
            [
                "`crossing:policy.frequency` is `daily`: use `@onDemand`, `@hourly`, `@daily`, `@weekly`, `@monthly` or `@yearly`.",
            ],
        ],
        // Retention.
        [
            { policy: { frequency: "@daily" } },
            [
                "`crossing:policy.retention` is missing, which frequency `@daily` needs: say how many restore points are kept, such as `{ daily: 7 }`.",
            ],
        ],
        [
            { policy: { retention: { daily: 7 } } },
            [
                "`crossing:policy.retention` is of no use on demand, where nothing is retired by itself: remove it.",
            ],
        ],
        [
            { policy: { ...daily, retention: { hourly: 3, daily: 7 } } },
            [
                "`crossing:policy.retention.hourly` is more often than frequency `@daily`: remove it, or run the policy more often.",
            ],
        ],
        [
            { policy: { ...daily, retention: { daily: -1 } } },
            ["`crossing:policy.retention.daily` is `-1`: give at least 0."],
        ],
        [
            { policy: { export: { retention: { daily: 1 } } } },
            [
                "`crossing:policy.export.retention` is of no use on demand, where nothing is retired by itself: remove it.",
            ],
        ],
        [
            { policy: { ...daily, export: { frequency: "@weekly", retention: { daily: 1 } } } },
            [
                "`crossing:policy.export.retention.daily` is more often than frequency `@weekly`: remove it, or run the policy more often.",
            ],
        ],
        // When it runs.
        [
            { policy: { ...daily, export: { frequency: "@hourly" } } },
            [
                "`crossing:policy.export.frequency` is `@hourly`, more often than the policy itself, which is `@daily`: use the same or a longer one.",
            ],
        ],
        [
            { policy: { export: { frequency: "@daily" } } },
            [
                "`crossing:policy.export.frequency` is `@daily`, but the policy runs on demand: remove it, or set `crossing:policy.frequency`.",
            ],
        ],
        [{ policy: { export: { frequency: "@onDemand" } } }, []],
        [
            { policy: { ...daily, export: { frequency: "@onDemand" } } },
            [
                "`crossing:policy.export.frequency` is `@onDemand`, more often than the policy itself, which is `@daily`: use the same or a longer one.",
            ],
        ],
        [
            { policy: { subFrequency: { minutes: [5] } } },
            [
                "`crossing:policy.subFrequency` is of no use on demand: remove it, or set `crossing:policy.frequency`.",
            ],
        ],
        [
            { importPolicy: { subFrequency: { minutes: [5] } } },
            [
                "`crossing:importPolicy.subFrequency` is of no use on demand: remove it, or set `crossing:importPolicy.frequency`.",
            ],
        ],
        [
            { importPolicy: { frequency: "@hourly", subFrequency: { minutes: [7, 10] } } },
            [
                "`crossing:importPolicy.subFrequency.minutes` has several values, which must be multiples of 5: correct them.",
            ],
        ],
        [
            { policy: { ...daily, subFrequency: { minutes: [60], hours: [24] } } },
            [
                "`crossing:policy.subFrequency.hours.0` is `24`: give at most 23.",
                "`crossing:policy.subFrequency.minutes.0` is `60`: give at most 59.",
            ],
        ],
        [
            {
                policy: {
                    ...{ frequency: "@weekly", retention: { weekly: 1 } },
                    subFrequency: { hours: [3, 4], weekdays: [1, 5], days: [2] },
                },
            },
            [
                "`crossing:policy.subFrequency.days` has no meaning with frequency `@weekly`: remove it.",
                "`crossing:policy.subFrequency.hours` has several values, which only frequency `@daily` may have: give one.",
            ],
        ],
        [
            {
                policy: {
                    ...{ frequency: "@monthly", retention: { monthly: 1 } },
                    subFrequency: { weekdays: [1], days: [1, 15] },
                },
            },
            [
                "`crossing:policy.subFrequency.weekdays` has no meaning with frequency `@monthly`: remove it.",
            ],
        ],
        // A preset.
        [
            {
                policy: {
                    ...{ ...daily, preset: "gold", subFrequency: { hours: [2] } },
                    ...{ backupWindow: window, staggering: true },
                    export: {
                        frequency: "@weekly",
                        retention: { weekly: 1 },
                        blockModeProfile: "vbr",
                    },
                },
                locations,
            },
            [
                ...["backupWindow", "export.blockModeProfile", "export.frequency"],
                ...["export.retention", "frequency", "retention", "staggering", "subFrequency"],
            ].map(
                name =>
                    `\`crossing:policy.${name}\` is set beside \`crossing:policy.preset\`, which says that itself: remove one of them.`,
            ),
        ],
        [
            { policies: { p: { preset: "gold", location: "crossing" } } },
            [
                "`crossing:policies.p.location` is set beside `crossing:policies.p.preset`, which says that itself: remove one of them.",
            ],
        ],
        [{ policy: { preset: "gold" }, presets: { gold } }, []],
        [
            {
                ...{ locations, policy: { preset: "silver" }, presets: { silver } },
                policies: {
                    p: { preset: "silver", on: "target" },
                    q: { preset: "silver", export: { enabled: false }, withoutData: true },
                    r: { preset: "one-that-is-there", on: "target" },
                },
            },
            [
                "`crossing:policies.p.preset` is `silver`, which exports nothing: add `crossing:presets.silver.export`, or set `crossing:policies.p.export.enabled: false`.",
                "`crossing:policies.p.preset` is `silver`, which is not on the target: add `target` to `crossing:presets.silver.sides`.",
                "`crossing:policy.preset` is `silver`, which exports nothing: add `crossing:presets.silver.export`.",
            ],
        ],
        [
            {
                presets: {
                    p: { ...daily, frequency: "@onDemand" },
                    q: { frequency: "@daily" },
                    r: { ...daily, retention: {}, sides: [] },
                },
            },
            [
                "`crossing:presets.p.frequency` is `@onDemand`: use `@hourly`, `@daily`, `@weekly`, `@monthly` or `@yearly`.",
                "`crossing:presets.q.retention` is missing: give keys with values.",
                "`crossing:presets.r.sides` is `[]`: name `source`, `target` or both.",
            ],
        ],
        [
            {
                locations,
                presets: {
                    p: {
                        ...{
                            ...daily,
                            retention: {},
                            location: "vbr",
                            sides: ["source", "target"],
                        },
                        ...{ staggering: true, subFrequency: { hours: [1], days: [1, 2] } },
                        export: {
                            ...{ frequency: "@hourly", retention: { hourly: 1 }, location: "here" },
                            blockModeProfile: "here",
                        },
                    },
                },
            },
            [
                "`crossing:presets.p.export.blockModeProfile` is `here`, which is no location of `type: vbr` in `crossing:locations`: name one of `vbr`.",
                "`crossing:presets.p.export.frequency` is `@hourly`, more often than the policy itself, which is `@daily`: use the same or a longer one.",
                "`crossing:presets.p.export.location` is `here`, which has no profile on the target: add `target` to `crossing:locations.here.sides`.",
                "`crossing:presets.p.location` is `vbr`, which is no location: name one of `crossing`, `here`.",
                "`crossing:presets.p.retention` is missing, which frequency `@daily` needs: say how many restore points are kept, such as `{ daily: 7 }`.",
                "`crossing:presets.p.staggering` is of no use without `crossing:presets.p.backupWindow`, within which K10 chooses the time: add that, or remove it.",
                "`crossing:presets.p.subFrequency.days` has several values, which only frequency `@monthly` may have: give one.",
            ],
        ],
        [
            {
                ...{ role: "source", store, presets: { p: { ...daily, sides: ["target"] } } },
                transformSets: {
                    t: [
                        {
                            ...{ name: "a", subject: { resource: "routes" } },
                            json: [{ op: "remove", path: "/spec/host" }],
                        },
                    ],
                },
            },
            [
                "`crossing:presets.p` is on the target, which is no part of `role: source`: set `sides: [source]`, or move it to that stack.",
                "`crossing:transformSets` are on the target, which is no part of `role: source`: move them to that stack.",
            ],
        ],
        // A window.
        [
            { policy: { ...daily, staggering: true } },
            [
                "`crossing:policy.staggering` is of no use without `crossing:policy.backupWindow`, within which K10 chooses the time: add that, or remove it.",
            ],
        ],
        [
            { policy: { backupWindow: window } },
            [
                "`crossing:policy.backupWindow` is of no use on demand: remove it, or set `crossing:policy.frequency`.",
            ],
        ],
        [
            { policy: { ...daily, backupWindow: { start: "22:00", end: "22:00" } } },
            ["`crossing:policy.backupWindow` ends when it starts: make it longer, or remove it."],
        ],
        [
            { policy: { ...daily, backupWindow: { start: "22:03", end: "24:00" } } },
            [
                "`crossing:policy.backupWindow.end` is `24:00`: write a time in UTC such as `22:30`, in steps of 5 minutes.",
                "`crossing:policy.backupWindow.start` is `22:03`: write a time in UTC such as `22:30`, in steps of 5 minutes.",
            ],
        ],
        [
            {
                policy: {
                    ...{ ...daily, backupWindow: window },
                    subFrequency: { hours: [2], minutes: [30] },
                },
            },
            ["hours", "minutes"].map(
                part =>
                    `\`crossing:policy.subFrequency.${part}\` does not go with \`crossing:policy.backupWindow\`, which says when within a day: remove one of them.`,
            ),
        ],
        // Where it writes to.
        [
            { locations, policies: { p: { ...daily, location: "there" } } },
            [
                "`crossing:policies.p.location` is `there`, which is no location: name one of `crossing`, `here`, `vbr`.",
            ],
        ],
        [
            { locations, policies: { p: { ...daily, location: "here", on: "target" } } },
            [
                "`crossing:policies.p.location` is `here`, which has no profile on the target: add `target` to `crossing:locations.here.sides`.",
            ],
        ],
        [
            { locations, policies: { p: { ...daily, export: { blockModeProfile: "here" } } } },
            [
                "`crossing:policies.p.export.blockModeProfile` is `here`, which is no location of `type: vbr` in `crossing:locations`: name one of `vbr`.",
            ],
        ],
        [
            { policy: { export: { blockModeProfile: "vbr" } } },
            [
                "`crossing:policy.export.blockModeProfile` is `vbr`, which is no location of `type: vbr` in `crossing:locations`: describe one there.",
            ],
        ],
        [
            {
                locations: { vbr: { ...locations.vbr, sides: ["source"] } },
                policies: { p: { ...daily, on: "target", export: { blockModeProfile: "vbr" } } },
            },
            [
                "`crossing:policies.p.export.blockModeProfile` is `vbr`, which has no profile on the target: add `target` to `crossing:locations.vbr.sides`.",
            ],
        ],
        [
            {
                locations,
                exportLocation: "vbr",
                policy: { export: { blockModeProfile: "vbr" } },
                policies: {
                    p: { ...daily, location: "vbr", export: { blockModeProfile: "vbr" } },
                },
            },
            [
                "`crossing:policies.p.export.blockModeProfile` is of no use, since `crossing:policies.p.location` is `vbr`, which takes the volumes itself: remove one of them.",
                "`crossing:policy.export.blockModeProfile` is of no use, since `crossing:exportLocation` is `vbr`, which takes the volumes itself: remove one of them.",
            ],
        ],
        // The cluster's own resources.
        [
            {
                policies: {
                    p: {
                        ...{ ...daily, cluster: true, namespaces: ["shop"] },
                        filters: { include: [{ resource: "secrets" }] },
                    },
                },
            },
            [
                "`crossing:policies.p.filters.include` is of no use with `crossing:policies.p.cluster`, which selects no application: filter by `includeClusterResources` and `excludeClusterResources`.",
                "`crossing:policies.p.namespaces` is set beside `crossing:policies.p.cluster`, which selects the cluster's own resources alone: write two policies.",
            ],
        ],
        [
            {
                policy: { filters: { includeClusterResources: [{ resource: "clusterroles" }] } },
                policies: {
                    p: {
                        ...daily,
                        filters: { excludeClusterResources: [{ resource: "clusterroles" }] },
                    },
                },
            },
            [
                ["policies.p", "exclude"],
                ["policy", "include"],
            ].map(
                ([key, name]) =>
                    `\`crossing:${key}.filters.${name}ClusterResources\` is of no use, since \`crossing:${key}\` selects no resources of the cluster: write a policy with \`cluster: true\` below \`crossing:policies\`.`,
            ),
        ],
        // What is lost.
        [{ policy: { export: { enabled: false } } }, [crossing("enabled")]],
        [{ policy: { export: { data: false } } }, [crossing("data")]],
        [{ policies: { p: snapshots } }, [withoutData("p")]],
        [{ policies: { p: { ...daily, export: { data: false } } } }, [withoutData("p")]],
        [
            {
                policies: {
                    p: { ...daily, export: { overrides: [{ storageClass: "tmp", data: false }] } },
                },
            },
            [withoutData("p")],
        ],
        [{ policies: { p: { ...snapshots, withoutData: true } } }, []],
        // Which applications.
        [
            {
                policies: {
                    p: { ...daily, namespaces: ["a"], selector: { matchLabels: { b: "c" } } },
                },
            },
            [
                "`crossing:policies.p.namespaces` and `crossing:policies.p.selector` both say which applications: remove one of them.",
            ],
        ],
        [
            { policies: { p: { ...daily, selector: {} } } },
            [
                "`crossing:policies.p.selector` selects nothing: give `matchLabels` or `matchExpressions`.",
            ],
        ],
        [
            { policies: { p: { ...daily, namespaces: [] } } },
            ["`crossing:policies.p.namespaces` is `[]`: give at least one namespace."],
        ],
        [
            {
                policies: {
                    p: {
                        ...daily,
                        selector: {
                            matchExpressions: [{ key: "a", operator: "Exists", values: [] }],
                        },
                    },
                },
            },
            [
                "`crossing:policies.p.selector.matchExpressions.0.operator` is `Exists`: use `In` or `NotIn`.",
                "`crossing:policies.p.selector.matchExpressions.0.values` is `[]`: give at least one value.",
            ],
        ],
        [
            { policy: { filters: { exclude: [{}] } } },
            [
                "`crossing:policy.filters.exclude.0` is `{}`: say which objects are meant, by `group`, `version`, `resource`, `name`, `matchLabels` or `matchExpressions`.",
            ],
        ],
        [
            { policy: { hooks: { preHook: {} } } },
            [
                "`crossing:policy.hooks.preHook.actionName` is missing: give the name of an action of that Blueprint.",
                "`crossing:policy.hooks.preHook.blueprint` is missing: give the name of a Blueprint in K10's namespace.",
            ],
        ],
        // Names and sides.
        [
            { policies: { "shop-export": daily, "shop-import": daily } },
            ["shop-export", "shop-import"].map(
                name =>
                    `\`crossing:policies.${name}\` has the name of the crossing's own policy: choose another one.`,
            ),
        ],
        [
            { policies: { Nightly: daily } },
            [
                "`crossing:policies.Nightly` is `Nightly`: use lower-case letters, digits and dashes, beginning and ending with a letter or digit.",
            ],
        ],
        [
            { role: "source", store, policies: { p: { ...daily, on: "target" } } },
            [
                "`crossing:policies.p` is on the target, which is no part of `role: source`: set `on: source`, or move it to that stack.",
            ],
        ],
        [
            {
                ...{ role: "target", store, sourceStack: "organization/crossing/source" },
                blueprintBindings: [binding],
            },
            [
                "`crossing:blueprintBindings.0` is on the source, which is no part of `role: target`: set `on: target`, or move it to that stack.",
            ],
        ],
        [
            { blueprintBindings: [binding, binding] },
            [
                "`crossing:blueprintBindings.1.name` is `pg`, as is that of an earlier one: choose another one.",
            ],
        ],
        [
            { blueprintBindings: [{ ...binding, resources: {} }] },
            [
                "`crossing:blueprintBindings.0.resources` is `{}`: give at least one requirement in `matchAll` or `matchAny`.",
            ],
        ],
        [
            { blueprintBindings: [{ ...binding, resources: { matchAll: [{}] } }] },
            [
                "`crossing:blueprintBindings.0.resources.matchAll.0` is `{}`: give one of `type`, `namespace`, `annotations` and `labels`.",
            ],
        ],
    ];
    for (const [values, expected] of table) {
        it(`${JSON.stringify(values)} has ${expected.length} mistakes`, () => {
            assert.deepEqual(mistakes(values), [...expected].sort());
        });
    }
});
