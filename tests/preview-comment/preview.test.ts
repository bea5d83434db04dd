import assert from "node:assert/strict";
import { readPreview, stackOf } from "../../preview-comment/preview.ts";
import { dynamic, previewOf, step, urn } from "./support/digest.ts";

const exported = dynamic("k10:Export");

describe("what pulumi preview --json says", () => {
    it("is a list of resources with what they were and what they become", () => {
        const { resources } = previewOf(
            step("update", exported, "export", {
                old: { runId: "1" },
                new: { runId: "2" },
                outputs: { result: {} },
                detailed: ["runId"],
            }),
        );
        assert.deepEqual(resources, [
            {
                urn: urn(exported, "export"),
                types: [exported],
                name: "export",
                operation: "change",
                old: { runId: "1" },
                new: { runId: "2" },
                recorded: { runId: "1", result: {} },
                reasons: ["runId"],
                replacing: [],
                cluster: "",
                deletedWith: "",
            },
        ]);
    });

    it("tells a replacement once, however many steps it takes", () => {
        const { resources } = previewOf(
            step("delete-replaced", exported, "export", { old: { runId: "1" } }),
            step("replace", exported, "export", { replacing: ["runId"] }),
            step("create-replacement", exported, "export", { new: { runId: "2" } }),
        );
        assert.deepEqual(
            resources.map(({ operation, old, new: current, replacing }) => ({
                operation,
                old,
                current,
                replacing,
            })),
            [
                {
                    operation: "replace",
                    old: { runId: "1" },
                    current: { runId: "2" },
                    replacing: ["runId"],
                },
            ],
        );
    });

    it("leaves out what stays, and counts it", () => {
        const preview = previewOf(
            step("same", exported, "export"),
            step("read", exported, "other"),
        );
        assert.deepEqual([preview.resources, preview.unchanged], [[], 80]);
    });

    it("names the cluster that a resource lies in", () => {
        const [resource] = previewOf(
            step("create", "kubernetes:core/v1:Namespace", "n", { cluster: "source" }),
        ).resources;
        assert.equal(resource?.cluster, "source");
    });

    const failures: [what: string, stdout: string, status: number, errors: string[]][] = [
        [
            "an error among its messages",
            JSON.stringify({
                diagnostics: [
                    { severity: "error", message: "error: no cluster\n" },
                    { severity: "info#err", message: "hm" },
                ],
            }),
            1,
            ["no cluster"],
        ],
        ["nothing but a message on stderr", "", 255, ["error: no stack named 'shop'"]],
        ["an exit status without a word of its own", "{}", 1, ["error: no stack named 'shop'"]],
        ["no JSON at all", "Previewing", 0, ["error: no stack named 'shop'"]],
    ];
    for (const [what, stdout, status, errors] of failures) {
        it(`is a failure with ${what}`, () => {
            const stderr = "error: no stack named 'shop'\n";
            const preview = readPreview("shop", { status, stdout, stderr });
            assert.deepEqual([preview.failed, preview.errors], [true, errors]);
        });
    }

    it("is no failure where Pulumi ended well: its errors are warnings", () => {
        const message = "error: a plugin exited prematurely";
        const stdout = JSON.stringify({ diagnostics: [{ severity: "error", message }] });
        const { failed, errors, warnings } = readPreview("shop", { status: 0, stdout, stderr: "" });
        assert.deepEqual([failed, errors, warnings], [false, [], ["a plugin exited prematurely"]]);
        assert.equal(readPreview("shop", { stdout, stderr: "" }).failed, true);
    });

    it("says that Pulumi failed where Pulumi says nothing", () => {
        const { errors } = readPreview("shop", { status: 9, stdout: "", stderr: "" });
        assert.deepEqual(errors, ["Pulumi ended with exit status 9."]);
    });

    it("tells the stack that it is of, if it has a resource", () => {
        assert.equal(
            stackOf(JSON.stringify({ steps: [step("create", exported, "export")] })),
            "shop",
        );
        assert.equal(stackOf("{}"), undefined);
        assert.equal(stackOf("nothing"), undefined);
    });
});
