import assert from "node:assert/strict";
import { specHash } from "../../../lab/k10/server/hash.ts";
import type { Fields, KubeObject } from "../../../lab/k10/server/json.ts";
import { blueprintBindingErrors, transformSetErrors } from "../../../lab/k10/server/rules-other.ts";
import {
    policyErrors,
    presetStatus,
    type PolicyLookups,
    type Validation,
} from "../../../lab/k10/server/rules-policy.ts";
import { secretErrors } from "../../../lab/k10/server/rules-location.ts";
import { lockErrors, periodErrors } from "../../../lab/k10/server/rules-lock.ts";
import {
    accessKey,
    profileErrors,
    profileStore,
    storeErrors,
} from "../../../lab/k10/server/rules-profile.ts";

const profile = { name: "minio", namespace: "kasten-io" };
const validations: Record<string, Validation> = {
    "kasten-io/minio": "Success",
    "kasten-io/bad": "Failed",
    "kasten-io/new": "",
    "kasten-io/vbr": "Success",
};
const lookups: PolicyLookups = {
    installNamespace: "kasten-io",
    profile: (namespace, name) => validations[`${namespace}/${name}`],
    preset: (_, name) => (name === "gold" ? "Success" : undefined),
    isVBR: (_, name) => name === "vbr",
};
const selector = {
    matchExpressions: [{ key: "k10.kasten.io/appNamespace", operator: "In", values: ["demo"] }],
};
const backup = { action: "backup", backupParameters: { profile } };
const exported = {
    action: "export",
    exportParameters: { frequency: "@onDemand", profile, exportData: { enabled: true } },
};
const imported = {
    action: "import",
    importParameters: { profile, receiveString: "bIzAPpoanm" },
};

function policy(spec: Fields, namespace = "kasten-io", name = "p"): KubeObject {
    return {
        apiVersion: "config.kio.kasten.io/v1alpha1",
        kind: "Policy",
        metadata: { name, namespace },
        spec: { frequency: "@onDemand", selector, actions: [backup], ...spec },
    };
}

const byPreset = {
    frequency: undefined,
    presetRef: { name: "gold", namespace: "kasten-io" },
    actions: [{ action: "backup" }],
};

