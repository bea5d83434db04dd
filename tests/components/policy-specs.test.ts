/** The specs of policies as K10's API reference has them. */
import assert from "node:assert/strict";
import {
    backupPolicySpec,
    blueprintBindingSpec,
    importPolicySpec,
    inNamespaces,
    PolicySettings,
    writtenByK10,
} from "../../components/k10/policy-specs";

const profile = { name: "crossing", namespace: "kasten-io" };
const selector = {
    matchExpressions: [{ key: "k10.kasten.io/appNamespace", operator: "In", values: ["shop"] }],
};
const backup = { action: "backup", backupParameters: { profile } };
const exported = {
    action: "export",
    exportParameters: { frequency: "@onDemand", profile, exportData: { enabled: true } },
};
const hook = (actionName: string) => ({ blueprint: "postgres", actionName });
const hooks = { preHook: hook("freeze"), onSuccess: hook("thaw"), onFailure: hook("thaw") };

const specOf = (settings: PolicySettings = {}) =>
    backupPolicySpec({ ...settings, profile: "crossing", selector: inNamespaces(["shop"]) });

describe("the spec of a policy that backs up", () => {
    const table: [string, PolicySettings, object][] = [
        [
            "nothing said: on demand, with all data",
            {},
            { frequency: "@onDemand", actions: [backup, exported], selector },
        ],
        [
            "every day at 02:30 UTC",
            {
                frequency: "@daily",
                subFrequency: { hours: [2], minutes: [30] },
                retention: { daily: 7, weekly: 4 },
                paused: false,
            },
            {
                frequency: "@daily",
                subFrequency: { hours: [2], minutes: [30] },
                retention: { daily: 7, weekly: 4 },
                actions: [
                    backup,
                    {
                        action: "export",
                        exportParameters: { ...exported.exportParameters, frequency: "@daily" },
                    },
                ],
                selector,
            },
        ],
        [
            "exported less often, and kept longer",
            {
                frequency: "@hourly",
                retention: { hourly: 24 },
                export: { frequency: "@daily", retention: { daily: 30 } },
            },
            {
                frequency: "@hourly",
                retention: { hourly: 24 },
                actions: [
                    backup,
                    {
                        action: "export",
                        exportParameters: { ...exported.exportParameters, frequency: "@daily" },
                        retention: { daily: 30 },
                    },
                ],
                selector,
            },
        ],
        [
            "snapshots alone, paused",
            {
                frequency: "@hourly",
                retention: { hourly: 24 },
                paused: true,
                export: { enabled: false },
            },
            {
                frequency: "@hourly",
                paused: true,
                retention: { hourly: 24 },
                actions: [backup],
                selector,
            },
        ],
        [
            "all that an export takes",
            {
                export: {
                    data: false,
                    exporterStorageClass: "fast",
                    overrides: [
                        { storageClass: "gold", data: true, exporterStorageClass: "gold-x" },
                        { storageClass: "tmp", data: false },
                    ],
                    blockModeProfile: "vbr",
                    hooks,
                },
            },
            {
                frequency: "@onDemand",
                actions: [
                    backup,
                    {
                        action: "export",
                        exportParameters: {
                            frequency: "@onDemand",
                            profile,
                            blockModeProfile: { name: "vbr", namespace: "kasten-io" },
                            exportData: {
                                enabled: false,
                                exporterStorageClassName: "fast",
                                overrides: [
                                    {
                                        storageClassName: "gold",
                                        enabled: true,
                                        exporterStorageClassName: "gold-x",
                                    },
                                    { storageClassName: "tmp", enabled: false },
                                ],
                            },
                            hooks,
                        },
                    },
                ],
                selector,
            },
        ],
        [
            "filters and hooks",
            {
                filters: {
                    include: [{ group: "apps", resource: "deployments" }],
                    exclude: [{ resource: "secrets", matchLabels: { keep: "no" } }],
                },
                hooks,
            },
            {
                frequency: "@onDemand",
                actions: [
                    {
                        action: "backup",
                        backupParameters: {
                            profile,
                            filters: {
                                includeResources: [{ group: "apps", resource: "deployments" }],
                                excludeResources: [
                                    { resource: "secrets", matchLabels: { keep: "no" } },
                                ],
                            },
                            hooks,
                        },
                    },
                    exported,
                ],
                selector,
            },
        ],
        [
            "within a window, with filters of the cluster's resources and exceptions left aside",
            {
                ...{ frequency: "@daily", retention: { daily: 7 }, staggering: true },
                backupWindow: { start: { hour: 22, minute: 30 }, end: { hour: 4, minute: 0 } },
                filters: {
                    includeClusterResources: [{ resource: "clusterroles" }],
                    excludeClusterResources: [{ resource: "storageclasses" }],
                },
                ...{ ignoreExceptions: true, export: { enabled: false } },
            },
            {
                frequency: "@daily",
                backupWindow: { start: { hour: 22, minute: 30 }, end: { hour: 4, minute: 0 } },
                enableStaggering: true,
                retention: { daily: 7 },
                actions: [
                    {
                        action: "backup",
                        backupParameters: {
                            profile,
                            filters: {
                                includeClusterResources: [{ resource: "clusterroles" }],
                                excludeClusterResources: [{ resource: "storageclasses" }],
                            },
                            ignoreExceptions: true,
                        },
                    },
                ],
                selector,
            },
        ],
        [
            "a preset, which says times, profile and retention itself",
            { preset: "gold", hooks },
            {
                presetRef: { name: "gold", namespace: "kasten-io" },
                actions: [
                    { action: "backup", backupParameters: { hooks } },
                    { action: "export", exportParameters: { exportData: { enabled: true } } },
                ],
                selector,
            },
        ],
        [
            "a preset without an export, paused",
            { preset: "gold", paused: true, export: { enabled: false } },
            {
                presetRef: { name: "gold", namespace: "kasten-io" },
                paused: true,
                actions: [{ action: "backup", backupParameters: {} }],
                selector,
            },
        ],
    ];
    for (const [what, settings, expected] of table) {
        it(what, () => assert.deepEqual(specOf(settings), expected));
    }

    it("has a comment and any selector", () => {
        const bySelector = { matchLabels: { team: "shop" } };
        const spec = backupPolicySpec({
            ...{ profile: "crossing", selector: bySelector, comment: "for the auditors" },
        });
        assert.deepEqual(spec, {
            comment: "for the auditors",
            frequency: "@onDemand",
            actions: [backup, exported],
            selector: bySelector,
        });
    });
});

