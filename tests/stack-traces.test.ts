import assert from "node:assert/strict";

describe("stack traces", () => {
    const translated: unknown = Reflect.get(Error, "prepareStackTrace");
    const lineOf = (error: Error) => /stack-traces\.test\.ts:(\d+):/.exec(error.stack ?? "")?.[1];

    before(() => import("../stacks/stack-traces"));
    after(() => {
        Reflect.set(Error, "prepareStackTrace", translated);
    });

    it("of errors that are told name the lines of the sources", () => {
        assert.equal(lineOf(new Error("told")), "13");
    });

    it("of errors without a message, which Pulumi makes by the thousand, name those that run", () => {
        const error = new Error();
        assert.match(error.stack ?? "", /^Error\n {4}at .*stack-traces\.test\.ts:\d+:\d+/);
        assert.notEqual(lineOf(error), "17");
    });
});