const cases: [string, Fields, string[], string?][] = [
    ["backup on demand", {}, []],
    ["backup and export", { actions: [backup, exported] }, []],
    ["import without selector", { selector: undefined, actions: [imported] }, []],
    ["no actions", { actions: [] }, ["actions is required: at least one action"]],
    ["unknown action", { actions: [backup, { action: "copy" }] }, ['action "copy" is unknown']],
    [
        "export before backup",
        { actions: [exported, backup] },
        ["action export must follow action backup"],
    ],
    ["export alone", { actions: [exported] }, ["action export must follow action backup"]],
    ["two backups", { actions: [backup, backup] }, ["action backup occurs more than once"]],
    [
        "backup and import",
        { actions: [backup, imported] },
        ["actions backup and import cannot be in one policy"],
    ],
    [
        "restore before import",
        { actions: [{ action: "restore" }, imported] },
        [
            "action restore must follow action import",
            "action restore in a policy is not implemented by the K10 stand-in",
        ],
    ],
    [
        "missing selector",
        { selector: undefined },
        ["selector is required: matchLabels or matchExpressions"],
    ],
    [
        "wrong operator",
        { selector: { matchExpressions: [{ key: "team", operator: "Exists" }] } },
        ['selector: operator "Exists" is not allowed for team'],
    ],
    [
        "no values",
        { selector: { matchExpressions: [{ key: "team", operator: "In", values: [] }] } },
        ["selector: team has no values"],
    ],
    [
        "bare NotIn",
        {
            selector: {
                matchExpressions: [
                    ...selector.matchExpressions,
                    { key: "k10.kasten.io/appNamespace", operator: "NotIn", values: ["*"] },
                ],
            },
        },
        ["selector: NotIn must not be * or kasten-io-cluster"],
    ],
    [
        "cluster-scoped resources",
        { selector: { matchLabels: { "k10.kasten.io/appNamespace": "kasten-io-cluster" } } },
        ["selector: the K10 stand-in backs up no cluster-scoped resources"],
    ],
    ["policy of an application", {}, [], "demo"],
    [
        "policy of another application",
        {},
        [
            "a policy outside kasten-io may select only its own namespace, by k10.kasten.io/appNamespace",
        ],
        "other",
    ],
    [
        "receiveString missing",
        { actions: [{ action: "import", importParameters: { profile } }] },
        ["importParameters.receiveString is required"],
    ],
    [
        "import without profile",
        { actions: [{ action: "import", importParameters: { receiveString: "x" } }] },
        ["importParameters.profile is required"],
    ],
    [
        "export without profile",
        { actions: [backup, { action: "export", exportParameters: {} }] },
        ["exportParameters.profile is required"],
    ],
    [
        "export more often than an on-demand policy",
        {
            actions: [
                backup,
                { action: "export", exportParameters: { profile, frequency: "@daily" } },
            ],
        },
        ["exportParameters.frequency of an @onDemand policy can only be @onDemand"],
    ],
    [
        "profile that is not valid, named twice",
        {
            actions: [
                { action: "backup", backupParameters: { profile: { ...profile, name: "bad" } } },
                { action: "export", exportParameters: { profile: { ...profile, name: "bad" } } },
            ],
        },
        ["Profile is invalid: kasten-io/bad"],
    ],
    [
        "profile that is not validated yet",
        {
            actions: [
                { action: "backup", backupParameters: { profile: { ...profile, name: "new" } } },
            ],
        },
        ["Profile is invalid: kasten-io/new"],
    ],
    [
        "profile that does not exist",
        {
            actions: [
                { action: "backup", backupParameters: { profile: { ...profile, name: "x" } } },
            ],
        },
        ["backupParameters.profile: Profile kasten-io/x not found"],
    ],
    [
        "hooks",
        {
            actions: [
                { action: "backup", backupParameters: { hooks: { preHook: { blueprint: "b" } } } },
            ],
        },
        ["backupParameters.hooks: the K10 stand-in runs no execution hooks"],
    ],
    ["no frequency", { frequency: undefined }, ["frequency is required"]],
    ["unknown frequency", { frequency: "@often" }, ['frequency "@often" is unknown']],
    ["no retention", { frequency: "@daily" }, ["retention is required with frequency @daily"]],
    ["retention", { frequency: "@daily", retention: { daily: 7, weekly: 4 } }, []],
    [
        "retention on demand",
        { retention: { daily: 7 } },
        ["retention is not allowed with frequency @onDemand"],
    ],
    ["empty retention on demand", { retention: { daily: null } }, []],
    [
        "retention finer than the frequency",
        { frequency: "@daily", retention: { hourly: 24, daily: 7 } },
        ["retention.hourly is finer than frequency @daily"],
    ],
    [
        "wrong retention",
        { frequency: "@daily", retention: { daily: -1, nightly: 3 } },
        ["retention.daily must be a whole number, not negative", "retention.nightly is unknown"],
    ],
    [
        "subFrequency on demand",
        { subFrequency: { minutes: [5] } },
        ["subFrequency is not allowed with frequency @onDemand"],
    ],
    [
        "subFrequency out of range",
        {
            frequency: "@weekly",
            retention: { weekly: 1 },
            subFrequency: { hours: [3, 25], weekdays: [1, 5], days: [2] },
        },
        [
            "subFrequency.hours may hold several values only with @daily",
            "subFrequency.hours must lie between 0 and 23",
            "subFrequency.days is not allowed with frequency @weekly",
        ],
    ],
    [
        "minutes that are no multiples of 5",
        { frequency: "@hourly", retention: { hourly: 1 }, subFrequency: { minutes: [7, 10] } },
        ["subFrequency.minutes must be multiples of 5 when there are several"],
    ],
    [
        "window and minutes",
        {
            frequency: "@daily",
            retention: { daily: 1 },
            subFrequency: { minutes: [5] },
            backupWindow: { start: { hour: 1, minute: 0 }, end: { hour: 5, minute: 3 } },
        },
        [
            "subFrequency.minutes is not allowed with backupWindow",
            "backupWindow.end needs hour and minute, the minute a multiple of 5",
        ],
    ],
    [
        "staggering without window",
        { frequency: "@daily", retention: { daily: 1 }, enableStaggering: true },
        ["enableStaggering needs backupWindow"],
    ],
    ["preset", { ...byPreset }, []],
    [
        "preset and an export that says nothing of its own",
        {
            ...byPreset,
            actions: [
                { action: "backup" },
                { action: "export", exportParameters: { exportData: { enabled: true } } },
            ],
        },
        [],
    ],
    [
        "preset with frequency",
        { ...byPreset, frequency: "@daily" },
        ["frequency is not allowed with presetRef"],
    ],
    [
        "preset beside what it says in actions",
        {
            ...byPreset,
            actions: [
                backup,
                {
                    action: "export",
                    exportParameters: { ...exported.exportParameters, frequency: "@daily" },
                    retention: { daily: 1 },
                },
            ],
        },
        [
            "backupParameters.profile is not allowed with presetRef",
            "exportParameters.profile is not allowed with presetRef",
            "exportParameters.frequency is not allowed with presetRef",
            "export retention is not allowed with presetRef",
        ],
    ],
    [
        "preset that does not exist",
        { ...byPreset, presetRef: { name: "tin", namespace: "kasten-io" } },
        ["presetRef: PolicyPreset kasten-io/tin not found"],
    ],
];

