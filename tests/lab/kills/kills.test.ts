import assert from "node:assert/strict";
import { doubled, lastLine, line, type Outcome, plan } from "./plan.ts";

describe("kills", () => {
    it("are the same for the same seed, and others for another", () => {
        assert.deepEqual(plan(7, 20, 2), plan(7, 20, 2));
        assert.notDeepEqual(plan(7, 20, 2), plan(8, 20, 2));
    });

    it("are as many as asked for, those of the whole `up` last", () => {
        const kills = plan(1, 3, 2);
        assert.deepEqual(
            kills.map(({ runId, whole }) => [runId, whole]),
            [
                ["k1", false],
                ["k2", false],
                ["k3", false],
                ["k4", true],
                ["k5", true],
            ],
        );
    });

    it("come at any moment and hit Pulumi alone or all of it", () => {
        const kills = plan(1, 200, 0);
        const moments = kills.map(({ moment }) => moment);
        assert.ok(moments.every(moment => moment >= 0 && moment < 1));
        for (const [from, to] of [
            [0, 0.25],
            [0.25, 0.5],
            [0.5, 0.75],
            [0.75, 1],
        ] as const) {
            const found = moments.filter(moment => moment >= from && moment < to).length;
            assert.ok(found > 25, `${found} between ${from} and ${to}`);
        }
        assert.deepEqual([...new Set(kills.map(({ victims }) => victims))].sort(), [
            ...["everything", "pulumi"],
        ]);
    });

    const outcome = (more: Partial<Outcome> = {}): Outcome => ({
        kill: { runId: "k1", moment: 0.42, victims: "pulumi", whole: false },
        seconds: 21.4,
        problem: "",
        actions: { export: ["shop-export-k1-1"], restore: ["restore-shop-k1-1"] },
        ...more,
    });
    const twice = { restore: ["restore-shop-k1-1", "restore-shop-k1-2"] };

    it("are survived, or not, and doubled by more than one action of a kind", () => {
        assert.ok(!doubled(outcome()));
        assert.ok(doubled(outcome({ actions: twice })));
        assert.equal(
            lastLine([outcome(), outcome({ problem: "no proof" }), outcome({ actions: twice })]),
            "survived 2/3, doubled 1",
        );
    });

    it("are told in a line each", () => {
        assert.equal(
            line(outcome()),
            "✓ k1    42 % of run to proof, pulumi      resumed in 21 s, 1 export, 1 restore",
        );
        assert.equal(
            line(outcome({ problem: "no proof", actions: twice })),
            "✗ k1    42 % of run to proof, pulumi      resumed in 21 s, 2 restore: no proof",
        );
    });
});
