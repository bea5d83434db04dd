/** The command itself, with a Pulumi stand-in on its PATH. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Report } from "../../report/report.ts";
import { failed, filtered, passed, shop, stateOf } from "./support.ts";

const main = join(import.meta.dirname, "..", "..", "report", "main.ts");

describe("npm run report", function () {
    this.timeout(20_000);

    const warning =
        "! STORE-TLS-001 (target): `<far>` is reached by `http://far`, without TLS: give it a certificate";
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "report-test-"));
        const standIn = [
            `#!${process.execPath}`,
            "const args = process.argv.slice(2);",
            'if (!args.includes("dev")) { console.error("error: no stack named that"); process.exit(255); }',
            `process.stdout.write(require("node:fs").readFileSync(${JSON.stringify(folder)} + "/" + args[0] + ".json"));`,
        ];
        await writeFile(join(folder, "pulumi"), standIn.join("\n"));
        await chmod(join(folder, "pulumi"), 0o755);
    });
    afterEach(() => rm(folder, { recursive: true }));

    const pulumiSays = async (state: object, config: Record<string, string>) => {
        const entries = Object.entries(config).map(([key, value]) => [
            `crossing:${key}`,
            { value },
        ]);
        await writeFile(join(folder, "stack.json"), JSON.stringify(state));
        await writeFile(join(folder, "config.json"), JSON.stringify(Object.fromEntries(entries)));
    };
    const run = (...args: string[]) => {
        const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
            cwd: folder,
            env: { PATH: [folder, process.env["PATH"]].join(delimiter) },
            encoding: "utf8",
        });
        return { status, stdout, stderr };
    };

    it("writes three files and ends with 0 for a proof", async () => {
        await pulumiSays(stateOf({ shop }, [["shop", "1", passed]]), {});
        assert.deepEqual(run("--stack", "dev", "--folder", "out"), {
            status: 0,
            stdout: `✓ shop: passed, 2 of 2 checks\n${warning}\nrun 1: passed\n${join(folder, "out")}\n`,
            stderr: "",
        });
        const json = await readFile(join(folder, "out", "report.json"), "utf8");
        assert.equal((JSON.parse(json) as Report).status, "passed");
        assert.match(await readFile(join(folder, "out", "junit.xml"), "utf8"), /failures="0"/);
        assert.match(await readFile(join(folder, "out", "report.html"), "utf8"), /Proven:/);
    });

    it("counts what was not compared among no checks", async () => {
        await pulumiSays(stateOf({ shop }, [["shop", "1", filtered]]), {});
        assert.deepEqual(run("--stack", "dev", "--folder", "out"), {
            status: 0,
            stdout: `✓ shop: passed, 1 of 1 checks\n    – left out by filters: 1 object: Secret keys\n${warning}\nrun 1: passed\n${join(folder, "out")}\n`,
            stderr: "",
        });
    });

    it("ends with 1 for a proof that failed, and says what differs", async () => {
        await pulumiSays(stateOf({ shop }, [["shop", "1", failed]]), { runId: "1" });
        const { status, stdout } = run("--stack", "dev", "--folder", "out");
        assert.equal(status, 1);
        assert.equal(
            stdout,
            `✗ shop: failed, 1 of 2 checks\n    ✗ page: content: <b title="x">&, expected 6716b2\n${warning}\nrun 1: failed\n${join(folder, "out")}\n`,
        );
    });

    it("is no success for a run that was not verified, though the last one was", async () => {
        await pulumiSays(stateOf({ shop }, [["shop", "1", passed]]), { runId: "2" });
        const { status, stdout } = run("--stack", "dev");
        assert.equal(status, 1);
        assert.equal(
            stdout,
            `✗ shop: unproven, 0 of 0 checks\n${warning}\nrun 2: unproven\n${join(folder, "report-dev")}\n`,
        );
    });

    it("a target takes its run from its source: its own `runId` does not count", async () => {
        const state = stateOf({ shop }, [["shop", "7", passed]], "7");
        await pulumiSays(state, { role: "target" });
        const { status, stdout } = run("--stack", "dev", "--json");
        assert.equal(status, 0);
        assert.equal((JSON.parse(stdout) as Report).runId, "7");
    });

    it("reads a file in place of a stack", async () => {
        await writeFile(
            join(folder, "s.json"),
            JSON.stringify(stateOf({ shop }, [["shop", "1", passed]])),
        );
        assert.equal(run("--stack", "other", "--from", "s.json", "--run", "1").status, 0);
    });

    it("says what Pulumi says", () => {
        assert.deepEqual(run("--stack", "other"), {
            ...{ status: 1, stdout: "", stderr: "error: no stack named that\n" },
        });
    });

    it("without a stack shows how it is used", () => {
        const { status, stdout } = run();
        assert.equal(status, 2);
        assert.match(stdout, /^npm run report -- --stack NAME/);
    });
});