describe("K10 stand-in: rules of policies", () => {
    const vbr = { name: "vbr", namespace: "kasten-io" };
    const exporting = (parameters: Fields) =>
        policyErrors(
            policy({
                actions: [
                    backup,
                    {
                        action: "export",
                        exportParameters: { ...exported.exportParameters, ...parameters },
                    },
                ],
            }),
            lookups,
        );

    it("a Veeam repository takes volumes, and nothing else does it in its place", () => {
        assert.deepEqual(exporting({ blockModeProfile: vbr }), []);
        assert.deepEqual(exporting({ profile: vbr }), [
            "exportParameters.profile: Profile kasten-io/vbr is of a Veeam repository, for volumes only",
        ]);
        assert.deepEqual(exporting({ blockModeProfile: profile }), [
            "exportParameters.blockModeProfile: Profile kasten-io/minio is of no Veeam repository",
        ]);
        assert.deepEqual(exporting({ blockModeProfile: { ...vbr, name: "none" } }), [
            "exportParameters.blockModeProfile: Profile kasten-io/none not found",
        ]);
    });

    it("K10's backup of itself", () => {
        const self = (spec: Fields, name = "k10-disaster-recovery-policy") =>
            policyErrors(
                policy({ frequency: "@daily", retention: { daily: 7 }, ...spec }, undefined, name),
                lookups,
            );
        const snapshots = (exportCatalogSnapshot: boolean) => ({
            kdrSnapshotConfiguration: { takeLocalCatalogSnapshot: false, exportCatalogSnapshot },
        });
        assert.deepEqual(self(snapshots(false)), []);
        assert.deepEqual(self({}), []);
        assert.deepEqual(self({ actions: [{ action: "backup" }] }), [
            "backupParameters.profile is required",
        ]);
        assert.deepEqual(self(snapshots(true)), [
            "kdrSnapshotConfiguration.exportCatalogSnapshot needs action export",
        ]);
        const daily = { ...exported.exportParameters, frequency: "@daily" };
        const both = { actions: [backup, { ...exported, exportParameters: daily }] };
        assert.deepEqual(self({ ...snapshots(true), ...both }), []);
        assert.deepEqual(self({ ...snapshots(false), ...both }), [
            "action export needs kdrSnapshotConfiguration.exportCatalogSnapshot",
        ]);
        assert.deepEqual(self(snapshots(false), "other"), [
            "kdrSnapshotConfiguration is allowed in policy k10-disaster-recovery-policy only",
        ]);
    });

    for (const [name, spec, errors, namespace] of cases) {
        it(name, () => {
            assert.deepEqual(policyErrors(policy(spec, namespace), lookups), errors);
        });
    }

    it("presets", () => {
        const preset = (spec: Fields) => presetStatus({ ...policy({}), spec }, lookups);
        const daily = { frequency: "@daily", retention: { daily: 1 }, profile };
        assert.deepEqual(preset({ backup: daily }), { type: "backup", errors: [] });
        assert.deepEqual(
            preset({ backup: daily, export: { profile, exportData: { enabled: true } } }),
            { type: "backup-export", errors: [] },
        );
        assert.deepEqual(preset({}), { type: "unknown", errors: ["backup is required"] });
        assert.deepEqual(preset({ backup: { ...daily, frequency: "@onDemand" }, export: {} }), {
            type: "backup-export",
            errors: [
                "retention is not allowed with frequency @onDemand",
                "backup.frequency of a preset cannot be @onDemand",
                "export.profile is required",
                "export.exportData.enabled is required",
            ],
        });
    });

    it("the hash ignores what the server writes, and nothing of the user's", () => {
        const spec = policy({ actions: [backup, exported] }).spec!;
        const written = structuredClone(spec) as { actions: { exportParameters: Fields }[] };
        const { exportParameters } = written.actions[1];
        exportParameters["receiveString"] = "bIz";
        exportParameters["migrationToken"] = { name: "t" };
        assert.equal(specHash({ ...written, lastModifyHash: 7 }), specHash(spec));
        assert.notEqual(specHash({ ...spec, frequency: "@daily" }), specHash(spec));
        const other = { ...imported.importParameters, receiveString: "other" };
        assert.notEqual(
            specHash({ actions: [{ action: "import", importParameters: other }] }),
            specHash({ actions: [imported] }),
        );
        assert.ok(Number.isSafeInteger(specHash(spec)));
    });
});

