import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour } from "./behaviour.ts";
import { run } from "./run.ts";

type Check = Behaviour<string[]>["check"];

const behaviour = (name: string, check: Check, more: object = {}): Behaviour<string[]> => ({
    ...{ name, source: "D, §1", confirmed: true, check, ...more },
});

describe("conformance: a run", () => {
    let log: string[];
    let interrupted: AbortController;

    beforeEach(() => {
        log = [];
        interrupted = new AbortController();
    });

    const answers = (behaviours: Behaviour<string[]>[]) =>
        run(behaviours, log, interrupted.signal, answer => log.push(`told ${answer.name}`));

    it("passed, failed, skipped: in the order of the list, and each is told", async () => {
        assert.deepEqual(
            await answers([
                behaviour("a", () => Promise.resolve()),
                behaviour("b", () => {
                    throw new Error("seen 200");
                }),
                behaviour("c", () => Promise.resolve("skipped: no second cluster")),
            ]),
            [
                { name: "a", outcome: { state: "passed" }, left: [] },
                { name: "b", outcome: { state: "failed", message: "seen 200" }, left: [] },
                {
                    name: "c",
                    outcome: { state: "skipped", message: "no second cluster" },
                    left: [],
                },
            ],
        );
        assert.deepEqual(log, ["told a", "told b", "told c"]);
    });

    it("a behaviour's things go away before the next one, the latest first, also when it fails", async () => {
        const made = (name: string, fails: boolean): Check => {
            return (world, scratch) => {
                for (const what of ["namespace", "policy"]) {
                    scratch.later(what, () => Promise.resolve(world.push(`${name}: no ${what}`)));
                }
                return fails ? Promise.reject(new Error("no")) : Promise.resolve();
            };
        };
        await answers([behaviour("a", made("a", true)), behaviour("b", made("b", false))]);
        assert.deepEqual(log, [
            ...["a: no policy", "a: no namespace", "told a"],
            ...["b: no policy", "b: no namespace", "told b"],
        ]);
    });

    it("what cannot be removed is named, and the rest is removed", async () => {
        const [answer] = await answers([
            behaviour("a", (world, scratch) => {
                scratch.later("namespace `x`", () => Promise.resolve(world.push("no namespace")));
                scratch.later("policy `y`", () => Promise.reject(new Error("403 Forbidden")));
                return Promise.resolve();
            }),
        ]);
        assert.deepEqual(answer?.left, ["policy `y`: 403 Forbidden"]);
        assert.deepEqual(log, ["no namespace", "told a"]);
    });

    it("a deadline: the check hears of it, and its things go away when it has ended", async () => {
        const [answer] = await answers([
            behaviour(
                "a",
                async (world, scratch) => {
                    scratch.later("x", () => Promise.resolve(world.push("removed")));
                    await sleep(5_000, undefined, { signal: scratch.signal }).catch(
                        () => undefined,
                    );
                    world.push("ended");
                },
                { deadline: 0.01 },
            ),
        ]);
        assert.deepEqual(answer?.outcome, { state: "failed", message: "not done after 0.01 s" });
        assert.deepEqual(log, ["ended", "removed", "told a"]);
    });

    it("an interruption: cleans up and asks no more", async () => {
        const asked = await answers([
            behaviour("a", async (world, scratch) => {
                scratch.later("x", () => Promise.resolve(world.push("removed")));
                interrupted.abort();
                await sleep(5_000, undefined, { signal: scratch.signal });
            }),
            behaviour("b", () => Promise.resolve()),
        ]);
        assert.deepEqual(asked, [
            { name: "a", outcome: { state: "failed", message: "interrupted" }, left: [] },
        ]);
        assert.deepEqual(log, ["removed", "told a"]);
    });

    it("neighbours that may run together do, the others wait for each other", async () => {
        const traced =
            (name: string): Check =>
            async world => {
                world.push(`begin ${name}`);
                await sleep(5);
                world.push(`end ${name}`);
            };
        await run(
            [
                behaviour("a", traced("a"), { together: true }),
                behaviour("b", traced("b"), { together: true }),
                behaviour("c", traced("c")),
                behaviour("d", traced("d"), { together: true }),
            ],
            log,
            interrupted.signal,
            () => undefined,
        );
        assert.deepEqual(log, [
            ...["begin a", "begin b", "end a", "end b"],
            ...["begin c", "end c", "begin d", "end d"],
        ]);
    });
});
