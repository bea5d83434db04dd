/** Diagnostics of the program, of a cluster with the K10 stand-in: what is in them, and what is not. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provider } from "crossing-actions/dist/action.js";
import { writeDiagnostics } from "crossing-actions/dist/diagnostics/index.js";
import { exportAction } from "crossing-actions/dist/k10/export.js";
import { front, type Front } from "./support/front.ts";
import { FakeS3 } from "./support/s3.ts";
import { Side } from "./support/side.ts";

const password = 'p4ss"word/with+signs';
const encode = (text: string) => Buffer.from(text).toString("base64");

describe("diagnostics", function () {
    this.timeout(60_000);

    let s3: FakeS3;
    let side: Side;
    let entry: Front;
    let folder: string;

    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "diagnostics-"));
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        side = await Side.start("uid-of-source", s3);
        await side.application();
        side.exportPolicy("shop-export");
        await side.validated("policies", "shop-export");
        entry = await front(side.lab.kube, side.api);
        const { kube } = side.lab;
        kube.put("/api/v1/namespaces/shop/secrets/database", {
            data: { PASSWORD: encode(password) },
        });
        kube.put("/api/v1/namespaces/shop/events/e", {
            ...{ type: "Warning", reason: "Failed", message: `login with ${password} failed` },
            involvedObject: { kind: "Pod", name: "web-1" },
            lastTimestamp: "2026-01-01T00:00:00Z",
        });
        kube.put("/api/v1/namespaces/kasten-io/pods/executor-svc-1", {
            spec: {
                containers: [
                    {
                        ...{ name: "executor", image: "executor:1" },
                        env: [{ name: "KEY", value: "in the environment" }],
                    },
                ],
            },
            status: { phase: "Running" },
        });
        kube.intercept = (_method, path) =>
            path.endsWith("/pods/executor-svc-1/log")
                ? [200, `key secret-of-nobody and ${password}\n` as unknown as object]
                : undefined;
    });
    afterEach(async () => {
        entry.stop();
        await side.stop();
        s3.stop();
        rmSync(folder, { recursive: true });
    });

    /** Texts by path, of all files below a folder. */
    function files(below: string): Map<string, string> {
        const names = readdirSync(below, { recursive: true, encoding: "utf8" }).sort();
        return new Map(
            names
                .filter(name => statSync(join(below, name)).isFile())
                .map(name => [name, readFileSync(join(below, name), "utf8")]),
        );
    }
    const inputs = () => ({
        ...{ kubeconfig: entry.kubeconfig, clusterUid: "c", namespace: "kasten-io" },
        ...{ policy: "shop-export", runId: "1", receiveStringGiven: false },
        ...{ timeout: 15, validationTimeout: 15 },
    });
    const exports = provider(exportAction);

    it("are written when an action fails, and the message names them", async () => {
        side.faults({ actionFailed: "ExportAction" });
        await assert.rejects(
            exports.create({ ...inputs(), diagnostics: { folder } }),
            (error: Error) => {
                const [made] = readdirSync(folder);
                assert.ok(
                    error.message.endsWith(`-o yaml Diagnostics: ${join(folder, made)}`),
                    error.message,
                );
                assert.match(made, /^export-\d{8}T\d{6}Z$/);
                const found = files(join(folder, made));
                const ofNamespace = (name: string) =>
                    [
                        ...["deployments.json", "events.txt", "persistentvolumeclaims.json"],
                        ...["pods.json", "replicasets.json", "statefulsets.json"],
                        "volumesnapshots.json",
                    ].map(file => `namespaces/${name}/${file}`);
                assert.deepEqual(
                    [...found.keys()],
                    [
                        ...[
                            "README.txt",
                            "cluster/apiservices.json",
                            "cluster/storageclasses.json",
                        ],
                        "cluster/volumesnapshotclasses.json",
                        "cluster/volumesnapshotcontents.json",
                        ...["failure.txt", "k10/backupactions.json", "k10/exportactions.json"],
                        ...["k10/importactions.json", "k10/policies.json", "k10/profiles.json"],
                        ...["k10/restoreactions.json", "k10/restorepointcontents.json"],
                        ...["k10/restorepoints.json", "k10/runactions.json"],
                        "logs/executor-svc-1/executor.log",
                        ...ofNamespace("kasten-io"),
                        ...ofNamespace("shop"),
                        ...["problems.txt", "versions.json"],
                    ],
                );
                assert.equal(
                    `${error.message.split(" Diagnostics: ")[0]}\n`,
                    found.get("failure.txt"),
                );
                assert.equal(
                    found.get("namespaces/shop/events.txt"),
                    "2026-01-01T00:00:00.000Z Warning Failed Pod/web-1: login with [secret] failed\n",
                );
                // With /details: the phases of an action are nowhere else.
                assert.match(found.get("k10/exportactions.json") ?? "", /"phases": \[/);
                return true;
            },
        );
    });

    it("hold no secret of the cluster, of the kubeconfig, or of whoever asks", async () => {
        const { receiveString } = (await exports.create(inputs())).outs as {
            receiveString: string;
        };
        const made = await writeDiagnostics({
            ...{ kubeconfig: entry.kubeconfig, title: "source", folder },
            secrets: ["secret-of-nobody"],
        });
        const secrets = [
            ...[password, JSON.stringify(password).slice(1, -1), encode(password)],
            ...[receiveString, "secret-of-nobody", "in the environment", encode("secret")],
        ];
        assert.match(receiveString, /^bIzAPpoanm/);
        const found = files(made);
        for (const [name, text] of found) {
            const leaked = secrets.filter(secret => text.includes(secret));
            assert.deepEqual(leaked, [], name);
            assert.doesNotMatch(text, /bIzAPpoanm|"(access|secret|token)"/, name);
        }
        assert.match(
            found.get("logs/executor-svc-1/executor.log") ?? "",
            /^key \[secret\] and \[secret\]$/m,
        );
        assert.match(found.get("k10/policies.json") ?? "", /"receiveString": "\[secret\]"/);
    });

    it("of the same cluster are the same", async () => {
        const request = { kubeconfig: entry.kubeconfig, title: "source", folder };
        const [a, b] = [
            await writeDiagnostics({ ...request, now: new Date(0) }),
            await writeDiagnostics({ ...request, now: new Date(1_000) }),
        ];
        assert.deepEqual(
            [a, b].map(each => each.slice(folder.length + 1)),
            ["source-19700101T000000Z", "source-19700101T000001Z"],
        );
        assert.deepEqual(files(a), files(b));
    });

    it("leave logs and events out where secrets cannot be read, and so cannot be hidden", async () => {
        const { intercept } = side.lab.kube;
        side.lab.kube.intercept = (method, path) =>
            path.endsWith("/namespaces/kasten-io/secrets")
                ? [403, { reason: "Forbidden", message: "secrets is forbidden" }]
                : intercept(method, path);
        const found = files(
            await writeDiagnostics({ kubeconfig: entry.kubeconfig, title: "source", folder }),
        );
        assert.deepEqual(
            [...found.keys()].filter(name => /^logs|kasten-io\/events/.test(name)),
            [],
        );
        const problems = found.get("problems.txt") ?? "";
        assert.match(problems, /^secrets of namespace kasten-io: secrets is forbidden$/m);
        assert.match(
            problems,
            /^K10's logs: left out, for there are secrets that could not be read/m,
        );
    });

    it("are not written unless asked for", async () => {
        side.faults({ actionFailed: "ExportAction" });
        await assert.rejects(exports.create(inputs()), (error: Error) => {
            assert.doesNotMatch(error.message, /Diagnostics/);
            return true;
        });
        assert.deepEqual(readdirSync(folder), []);
    });

    it("that cannot be written do not hide the failure", async () => {
        side.faults({ actionFailed: "ExportAction" });
        const nowhere = join(folder, "file\0");
        await assert.rejects(
            exports.create({ ...inputs(), diagnostics: { folder: nowhere } }),
            /^Error: Export `kasten-io\/shop-export-1-1` failed after \d+s: fault actionFailed .* -o yaml$/,
        );
        assert.ok(!existsSync(nowhere));
    });
});
