import assert from "node:assert/strict";
import "../stacks/stack-traces";

describe("stack traces", () => {
    const lineOf = (error: Error) => /stack-traces\.test\.ts:(\d+):/.exec(error.stack ?? "")?.[1];

    it("of errors that are told name the lines of the sources", () => {
        assert.equal(lineOf(new Error("told")), "8");
    });

    it("of errors without a message, which Pulumi makes by the thousand, name those that run", () => {
        const error = new Error();
        assert.match(error.stack ?? "", /^Error\n {4}at .*stack-traces\.test\.ts:\d+:\d+/);
        assert.notEqual(lineOf(error), "12");
    });
});
