/** What a person sees while the lab is built. */
import assert from "node:assert/strict";
import { bar, duration } from "../../lab/steps.ts";

describe("progress", () => {
    it("is a bar of 20 characters, full at the end and never longer", () => {
        assert.deepEqual([0, 0.02, 0.5, 0.999, 1, 1.7, -1].map(bar), [
            "░░░░░░░░░░░░░░░░░░░░",
            "░░░░░░░░░░░░░░░░░░░░",
            "██████████░░░░░░░░░░",
            "████████████████████",
            "████████████████████",
            "████████████████████",
            "░░░░░░░░░░░░░░░░░░░░",
        ]);
    });

    it("tells times in minutes and seconds", () => {
        assert.deepEqual([0, 59.4, 60, 95, 3_725].map(duration), [
            "0 s",
            "59 s",
            "1 m 0 s",
            "1 m 35 s",
            "62 m 5 s",
        ]);
    });
});
