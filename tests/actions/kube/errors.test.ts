import assert from "node:assert/strict";
import {
    ApiError,
    connectionCode,
    isMissingApi,
    isTransient,
    UserError,
} from "../../../actions/src/kube/errors";

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