describe("the spec of an import policy", () => {
    const imported = {
        action: "import",
        importParameters: { profile, receiveString: "hand-off" },
    };
    const given = { profile: "crossing", receiveString: "hand-off" };

    it("is on demand, or on a schedule, without retention or selector", () => {
        assert.deepEqual(importPolicySpec(given), { frequency: "@onDemand", actions: [imported] });
        assert.deepEqual(
            importPolicySpec({
                ...given,
                frequency: "@hourly",
                subFrequency: { minutes: [15] },
                paused: true,
            }),
            {
                frequency: "@hourly",
                subFrequency: { minutes: [15] },
                paused: true,
                actions: [imported],
            },
        );
    });
});

describe("what K10 writes into a policy", () => {
    it("is found at the export, wherever that stands, and nowhere in a policy without one", () => {
        const at = (index: number) => [
            `spec.actions[${index}].exportParameters.receiveString`,
            `spec.actions[${index}].exportParameters.migrationToken`,
        ];
        assert.deepEqual(writtenByK10(specOf()), at(1));
        assert.deepEqual(writtenByK10(specOf({ preset: "gold" })), at(1));
        assert.deepEqual(writtenByK10({ actions: [exported] }), at(0));
        assert.deepEqual(writtenByK10(specOf({ export: { enabled: false } })), []);
        assert.deepEqual(writtenByK10({ actions: [{ action: "import" }] }), []);
    });
});

describe("the spec of a blueprint binding", () => {
    it("names the Blueprint in K10's namespace, and says only what is so that it is disabled", () => {
        const resources = {
            matchAll: [{ type: { operator: "In", values: [{ resource: "statefulsets" }] } }],
        };
        const blueprintRef = { name: "postgres", namespace: "kasten-io" };
        const binding = { blueprint: "postgres", resources };
        assert.deepEqual(blueprintBindingSpec({ ...binding, disabled: false }), {
            ...{ blueprintRef, resources },
        });
        assert.deepEqual(blueprintBindingSpec({ ...binding, disabled: true }), {
            ...{ blueprintRef, resources, disabled: true },
        });
    });
});
