/** The command itself, with a Pulumi stand-in on its PATH and a GitHub stand-in to post to. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { dynamic, step } from "./support/digest.ts";
import { GitHubStandIn } from "./support/github.ts";

const main = join(import.meta.dirname, "..", "..", "preview-comment", "main.ts");

const steps = [
    step("update", dynamic("k10:Ready"), "source-k10", {
        old: { timeout: 900, note: "a" },
        new: { timeout: 600, note: "the key is s3cr3t-key" },
    }),
];
const digest = JSON.stringify({ steps, changeSummary: { update: 1, same: 80 } });

const comment = `<!-- crossing: preview-comment -->
### What \`pulumi up\` will do, as of 0123456

- \`shop\`: 1 changed, 80 unchanged

No backup, no restore and no verification will run.

<details><summary>Details of <code>shop</code>: 1 resource</summary>

| resource | | properties |
| --- | --- | --- |
| \`k10:Ready\` \`source-k10\` | changed | \`timeout\`: \`900\` → \`600\`<br>\`note\`: \`a\` → \`the key is [secret]\` |

</details>
`;

describe("npm run preview-comment", function () {
    // Each starts a process or two.
    this.timeout(20_000);

    let folder: string;
    let github: GitHubStandIn;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "preview-comment-test-"));
        await writeFile(join(folder, "shop.json"), digest);
        // Says what it was called with, and whether it sees the token.
        const standIn = [
            `#!${process.execPath}`,
            'const { appendFileSync } = require("node:fs");',
            "const args = process.argv.slice(2);",
            `appendFileSync(${JSON.stringify(join(folder, "calls"))}, args.join(" ") + " " + process.env.GITHUB_TOKEN + "\\n");`,
            "const ending = { preview: process.env.PREVIEW, config: process.env.CONFIG }[args[0]];",
            'if (args[0] === "preview" && ending === undefined) { console.error("error: no stack named \'shop\' found"); process.exit(255); }',
            'if (args[0] === "config" && ending === undefined) { console.error("error: incorrect passphrase"); process.exit(255); }',
            'console.log(ending ?? "");',
        ];
        await writeFile(join(folder, "pulumi"), standIn.join("\n"));
        await chmod(join(folder, "pulumi"), 0o755);
        await writeFile(
            join(folder, "event.json"),
            JSON.stringify({ pull_request: { number: 7, head: { sha: "0123456789abcdef" } } }),
        );
    });
    after(() => rm(folder, { recursive: true }));
    beforeEach(async () => {
        github = await GitHubStandIn.start();
        await rm(join(folder, "calls"), { force: true });
    });
    afterEach(() => github.stop());

    const inActions = () => ({
        GITHUB_API_URL: github.url,
        GITHUB_EVENT_PATH: join(folder, "event.json"),
        GITHUB_REPOSITORY: "o/r",
        GITHUB_TOKEN: "t0ken-of-the-job",
    });
    const config = JSON.stringify({
        "crossing:storeSecretKey": { value: "s3cr3t-key", secret: true },
    });
    const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
        new Promise<{ status: number; stdout: string; stderr: string }>(resolve => {
            const PATH = [folder, dirname(process.execPath)].join(delimiter);
            execFile(
                process.execPath,
                [main, ...args],
                { env: { PATH, ...env } },
                (error, stdout, stderr) =>
                    resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
            );
        });
    const calls = async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");

    it("previews a stack, prints the comment and posts it", async () => {
        const { status, stdout, stderr } = await run(["--stack", "shop", "--post"], {
            ...inActions(),
            ...{ PREVIEW: digest, CONFIG: config },
        });
        assert.deepEqual([status, stdout], [0, comment]);
        assert.equal(stderr, "Posted https://github.example.com/o/r/pull/7#issuecomment-1\n");
        assert.deepEqual(
            github.comments.map(({ body }) => body),
            [comment],
        );
        assert.deepEqual(await calls(), [
            "preview --json --stack shop --non-interactive --color never undefined",
            "config --json --show-secrets --stack shop --non-interactive --color never undefined",
        ]);
    });

    it("updates the comment, wherever the CI and whatever tells the pull request", async () => {
        const args = ["--repository", "o/r", "--pull-request", "7", "--commit", "0123456789abcdef"];
        const env = {
            GITHUB_API_URL: github.url,
            GITHUB_TOKEN: "t0ken",
            PREVIEW: digest,
            CONFIG: config,
        };
        await run(["--stack", "shop", "--post", ...args], { ...env, PREVIEW: "{}" });
        const { stderr } = await run(["--stack", "shop", "--post", ...args], env);
        assert.equal(stderr, "Updated https://github.example.com/o/r/pull/7#issuecomment-1\n");
        assert.deepEqual(
            github.comments.map(({ body }) => body),
            [comment],
        );
    });

    it("posts a failed preview, too, and ends with status 1", async () => {
        const env = { ...inActions(), CONFIG: config };
        const { status, stdout } = await run(["--stack", "shop", "--post"], env);
        assert.equal(status, 1);
        assert.equal(
            stdout,
            `<!-- crossing: preview-comment -->
### What \`pulumi up\` will do, as of 0123456

- \`shop\`: ❌ **the preview failed**

#### Why the preview of \`shop\` failed

\`\`\`text
error: no stack named 'shop' found
\`\`\`
`,
        );
        assert.deepEqual(
            github.comments.map(({ body }) => body),
            [stdout],
        );
    });

    it("prints and posts nothing if it cannot know what to mask", async () => {
        const env = { ...inActions(), PREVIEW: digest };
        assert.deepEqual(await run(["--stack", "shop", "--post"], env), {
            ...{ status: 1, stdout: "" },
            stderr: "No comment is written, since `pulumi config --show-secrets` does not tell what to mask in it (error: incorrect passphrase): give this job what `pulumi up` needs to read the stack's configuration.\n",
        });
        assert.deepEqual(github.comments, []);
    });

    it("previews from nothing with a state and a copy of the stack's file that go afterwards", async () => {
        const { status } = await run(["--stack", "dev", "--from-nothing"], {
            PREVIEW: digest,
            CONFIG: "{}",
        });
        assert.equal(status, 0);
        const made = /^stack init --stack dev --no-select --cwd (\S+) /.exec(
            (await calls())[0] ?? "",
        )?.[1];
        assert.ok(made);
        await assert.rejects(readFile(made), { code: "ENOENT" });
    });

    it("reads recorded previews, without Pulumi and without GitHub", async () => {
        const { status, stdout } = await run([
            "--from",
            join(folder, "shop.json"),
            "--commit",
            "0123456",
        ]);
        assert.equal(status, 0);
        assert.equal(stdout, comment.replace("[secret]", "s3cr3t-key"));
    });

    const mistakes: [what: string, args: string[], env: NodeJS.ProcessEnv, told: string][] = [
        ["no token", [], {}, "There is no token in `GITHUB_TOKEN`, which `--post` needs.\n"],
        [
            "no repository",
            ["--pull-request", "7"],
            { GITHUB_TOKEN: "t" },
            "The repository is not known: give it as `--repository owner/name`.\n",
        ],
        [
            "no pull request",
            ["--repository", "o/r"],
            { GITHUB_TOKEN: "t" },
            "The pull request is not known: give its number as `--pull-request`.\n",
        ],
    ];
    for (const [what, args, env, told] of mistakes) {
        it(`that shall post and knows ${what} says so before it previews`, async () => {
            const result = await run(["--stack", "shop", "--post", ...args], env);
            assert.deepEqual(result, { status: 1, stdout: "", stderr: told });
            await assert.rejects(calls(), { code: "ENOENT" });
        });
    }

    it("without a stack prints how it is used", async () => {
        const { status, stdout } = await run([]);
        assert.equal(status, 1);
        assert.match(
            stdout,
            /^npm run preview-comment -- --stack NAME… \| --from FILE… \[--post\]\n/,
        );
    });
});
