import assert from "node:assert/strict";
import type { Action } from "../../../actions/src/k10/api";
import { describe as inWords, describeAll } from "../../../actions/src/k10/progress";

const action = (name: string, status?: Action["status"]): Action => ({
    metadata: { name, namespace: "shop" },
    ...(status ? { status } : {}),
});
const GiB = 1_024 ** 3;

describe("the progress of an action", () => {
    const cases: [Action["status"] | undefined, string][] = [
        [undefined, "Pending"],
        [{ state: "Running" }, "Running"],
        [{ state: "Running", progress: 0 }, "Running 0 %"],
        [{ state: "AttemptFailed", progress: 40 }, "AttemptFailed 40 %"],
        [
            {
                state: "AttemptFailed",
                error: { message: "a", cause: '{"message":"out of space"}' },
            },
            "AttemptFailed (out of space)",
        ],
        // What failed is told by the failure itself.
        [{ state: "Failed", error: { message: "a" } }, "Failed"],
    ];
    for (const [status, words] of cases) {
        it(words, () => assert.equal(inWords(action("x", status)), words));
    }

    it("names the phase, where it is known", () => {
        const running = action("x", { state: "Running", progress: 50 });
        assert.equal(inWords(running, "Restoring volumes"), "Running 50 %: Restoring volumes");
    });
});

describe("the progress of what a run started", () => {
    const running = (name: string, totalBytes: number, processedBytes: number, progress = 30) =>
        action(name, {
            ...{ state: "Running", progress },
            progressDetails: { totalBytes, processedBytes },
        });
    const cases: [string, Action[], string, phase?: string][] = [
        ["nothing yet", [], ""],
        [
            "one with its phase",
            [running("a", 4 * GiB, 1.5 * GiB)],
            "ExportAction `shop/a` Running 30 %: Exporting volume data, 1.5 of 4.0 GiB",
            "Exporting volume data",
        ],
        [
            "several, with the phase of the one that is named",
            [action("a", { state: "Complete" }), action("b", { state: "Running" })],
            "1 of 2 ExportActions Complete, `shop/b` Running: Exporting volume data",
            "Exporting volume data",
        ],
        [
            "one",
            [action("a", { state: "Running", progress: 40 })],
            "ExportAction `shop/a` Running 40 %",
        ],
        [
            "one with bytes",
            [running("a", 4 * GiB, 1.5 * GiB)],
            "ExportAction `shop/a` Running 30 %, 1.5 of 4.0 GiB",
        ],
        [
            "few bytes",
            [running("a", 900, 90)],
            "ExportAction `shop/a` Running 30 %, 90 of 900 bytes",
        ],
        [
            "bytes in the unit of the whole",
            [running("a", 1_024, 512)],
            "ExportAction `shop/a` Running 30 %, 0.5 of 1.0 KiB",
        ],
        [
            "an export without volumes has no bytes to tell",
            [running("a", 0, 0)],
            "ExportAction `shop/a` Running 30 %",
        ],
        [
            "several",
            [
                action("a", {
                    state: "Complete",
                    progressDetails: { totalBytes: GiB, processedBytes: GiB },
                }),
                running("b", GiB, GiB / 2),
                action("c"),
                action("d", { state: "Skipped" }),
            ],
            "1 of 4 ExportActions Complete, `shop/b` Running 30 % and 1 more, 1.5 of 2.0 GiB",
        ],
        [
            "several that have ended",
            [action("a", { state: "Complete" }), action("b", { state: "Complete" })],
            "2 of 2 ExportActions Complete",
        ],
    ];
    for (const [name, actions, words, phase] of cases) {
        it(name, () => assert.equal(describeAll("ExportAction", actions, phase), words));
    }
});
