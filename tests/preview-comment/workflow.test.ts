/** The workflows: read by actionlint, and held to the rules that actionlint does not know. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { goStep, goVersion, program } from "../../lab/build/go.ts";
import { graphs } from "../../lab/build/graphs.ts";
import { runSteps } from "../../lab/steps.ts";

const folder = join(import.meta.dirname, "..", "..", ".github", "workflows");
const files = readdirSync(folder).map(name => join(folder, name));

interface Workflow {
    on: Record<string, unknown>;
    permissions: unknown;
    jobs: Record<string, { permissions?: unknown; steps: { uses?: string }[] }>;
}

describe("workflows", function () {
    // The linter is built once on a machine.
    this.timeout("3m");

    let lint: (...paths: string[]) => Promise<string>;
    before(async function () {
        if (!(await goVersion()) && !process.env["LAB_REQUIRED"]) {
            process.stderr.write(
                "Workflows are not linted: there is no Go to build actionlint with.\n",
            );
            this.skip();
        }
        await runSteps([goStep(graphs.actionlint)]);
        const actionlint = await program(graphs.actionlint, "actionlint");
        // Other linters that may be on this machine would make the result depend on it.
        lint = (...paths) =>
            new Promise(resolve =>
                execFile(
                    actionlint,
                    ["-shellcheck=", "-pyflakes=", "-no-color", "-oneline", ...paths],
                    (_, stdout, stderr) => resolve(stdout + stderr),
                ),
            );
    });

    it("pass actionlint", async () => {
        assert.equal(await lint(...files), "");
    });

    it("would not pass it with a mistake", async () => {
        const temporary = await mkdtemp(join(tmpdir(), "workflow-test-"));
        try {
            const text = await readFile(join(folder, "preview.yml"), "utf8");
            const wrong = join(temporary, "wrong.yml");
            await writeFile(
                wrong,
                text.replace("github.event.pull_request.number", "github.evnt.number"),
            );
            assert.match(await lint(wrong), /property "evnt" is not defined in object type/);
        } finally {
            await rm(temporary, { recursive: true });
        }
    });
});

describe("the workflow preview.yml", () => {
    let workflow: Workflow;
    let text: string;
    before(async () => {
        text = await readFile(join(folder, "preview.yml"), "utf8");
        workflow = parse(text) as Workflow;
    });

    it("runs for pull requests, never with the rights of the repository that they go to", () => {
        assert.deepEqual(workflow.on, { pull_request: null });
    });

    it("may read the code and write comments, no more", () => {
        assert.deepEqual(workflow.permissions, {});
        assert.deepEqual(
            Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions]),
            [["preview", { contents: "read", "pull-requests": "write" }]],
        );
    });

    it("uses actions by full commit, with the version beside it", () => {
        const used = text.match(/uses: .*/g) ?? [];
        assert.equal(used.length, 3);
        for (const line of used) {
            assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
        }
    });
});
