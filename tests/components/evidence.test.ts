import * as pulumi from "@pulumi/pulumi";
import type { ExportResult, ExportTimes } from "crossing-actions";
import assert from "node:assert/strict";
import {
    bothEvidence,
    computeSourceEvidence,
    computeTargetEvidence,
    Evidence,
    sourceEvidence,
    targetEvidence,
} from "../../components/proof/evidence";

/** An action of a minute. */
const at = (minute: number, name: string) => ({
    ...{ name, state: "Complete" },
    startTime: `2026-11-21T12:0${minute}:00Z`,
    endTime: `2026-11-21T12:0${minute + 1}:00Z`,
});
const seenTime = "2026-11-21T12:09:00Z";
const exported = (exportActions: ExportTimes[] = [at(2, "shop/b-export")]): ExportResult => ({
    ...{ runAction: at(0, "kasten-io/run"), backupActions: [at(1, "shop/b")], exportActions },
    seenTime,
});
const imported = {
    ...{ runAction: at(4, "kasten-io/import"), importActions: [at(5, "kasten-io/i")], seenTime },
};
const restored = { restoreAction: at(7, "shop/restore"), seenTime };

describe("the evidence of the source", () => {
    it("is each action with its kind, in the order of their start", () => {
        const validation = at(3, "kasten-io/validate");
        assert.deepEqual(computeSourceEvidence("shop", exported(), validation), {
            actions: [
                { kind: "RunAction", ...at(0, "kasten-io/run") },
                { kind: "BackupAction", ...at(1, "shop/b") },
                { kind: "ExportAction", ...at(2, "shop/b-export") },
                { kind: "ValidateAction", ...validation },
            ],
        });
    });

    it("is of one application, and of K10's own namespace, where a policy exports several", () => {
        const all = exported([
            { ...at(2, "shop/b-export"), moved: { totalBytes: 1 } },
            { ...at(2, "books/c-export"), moved: { totalBytes: 2 } },
            at(3, "kasten-io/metadata"),
        ]);
        all.backupActions.push(at(1, "books/c"));
        const { actions, export: moved } = computeSourceEvidence("books", all);
        assert.deepEqual(
            actions.map(({ name }) => name),
            ["kasten-io/run", "books/c", "books/c-export", "kasten-io/metadata"],
        );
        assert.deepEqual(moved, { totalBytes: 2 });
    });

    it("has the point of its application that was exported", () => {
        const point = { artifacts: 2, list: [{ kind: "Secret", name: "db" }] };
        const all = { ...exported(), points: { shop: point, books: { artifacts: 9 } } };
        assert.deepEqual(computeSourceEvidence("shop", all).restorePoint, point);
        assert.equal("restorePoint" in computeSourceEvidence("web", all), false);
    });

    type Moved = ExportTimes["moved"];
    const table: [string, Moved[], Evidence["export"]][] = [
        ["is absent where K10 tells none", [undefined], undefined],
        [
            "has the share of bytes that were transferred",
            [{ volumes: 1, totalBytes: 3, transferredBytes: 1 }],
            { volumes: 1, totalBytes: 3, transferredBytes: 1, ratio: 0.33 },
        ],
        [
            "is 0 of what lay there already",
            [{ totalBytes: 3, transferredBytes: 0 }],
            { totalBytes: 3, transferredBytes: 0, ratio: 0 },
        ],
        [
            "has no ratio of nothing",
            [{ volumes: 0, totalBytes: 0, transferredBytes: 0 }],
            { volumes: 0, totalBytes: 0, transferredBytes: 0 },
        ],
        ["has no number that is not known", [{ totalBytes: 3 }], { totalBytes: 3 }],
        [
            "is that of several exports together",
            [
                { volumes: 1, totalBytes: 6, transferredBytes: 1 },
                undefined,
                { volumes: 2, totalBytes: 2, transferredBytes: 1 },
            ],
            { volumes: 3, totalBytes: 8, transferredBytes: 2, ratio: 0.25 },
        ],
    ];
    for (const [what, moved, expected] of table) {
        it(`of the bytes ${what}`, () => {
            const exports = moved.map(each => ({
                ...at(2, "shop/x"),
                ...(each && { moved: each }),
            }));
            assert.deepEqual(computeSourceEvidence("shop", exported(exports)).export, expected);
        });
    }

    it("is what a state of an older program tells", () => {
        const older = { name: "shop/b", startTime: "", endTime: "" };
        const run = { ...older, name: "kasten-io/run" };
        const result = { runAction: run, backupActions: [older], exportActions: [older], seenTime };
        assert.deepEqual(computeSourceEvidence("shop", result), {
            actions: [
                { kind: "RunAction", ...run },
                { kind: "BackupAction", ...older },
                { kind: "ExportAction", ...older },
            ],
        });
    });

    it("is empty where the export has failed", () => {
        assert.deepEqual(computeSourceEvidence("shop", undefined), { actions: [] });
    });

    it("holds nothing of an action but its facts", () => {
        const result = exported();
        Object.assign(result.runAction, { spec: "hunter2" });
        assert.doesNotMatch(JSON.stringify(computeSourceEvidence("shop", result)), /hunter2/);
    });
});

describe("the evidence of the target", () => {
    const point = { time: seenTime, artifacts: 1, volumes: ["data"] };
    const stored = { below: "k10/", objects: 2, bytes: 3 };

    it("is its actions, the restore point and the bucket", () => {
        const safety = at(6, "shop/before");
        const replaced = { objects: 2, kinds: { Secret: 2 } };
        const facts = [imported, { ...restored, point, replaced }, safety, stored] as const;
        assert.deepEqual(computeTargetEvidence(...facts), {
            actions: [
                { kind: "RunAction", ...imported.runAction },
                { kind: "ImportAction", ...imported.importActions[0] },
                { kind: "BackupAction", ...safety },
                { kind: "RestoreAction", ...restored.restoreAction },
            ],
            restorePoint: point,
            ...{ replaced, bucket: stored },
        });
    });

    it("is what a state of an older program tells, or what has not failed", () => {
        const { importActions: _, ...older } = imported;
        assert.deepEqual(computeTargetEvidence(older, restored), {
            actions: [
                { kind: "RunAction", ...older.runAction },
                { kind: "RestoreAction", ...restored.restoreAction },
            ],
        });
        assert.deepEqual(computeTargetEvidence(undefined, undefined), { actions: [] });
    });
});

describe("the evidence of both sides", () => {
    it("is one output, the actions of the source first", async () => {
        const moved = { totalBytes: 4, transferredBytes: 1 };
        const before = sourceEvidence(
            "shop",
            pulumi.output(exported([{ ...at(2, "shop/b-export"), moved }])),
            undefined,
        );
        const after = targetEvidence({
            ...{ imported: pulumi.output(imported), restored: pulumi.output(restored) },
            ...{ safetyBackup: undefined, stored: undefined },
        });
        const both = await new Promise<Evidence>(resolve =>
            bothEvidence(before, after).apply(resolve),
        );
        assert.deepEqual(
            both.actions.map(({ kind }) => kind),
            [
                "RunAction",
                "BackupAction",
                "ExportAction",
                "RunAction",
                "ImportAction",
                "RestoreAction",
            ],
        );
        assert.deepEqual(both.export, { ...moved, ratio: 0.25 });
    });
});
