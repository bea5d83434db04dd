/** Each fault knob of the stand-in: what it does, that it ends, and that nothing is wrong without it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { parse } from "yaml";
import {
    hits,
    LIMIT_KNOBS,
    parseLimits,
    parseSeconds,
    SECONDS_KNOBS,
    settingErrors,
} from "../../../lab/k10/server/faults/settings.ts";
import { at, textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { front } from "./support/front.ts";
import { FakeS3 } from "./support/s3.ts";
import { ACTIONS, APPS, Side } from "./support/side.ts";
import { until } from "./support/world.ts";

const knobs = [...LIMIT_KNOBS, ...SECONDS_KNOBS].sort();
const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

describe("K10 stand-in: how faults are set", () => {
    it("a limit is always, the first so many times, or a share, always the same ones", () => {
        const limits = parseLimits("get, create=2,list=50%, *=20%");
        const hit = (name: string) =>
            [1, 2, 3, 4, 5, 6].filter(count => hits(limits.get(name)!, count));
        const all = Array.from({ length: 1_000 }, (_, i) => i + 1);
        assert.equal(all.filter(count => hits({ share: 0.2 }, count)).length, 200);
        // A client that always asks three times in a row gets through now and then.
        const thirds = all.filter(count => count % 3 === 0);
        const met = thirds.filter(count => hits({ share: 1 / 3 }, count)).length;
        assert.ok(met > 100 && met < 122, `${met} of 333`);
        assert.deepEqual(hit("get"), [1, 2, 3, 4, 5, 6]);
        assert.deepEqual(hit("create"), [1, 2]);
        assert.deepEqual(hit("list"), [2, 4, 5]);
        assert.deepEqual(hit("*"), [5]);
        assert.equal(parseLimits("").size, 0);
    });

    it("a time is a number of seconds", () => {
        assert.equal(parseSeconds(""), 0);
        assert.equal(parseSeconds("1.5"), 1.5);
    });

    it("says what cannot be read", () => {
        assert.deepEqual(
            settingErrors({
                ...{ apiReset: "get=often", slowValidation: "soon", apiAway: "get" },
                storeSlowDown: "backups=3",
            }),
            [
                "`apiReset`: `get=often` must be like NAME, NAME=3 or NAME=20%",
                "`slowValidation`: `soon` must be a number of seconds that is not negative",
                "`apiAway` is no fault",
            ],
        );
    });

    it("chart, schema and README know the same knobs, and all are off", () => {
        const chart = "../../../lab/k10/chart";
        const values: unknown = parse(read(`${chart}/values.yaml`));
        const faults = at(values, "standIn", "faults") as Record<string, string>;
        assert.deepEqual(Object.keys(faults).sort(), knobs);
        assert.deepEqual([...new Set(Object.values(faults))], [""]);
        const schema: unknown = JSON.parse(read(`${chart}/values.schema.json`));
        const known = at(schema, "properties", "standIn", "properties", "faults", "properties");
        assert.deepEqual(Object.keys(known as object).sort(), knobs);
        const rows = read("../../../lab/k10/README.md").matchAll(
            /^\| `([a-zA-Z]+)` +\| .*\| \S.* \|$/gm,
        );
        assert.deepEqual([...rows].map(row => row[1]).sort(), knobs);
    });
});

describe("K10 stand-in: faults", function () {
    let s3: FakeS3;
    let side: Side;

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        side = await Side.start("uid-of-source", s3, 0.1);
    });
    afterEach(async () => {
        await side.stop();
        s3.stop();
    });

    const list = () => side.call("GET", `${ACTIONS}/runactions`);
    const unavailable = {
        code: 503,
        message:
            "the server is currently unable to handle the request (list runactions.actions.kio.kasten.io)",
    };

    /** An application with a valid export policy. */
    async function ready(): Promise<void> {
        await side.application();
        side.exportPolicy("nightly");
        await side.validated("policies", "nightly");
    }
    const states = (kind: string) =>
        side.actions(kind).map(each => textAt(each, "status", "state"));
    const state = (action: KubeObject) => textAt(action, "status", "state");
    const shown = (policy: string) =>
        textAt(
            side.config("policies", policy),
            ...["spec", "actions", 1, "exportParameters", "receiveString"],
        );

    /** The messages of `status.error`, outermost first. */
    function messages(action: KubeObject): string[] {
        const { message, cause } = action.status?.["error"] as { message: string; cause: string };
        const result = [message];
        for (let inner: unknown = JSON.parse(cause); inner; inner = at(inner, "cause")) {
            result.push(textAt(inner, "message"));
        }
        return result;
    }

    it("no ConfigMap, an empty one and one with mistakes are no faults", async () => {
        await list();
        side.faults({ apiUnavailable: "" });
        await list();
        side.faults({ apiUnavailable: "list;get", apiAway: "list" });
        await list();
    });

    it("apiUnavailable: 503 for the verbs it names, counted anew when the text changes", async () => {
        side.faults({ apiUnavailable: "list=1" });
        await assert.rejects(list(), unavailable);
        await list();
        side.faults({ apiUnavailable: "list=1,get" });
        await assert.rejects(list(), unavailable);
        await list();
        side.faults({});
        await list();
    });

    it("apiUnavailable: discovery still answers, so the API stays registered", async () => {
        side.faults({ apiUnavailable: "*" });
        const answer = await side.call("GET", ACTIONS);
        assert.equal(answer.kind, "APIResourceList");
    });

    it("apiReset and apiAnswerLost: a client of the API server gets 503, with and without effect", async () => {
        const entry = await front(side.lab.kube, side.api);
        const post = (name: string) =>
            new Promise<number | undefined>((resolve, reject) => {
                const { clusters } = JSON.parse(entry.kubeconfig) as {
                    clusters: { cluster: { server: string } }[];
                };
                const url = `${clusters[0].cluster.server}${ACTIONS}/namespaces/kasten-io/runactions`;
                const headers = { "Content-Type": "application/json" };
                const sent = request(url, { method: "POST", headers }, answer => {
                    answer.resume().on("end", () => resolve(answer.statusCode));
                });
                sent.on("error", reject);
                const subject = { kind: "Policy", name: "nightly", namespace: "kasten-io" };
                sent.end(
                    JSON.stringify({
                        apiVersion: "actions.kio.kasten.io/v1alpha1",
                        kind: "RunAction",
                        metadata: { name },
                        spec: { subject },
                    }),
                );
            });
        try {
            await ready();
            side.faults({ apiReset: "create=1" });
            assert.equal(await post("a"), 503);
            assert.deepEqual(side.actions("RunAction"), []);
            side.faults({ apiAnswerLost: "create=1" });
            assert.equal(await post("a"), 503);
            assert.equal(side.actions("RunAction").length, 1);
            assert.equal(await post("a"), 409);
        } finally {
            entry.stop();
        }
    });

    it("slowValidation: a policy is Pending for so long", async () => {
        side.faults({ slowValidation: "0.3" });
        const started = Date.now();
        side.exportPolicy("nightly");
        await side.validated("policies", "nightly", "Pending");
        await side.validated("policies", "nightly");
        assert.ok(Date.now() - started >= 300);
    });

    it("staleValidation: Success of the earlier spec, and a run meanwhile fails", async () => {
        await ready();
        side.faults({ staleValidation: "0.3" });
        side.exportPolicy("nightly", { name: "gone", namespace: "kasten-io" });
        const failed = await side.run("nightly", "a");
        assert.deepEqual(messages(failed), [
            "Cannot execute action for an invalid policy",
            "Policy kasten-io/nightly has changed since it was validated",
        ]);
        assert.equal(textAt(side.config("policies", "nightly"), "status", "validation"), "Success");
        const policy = await side.validated("policies", "nightly", "Failed");
        assert.match(JSON.stringify(policy.status), /Profile kasten-io\/gone not found/);
    });

    it("attemptFailed: AttemptFailed, then what the action is worth", async () => {
        await ready();
        side.faults({ attemptFailed: "ExportAction=1" });
        const run = side.run("nightly", "a");
        await until("AttemptFailed", () => states("ExportAction").includes("AttemptFailed"));
        assert.equal(state(await run), "Complete");
        assert.deepEqual(states("ExportAction"), ["Complete", "Complete"]);
    });

    it("actionFailed: Failed at once, with nested causes that the run passes on", async () => {
        await ready();
        side.faults({ actionFailed: "ExportAction" });
        const failed = await side.run("nightly", "a");
        assert.equal(state(failed), "Failed");
        const chain = [
            "Job failed to be executed",
            "Failed to execute phase",
            "fault actionFailed of the K10 stand-in",
        ];
        const [action] = side.actions("ExportAction");
        assert.deepEqual(messages(action), chain);
        assert.deepEqual(messages(failed).slice(1), chain);
    });

    it("actionExceptions: Complete, with an exception", async () => {
        await ready();
        side.faults({ actionExceptions: "BackupAction" });
        assert.equal(state(await side.run("nightly", "a")), "Complete");
        assert.deepEqual(side.actions("BackupAction")[0].status?.["exceptions"], [
            { message: "fault actionExceptions of the K10 stand-in" },
        ]);
    });

    it("actionSkipped and actionCancelled: these ends, and no success of the run", async () => {
        await ready();
        side.faults({ actionSkipped: "BackupAction=1", actionCancelled: "ExportAction=1" });
        assert.equal(state(await side.run("nightly", "a")), "Failed");
        assert.equal(state(await side.run("nightly", "b")), "Failed");
        assert.deepEqual(states("BackupAction"), ["Skipped", "Complete"]);
        assert.deepEqual(states("ExportAction"), ["Cancelled"]);
        side.faults({ actionSkipped: "RunAction" });
        assert.equal(state(await side.run("nightly", "c")), "Skipped");
        side.faults({ actionCancelled: "RunAction" });
        assert.equal(state(await side.run("nightly", "d")), "Cancelled");
    });

    it("failureHidden: a run is Complete whatever became of its export", async () => {
        await ready();
        side.faults({ actionFailed: "ExportAction", failureHidden: "RunAction" });
        assert.equal(state(await side.run("nightly", "a")), "Complete");
        assert.deepEqual(states("ExportAction"), ["Failed"]);
    });

    it("receiveStringLate: empty everywhere, and there in the end", async () => {
        side.faults({ receiveStringLate: "0.6" });
        await ready();
        assert.equal(shown("nightly"), "");
        await side.run("nightly", "a");
        assert.equal(textAt(side.actions("ExportAction")[0].spec, "receiveString"), "");
        await until("it comes", () => shown("nightly") !== "" || undefined);
    });

    it("receiveStringEmpty: empty for as long as the fault is set", async () => {
        side.faults({ receiveStringEmpty: "nightly" });
        await ready();
        await side.run("nightly", "a");
        assert.equal(shown("nightly"), "");
        assert.equal(textAt(side.actions("ExportAction")[0].spec, "receiveString"), "");
        side.faults({});
        await until("it comes", () => shown("nightly") !== "" || undefined);
    });

    it("storeSlowDown: a throttled bucket makes an attempt fail, a moment later all is well", async () => {
        await ready();
        side.faults({ storeSlowDown: "backups=1" });
        const run = await side.run("nightly", "a");
        assert.equal(state(run), "Complete", JSON.stringify(run.status));
        const details = await side.call(
            "GET",
            `${ACTIONS}/namespaces/shop/backupactions/${side.actions("BackupAction")[0].metadata.name}/details`,
        );
        assert.match(JSON.stringify(details.status), /"attempt":2/);
    });

    it("credentialsExpired: actions fail, and the Profile at its next validation", async () => {
        await ready();
        side.faults({ credentialsExpired: "backups" });
        const failed = await side.run("nightly", "a");
        assert.equal(messages(failed).at(-1), "ExpiredToken: The provided token has expired.");
        side.profile("another", s3, "backups");
        const { status } = await side.validated("profiles", "another", "Failed");
        assert.deepEqual(status?.["error"], [
            "Could not access profile bucket",
            "ExpiredToken: The provided token has expired.",
        ]);
    });

    it("restoreNeverReady: Running, then Failed", async () => {
        await ready();
        await side.run("nightly", "a");
        const [point] = (await side.call("GET", `${APPS}/namespaces/shop/restorepoints`))[
            "items"
        ] as KubeObject[];
        side.faults({ restoreNeverReady: "shop" });
        const subject = { kind: "RestorePoint", name: point.metadata.name, namespace: "shop" };
        await side.call("POST", `${ACTIONS}/namespaces/shop/restoreactions`, {
            apiVersion: "actions.kio.kasten.io/v1alpha1",
            kind: "RestoreAction",
            metadata: { name: "r" },
            spec: { subject },
        });
        await until("Failed", () => states("RestoreAction")[0] === "Failed" || undefined);
        assert.deepEqual(messages(side.actions("RestoreAction")[0]), [
            "Deployment shop/web is not ready after 0.2 s",
            "fault restoreNeverReady of the K10 stand-in",
        ]);
    });
});
