import assert from "node:assert/strict";
import fc from "fast-check";
import {
    ApiError,
    connectionCode,
    innermostCause,
    isMissingApi,
    isTransient,
    UserError,
} from "../../../actions/src/kube/errors";

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
        ["a number", 5, undefined],
        ["true", true, undefined],
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
                assert.equal(innermostCause(nested(...messages)), messages.at(-1));
            }),
        );
    });
});

const coded = (code: unknown, cause?: unknown) =>
    Object.assign(new Error("request failed", { cause }), { code });

describe("connectionCode", () => {
    const table: [string, unknown, string | undefined][] = [
        ["an error of the operating system", coded("ECONNREFUSED"), "ECONNREFUSED"],
        ["an error of the HTTP library", coded("UND_ERR_SOCKET"), "UND_ERR_SOCKET"],
        ["its cause", new Error("fetch failed", { cause: coded("ENOTFOUND") }), "ENOTFOUND"],
        [
            "the cause of its cause",
            new Error("a", { cause: new Error("b", { cause: coded("ECONNRESET") }) }),
            "ECONNRESET",
        ],
        ["the outermost of two", coded("EPIPE", coded("ECONNRESET")), "EPIPE"],
        ["a code of Node's own", coded("ERR_INVALID_ARG_TYPE"), undefined],
        ["a number", coded(503), undefined],
        ["lower case", coded("econnreset"), undefined],
        ["an answer of the API", new ApiError(503, "x"), undefined],
        ["an error without a code", new Error("x"), undefined],
        ["a code that is no error's", { code: "ECONNREFUSED" }, undefined],
        ["nothing", undefined, undefined],
    ];
    for (const [what, error, expected] of table) {
        it(`of ${what} is ${expected ?? "nothing"}`, () => {
            assert.equal(connectionCode(error), expected);
        });
    }
});

describe("isTransient", () => {
    const missingApi = "the server could not find the requested resource";
    const table: [unknown, boolean][] = [
        ...[408, 429, 500, 502, 503, 504].map((code): [unknown, boolean] => [
            new ApiError(code, "x"),
            true,
        ]),
        ...[200, 400, 401, 403, 404, 405, 409, 410, 422, 501].map((code): [unknown, boolean] => [
            new ApiError(code, "x"),
            false,
        ]),
        [new ApiError(404, missingApi), true],
        [new ApiError(404, "404 page not found"), true],
        [new ApiError(403, missingApi), false],
        [coded("ECONNREFUSED"), true],
        [coded("ETIMEDOUT"), true],
        [coded("UND_ERR_HEADERS_TIMEOUT"), true],
        [new Error("fetch failed", { cause: coded("ENOTFOUND") }), true],
        // A file that the kubeconfig names: no waiting makes it appear.
        [coded("ENOENT"), false],
        [new UserError("x"), false],
        [new UserError("x", { cause: coded("ECONNREFUSED") }), false],
        [new TypeError("x"), false],
        ["ECONNREFUSED", false],
        [undefined, false],
    ];
    for (const [error, expected] of table) {
        const shown =
            error instanceof Error
                ? `${error.constructor.name} ${String(Reflect.get(error, "code"))} ${error.message}`
                : String(error);
        it(`is ${expected} for ${shown}`, () => {
            assert.equal(isTransient(error), expected);
        });
    }
});

describe("isMissingApi", () => {
    const table: [unknown, boolean][] = [
        [new ApiError(404, "the server could not find the requested resource"), true],
        [new ApiError(404, "404 page not found\n"), true],
        [new ApiError(404, 'policies.config.kio.kasten.io "x" not found'), false],
        [new ApiError(503, "404 page not found"), false],
        [new Error("404 page not found"), false],
    ];
    for (const [error, expected] of table) {
        it(`is ${expected} for ${(error as Error).message.trim()} (${String(Reflect.get(error as Error, "code"))})`, () => {
            assert.equal(isMissingApi(error), expected);
        });
    }
});
