import assert from "node:assert/strict";
import type { Cause, Wait } from "../../../actions/src/explain/cause";
import { causes } from "../../../actions/src/explain/causes";
import { causeOf } from "../../../actions/src/explain";
import { keysOf } from "../../../actions/src/store/errors";

const waits: Wait[] = [
    ...(["export", "import", "restore", "profile", "policy"] as const),
    ...(["k10", "snapshot", "sidecar", "application", "recovery"] as const),
];
const names = { k10: "K10", namespace: "NAMESPACE" };

/** All causes that match, not only the first. */
const matching = (wait: Wait, text: string): string[] =>
    causes
        .filter(({ waits: of, pattern }) => (of?.includes(wait) ?? true) && pattern.test(text))
        .map(({ id }) => id);

describe("the table of causes", () => {
    it("has many causes, each under a name of its own", () => {
        assert.equal(new Set(causes.map(({ id }) => id)).size, causes.length);
        assert.ok(causes.length >= 30, `${causes.length}`);
    });

    it("is stateless: a pattern that remembers where it was would match every other time", () => {
        assert.deepEqual(
            causes.filter(({ pattern }) => /[gy]/.test(pattern.flags)).map(({ id }) => id),
            [],
        );
    });

    for (const cause of causes) {
        describe(cause.id, () => {
            for (const { messages } of cause.examples) {
                it(`alone explains: ${messages.join(" > ")}`, () => {
                    for (const wait of cause.waits ?? waits) {
                        // K10's messages are joined by line ends, those of a status or a time-out stand in one line.
                        for (const separator of ["\n", "; "]) {
                            const found = matching(wait, messages.join(separator));
                            assert.deepEqual(found, [cause.id], `${wait}, ${separator}`);
                        }
                    }
                });
            }

            it("is written as the paragraph needs it", () => {
                assert.match(cause.reason, /^(?!.*\.$)/s);
                for (const location of [undefined, "gold"]) {
                    const { fix } = cause;
                    const text = typeof fix === "string" ? fix : fix(keysOf(location));
                    assert.match(text, /^[A-Z].*[^.]$/s);
                }
                assert.match(cause.command(names), /^kubectl [^\n;]+$/);
                assert.match(cause.source, /field|k10-api|aggregated-api/);
            });
        });
    }
});

describe("what explains nothing", () => {
    for (const text of [
        "",
        "Running",
        "Running 50 %",
        "Pending",
        "fault actionFailed of the K10 stand-in",
        "K10 gives no cause",
        "out of space",
        "no pod of it is ready",
        "VolumeSnapshot shop/x failed",
    ]) {
        it(`“${text}”`, () => {
            const found: (Cause | undefined)[] = waits.map(wait => causeOf(wait, [text]));
            assert.deepEqual([...new Set(found)], [undefined]);
        });
    }
});
