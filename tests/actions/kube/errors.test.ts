import assert from "node:assert/strict";
import {
    ApiError,
    connectionCode,
    isMissingApi,
    isTransient,
    told,
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

describe("what is told", () => {
    const forbidden = 'namespaces is forbidden: User "x" cannot create resource "namespaces"';
    const table: [string, unknown, string | undefined][] = [
        ["a message of ours", new UserError("Set `a`."), "Set `a`."],
        [
            "a user without the right",
            new ApiError(403, forbidden),
            `The cluster answers with HTTP 403: ${forbidden}. Grant that to the kubeconfig's user, or give the kubeconfig of another one, and try again.`,
        ],
        [
            "a policy",
            new ApiError(403, 'pods "a" is forbidden: exceeded quota: small'),
            'The cluster answers with HTTP 403: pods "a" is forbidden: exceeded quota: small. A policy of the cluster does not allow it: put right what it names, and try again.',
        ],
        [
            "a user whom nobody knows",
            new ApiError(401, "the cluster at a does not know the kubeconfig's user"),
            "The cluster answers with HTTP 401: the cluster at a does not know the kubeconfig's user. Renew the credentials in the kubeconfig, and run `pulumi up`, before a `pulumi destroy` too: it takes the kubeconfig that the last `up` has stored.",
        ],
        [
            "a race",
            new ApiError(409, 'namespaces "a" already exists'),
            'The cluster answers with HTTP 409: namespaces "a" already exists. Somebody else makes or changes it at the same time: try again.',
        ],
        [
            "an object that is not valid",
            new ApiError(422, 'Pod "a" is invalid: spec: Required value'),
            'The cluster answers with HTTP 422: Pod "a" is invalid: spec: Required value. Put right what it names, and try again.',
        ],
        [
            "a cluster that is overloaded",
            new ApiError(503, "service unavailable"),
            "The cluster answers with HTTP 503: service unavailable. It was tried again in vain: wait until the cluster is well, and try again.",
        ],
        [
            "a cluster out of reach",
            Object.assign(new Error("https://a cannot be reached: ECONNREFUSED"), {
                code: "ECONNREFUSED",
            }),
            "https://a cannot be reached: ECONNREFUSED. Look whether it runs and can be reached from here, and try again.",
        ],
        ["a mistake in the program", new TypeError("a is undefined"), undefined],
        ["what is no error", "text", undefined],
    ];
    for (const [what, error, expected] of table) {
        it(`of ${what}`, () => assert.equal(told(error), expected));
    }
});
