import assert from "node:assert/strict";
import { actionsOf, problemOf } from "./count.ts";
import { doubled, ending, isGood, lastLine, line, type Outcome, plan } from "./plan.ts";

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
        ...{ seconds: 21.4, total: 47.2 },
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

    const slow = { total: 60.1 };

    it("take no more than a minute each on standing clusters: what takes longer is no success", () => {
        assert.equal(
            line(outcome(slow)),
            "✗ k1    42 % of run to proof, pulumi      resumed in 21 s, 1 export, 1 restore: 60 s in all, more than 60 s",
        );
        const whole = { kill: { ...outcome().kill, whole: true } };
        assert.match(line(outcome({ ...slow, ...whole })), /^✓ .* of the whole up, .* 1 restore$/);
        const goods: [Partial<Outcome>, boolean][] = [
            [{}, true],
            [{ total: 60 }, true],
            [slow, false],
            [{ ...slow, ...whole }, true],
            [{ problem: "no proof" }, false],
            [{ actions: twice }, false],
        ];
        for (const [more, good] of goods) {
            assert.equal(isGood([outcome(), outcome(more)]), good, JSON.stringify(more));
        }
        // It has gone on all the same.
        assert.equal(lastLine([outcome(slow)]), "survived 1/1, doubled 0");
    });

    it("end with the same line, beside one JSON document if that is asked for", () => {
        const outcomes = [outcome()];
        const summary = "survived 1/1, doubled 0";
        assert.deepEqual(ending(outcomes, false), { stdout: `${summary}\n`, stderr: "" });
        const { stdout, stderr } = ending(outcomes, true);
        assert.equal(stderr, `${summary}\n`);
        assert.deepEqual(JSON.parse(stdout), { summary, outcomes });
    });
});

describe("what a kill has left", () => {
    const cluster = (actions: Record<string, string[]>) => ({
        actions: (plural: string, namespace: string) =>
            Promise.resolve(actions[`${namespace}/${plural}`] ?? []),
    });
    const source = cluster({
        "kasten-io/runactions": ["shop-export-k1-1", "shop-export-k1-2", "shop-export-k10-1"],
    });
    const target = cluster({
        "kasten-io/runactions": ["shop-import-k1-1"],
        "shop/restoreactions": ["restore-shop-k1-1", "restore-shop-k2-1"],
    });
    const actions = {
        export: ["shop-export-k1-1", "shop-export-k1-2"],
        import: ["shop-import-k1-1"],
        restore: ["restore-shop-k1-1"],
    };

    it("is counted on the clusters, by run", async () => {
        assert.deepEqual(await actionsOf({ source, target }, "k1"), actions);
    });

    it("is nothing on a cluster that is not there, or has no K10", async () => {
        const none = { export: [], import: [], restore: [] };
        assert.deepEqual(await actionsOf({}, "k1"), none);
        const failing = (code: number) => ({
            actions: () => Promise.reject(Object.assign(new Error("failed"), { code })),
        });
        assert.deepEqual(await actionsOf({ source: failing(404) }, "k1"), none);
        await assert.rejects(actionsOf({ source: failing(503) }, "k1"), { code: 503 });
    });

    it("counts as doubled, too, where the next `up` failed", () => {
        const problem = problemOf({ status: 1, outputs: {} }, actions, "k1");
        assert.equal(problem, "the next `up` ended with 1");
        const kill = { runId: "k1", moment: 0, victims: "pulumi", whole: false } as const;
        const outcome = { ...{ kill, problem, actions }, ...{ seconds: 1, total: 2 } };
        assert.equal(lastLine([outcome]), "survived 0/1, doubled 1");
    });

    it("is no success without the proof of this run, or with an action missing", () => {
        const of = (runId: string, status: string) => ({ runId, verification: { status } });
        const problem = (outputs: object, found: Record<string, string[]> = actions) =>
            problemOf({ status: 0, outputs: { ...outputs } }, found, "k1");
        assert.equal(problem(of("k1", "passed")), "");
        assert.equal(problem(of("k0", "passed")), "verification of run k0 is passed");
        assert.equal(problem({ runId: "k1" }), "verification of run k1 is undefined");
        assert.equal(problem(of("k1", "passed"), { ...actions, restore: [] }), "no restore");
    });
});