const location = {
    type: "Location",
    locationSpec: {
        type: "ObjectStore",
        credential: {
            secretType: "AwsAccessKey",
            secret: { apiVersion: "v1", kind: "secret", name: "s3", namespace: "kasten-io" },
        },
        objectStore: {
            objectStoreType: "S3",
            name: "backups",
            endpoint: "http://10.0.0.1:9000",
            skipSSLVerify: true,
            path: "/a/b/",
        },
    },
};

describe("K10 stand-in: rules of profiles", () => {
    const changed = (change: (spec: typeof location) => void) => {
        const spec = structuredClone(location);
        change(spec);
        return profileErrors(spec);
    };

    it("a good one", () => {
        assert.deepEqual(profileErrors(location), []);
        assert.deepEqual(profileStore(location), {
            bucket: "backups",
            region: "us-east-1",
            endpoint: "http://10.0.0.1:9000",
            skipSSLVerify: true,
            path: "a/b",
            secret: { name: "s3", namespace: "kasten-io" },
        });
    });

    it("each field that is wrong has its sentence", () => {
        assert.deepEqual(profileErrors({ type: "Infra" }), [
            'spec.type must be Location: the K10 stand-in knows no other, found "Infra"',
        ]);
        assert.deepEqual(profileErrors(undefined), [
            "spec.type must be Location: the K10 stand-in knows no other, found nothing",
        ]);
        assert.deepEqual(
            changed(spec => (spec.locationSpec.type = "Tape")),
            ['spec.locationSpec.type must be ObjectStore, FileStore or VBR, found "Tape"'],
        );
        assert.deepEqual(
            changed(({ locationSpec: { objectStore, credential } }) => {
                objectStore.objectStoreType = "VeeamVaultAWS";
                objectStore.name = "";
                objectStore.endpoint = "10.0.0.1:9000";
                objectStore.path = "a/../b";
                credential.secretType = "AzStorageAccount";
                credential.secret.name = "";
            }),
            [
                'spec.locationSpec.objectStore.objectStoreType must be S3, GCS or AZ: the K10 stand-in knows no other, found "VeeamVaultAWS"',
                "spec.locationSpec.objectStore.name is required: the name of the bucket",
                'spec.locationSpec.objectStore.endpoint must be a URL like http://host:9000, found "10.0.0.1:9000"',
                "spec.locationSpec.objectStore.path must not contain ..",
                'spec.locationSpec.credential.secretType must be AwsAccessKey for S3, found "AzStorageAccount"',
                "spec.locationSpec.credential.secret needs name and namespace",
            ],
        );
    });

    const secret = { name: "keys", namespace: "kasten-io" };
    const others: [string, Fields, string[]][] = [
        [
            "Azure",
            {
                type: "ObjectStore",
                credential: { secretType: "AzStorageAccount", secret },
                objectStore: { objectStoreType: "AZ", name: "backups" },
            },
            [],
        ],
        [
            "Google",
            {
                type: "ObjectStore",
                credential: { secretType: "GcpServiceAccountKey", secret },
                objectStore: { objectStoreType: "GCS", name: "backups", region: "europe-west3" },
            },
            [],
        ],
        ["a share", { type: "FileStore", fileStore: { claimName: "share", path: "a" } }, []],
        [
            "a Veeam repository",
            {
                type: "VBR",
                credential: { secretType: "VBRKey", secret },
                vbr: { serverAddress: "vbr", serverPort: 9419, repoName: "r" },
            },
            [],
        ],
        [
            "Azure with the Secret of S3, and no bucket",
            {
                type: "ObjectStore",
                credential: { secretType: "AwsAccessKey" },
                objectStore: { objectStoreType: "AZ" },
            },
            [
                "spec.locationSpec.objectStore.name is required: the name of the bucket",
                'spec.locationSpec.credential.secretType must be AzStorageAccount for AZ, found "AwsAccessKey"',
                "spec.locationSpec.credential.secret needs name and namespace",
            ],
        ],
        [
            "a share without claim",
            { type: "FileStore" },
            [
                "spec.locationSpec.fileStore.claimName is required: the name of the PersistentVolumeClaim",
            ],
        ],
        [
            "a Veeam repository without all",
            { type: "VBR" },
            [
                "spec.locationSpec.vbr.serverAddress is required: the address of the backup server",
                "spec.locationSpec.vbr.repoName is required: the name of the backup repository",
                "spec.locationSpec.credential.secretType must be VBRKey for VBR, found nothing",
                "spec.locationSpec.credential.secret needs name and namespace",
            ],
        ],
    ];
    for (const [what, locationSpec, errors] of others) {
        it(`the shape of ${what}`, () => {
            assert.deepEqual(profileErrors({ type: "Location", locationSpec }), errors);
        });
    }

    it("the Secret of a location that is not S3", () => {
        const ref = { name: "keys", namespace: "kasten-io" };
        assert.deepEqual(secretErrors(ref, ["a", "b"], { a: "x", b: "y", c: "" }), []);
        assert.deepEqual(secretErrors(ref, ["a", "b"], { b: "" }), [
            "Could not get credentials: Secret keys has no a and no b",
        ]);
        assert.deepEqual(secretErrors(ref, ["a"], undefined), [
            "Could not get credentials",
            'secrets "keys" not found in namespace kasten-io',
        ]);
    });

    it("a protection period, and the object lock that it needs", () => {
        for (const period of [undefined, "", "24h", "240h", "2160h"]) {
            assert.deepEqual(periodErrors(period), [], String(period));
        }
        for (const period of ["23h", "2161h", "10 days", 240]) {
            assert.deepEqual(periodErrors(period), [
                `spec.locationSpec.objectStore.protectionPeriod must be a duration from 24h to 2160h, found ${JSON.stringify(period)}`,
            ]);
        }
        assert.deepEqual(
            changed(({ locationSpec: { objectStore } }) => {
                Object.assign(objectStore, { protectionPeriod: "1h" });
            }).length,
            1,
        );
        assert.deepEqual(lockErrors("backups", "240h", { enabled: true }), []);
        assert.deepEqual(lockErrors("backups", "240h", { enabled: true, days: 30 }), []);
        assert.deepEqual(lockErrors("backups", "240h", { enabled: true, days: 29 }), [
            'The protection period 240h is too long: bucket "backups" keeps objects for 29 days by default, which must be 30 or more',
        ]);
        assert.deepEqual(lockErrors("backups", "240h", { enabled: false }), [
            'Immutability is not supported: bucket "backups" has no object lock',
        ]);
    });

    it("keys of the Secret", () => {
        const encode = (text: string) => Buffer.from(text).toString("base64");
        const data = { aws_access_key_id: encode("id"), aws_secret_access_key: encode("key") };
        assert.deepEqual(accessKey("s3", data), { id: "id", secret: "key" });
        assert.deepEqual(accessKey("s3", { aws_access_key_id: encode("id") }), [
            "Could not get credentials: Secret s3 has no aws_secret_access_key",
        ]);
        assert.deepEqual(accessKey("s3", undefined), [
            "Could not get credentials: Secret s3 has no aws_access_key_id and no aws_secret_access_key",
        ]);
    });

    it("what the store says", () => {
        const table: [string, string, string[]][] = [
            [
                "NoSuchBucket",
                "x",
                ["Could not find profile bucket", 'NoSuchBucket: bucket "backups" does not exist'],
            ],
            [
                "InvalidAccessKeyId",
                "unknown key",
                ["Could not access profile bucket", "InvalidAccessKeyId: unknown key"],
            ],
            [
                "SignatureDoesNotMatch",
                "no match",
                ["Could not access profile bucket", "SignatureDoesNotMatch: no match"],
            ],
            [
                "ECONNREFUSED",
                "connect ECONNREFUSED 10.0.0.1:9000",
                ["Could not find profile bucket", "connect ECONNREFUSED 10.0.0.1:9000"],
            ],
            [
                "TimeoutError",
                "too slow",
                ["Could not find profile bucket", "TimeoutError: too slow"],
            ],
        ];
        for (const [code, message, errors] of table) {
            assert.deepEqual(storeErrors("backups", code, message), errors);
        }
    });
});

