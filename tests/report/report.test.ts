/** What a state proves, and of which run. */
import assert from "node:assert/strict";
import { reportOf } from "../../report/report.ts";
import { failed, findings, passed, shop, stateOf } from "./support.ts";

describe("the report of a state", () => {
    const { verification: _, ...rest } = shop;

    it("holds all that the outputs tell of a run that is proven, and nothing else of the state", () => {
        const report = reportOf("dev", stateOf({ shop }, [["shop", "1", passed]]), "1");
        assert.deepEqual(report, {
            ...{ version: 1, stack: "dev", status: "passed", runId: "1" },
            versions: { sourceK10Version: "9.0.4" },
            findings,
            applications: [
                { namespace: "shop", runId: "1", status: "passed", ...rest, verification: passed },
            ],
        });
        assert.doesNotMatch(JSON.stringify(report), /hunter2/);
    });

    it("takes a verification that failed from its resource: the outputs are those of an older run", () => {
        const report = reportOf("dev", stateOf({ shop }, [["shop", "2", failed]]), "2");
        assert.equal(report.status, "failed");
        assert.deepEqual(report.applications, [
            { namespace: "shop", runId: "2", status: "failed", verification: failed },
        ]);
    });

    it("a first run that failed has no outputs at all", () => {
        const report = reportOf("dev", stateOf(undefined, [["shop", "1", failed]]), "1");
        assert.deepEqual(report, {
            ...{ version: 1, stack: "dev", status: "failed", runId: "1", versions: {} },
            findings: [],
            applications: [
                { namespace: "shop", runId: "1", status: "failed", verification: failed },
            ],
        });
    });

    const unproven = [
        ["another run was verified", stateOf({ shop }, [["shop", "1", passed]]), "2"],
        ["the verification ended without a result", stateOf({}, [["shop", "1"]]), "1"],
        ["a chosen restore point is not verified", stateOf({ shop: rest }, []), "1"],
        ["there is nothing at all", {}, "1"],
    ] as const;
    for (const [what, state, wanted] of unproven) {
        it(`is no success where ${what}`, () => {
            const { status, applications, runId } = reportOf("dev", state, wanted);
            assert.equal(status, "unproven");
            assert.equal(runId, wanted);
            assert.deepEqual(
                applications.map(each => [each.status, each.verification]),
                applications.map(() => ["unproven", undefined]),
            );
        });
    }

    it("without a wanted run tells of the one that was verified last", () => {
        const { runId, status } = reportOf("t", stateOf({ shop }, [["shop", "7", passed]], "7"));
        assert.deepEqual([runId, status], ["7", "passed"]);
    });

    const books = { ...shop, restoredNamespace: "books-1", restorePoint: "books-1/point" };
    const together = [
        ["passed", [passed, passed]],
        ["failed", [passed, failed]],
        ["unproven", [passed, undefined]],
        ["failed", [undefined, failed]],
    ] as const;
    for (const [expected, [first, second]] of together) {
        it(`of several is ${expected} for ${first?.status} and ${second?.status}`, () => {
            const state = stateOf({ shop, books }, [
                ["books-1", "1", first],
                ["shop", "1", second],
            ]);
            const report = reportOf("dev", state, "1");
            assert.equal(report.status, expected);
            assert.deepEqual(
                report.applications.map(({ namespace, verification }) => [namespace, verification]),
                [
                    ["books", first],
                    ["shop", second],
                ],
            );
        });
    }
});
