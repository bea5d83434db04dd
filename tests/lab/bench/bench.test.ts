import assert from "node:assert/strict";
import { median, overshoots, table, type Figures } from "../../../lab/bench/bench.ts";
import { sizes, slope } from "../../../lab/bench/scale.ts";
import { Phases, picture } from "../../../lab/bench/phases.ts";

const urn = (type: string, name: string) => `urn:pulumi:lab::crossing::${type}::${name}`;
const before = (type: string, name: string) =>
    ({ resourcePreEvent: { metadata: { type, urn: urn(type, name) } } }) as never;
const after = (type: string, name: string) =>
    ({ resOutputsEvent: { metadata: { type, urn: urn(type, name) } } }) as never;

describe("the phases of a crossing", () => {
    const take = () => {
        const phases = new Phases(10_000);
        phases.take(before("crossing:cluster:KindCluster", "source"), 10_500);
        phases.take(before("command:local:Command", "source"), 11_000);
        phases.take(before("kubernetes:core/v1:Namespace", "target-k10"), 15_000);
        phases.take(after("command:local:Command", "source"), 20_000);
        phases.take(after("kubernetes:core/v1:Namespace", "target-k10"), 16_000);
        phases.take(before("kubernetes:helm.sh/v3:Release", "target-k10"), 16_500);
        phases.take(after("kubernetes:helm.sh/v3:Release", "target-k10"), 30_000);
        phases.take({ summaryEvent: {} } as never, 40_000);
        return phases;
    };

    it("begin with their first resource and end with their last, in the order of the crossing", () => {
        assert.deepEqual(take().list(), [
            { title: "source cluster", start: 1, end: 10 },
            { title: "K10 on target", start: 5, end: 20 },
        ]);
    });

    it("are drawn over the time that all of them took", () => {
        assert.equal(
            picture(take().list(), 20),
            [
                "  source cluster   █████████               9.0 s",
                "  K10 on target        ███████████████    15.0 s",
            ].join("\n"),
        );
    });

    it("tell how long after K10's end a resource was done", () => {
        const phases = [
            { title: "backup and export", start: 0, end: 10.25 },
            { title: "import", start: 10, end: 12 },
            { title: "restore", start: 12, end: 20 },
        ];
        const ends = new Map([
            ["Export", 60_000],
            ["Import", 61_500],
            ["Restore", 69_875],
        ]);
        assert.deepEqual(overshoots(ends, phases, 50_000), {
            "backup and export": 0.25,
            import: 0.5,
            restore: 0.125,
        });
    });
});

describe("the figures of a benchmark", () => {
    it("have the median of odd and even counts", () => {
        assert.equal(median([3, 1, 2]), 2);
        assert.equal(median([4, 1, 2, 3]), 2.5);
    });

    it("are a table that a person reads", () => {
        const figures: Figures = {
            labAgain: 0.7,
            preview: {
                empty: [1, 2, 3],
                plugins: [4],
                crossing: [6],
                toEmpty: 3,
                toPlugins: 1.5,
            },
            livePreview: 9.3,
            nothingToProof: { seconds: 82.7, phases: [{ title: "restore", start: 0, end: 1 }] },
            overshoot: { restore: 0.214 },
            destroy: 10.7,
            scale: {
                steps: [
                    { added: 1, seconds: 9, memory: 700, requests: 40 },
                    { added: 9, seconds: 25, memory: 740, requests: 360 },
                ],
                perApplication: { seconds: 2, memory: 5, requests: 40 },
            },
        };
        assert.equal(
            table(figures),
            [
                "lab, built already           0.7 s",
                "preview of an empty program  2.0 s  (1.0 s, 2.0 s, 3.0 s)",
                "  of one resource per plugin 4.0 s  (4.0 s)",
                "  of the crossing, no world  6.0 s  (6.0 s)",
                "  that is                    3.00 × empty, 1.50 × one resource per plugin",
                "preview of the stack up      9.3 s",
                "from nothing to the proof    82.7 s",
                `  restore  ${"█".repeat(50)}     1.0 s`,
                "from K10's Complete to the resource's return",
                "  restore                    0.21 s",
                "destroy                      10.7 s",
                "bringing tiny applications across, one `up` each",
                "  1 more                     9.0 s, 700 MiB, 40 requests",
                "  9 more                     25.0 s, 740 MiB, 360 requests",
                "  each more application      2.0 s, 5 MiB, 40 requests",
            ].join("\n"),
        );
    });
});

describe("the cost of an application", () => {
    it("is what one more makes of an `up`, between the last two", () => {
        const steps = [
            { added: 1, seconds: 9, memory: 700, requests: 40 },
            { added: 9, seconds: 25, memory: 740, requests: 360 },
            { added: 90, seconds: 187, memory: 902, requests: 3_600 },
        ];
        assert.deepEqual(slope(steps), { seconds: 2, memory: 2, requests: 40 });
        assert.deepEqual(slope(steps.slice(0, 1)), {
            ...{ seconds: NaN, memory: NaN, requests: NaN },
        });
    });

    it("is measured for 1, 10 and 100 of them, or fewer", () => {
        assert.deepEqual(sizes(100), [1, 10, 100]);
        assert.deepEqual(sizes(10), [1, 10]);
    });
});
