import assert from "node:assert/strict";
import { effectsOf } from "../../preview-comment/effects.ts";
import { dynamic, previewOf, step, urn } from "./support/digest.ts";

/** Warnings begin with `!`. */
const effects = (...steps: ReturnType<typeof step>[]) =>
    effectsOf(previewOf(...steps)).map(({ warning, text }) => `${warning ? "! " : ""}${text}`);

const command = "command:local:Command";
const kind = { inside: "crossing:cluster:KindCluster" };
const release = "kubernetes:helm.sh/v3:Release";
const ofK10 = (old: string | undefined, current: string | undefined) => ({
    ...{ inside: "crossing:k10:K10", cluster: "target" },
    ...(old ? { old: { version: old } } : {}),
    ...(current ? { new: { version: current } } : {}),
});
const policyType = "kubernetes:config.kio.kasten.io/v1alpha1:Policy";
const policy = (frequency: string) => ({ metadata: { name: "shop-export" }, spec: { frequency } });
const ofPolicy = (old?: string, current?: string) => ({
    cluster: "source",
    ...(old ? { old: policy(old) } : {}),
    ...(current ? { new: policy(current) } : {}),
});
const restoreInputs = { runId: "1", targetNamespace: "shop", onConflict: "fail", restored: "keep" };
const volume = "docker:index/volume:Volume";
const claim = "kubernetes:core/v1:PersistentVolumeClaim";
const database = { metadata: { name: "database", namespace: "shop" } };

