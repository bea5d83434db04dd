import assert from "node:assert/strict";
import { arrow, at, changesOf } from "../../preview-comment/changes.ts";
import type { Properties, Value } from "../../preview-comment/preview.ts";
import { Secrets } from "../../preview-comment/secrets.ts";
import { previewOf, step } from "./support/digest.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function changes(old: Properties, current: Properties, more: object = {}, type = "a:b:C") {
    const [resource] = previewOf(
        step("update", type, "name", { old, new: current, ...more }),
    ).resources;
    return changesOf(resource);
}

const paths = (old: Properties, current: Properties, more: object = {}) =>
    changes(old, current, more).map(({ path, old: from, new: to }) => [path, from, to]);

describe("what changes of a resource", () => {
    it("is named by path, down to the value", () => {
        const old = {
            spec: { actions: [{ action: "backup" }, { action: "export" }], frequency: "@daily" },
        };
        const current = {
            spec: { actions: [{ action: "backup" }, { action: "import" }], frequency: "@hourly" },
        };
        assert.deepEqual(paths(old, current), [
            ["spec.actions[1].action", "export", "import"],
            ["spec.frequency", "@daily", "@hourly"],
        ]);
    });

    it("is what comes and what goes, too", () => {
        assert.deepEqual(paths({ a: 1, b: 2 }, { b: 2, c: 3 }), [
            ["a", 1, undefined],
            ["c", undefined, 3],
        ]);
    });

    it("is a whole list where its length differs", () => {
        assert.deepEqual(paths({ a: [1] }, { a: [1, 2] }), [["a", [1], [1, 2]]]);
    });

    it("is never a provider's note to itself", () => {
        assert.deepEqual(
            paths({ __provider: "a", a: { __defaults: [] } }, { __provider: "b", a: {} }),
            [],
        );
        assert.deepEqual(paths({}, {}, { detailed: ["__provider"] }), []);
    });

    it("has keys in brackets that are no words", () => {
        assert.deepEqual(paths({ m: { "a/b": "1" } }, { m: { "a/b": "2" } }), [
            ['m["a/b"]', "1", "2"],
        ]);
    });

    it("is what Pulumi names, where both sides are secret", () => {
        assert.deepEqual(
            paths({ spec: "[secret]" }, { spec: "[secret]" }, { detailed: ["spec.receiveString"] }),
            [["spec.receiveString", undefined, undefined]],
        );
        assert.deepEqual(paths({ a: "[secret]" }, { a: "[secret]" }, { detailed: ["a"] }), [
            ["a", "[secret]", "[secret]"],
        ]);
    });

    it("marks what makes it a replacement", () => {
        const found = changes({ a: { b: 1 }, c: 1 }, { a: { b: 2 }, c: 2 }, { replacing: ["a"] });
        assert.deepEqual(
            found.map(({ path, replaces }) => [path, replaces]),
            [
                ["a.b", true],
                ["c", false],
            ],
        );
    });

    it("is secret in a Secret of Kubernetes", () => {
        const found = changes(
            { stringData: { USER: "a" } },
            { stringData: { USER: "b" } },
            {},
            "kubernetes:core/v1:Secret",
        );
        assert.deepEqual(found, [
            { path: "stringData.USER", old: "[secret]", new: "[secret]", replaces: false },
        ]);
    });

    it("is found again by its path", () => {
        const properties = { a: [{ "b/c": { d: 1 } }] };
        assert.equal(at(properties, 'a[0]["b/c"].d'), 1);
        assert.equal(at(properties, "a[1].d"), undefined);
        assert.equal(at(properties, "a[0].b.c"), undefined);
    });
});

describe("old → new", () => {
    const rows: [
        what: string,
        path: string,
        old: Value | undefined,
        current: Value | undefined,
        text: string,
    ][] = [
        ["a text", "a", "x", "y", "`x` → `y`"],
        ["a number", "rows", 1000, 2000, "`1000` → `2000`"],
        ["a list", "a", ["x"], ["x", "y"], '`["x"]` → `["x","y"]`'],
        ["what is not known yet", "a", "x", unknown, "`x` → *known after apply*"],
        [
            "what is not known yet, inside",
            "a",
            {},
            { b: unknown },
            '`{}` → `{"b":"(known after apply)"}`',
        ],
        ["what is new", "a", undefined, "y", "*(not set)* → `y`"],
        ["what goes", "a", "x", undefined, "`x` → *(not set)*"],
        ["a secret by its name", "password", "x", "y", "[secret] → [secret]"],
        ["a secret on one side", "a", "[secret]", "y", "[secret] → [secret]"],
        [
            "a secret that is not known yet",
            "a",
            "[secret]",
            unknown,
            "[secret] → *known after apply*",
        ],
    ];
    for (const [what, path, old, current, text] of rows) {
        it(`shows ${what}`, () => {
            assert.equal(arrow({ path, old, new: current }, new Secrets(), 40), text);
        });
    }

    it("shows of a long text the part that differs", () => {
        const [old, current] = ["1", "2"].map(end => `${"x".repeat(30)}${end}`);
        assert.equal(
            arrow({ path: "a", old, new: current }, new Secrets(), 8),
            "`…xxxxxxx1` → `…xxxxxxx2`",
        );
    });
});
