import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { longestComment, renderComment } from "../../preview-comment/comment.ts";
import { type Preview, readPreview, stackOf } from "../../preview-comment/preview.ts";
import { Secrets } from "../../preview-comment/secrets.ts";
import { dynamic, previewOf, step } from "./support/digest.ts";

const recorded = join(import.meta.dirname, "recorded");

async function readRecorded(name: string): Promise<Preview> {
    const stdout = await readFile(join(recorded, `${name}.json`), "utf8");
    return readPreview(stackOf(stdout) ?? name, { stdout, stderr: "" });
}

const names = readdirSync(recorded)
    .filter(name => name.endsWith(".json"))
    .map(name => name.replace(".json", ""));

describe("the comment on recorded previews", () => {
    for (const name of names) {
        it(`of ${name} is recorded/${name}.md (make comment-update writes it)`, async () => {
            const comment = renderComment([await readRecorded(name)]);
            const file = join(recorded, `${name}.md`);
            if (process.env["UPDATE_COMMENTS"]) {
                await writeFile(file, comment);
            }
            assert.equal(comment, existsSync(file) ? await readFile(file, "utf8") : "");
        });
    }
});

describe("the comment", () => {
    const ready = (more: object) =>
        step("update", dynamic("k10:Ready"), "source-k10", { old: {}, ...more });

    it("has one line for each stack, what runs under the name of its stack, and the details folded", () => {
        const one = previewOf(
            step("replace", dynamic("k10:Export"), "export", {
                old: { runId: "1", policy: "shop-export" },
                new: { runId: "2", policy: "shop-export" },
                replacing: ["runId"],
            }),
            step("create", dynamic("k10:Ready"), "new", { new: {} }),
        );
        const comment = renderComment(
            [
                { ...one, warnings: ["a is deprecated"] },
                { ...previewOf(), stack: "dev" },
            ],
            { commit: "0123456789" },
        );
        assert.equal(
            comment,
            `<!-- crossing: preview-comment -->
### What \`pulumi up\` will do, as of 0123456

- \`shop\`: 1 created, **1 replaced**, 80 unchanged
- \`dev\`: nothing changes (80 unchanged)

#### What will run, and what is lost

\`shop\`:

- a new backup and export of what policy \`shop-export\` selects (run \`1\` → \`2\`)

<details><summary>Details of <code>shop</code>: 2 resources, 1 warning</summary>

| resource | | properties |
| --- | --- | --- |
| \`k10:Export\` \`export\` | **replaced** | **\`runId\`**: \`1\` → \`2\` |
| \`k10:Ready\` \`new\` | created |  |

Warnings:

\`\`\`text
a is deprecated
\`\`\`

</details>
`,
        );
    });

    it("says of a failed preview why, and what was seen until then", () => {
        const preview = {
            ...previewOf(ready({ new: { a: 1 } })),
            failed: true,
            errors: ["no `k10`"],
        };
        assert.equal(
            renderComment([preview]).split("<details>")[0],
            `<!-- crossing: preview-comment -->
### What \`pulumi up\` will do

- \`shop\`: ❌ **the preview failed**, after 1 changed, 80 unchanged

#### Why the preview of \`shop\` failed

\`\`\`text
no \`k10\`
\`\`\`

`,
        );
    });

    it("masks secrets wherever they stand: in properties, messages, paths and names", () => {
        const preview = previewOf(
            step("update", "a:b:C", "named-hunter2-hunter2", {
                old: { text: "x" },
                new: { text: "a hunter2|hunter2", "hunter2-hunter2": 1 },
            }),
        );
        const comment = renderComment(
            [
                {
                    ...preview,
                    failed: true,
                    errors: ["hunter2-hunter2"],
                    warnings: ["hunter2-hunter2"],
                },
            ],
            { secrets: new Secrets(["hunter2-hunter2", "hunter2|hunter2"]) },
        );
        assert.doesNotMatch(comment, /hunter2/);
        assert.equal(comment.split("[secret]").length - 1, 5);
    });

    it("fits into GitHub's limit, says what it leaves out, and is never cut in the middle", () => {
        const many = Array.from({ length: 2_000 }, (_, index) =>
            step("update", dynamic("k10:Ready"), `ready-${index}`, {
                old: { text: `${"x".repeat(200)}${index}` },
                new: { text: `${"y".repeat(200)}${index}` },
            }),
        );
        const comment = renderComment([previewOf(...many)]);
        assert.ok(comment.length <= longestComment);
        assert.match(
            comment,
            /\n\n1800 more resources are not shown here\. `pulumi preview --diff` shows all\.\n\n<\/details>\n$/,
        );
    });

    it("fits into GitHub's limit whatever is in the previews", () => {
        const preview = fc.record({
            stack: fc.string({ maxLength: 300 }),
            failed: fc.boolean(),
            unchanged: fc.nat(),
            errors: fc.array(fc.constantFrom("e".repeat(50_000), "`".repeat(30_000)), {
                maxLength: 5,
            }),
            warnings: fc.array(fc.constantFrom("w".repeat(50_000), "short"), { maxLength: 5 }),
            resources: fc.nat({ max: 60 }).map(
                count =>
                    previewOf(
                        ...Array.from({ length: count }, (_, index) =>
                            step("replace", dynamic("k10:Import"), `${"n".repeat(900)}${index}`, {
                                old: {},
                                new: { applicationNamespace: "a".repeat(5_000) },
                            }),
                        ),
                    ).resources,
            ),
        });
        fc.assert(
            fc.property(fc.array(preview, { maxLength: 6 }), previews => {
                assert.ok(renderComment(previews).length <= longestComment);
            }),
            { numRuns: 10 },
        );
    });
});
