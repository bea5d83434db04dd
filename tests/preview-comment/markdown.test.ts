import assert from "node:assert/strict";
import fc from "fast-check";
import { block, code, excerpt, html } from "../../preview-comment/markdown.ts";

describe("text of others in Markdown", () => {
    const spans: [text: string, span: string][] = [
        ["shop", "`shop`"],
        ["a | b", "`a \\| b`"],
        ["two\n  lines", "`two lines`"],
        ["<b>&amp;", "`<b>&amp;`"],
        ["a `b` c", "``a `b` c``"],
        ["`a``", "``` `a`` ```"],
        ["", "*(empty)*"],
        [" \n", "*(empty)*"],
    ];
    for (const [text, span] of spans) {
        it(`${JSON.stringify(text)} is the code span ${span}`, () => {
            assert.equal(code(text), span);
        });
    }

    it("never ends its code span, its line or its cell", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: fc.constantFrom("`", "|", "\n", " ", "a", "\\", "<") }),
                text => {
                    const span = code(text);
                    assert.ok(!span.includes("\n"));
                    assert.doesNotMatch(span, /(^|[^\\])\|/);
                    if (!span.startsWith("*")) {
                        const fence = /^`+/.exec(span)?.[0] ?? "";
                        const runs = [...span.matchAll(/`+/g)].filter(([run]) => run === fence);
                        assert.equal(runs.length, 2);
                    }
                },
            ),
        );
    });

    it("is a block that no fence inside it ends", () => {
        assert.equal(block("a\n```\nb"), "````text\na\n```\nb\n````");
        assert.equal(block("a"), "```text\na\n```");
    });

    it("is HTML without its own tags", () => {
        assert.equal(html(`<a href="x">&`), "&lt;a href=&quot;x&quot;&gt;&amp;");
    });

    const parts: [text: string, longest: number, at: number, part: string][] = [
        ["abcdefgh", 8, 0, "abcdefgh"],
        ["abcdefghij", 4, 0, "abcd…"],
        ["abcdefghij", 4, 5, "…efgh…"],
        ["abcdefghij", 4, 9, "…ghij"],
    ];
    for (const [text, longest, at, part] of parts) {
        it(`${text} around character ${at} in ${longest} is ${part}`, () => {
            assert.equal(excerpt(text, longest, at), part);
        });
    }
});
