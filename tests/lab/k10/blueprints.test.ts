/**
 * Blueprints of the program's catalogue in the stand-in's server, on fake clusters and a fake store. Pods do not run: that
 * the scripts work is shown by tests/components/blueprints.test.ts, and all of it together by the lab suite.
 */
import assert from "node:assert/strict";
import { isTerminal } from "../../../lab/k10/server/action.ts";
import { textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { isBound } from "../../../lab/k10/server/kanister/bound.ts";
import { outputOf, overridden, podSpec } from "../../../lab/k10/server/kanister/pods.ts";
import { rendered } from "../../../lab/k10/server/kanister/template.ts";
import { catalogue, simulateBlueprints, type Database } from "./support/kanister.ts";
import { FakeS3 } from "./support/s3.ts";
import { ACTIONS, APPS, Side } from "./support/side.ts";
import { until } from "./support/world.ts";

const shop = "/apis/apps/v1/namespaces/shop";
const blueprints = "/apis/cr.kanister.io/v1alpha1/namespaces/kasten-io/blueprints";
const bindings = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/blueprintbindings";

describe("K10 stand-in: templates of Blueprints", () => {
    const parameters = {
        Object: { metadata: { name: "db", namespace: "shop", labels: { "a/b": "c" } } },
        Profile: { a: 1 },
        Phases: { dump: { Secrets: { login: { Data: { pass: "word" } } } } },
    };
    const cases: [template: string, expected: string][] = [
        ["x-{{ .Object.metadata.name }}.{{.Object.metadata.namespace}}", "x-db.shop"],
        ['{{ index .Object.metadata.labels "a/b" }}', "c"],
        ['{{ index .Phases.dump.Secrets.login.Data "pass" | toString }}', "word"],
        ["'{{ toJson .Profile }}'", "'{\"a\":1}'"],
        ["no template }}", "no template }}"],
    ];
    for (const [template, expected] of cases) {
        it(template, () => assert.equal(rendered(template, parameters), expected));
    }

    it("are rendered wherever they stand", () => {
        assert.deepEqual(rendered({ a: ["{{ .Profile }}", 3], b: { c: true } }, parameters), {
            ...{ a: ['{"a":1}', 3], b: { c: true } },
        });
    });

    for (const [template, message] of [
        ["{{ .Time | date }}", "The K10 stand-in does not support the template {{ .Time | date }}"],
        ["{{ if .A }}", "The K10 stand-in does not support the template {{ if .A }}"],
        ["{{ }}", "The K10 stand-in does not support the template {{  }}"],
        ["{{ .Object.spec }}", "Failed to render the template {{ .Object.spec }}: no such key"],
    ]) {
        it(`refuses ${template}`, () =>
            assert.throws(() => rendered(template, parameters), { message }));
    }
});

describe("K10 stand-in: what a Blueprint is bound to", () => {
    const captured = {
        ...{ group: "apps", version: "v1", resource: "deployments" },
        object: {
            ...{ apiVersion: "apps/v1", kind: "Deployment" },
            metadata: { name: "db", labels: { tier: "data" }, annotations: { a: "1" } },
        },
    };
    const bound = (resources: object) => isBound({ resources }, captured, "shop");
    const type = (operator: string, value: object) => ({ type: { operator, values: [value] } });
    const cases: [what: string, resources: object, expected: boolean][] = [
        ["its type", { matchAll: [type("In", { group: "apps", name: "db" })] }, true],
        ["another name", { matchAll: [type("In", { group: "apps", name: "x" })] }, false],
        ["not another type", { matchAll: [type("NotIn", { resource: "pods" })] }, true],
        [
            "its namespace",
            { matchAll: [{ namespace: { operator: "In", values: ["shop"] } }] },
            true,
        ],
        ["a label", { matchAny: [{ labels: { key: "tier", operator: "Exists" } }] }, true],
        [
            "no annotation",
            { matchAll: [{ annotations: { key: "a", operator: "DoesNotExist" } }] },
            false,
        ],
        [
            "one of two",
            {
                matchAny: [
                    { labels: { key: "x", operator: "Exists" } },
                    { annotations: { key: "a", operator: "In", values: ["1"] } },
                ],
            },
            true,
        ],
        [
            "all, and none of any",
            {
                matchAll: [{ labels: { key: "tier", operator: "Exists" } }],
                matchAny: [{ labels: { key: "x", operator: "Exists" } }],
            },
            false,
        ],
    ];
    for (const [what, resources, expected] of cases) {
        it(what, () => assert.equal(bound(resources), expected));
    }
});

describe("K10 stand-in: pods of Blueprints", () => {
    it("are Kanister's: output and background share a folder, and an override adds to one of them", () => {
        const args = {
            ...{ initImage: "i", initCommand: ["a"], outputImage: "o", outputCommand: ["b"] },
            ...{ backgroundImage: "g", backgroundCommand: ["c"] },
        };
        const override = { containers: [{ name: "background", env: [{ name: "A", value: "1" }] }] };
        const volumeMounts = [{ name: "shared", mountPath: "/tmp/" }];
        const more = { imagePullPolicy: "IfNotPresent", volumeMounts };
        assert.deepEqual(overridden(podSpec("MultiContainerRun", args), override), {
            initContainers: [{ name: "init", image: "i", command: ["a"], ...more }],
            containers: [
                { name: "output", image: "o", command: ["b"], ...more },
                {
                    name: "background",
                    image: "g",
                    command: ["c"],
                    ...more,
                    env: [{ name: "A", value: "1" }],
                },
            ],
            volumes: [{ name: "shared", emptyDir: {} }],
        });
        assert.throws(() => overridden({}, { nodeSelector: {} }), {
            message: "The K10 stand-in does not support podOverride.nodeSelector",
        });
    });

    it("put out what their log says in Kanister's form", () => {
        const log = 'x\n###Phase-output###: {"key":"a","value":"b"}\ny';
        assert.deepEqual(outputOf(log), { a: "b" });
    });
});

describe("K10 stand-in: an application with a Blueprint", function () {
    this.timeout(20_000);

    let s3: FakeS3;
    let source: Side;
    let target: Side;
    let onSource: Database;
    let onTarget: Database;

    /** A Deployment with a volume, and a Blueprint for it. */
    const bind = (
        side: Side,
        name = "shop-database",
        created = "2026-01-01T00:00:00Z",
        more = {},
    ) => {
        const { kube } = side.lab;
        kube.put(`${blueprints}/${name}`, { ...catalogue, kind: "Blueprint" });
        kube.put(`${bindings}/${name}`, {
            metadata: { creationTimestamp: created },
            spec: {
                blueprintRef: { name, namespace: "kasten-io" },
                resources: {
                    matchAll: [
                        { type: { operator: "In", values: [{ group: "apps", name: "web" }] } },
                    ],
                },
                ...more,
            },
        });
        return side.validated("blueprintbindings", name);
    };

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        [source, target] = [await Side.start("uid-1", s3), await Side.start("uid-2", s3)];
        [onSource, onTarget] = [
            { content: "one two three", ran: [] },
            { content: "", ran: [] },
        ];
        simulateBlueprints(source.lab, onSource);
        simulateBlueprints(target.lab, onTarget);
        await source.application();
        // Nothing but the Blueprint can back its volume up.
        source.lab.world.config.genericBackup.token = false;
        source.lab.kube.put(`${shop}/deployments/web`, {
            spec: {
                ...{
                    replicas: 1,
                    template: {
                        spec: {
                            volumes: [{ name: "d", persistentVolumeClaim: { claimName: "data" } }],
                        },
                    },
                },
            },
        });
        source.exportPolicy("shop-export");
        await source.validated("policies", "shop-export");
    });
    afterEach(async () => {
        await Promise.all([source.stop(), target.stop()]);
        s3.stop();
    });

    let runs = 0;
    const run = (side: Side, policy: string) => side.run(policy, `run-${++runs}`);
    const ended = (side: Side, kind: string) =>
        until(`${kind} ended`, () => {
            const all = side.actions(kind);
            return all.length > 0 && all.every(isTerminal) ? all : undefined;
        });
    /** @returns the name of the content that an import brings */
    const imported = async () => {
        const policy = source.config("policies", "shop-export");
        const actions = policy?.spec?.["actions"] as
            { exportParameters?: { receiveString: string } }[] | undefined;
        target.importPolicy("shop-import", actions?.[1]?.exportParameters?.receiveString ?? "");
        await target.validated("policies", "shop-import");
        await run(target, "shop-import");
        return (await one(target, `${APPS}/restorepointcontents`)).metadata.name;
    };
    const restore = async (content: string) => {
        await target.call("POST", `${APPS}/namespaces/shop/restorepoints`, {
            ...{ apiVersion: "apps.kio.kasten.io/v1alpha1", kind: "RestorePoint" },
            metadata: { name: "r1", namespace: "shop" },
            spec: { restorePointContentRef: { name: content } },
        });
        const subject = { kind: "RestorePoint", name: "r1", namespace: "shop" };
        await target.call("POST", `${ACTIONS}/namespaces/shop/restoreactions`, {
            ...{ apiVersion: "actions.kio.kasten.io/v1alpha1", kind: "RestoreAction" },
            metadata: { name: "r1", namespace: "shop" },
            spec: { subject, targetNamespace: "shop" },
        });
        return (await ended(target, "RestoreAction"))[0];
    };
    const phasesOf = async (side: Side, path: string) => {
        const { status } = await side.call("GET", `${path}/details`);
        const { phases } = (
            status as { actionDetails: { phases: { name: string; state: string }[] } }
        ).actionDetails;
        return phases.map(({ name, state }) => `${name}: ${state}`);
    };
    const one = async (side: Side, path: string) =>
        ((await side.call("GET", path))["items"] as KubeObject[])[0];

    it("crosses by its dump, and its volume comes back empty", async () => {
        await bind(source);
        await bind(target);
        assert.equal(textAt(await run(source, "shop-export"), "status", "state"), "Complete");
        assert.deepEqual(onSource.ran, ["push"]);
        const backup = await one(source, `${ACTIONS}/namespaces/shop/backupactions`);
        assert.deepEqual(
            await phasesOf(
                source,
                `${ACTIONS}/namespaces/shop/backupactions/${backup.metadata.name}`,
            ),
            [
                "Capturing application specification: succeeded",
                "Blueprint shop-database: backup for Deployment web, phase dump: succeeded",
                "Snapshotting application volumes: succeeded",
                "Creating restore point: succeeded",
            ],
        );
        const data = [...s3.objects.keys()].filter(key => /\/(dumps|volumes)\//.test(key));
        assert.equal(data.length, 1);
        assert.match(
            data[0],
            /^backups\/k10\/uid-1\/migration\/repo\/[^/]+\/dumps\/[0-9a-f]{16}\/deployment-web\/dump$/,
        );
        assert.ok(!String(s3.objects.get(data[0])).includes("two"), "it is not sealed");

        const content = await imported();
        target.lab.kube.put("/api/v1/namespaces/shop");
        const restored = await restore(content);
        assert.deepEqual(
            [textAt(restored, "status", "state"), restored.status?.["exceptions"]],
            ["Complete", undefined],
        );
        assert.deepEqual([onTarget.content, onTarget.ran], ["one two three", ["pull"]]);
        assert.ok(target.lab.kube.get("/api/v1/namespaces/shop/persistentvolumeclaims/data"));
        const point = await target.call("GET", `${APPS}/namespaces/shop/restorepoints/r1/details`);
        const { artifacts } = (point.status as { restorePointDetails: { artifacts: object[] } })
            .restorePointDetails;
        assert.deepEqual(artifacts.at(-1), {
            ...{ kind: "KanisterArtifact", name: "dump", namespace: "shop" },
            ...{ blueprint: "shop-database", workload: "Deployment/web", logicalSizeBytes: 13 },
            profile: "minio",
        });
    });

    it("takes the oldest binding that is valid and not disabled, before the annotation", async () => {
        await bind(source, "younger", "2026-02-01T00:00:00Z");
        await bind(source, "disabled", "2025-01-01T00:00:00Z", { disabled: true });
        await bind(source, "older", "2026-01-01T00:00:00Z");
        await run(source, "shop-export");
        const backup = await one(source, `${ACTIONS}/namespaces/shop/backupactions`);
        const phases = await phasesOf(
            source,
            `${ACTIONS}/namespaces/shop/backupactions/${backup.metadata.name}`,
        );
        assert.match(phases[1], /^Blueprint older: /);
    });

    it("takes the annotation where no binding is, and fails where that Blueprint is missing", async () => {
        const { kube } = source.lab;
        const path = `${shop}/deployments/web`;
        const found = kube.get(path)!;
        kube.put(path, {
            ...found,
            metadata: {
                ...found.metadata,
                annotations: { "kanister.kasten.io/blueprint": "mine" },
            },
        });
        const failed = await run(source, "shop-export");
        assert.equal(textAt(failed, "status", "state"), "Failed");
        assert.match(
            JSON.stringify(failed.status),
            /blueprints\.cr\.kanister\.io .{0,8}mine.{0,8} not found/,
        );
        kube.put(`${blueprints}/mine`, { ...catalogue, kind: "Blueprint" });
        assert.equal(textAt(await run(source, "shop-export"), "status", "state"), "Complete");
    });

    it("fails with what the pod's log says, and leaves nothing in the bucket", async () => {
        await bind(source);
        onSource.refusal = "FATAL:  password authentication failed";
        const failed = await run(source, "shop-export");
        assert.equal(textAt(failed, "status", "state"), "Failed");
        const backup = await one(source, `${ACTIONS}/namespaces/shop/backupactions`);
        const messages: string[] = [];
        for (
            let cause = JSON.parse(textAt(backup, "status", "error", "cause")) as
                { message: string; cause?: never } | undefined;
            cause;
            cause = cause.cause
        ) {
            messages.push(cause.message.replace(/kanister-job-\w+/, "P"));
        }
        assert.deepEqual(messages, [
            "Pod failed or did not transition into complete state",
            "FATAL:  password authentication failed\nThe push failed, exit code 2",
            "Pod P failed",
        ]);
        assert.deepEqual(
            [...s3.objects.keys()].filter(key => key.includes("/dumps/")),
            [],
        );
        assert.equal(
            [...source.lab.kube.objects.keys()].filter(key => key.includes("kanister-job")).length,
            0,
        );
    });

    it("is refused a backup without a location, and functions that the stand-in does not have", async () => {
        await bind(source);
        source.policy("bare", {
            selector: { matchLabels: { "k10.kasten.io/appNamespace": "shop" } },
            actions: [{ action: "backup" }],
        });
        await source.validated("policies", "bare");
        assert.match(
            JSON.stringify((await run(source, "bare")).status),
            /Deployment web is backed up by Blueprint shop-database, and the policy's backup action names no profile/,
        );
        const phases = [{ func: "ScaleWorkload", name: "down", args: {} }];
        source.lab.kube.put(`${blueprints}/shop-database`, {
            ...{ kind: "Blueprint", actions: { backup: { phases } } },
        });
        assert.match(
            JSON.stringify((await run(source, "shop-export")).status),
            /The K10 stand-in does not support function ScaleWorkload/,
        );
    });

    it("is rid of its dump once no restore point has it", async () => {
        await bind(source);
        await run(source, "shop-export");
        const contents = (await source.call("GET", `${APPS}/restorepointcontents`))[
            "items"
        ] as KubeObject[];
        for (const [i, { metadata }] of contents.entries()) {
            await source.call("DELETE", `${APPS}/restorepointcontents/${metadata.name}`);
            await ended(source, "RetireAction");
            assert.deepEqual(onSource.ran, i === 0 ? ["push"] : ["push", "delete"]);
        }
    });
});
