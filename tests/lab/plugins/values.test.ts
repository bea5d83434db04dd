import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "../../../lab/plugins/docker/duration.ts";
import {
    compact,
    containsUnknown,
    keepSecrets,
    plain,
    redact,
    secret,
    unknown,
} from "../../../lab/plugins/shared/values.ts";
import type { Properties } from "../../../lab/plugins/shared/values.ts";

describe("stand-in plugins: values", () => {
    it("plain takes every wrapping away", () => {
        assert.deepEqual(plain({ a: [secret({ b: secret("c") })], d: null }), { a: [{ b: "c" }] });
    });

    it("finds what is not known at any depth", () => {
        assert.equal(containsUnknown({ a: [secret({ b: unknown })] }), true);
        assert.equal(containsUnknown({ a: ["known", null, 1] }), false);
    });

    it("compact leaves nothing undefined", () => {
        assert.deepEqual(compact({ a: undefined, b: [{ c: undefined, d: 0 }], e: null }), {
            b: [{ d: 0 }],
        });
    });

    const kept: [string, Properties, Properties, Properties][] = [
        ["a value", { a: 1 }, { a: secret(2) }, { a: secret(1) }],
        [
            "a value inside an object",
            { a: { b: 1, c: 2 } },
            { a: { b: secret(1) } },
            { a: { b: secret(1), c: 2 } },
        ],
        ["a list as a whole", { a: [1, 2] }, { a: [secret(2), 1] }, { a: secret([1, 2]) }],
        [
            "an object that was secret as a whole",
            { a: { b: 1 } },
            { a: secret({ b: 1 }) },
            { a: secret({ b: 1 }) },
        ],
        ["what is wrapped already", { a: secret(1) }, { a: secret(1) }, { a: secret(1) }],
        ["nothing else", { a: 1, b: 2 }, { a: 1, c: secret(3) }, { a: 1, b: 2 }],
    ];
    for (const [what, outputs, inputs, expected] of kept) {
        it(`keepSecrets wraps ${what}`, () => {
            assert.deepEqual(keepSecrets(outputs, inputs), expected);
        });
    }

    const redacted: [string, string, Properties, string][] = [
        ["a secret", "is hunter22!", { a: secret("hunter22") }, "is [secret]!"],
        [
            "the longer of two",
            "ab12 ab1234",
            { a: secret("ab12"), b: secret("ab1234") },
            "[secret] [secret]",
        ],
        ["a quoted one", String.raw`"it\"s"`, { a: secret('it"s') }, '"[secret]"'],
        ["each line", "x: first", { a: secret("first\nsecond\n}") }, "x: [secret]"],
        ["a number", "port 12345", { a: { b: [secret(12345)] } }, "port [secret]"],
        ["not what is open", "is open", { a: "open", b: secret("}") }, "is open"],
    ];
    for (const [what, text, properties, expected] of redacted) {
        it(`redact: ${what}`, () => {
            assert.equal(redact(text, properties), expected);
        });
    }
});

describe("docker stand-in: durations", () => {
    const cases: [string, number, string][] = [
        ["0s", 0, "0s"],
        ["0", 0, "0s"],
        ["10s", 1e10, "10s"],
        ["90s", 9e10, "1m30s"],
        ["1.5s", 1.5e9, "1.5s"],
        ["500ms", 5e8, "500ms"],
        ["250us", 2.5e5, "250µs"],
        ["7ns", 7, "7ns"],
        ["1h", 3.6e12, "1h0m0s"],
        ["1h1m1.5s", 3_661.5e9, "1h1m1.5s"],
    ];
    for (const [text, nanoseconds, go] of cases) {
        it(`${text} is what Go writes as ${go}`, () => {
            assert.equal(parseDuration(text), nanoseconds);
            assert.equal(formatDuration(nanoseconds), go);
        });
    }
    for (const text of ["", "soon", "10", "-1s", "1s ", "s"]) {
        it(`\`${text}\` is none`, () => assert.equal(parseDuration(text), undefined));
    }
});
