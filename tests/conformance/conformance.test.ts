import assert from "node:assert/strict";
import type { Part, Subject } from "./behaviour.ts";
import { conformance } from "./conformance.ts";

interface Kettle {
    boils: boolean;
    whistles: boolean;
    /** Whether it can be put away again. */
    stuck?: boolean;
}

describe("conformance: a part", () => {
    let printed: string;
    let progress: string[];
    let closed: string[];

    beforeEach(() => {
        printed = "";
        progress = [];
        closed = [];
    });

    const subject = (what: string, world: Kettle): Subject<Kettle> => ({
        ...{ what, world },
        close: () => Promise.resolve(void closed.push(what)),
    });
    const part = (standIn: Kettle | undefined, real?: Kettle): Part<Kettle> => ({
        ...{ name: "kettle", title: "Kettles", realIs: "a kettle", makes: ["a cup of tea"] },
        ...{ options: [], environment: "KETTLE" },
        standIn: () =>
            Promise.resolve(standIn ? subject("a pot", standIn) : { absent: "there is no pot" }),
        real: () => Promise.resolve(real ? subject("a kettle", real) : { absent: "it is away" }),
        behaviours: [
            {
                ...{ name: "It boils.", source: "manual, §2", confirmed: true },
                check: world => {
                    if (!world.boils) throw new Error("it stays cold");
                    return Promise.resolve();
                },
            },
            {
                ...{ name: "It whistles.", source: "hearsay", confirmed: false },
                check: (world, scratch) => {
                    scratch.later("the lid", () =>
                        world.stuck ? Promise.reject(new Error("stuck")) : Promise.resolve(),
                    );
                    return Promise.resolve(world.whistles ? undefined : "skipped: no whistle");
                },
            },
        ],
    });
    const status = (of: Part<Kettle>, real?: string, json = false) =>
        conformance(
            of,
            { real, options: {} },
            { json, interrupted: new AbortController().signal },
            { out: text => (printed += text), progress: line => progress.push(line) },
        );

    it("only the stand-in: the other column stays empty", async () => {
        assert.equal(await status(part({ boils: true, whistles: true })), 0);
        assert.deepEqual(printed.split("\n"), [
            "BEHAVIOUR     SOURCE                 STAND-IN  REAL",
            "It boils.     manual, §2             passed    –",
            "It whistles.  hearsay *unconfirmed*  passed    –",
            "",
            "2 passed, 0 failed",
        ]);
        assert.deepEqual(progress, [
            "stand-in: a pot",
            "  passed  It boils.",
            "  passed  It whistles.",
            "real: not asked, because none was given by --real or by KETTLE: it takes a kettle",
        ]);
        assert.deepEqual(closed, ["a pot"]);
    });

    it("both: says what it makes on the real one, counts both columns, shows what failed", async () => {
        const both = part({ boils: true, whistles: true }, { boils: false, whistles: false });
        assert.equal(await status(both, "mine"), 1);
        assert.deepEqual(printed.split("\n"), [
            "BEHAVIOUR     SOURCE                 STAND-IN  REAL",
            "It boils.     manual, §2             passed    FAILED",
            "It whistles.  hearsay *unconfirmed*  passed    skipped",
            "",
            "FAILED:",
            "  It boils. (real)",
            "    it stays cold",
            "",
            "Skipped:",
            "  It whistles. (real)",
            "    no whistle",
            "",
            "2 passed, 1 failed",
        ]);
        assert.deepEqual(progress.slice(3), [
            "On the real one, a kettle `mine`, this run makes, and removes again:",
            "  - a cup of tea",
            "real: a kettle",
            "  FAILED  It boils.",
            "  skipped  It whistles.",
        ]);
        assert.deepEqual(closed, ["a pot", "a kettle"]);
    });

    it("what is left behind is no success", async () => {
        assert.equal(await status(part({ boils: true, whistles: true, stuck: true })), 1);
        assert.deepEqual(printed.split("\n").slice(-5), [
            "",
            "Left behind:",
            "  the lid: stuck",
            "",
            "2 passed, 0 failed",
        ]);
    });

    it("nor is a subject that cannot be put away", async () => {
        const closing = part({ boils: true, whistles: true });
        closing.standIn = () =>
            Promise.resolve({
                ...subject("a pot", { boils: true, whistles: true }),
                close: () => Promise.reject(new Error("namespace `x`: 403")),
            });
        assert.equal(await status(closing), 1);
        assert.deepEqual(printed.split("\n").slice(-5), [
            "",
            "Left behind:",
            "  stand-in: namespace `x`: 403",
            "",
            "2 passed, 0 failed",
        ]);
    });

    it("nobody to ask is no success", async () => {
        assert.equal(await status(part(undefined)), 1);
        assert.equal(printed.split("\n").at(-1), "0 passed, 0 failed");
        assert.equal(progress[0], "stand-in: not asked, because there is no pot");
    });

    it("somebody who was named and cannot be asked is no success", async () => {
        assert.equal(await status(part({ boils: true, whistles: true }), "mine"), 1);
        assert.equal(progress.at(-1), "real: not asked, because it is away");
    });

    it("as JSON", async () => {
        assert.equal(await status(part({ boils: false, whistles: true }), undefined, true), 1);
        assert.deepEqual(JSON.parse(printed), {
            part: "kettle",
            rows: [
                {
                    ...{ name: "It boils.", source: "manual, §2", confirmed: true },
                    standIn: { state: "failed", message: "it stays cold" },
                },
                {
                    ...{ name: "It whistles.", source: "hearsay", confirmed: false },
                    standIn: { state: "passed" },
                },
            ],
            ...{ passed: 1, failed: 1, left: [] },
        });
    });
});