describe("what a preview means", () => {
    const cases: [what: string, steps: ReturnType<typeof step>[], expected: string[]][] = [
        [
            "a cluster that is made anew",
            [step("replace", command, "source", { ...kind, old: {}, new: {} })],
            ["! kind cluster `source` **is deleted and made anew**, and everything in it is lost"],
        ],
        [
            "a cluster that goes, with what is in it told once",
            [
                step("delete", command, "source", { ...kind, old: {} }),
                step("delete", claim, "application", {
                    old: database,
                    deletedWith: urn(command, "source", kind.inside),
                }),
            ],
            ["! kind cluster `source` **is deleted**, and everything in it is lost"],
        ],
        ...(
            [
                [
                    "delete",
                    "delete",
                    ["! the CRC of `target` **is deleted**, and everything in it is lost"],
                ],
                [
                    "replace",
                    "delete",
                    [
                        "! the CRC of `target` **is deleted and made anew**, and everything in it is lost",
                    ],
                ],
                ["delete", "stop", ["the CRC of `target` is stopped, with what is in it"]],
                [
                    "replace",
                    "stop",
                    ["the CRC of `target` is stopped and started again, with what is in it"],
                ],
                ["delete", "keep", []],
                ["update", "delete", []],
                ["create", "delete", []],
            ] as const
        ).map(([operation, end, expected]): (typeof cases)[number] => [
            `a CRC (${operation}, at its end ${end})`,
            [
                step(operation, command, "target", {
                    inside: "crossing:cluster:CrcCluster",
                    old: { environment: { ON_DESTROY: end } },
                }),
            ],
            [...expected],
        ]),
        ["a cluster that is only noted", [step("update", command, "source", kind)], []],
        ["another command", [step("delete", command, "other", { old: {} })], []],
        [
            "a store that goes",
            [
                step("delete", volume, "store", {
                    inside: "crossing:store:MinioStore",
                    old: { name: "crossing-minio" },
                }),
            ],
            ["! the store's volume `crossing-minio` **is deleted**: every backup in it is lost"],
        ],
        [
            "a namespace and a volume claim that go",
            [
                step("delete", claim, "application", { cluster: "source", old: database }),
                step("delete", "kubernetes:core/v1:Namespace", "application", {
                    cluster: "source",
                    old: { metadata: { name: "shop" } },
                }),
            ],
            [
                "! namespace `shop` on `source` **is deleted**, and everything in it is lost",
                "! volume claim `database` in namespace `shop` on `source` **is deleted**, and its data is lost",
            ],
        ],
        ["a new namespace", [step("create", "kubernetes:core/v1:Namespace", "n", { new: {} })], []],
        [
            "K10 that is installed",
            [step("create", release, "target-k10", ofK10(undefined, "9.0.4"))],
            ["K10 `9.0.4` is installed on `target`"],
        ],
        ...(
            [
                ["create", ["K10 is installed on `target` by its operator"]],
                ["update", ["K10 on `target` is installed again with other settings"]],
                [
                    "delete",
                    [
                        "! K10 is removed on `target`, with its policies and its catalog of restore points",
                    ],
                ],
                [
                    "replace",
                    [
                        "! K10 **is removed and installed anew** on `target`: its catalog of restore points is lost",
                    ],
                ],
            ] as const
        ).map(([operation, expected]): (typeof cases)[number] => [
            `K10 of an operator (${operation})`,
            [
                step(operation, "kubernetes:apik10.kasten.io/v1alpha1:K10", "target-k10", {
                    ...{ inside: "crossing:k10:K10", cluster: "target" },
                    old: { spec: {} },
                    new: { spec: { eula: {} } },
                }),
            ],
            [...expected],
        ]),
        ...(
            [
                [
                    "update",
                    [
                        "K10's operator on `target`, and K10 with it: `channel` `stable` → `fast`",
                        "K10's operator on `target`, and K10 with it: `startingCSV` none → `k10.v9.0.4`",
                    ],
                ],
                ["create", []],
                ["delete", []],
            ] as const
        ).map(([operation, expected]): (typeof cases)[number] => [
            `a Subscription (${operation})`,
            [
                step(operation, "kubernetes:operators.coreos.com/v1alpha1:Subscription", "k10", {
                    ...{ inside: "crossing:k10:K10", cluster: "target" },
                    old: { spec: { channel: "stable" } },
                    new: { spec: { channel: "fast", startingCSV: "k10.v9.0.4" } },
                }),
            ],
            [...expected],
        ]),
        [
            "K10 of another version",
            [step("update", release, "target-k10", ofK10("9.0.3", "9.0.4"))],
            ["K10 on `target` goes from `9.0.3` to `9.0.4`"],
        ],
        [
            "K10 with other values",
            [step("update", release, "target-k10", ofK10("9.0.4", "9.0.4"))],
            ["K10 on `target` is installed again with other settings"],
        ],
        [
            "K10 that is installed anew",
            [step("replace", release, "target-k10", ofK10("9.0.4", "9.0.4"))],
            [
                "! K10 **is removed and installed anew** on `target`: its catalog of restore points is lost",
            ],
        ],
        [
            "K10 that goes",
            [step("delete", release, "target-k10", ofK10("9.0.4", undefined))],
            ["! K10 is removed on `target`, with its policies and its catalog of restore points"],
        ],
        [
            "a schedule that is edited",
            [step("update", policyType, "export-policy", ofPolicy("@daily", "@hourly"))],
            ["schedule of policy `shop-export` on `source`: `@daily` → `@hourly`"],
        ],
        [
            "a policy that gets a schedule",
            [step("create", policyType, "export-policy", ofPolicy(undefined, "@daily"))],
            ["policy `shop-export` on `source` runs by itself, by schedule `@daily`"],
        ],
        [
            "a policy that runs only for this program",
            [step("create", policyType, "export-policy", ofPolicy(undefined, "@onDemand"))],
            [],
        ],
        [
            "a policy that goes",
            [step("delete", policyType, "export-policy", ofPolicy("@daily"))],
            ["policy `shop-export` on `source` is deleted: it runs no more"],
        ],
        [
            "a policy that is changed otherwise",
            [
                step("update", policyType, "export-policy", {
                    ...ofPolicy("@daily", "@daily"),
                    detailed: ["spec.actions"],
                }),
            ],
            [],
        ],
        [
            "the first run",
            [
                step("create", dynamic("application:Seed"), "seed", {
                    new: { runId: "1", database: { namespace: "shop" } },
                }),
                step("create", dynamic("proof:Baseline"), "baseline", {
                    new: { runId: "1", namespace: "shop" },
                }),
                step("create", dynamic("k10:Export"), "export", { new: { runId: "1" } }),
                step("create", dynamic("k10:Import"), "import", {
                    new: { runId: "1", applicationNamespace: "shop" },
                }),
                step("create", dynamic("k10:Restore"), "restore", { new: restoreInputs }),
                step("create", dynamic("proof:Verification"), "verification", {
                    new: { runId: "1" },
                }),
                step("create", dynamic("snapshot:Canary"), "source-snapshots", { new: {} }),
            ],
            [
                "a snapshot of a scratch volume is tried",
                "the sample application in namespace `shop` is filled with the data of this run (run `1`)",
                "what the application in namespace `shop` holds is recorded as the baseline (run `1`)",
                "backup and export of namespace `shop` (run `1`)",
                "import of the backup of namespace `shop` (run `1`)",
                "a restore into namespace `shop` on `target` (run `1`), refused if that namespace is there: `onConflict` is `fail`",
                "the restored application is compared with the baseline (run `1`)",
            ],
        ],
        [
            "an export alone, whose policy tells what it backs up",
            [
                step("replace", dynamic("k10:Export"), "export", {
                    old: { runId: "1", policy: "shop-export" },
                    new: { runId: "1", policy: "shop-export" },
                    replacing: ["clusterUid"],
                }),
            ],
            [
                "a new backup and export of what policy `shop-export` selects (run `1`, because the cluster is another one)",
            ],
        ],
        [
            "a restore that finds the namespace of the last run",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: restoreInputs,
                    new: { ...restoreInputs, runId: "2" },
                    replacing: ["runId"],
                }),
            ],
            [
                "! a restore into namespace `shop` on `target` (run `1` → `2`), **refused while the namespace of the last run is there**: `onConflict` is `fail`",
            ],
        ],
        [
            "a restore over data",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: restoreInputs,
                    new: { ...restoreInputs, runId: "2", onConflict: "replace" },
                    replacing: ["runId"],
                }),
            ],
            [
                "! a restore into namespace `shop` on `target` (run `1` → `2`), **over the data that is there**: `onConflict` is `replace`",
            ],
        ],
        [
            "a restore under another name, of something else",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: restoreInputs,
                    new: { ...restoreInputs, onConflict: "newName", choices: { dataOnly: true } },
                    replacing: ["choices.dataOnly"],
                }),
            ],
            [
                "a restore into namespace `shop` on `target` (run `1`, because something else is to be restored), under another name if that namespace is there: `onConflict` is `newName`",
            ],
        ],
        [
            "a restore under another name, after which that of the last run is deleted",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, onConflict: "newName", restored: "delete" },
                    outputs: { result: { restoreAction: { name: "shop-1/restore-shop-1" } } },
                    new: { ...restoreInputs, runId: "2", onConflict: "newName" },
                    replacing: ["runId"],
                }),
            ],
            [
                "! the restored namespace `shop-1` on `target` **is deleted with its data** (`restored: delete`)",
                "a restore into namespace `shop` on `target` (run `1` → `2`), under another name if that namespace is there: `onConflict` is `newName`",
            ],
        ],
        [
            "a restore under another name from now on, where that of the last run is kept",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: restoreInputs,
                    new: { ...restoreInputs, runId: "2", onConflict: "newName" },
                    replacing: ["runId"],
                }),
            ],
            [
                "a restore into namespace `shop` on `target` (run `1` → `2`), under another name if that namespace is there: `onConflict` is `newName`",
            ],
        ],
        [
            "a restore under another name from now on, where that of the last run is deleted",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, restored: "delete" },
                    new: { ...restoreInputs, runId: "2", onConflict: "newName" },
                    replacing: ["runId"],
                }),
            ],
            [
                "! the restored namespace `shop` on `target` **is deleted with its data** (`restored: delete`)",
                "a restore into namespace `shop` on `target` (run `1` → `2`), under another name if that namespace is there: `onConflict` is `newName`",
            ],
        ],
        [
            "a restore in place of one, whose namespace is the new run's then",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, onConflict: "replace", restored: "delete" },
                    new: { ...restoreInputs, runId: "2", onConflict: "replace" },
                    replacing: ["runId"],
                }),
            ],
            [
                "! a restore into namespace `shop` on `target` (run `1` → `2`), **over the data that is there**: `onConflict` is `replace`",
            ],
        ],
        [
            "a restore in place of what may have been a namespace of somebody else, that goes",
            [
                step("delete", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, onConflict: "replace", restored: "delete" },
                }),
            ],
            [
                "! the restored namespace `shop` on `target` **is deleted with its data**, if this stack has made it (`restored: delete`)",
            ],
        ],
        [
            "a restore under another name that goes",
            [
                step("delete", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, onConflict: "newName" },
                    outputs: { result: { restoreAction: { name: "shop-1/restore-shop-1" } } },
                }),
            ],
            ["the restored namespace `shop-1` stays on `target`: it is yours"],
        ],
        [
            "a backup of what is overwritten, and a validation",
            [
                step("create", dynamic("k10:SafetyBackup"), "safety-backup", {
                    new: { runId: "1", targetNamespace: "shop" },
                }),
                step("create", dynamic("k10:Validation"), "export-validation", {
                    new: { runId: "1" },
                }),
            ],
            [
                "K10 validates what was exported (run `1`)",
                "a backup of namespace `shop` on `target`, before it is overwritten (run `1`)",
            ],
        ],
        [
            "restore points that go, and such as stay",
            [
                step("delete", dynamic("k10:Export"), "export", {
                    old: { runId: "1", restorePoints: "retire" },
                }),
                step("delete", dynamic("k10:SafetyBackup"), "safety-backup", {
                    old: { runId: "1" },
                }),
            ],
            [
                "! the restore points of run `1` **are retired, with what they hold in the store** (`onDestroy`)",
            ],
        ],
        [
            "a restore elsewhere, that gives the first namespace up",
            [
                step("replace", dynamic("k10:Restore"), "restore", {
                    old: { ...restoreInputs, restored: "delete" },
                    new: { ...restoreInputs, targetNamespace: "store" },
                    replacing: ["targetNamespace"],
                }),
            ],
            [
                "! the restored namespace `shop` on `target` **is deleted with its data** (`restored: delete`)",
                "a restore into namespace `store` on `target` (run `1`, because the namespace is another one), refused if that namespace is there: `onConflict` is `fail`",
            ],
        ],
        [
            "a drill that goes, on the cluster that it was backed up on",
            [
                step("delete", dynamic("k10:ExportedPoint"), "point", {}),
                step("delete", dynamic("k10:Restore"), "restore", { old: restoreInputs }),
            ],
            ["the restored namespace `shop` stays on `source`: it is yours"],
        ],
        [
            "a restore that goes and leaves the namespace",
            [step("delete", dynamic("k10:Restore"), "restore", { old: restoreInputs })],
            ["the restored namespace `shop` stays on `target`: it is yours"],
        ],
        [
            "actions whose time-outs change after they are done",
            [
                step("update", dynamic("k10:Export"), "export", {
                    old: { runId: "1", timeout: 1 },
                    new: { runId: "1", timeout: 2 },
                    outputs: { result: {} },
                }),
                step("update", dynamic("k10:Restore"), "restore", {
                    old: restoreInputs,
                    new: { ...restoreInputs, restored: "delete" },
                    outputs: { result: {} },
                }),
                step("update", dynamic("proof:Verification"), "verification", {
                    outputs: { verification: { status: "passed" } },
                }),
            ],
            [],
        ],
        [
            "exports of several applications, by a policy each or one for all",
            ["shop-export", "crossing-export"]
                .flatMap(policy => [
                    step("create", dynamic("k10:Export"), policy, { new: { runId: "1", policy } }),
                ])
                .concat(
                    ["shop", "books"].map(applicationNamespace =>
                        step("create", dynamic("k10:Import"), `${applicationNamespace}-import`, {
                            new: { runId: "1", applicationNamespace },
                        }),
                    ),
                ),
            [
                "backup and export of what policy `crossing-export` selects (run `1`)",
                "backup and export of namespace `shop` (run `1`)",
                "import of the backup of namespace `books` (run `1`)",
                "import of the backup of namespace `shop` (run `1`)",
            ],
        ],
        [
            "actions that did not succeed",
            [
                step("update", dynamic("k10:Import"), "import", {
                    old: { runId: "1" },
                    new: { runId: "1", applicationNamespace: "shop" },
                }),
                step("update", dynamic("proof:Verification"), "verification", {
                    old: { baseline: {} },
                    outputs: { baseline: {}, verification: { status: "failed" } },
                }),
            ],
            [
                "import of the backup of namespace `shop`: the last attempt did not succeed, and is gone on with or repeated",
                "the restored application is compared with the baseline: the last attempt did not succeed, and is gone on with or repeated",
            ],
        ],
    ];
    for (const [what, steps, expected] of cases) {
        it(what, () => assert.deepEqual(effects(...steps), expected));
    }
});
