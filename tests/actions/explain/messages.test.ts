import assert from "node:assert/strict";
import * as fc from "fast-check";
import { messagesOf } from "../../../actions/src/explain";

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
