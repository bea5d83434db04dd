import assert from "node:assert/strict";
import * as fc from "fast-check";
import { innermostCause, messagesOf } from "../../../actions/src/explain";

describe("messagesOf", () => {
    const json = JSON.stringify;
    const table: [string, unknown, string[]][] = [
        ["nothing", undefined, []],
        ["null", null, []],
        ["an empty text", "  ", []],
        ["a text", " out of\n space ", ["out of space"]],
        ["a message alone", { message: "a" }, ["a"]],
        ["an empty message over a cause", { message: "", cause: json({ message: "b" }) }, ["b"]],
        [
            "three levels, each a text that holds JSON",
            { message: "a", cause: json({ message: "b", cause: json({ message: "c" }) }) },
            ["a", "b", "c"],
        ],
        [
            "levels that are objects",
            { message: "a", cause: { message: "b", cause: { message: "c" } } },
            ["a", "b", "c"],
        ],
        [
            "a level that repeats the one above it",
            { message: "a", cause: json({ message: "a" }) },
            ["a"],
        ],
        ["a cause that is a text", { message: "a", cause: "because" }, ["a", "because"]],
        ["a number", { message: "a", cause: 7 }, ["a", "7"]],
        ["several errors", [{ message: "a" }, { message: "b" }], ["a", "b"]],
        [
            "fields with names and places, which are no errors",
            {
                message: "a",
                fields: [{ name: "pvc", value: "data" }],
                cause: json({ message: "b" }),
            },
            ["a", "b"],
        ],
        [
            "errors of phases in fields, as K10 4.0 wrote them",
            {
                cause: json({
                    cause: {
                        fields: [
                            {
                                name: "FailedSubPhases",
                                value: [
                                    {
                                        Err: {
                                            cause: {
                                                fields: [
                                                    {
                                                        name: "message",
                                                        value: json({
                                                            message: "Failed to move data",
                                                            linenumber: 134,
                                                            cause: {
                                                                message: "Failed to stream backup",
                                                                cause: { Err: {}, Code: 1 },
                                                            },
                                                        }),
                                                    },
                                                    {
                                                        name: "actionSet",
                                                        value: { metadata: { name: "x" } },
                                                    },
                                                ],
                                            },
                                        },
                                    },
                                ],
                            },
                        ],
                    },
                    message: "Failure in backing up",
                }),
                message: "Job failed to be executed",
            },
            [
                "Job failed to be executed",
                "Failure in backing up",
                "Failed to move data",
                "Failed to stream backup",
            ],
        ],
    ];
    for (const [what, error, expected] of table) {
        it(`of ${what}`, () => {
            assert.deepEqual(messagesOf(error), expected);
        });
    }

    it("loses no level, however deep and however nested", () => {
        const level = fc.record({ message: fc.stringMatching(/^[a-z]{1,8}$/), text: fc.boolean() });
        fc.assert(
            fc.property(fc.array(level, { minLength: 1, maxLength: 12 }), levels => {
                const error = levels.reduceRight<unknown>((cause, { message, text }) => {
                    const whole = { message, ...(cause === undefined ? {} : { cause }) };
                    return text ? json(whole) : whole;
                }, undefined);
                const expected = levels
                    .map(({ message }) => message)
                    .filter((message, i) => message !== levels[i - 1]?.message);
                assert.deepEqual(messagesOf(error), expected);
            }),
        );
    });
});

/** K10's nesting: `cause` is a string that holds JSON of the same shape. */
const nested = (...messages: string[]): unknown =>
    messages.reduceRight<unknown>(
        (inner, message) => ({
            message,
            ...(inner === undefined ? {} : { cause: JSON.stringify(inner) }),
        }),
        undefined,
    );

describe("innermostCause", () => {
    const table: [string, unknown, string | undefined][] = [
        ["a message", { message: "no space" }, "no space"],
        ["a message in two more", nested("job failed", "phase failed", "no space"), "no space"],
        ["an object in an object", { message: "a", cause: { message: "b" } }, "b"],
        ["JSON as a string", JSON.stringify(nested("a", "b")), "b"],
        ["JSON twice over, which is a text", JSON.stringify(JSON.stringify("x")), '"x"'],
        ["a cause that is text", { message: "a", cause: "plain text" }, "plain text"],
        ["a cause that is broken JSON", { message: "a", cause: '{"message":' }, '{"message":'],
        ["an empty cause", { message: "a", cause: "" }, "a"],
        ["a blank cause", { message: "a", cause: " \n" }, "a"],
        ["a null cause", { message: "a", cause: null }, "a"],
        ["a cause without a message", { message: "a", cause: { code: 5 } }, "a"],
        ["a cause with a blank message", { message: "a", cause: { message: "  " } }, "a"],
        ["a message with blanks around it", { message: "\n a \n" }, "a"],
        ["only a cause", { cause: { message: "a" } }, "a"],
        ["causes in a list: the last", { message: "a", cause: [{ message: "b" }, "c"] }, "c"],
        ["a list with nothing at its end", [{ message: "b" }, null, {}, ""], "b"],
        ["a list of JSON", [JSON.stringify(nested("a", "b"))], "b"],
        ["an empty list", [], undefined],
        ["a list of nothing", [null, {}, undefined], undefined],
        ["a number in JSON", "404", "404"],
        ["a text in JSON", '" quoted "', "quoted"],
        ["an empty text in JSON", '""', undefined],
        ["null in JSON", "null", undefined],
        ["a list in JSON", '[{"message":"a"}]', "a"],
        ["text", " out of space ", "out of space"],
        ["no text", "", undefined],
        ["an object without either", { error: "x" }, undefined],
        ["an empty object", {}, undefined],
        ["a message that is none", { message: 5 }, undefined],
        ["an object as message", { message: { message: "a" } }, undefined],
        ["a message of several lines", { message: "a\n  b" }, "a b"],
        ["a number", 5, "5"],
        ["null", null, undefined],
        ["nothing", undefined, undefined],
    ];
    for (const [what, error, expected] of table) {
        it(`of ${what} is ${JSON.stringify(expected) ?? "nothing"}`, () => {
            assert.equal(innermostCause(error), expected);
        });
    }

    it("never throws, and never gives an empty text, whatever K10 writes", () => {
        fc.assert(
            fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), error => {
                const cause = innermostCause(error);
                assert.ok(cause === undefined || (cause.length > 0 && cause === cause.trim()));
            }),
            { numRuns: 1_000 },
        );
    });

    it("is the innermost message, however deep the nesting and whatever the messages say", () => {
        // A text that is JSON itself would be read as more nesting.
        const message = fc.string({ minLength: 1 }).map(text => `K10: ${text}.`);
        fc.assert(
            fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), messages => {
                const last = messages.at(-1)?.replace(/\s+/g, " ").trim();
                assert.equal(innermostCause(nested(...messages)), last);
            }),
        );
    });
});
