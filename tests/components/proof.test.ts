import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { computeSourceTimings, computeTargetTimings } from "../../components/proof/timings";
import { registered, secret } from "./support/mocks";

/** An action from one second to another, after noon. */
const action = (start: number | "", end: number | "") => {
    const time = (second: number | "") =>
        second === "" ? "" : new Date(Date.UTC(2026, 10, 21, 12) + second * 1_000).toISOString();
    return { name: "kasten-io/x", startTime: time(start), endTime: time(end) };
};
const none = action("", "");

/** The timings of a crossing whose two sides tell them. */
const computeTimings = (
    exported: Parameters<typeof computeSourceTimings>[0] & {
        runAction: ReturnType<typeof action>;
    },
    ...[imported, restored, proof]: Tail<Parameters<typeof computeTargetTimings>>
) => ({
    ...computeSourceTimings(exported),
    ...computeTargetTimings(exported.runAction.startTime, imported, restored, proof),
});
type Tail<T> = T extends [unknown, ...infer Rest] ? Rest : never;

describe("the timings", () => {
    type Case = [string, Parameters<typeof computeTimings>, ReturnType<typeof computeTimings>];
    const table: Case[] = [
        [
            "are the seconds of each phase, and from the backup's start to the proof",
            [
                {
                    runAction: action(0, 12),
                    backupActions: [action(1, 5)],
                    exportActions: [action(5, 11.5)],
                },
                action(13, 20),
                action(21, 40.26),
                action(41, 42),
            ],
            { backup: 4, export: 6.5, import: 7, restore: 19.3, verification: 1, total: 42 },
        ],
        [
            "go from the first start to the last end: actions of one kind overlap",
            [
                {
                    runAction: action(0, 30),
                    backupActions: [action(4, 9), action(1, 3), action(2, 20)],
                    exportActions: [action(20, 30), action(10, 12)],
                },
                action(30, 31),
                action(31, 32),
                action(32, 33),
            ],
            { backup: 19, export: 20, import: 1, restore: 1, verification: 1, total: 33 },
        ],
        [
            "are 0 where K10 gives no times",
            [
                { runAction: none, backupActions: [], exportActions: [none] },
                action(5, ""),
                action("", 5),
                action(32, 33),
            ],
            { backup: 0, export: 0, import: 0, restore: 0, verification: 1, total: 1 },
        ],
        [
            "leave out an import where there was none",
            [
                {
                    runAction: action(0, 4),
                    backupActions: [action(0, 2)],
                    exportActions: [action(2, 4)],
                },
                undefined,
                action(4, 9),
                action(9, 10),
            ],
            { backup: 2, export: 2, restore: 5, verification: 1, total: 10 },
        ],
        [
            "leave out actions without a time",
            [
                {
                    runAction: action(0, 30),
                    backupActions: [none, action(1, 3)],
                    exportActions: [action(3, ""), action(4, 6)],
                },
                action(30, 30),
                action(30, 30.04),
                action(30.04, 30.1),
            ],
            { backup: 2, export: 3, import: 0, restore: 0, verification: 0.1, total: 30.1 },
        ],
    ];
    for (const [what, args, expected] of table) {
        it(what, () => {
            assert.deepEqual(computeTimings(...args), expected);
        });
    }

    it("are outputs of the two sides as soon as everything is done", async () => {
        const { sourceTimings, targetTimings } = await import("../../components/proof");
        const [exported, imported, restored, proof] = table[0][1];
        const seenTime = "2026-11-21T12:00:00Z";
        const before = sourceTimings(pulumi.output({ ...exported, seenTime }));
        const after = targetTimings(
            exported.runAction.startTime,
            imported && pulumi.output({ runAction: imported, seenTime }),
            pulumi.output({ restoreAction: restored, seenTime }),
            proof && pulumi.output({ ...proof, status: "passed" as const, checks: [] }),
        );
        const both = pulumi.all([before, after]).apply(([a, b]) => ({ ...a, ...b }));
        assert.deepEqual(await new Promise(resolve => both.apply(resolve)), table[0][2]);
    });
});

describe("Baseline and Verification", () => {
    it("are dynamic resources under their fixed names", async () => {
        const { Baseline, Verification } = await import("../../components/proof");
        const observe = {
            clusterUid: "u",
            runId: "1",
            runToken: "t",
            namespace: "shop",
            database: {
                namespace: "shop",
                labels: { a: "b" },
                container: "postgres",
                database: "postgres",
                user: "shop",
            },
            page: { service: "web", port: 8080, path: "index.html", same: "sentinel" as const },
            timeout: 300,
        };
        const baseline = {
            tables: [{ table: "public.orders", rows: 1, digest: "d" }],
            sentinel: true,
            page: { status: 200, digest: "d", showsSentinel: true },
        };
        const kubeconfig = pulumi.secret("k");
        const all = await registered(() => {
            new Baseline("baseline", { ...observe, kubeconfig });
            new Verification("verification", {
                ...observe,
                kubeconfig,
                baseline,
                restorePoint: "shop/p",
            });
        });
        const options = { additionalSecretOutputs: ["kubeconfig"], hideDiffs: ["__provider"] };
        assert.deepEqual(all, [
            {
                type: "pulumi-nodejs:dynamic/proof:Baseline",
                name: "baseline",
                inputs: { ...observe, kubeconfig: secret("k") },
                ...options,
            },
            {
                type: "pulumi-nodejs:dynamic/proof:Verification",
                name: "verification",
                inputs: { ...observe, kubeconfig: secret("k"), baseline, restorePoint: "shop/p" },
                ...options,
            },
        ]);
    });
});

describe("the proofs of several applications", () => {
    const check = { name: "page", passed: true, expected: "200", actual: "200" };
    const proof = (status: "passed" | "failed", startTime: string, endTime: string) => ({
        ...{ status, startTime, endTime },
        checks: [{ ...check, passed: status === "passed" }],
    });

    it("are one that passed where all passed, with the name of each before its checks", async () => {
        const { computeTogether } = await import("../../components/proof/together");
        assert.deepEqual(
            computeTogether([
                ["shop", proof("passed", "12:02", "12:03")],
                ["books", proof("passed", "12:01", "12:05")],
            ]),
            {
                ...{ status: "passed", startTime: "12:01", endTime: "12:05" },
                checks: [
                    { ...check, name: "shop: page" },
                    { ...check, name: "books: page" },
                ],
            },
        );
    });

    it("fail where one failed", async () => {
        const { computeTogether } = await import("../../components/proof/together");
        const { status } = computeTogether([
            ["shop", proof("passed", "a", "b")],
            ["books", proof("failed", "a", "b")],
        ]);
        assert.equal(status, "failed");
    });

    it("of one application are its own", async () => {
        const { computeTogether } = await import("../../components/proof/together");
        const own = proof("passed", "a", "b");
        assert.equal(computeTogether([["shop", own]]), own);
    });
});
