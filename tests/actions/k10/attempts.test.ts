/** Which attempt of a run is waited for, and which is started. */
import assert from "node:assert/strict";
import { policyRunner } from "./support/policy-run";

describe("the attempt of a run", function () {
    this.timeout(20_000);

    const world = policyRunner();
    const runs = "/apis/actions.kio.kasten.io/v1alpha1/namespaces/kasten-io/runactions";
    const attempt = (number: number, state: string, runToken?: string) =>
        world.api.put(runs, {
            metadata: {
                ...{ name: `shop-export-1-${number}`, namespace: "kasten-io" },
                ...(runToken && { labels: { "crossing/run": runToken } }),
            },
            status: { state, startTime: "2026-11-21T12:00:00Z" },
        });
    const taken = async () =>
        (await world.run({ runToken: "ours" })).run.metadata?.name?.replace("shop-export-1-", "");
    const posts = () => world.requests("POST", "/runactions");

    const table: [what: string, there: [number, string, string?][], expected: string][] = [
        ["is the first of all where there is none", [], "+1"],
        ["is the one that is Complete", [[1, "Complete", "ours"]], "1"],
        ["is one without a label, as older versions made them", [[1, "Complete"]], "1"],
        [
            "is the next one after those that failed",
            [
                [1, "Failed", "ours"],
                [2, "Skipped"],
            ],
            "+3",
        ],
        [
            "is the one that succeeded after one that failed",
            [
                [1, "Failed"],
                [2, "Complete"],
            ],
            "2",
        ],
        ["is never in the gap that a pruned one left", [[2, "Complete", "ours"]], "2"],
        ["comes after a gap, too", [[3, "Failed", "ours"]], "+4"],
        [
            "has numbers and no texts for an order",
            [
                [9, "Failed"],
                [10, "Failed"],
            ],
            "+11",
        ],
        ["is not that of another run with the same `runId`", [[1, "Complete", "theirs"]], "+2"],
        ["is not one of another run in flight", [[1, "Running", "theirs"]], "+2"],
    ];
    for (const [what, there, expected] of table) {
        it(what, async () => {
            there.forEach(each => attempt(...each));
            assert.equal(await taken(), expected.replace("+", ""));
            assert.equal(posts(), expected.startsWith("+") ? 1 : 0);
        });
    }

    it("is not that of a run whose name begins alike", async () => {
        world.api.put(runs, {
            metadata: { name: "shop-export-1-2-1", namespace: "kasten-io" },
            status: { state: "Complete" },
        });
        assert.equal(await taken(), "1");
    });

    it("carries the run that it is of", async () => {
        await taken();
        const { metadata } = world.api.objects.get(`${runs}/shop-export-1-1`)!;
        assert.deepEqual(metadata.labels, { "crossing/run": "ours" });
    });
});