describe("K10 stand-in: rules of the other kinds", () => {
    it("transform sets", () => {
        assert.deepEqual(transformSetErrors(undefined), [
            "transforms is required: at least one transform",
        ]);
        const good = {
            name: "class",
            subject: { resource: "persistentvolumeclaims" },
            json: [{ op: "replace", path: "/spec/storageClassName", value: "fast" }],
        };
        assert.deepEqual(transformSetErrors({ transforms: [good] }), []);
        const bad = {
            subject: {},
            json: [
                { op: "rename", path: "/a" },
                { op: "replace", path: "a" },
                { op: "copy", path: "/a" },
                { op: "test", path: "/a", value: 1, regex: "1" },
                { op: "remove", path: "/a", regex: "(" },
            ],
        };
        assert.deepEqual(transformSetErrors({ transforms: [good, bad] }), [
            "transforms[1].name is required",
            "transforms[1].subject needs at least one of group, version, resource, name",
            'transforms[1].json[0]: op "rename" is unknown',
            "transforms[1].json[1]: path must start with /",
            "transforms[1].json[1]: value is required",
            "transforms[1].json[2]: from must start with /",
            "transforms[1].json[3]: test takes either value or regex",
            "transforms[1].json[4]: regex is not allowed with remove",
            "transforms[1].json[4]: regex is not a regular expression",
        ]);
    });

    it("blueprint bindings: a Blueprint, and something that it is bound to", () => {
        const binding = {
            blueprintRef: { name: "b", namespace: "kasten-io" },
            resources: { matchAll: [{}] },
        };
        assert.deepEqual(blueprintBindingErrors(binding), []);
        assert.deepEqual(blueprintBindingErrors({}), [
            "blueprintRef is required",
            "resources needs at least one requirement",
        ]);
    });
});
