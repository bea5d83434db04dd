import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, fileName, limits } from "../../../actions/src/diagnostics/bundle";
import { masker } from "../../../actions/src/diagnostics/mask";

describe("a bundle of diagnostics", () => {
    it("masks whatever is added, and writes objects with their keys in order", () => {
        const bundle = new Bundle(masker(["hunter2-hunter2"]));
        bundle.json("a.json", { b: [{ d: 1, c: "hunter2-hunter2" }], a: null });
        bundle.text("b.txt", "said hunter2-hunter2\n");
        assert.deepEqual(
            [...bundle.files],
            [
                [
                    "a.json",
                    '{\n  "a": null,\n  "b": [\n    {\n      "c": "[secret]",\n      "d": 1\n    }\n  ]\n}\n',
                ],
                ["b.txt", "said [secret]\n"],
            ],
        );
    });

    it("keeps the end of a file that is too long", () => {
        const bundle = new Bundle(masker([]));
        bundle.text("log", `${"a".repeat(limits.file)}the end`);
        const text = bundle.files.get("log") ?? "";
        assert.ok(text.startsWith("[7 characters before this are left out]\naaa"));
        assert.ok(text.endsWith("athe end"));
    });

    it("keeps nothing more when it is full, and says so", () => {
        const bundle = new Bundle(masker([]));
        for (let i = 0; i < 25; i++) {
            bundle.text(`${i}`, "x".repeat(limits.file));
        }
        const size = [...bundle.files.values()].reduce((sum, text) => sum + text.length, 0);
        assert.ok(size < limits.all + 25 * 100, `${size}`);
        assert.equal(bundle.files.get("24"), "[1000000 characters before this are left out]\n");
    });

    it("is written for its owner alone", async () => {
        const folder = mkdtempSync(join(tmpdir(), "bundle-"));
        try {
            const bundle = new Bundle(masker([]));
            bundle.text("logs/a/b.log", "x");
            await bundle.write(join(folder, "new"));
            assert.equal(readFileSync(join(folder, "new/logs/a/b.log"), "utf8"), "x");
            assert.deepEqual(readdirSync(folder), ["new"]);
            assert.equal(statSync(join(folder, "new/logs/a/b.log")).mode & 0o777, 0o600);
            assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o700);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    const names: [string, RegExp][] = [
        ["web-1", /^web-1$/],
        ["../../etc/passwd", /^__\.\._etc_passwd-[0-9a-f]{8}$/],
        ["a:b", /^a_b-[0-9a-f]{8}$/],
        ["x".repeat(200), /^x{100}-[0-9a-f]{8}$/],
    ];
    for (const [name, expected] of names) {
        it(`calls a file of ${name.slice(0, 20)} ${expected.source}`, () => {
            assert.match(fileName(name), expected);
        });
    }
});
