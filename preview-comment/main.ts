/**
 * Previews stacks and says in one Markdown comment what `pulumi up` would do: on stdout, and with `--post` on the pull
 * request. Ends with status 1 if a preview failed.
 */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { renderComment } from "./comment.ts";
import { post, type PullRequest } from "./github.ts";
import { type Preview, readPreview, stackOf } from "./preview.ts";
import { previewFromNothing, previewStack } from "./pulumi.ts";
import { Secrets, secretsOf } from "./secrets.ts";

const usage = `npm run preview-comment -- --stack NAME… | --from FILE… [--post]

  --stack NAME          preview this stack (again for more)
  --from-nothing        preview as if nothing were there: needs no backend and no login
  --from FILE           read what \`pulumi preview --json\` printed (again for more)
  --post                write the comment on the pull request, with the token in GITHUB_TOKEN
  --repository O/N      whose pull request it is; in GitHub Actions it is known
  --pull-request N      its number; in GitHub Actions it is known
  --commit SHA          the commit that is previewed; in GitHub Actions it is known
`;

const { values: options } = parseArgs({
    options: {
        stack: { type: "string", multiple: true, default: [] },
        "from-nothing": { type: "boolean", default: false },
        from: { type: "string", multiple: true, default: [] },
        post: { type: "boolean", default: false },
        repository: { type: "string" },
        "pull-request": { type: "string" },
        commit: { type: "string" },
        help: { type: "boolean", default: false },
    },
});

interface Event {
    pull_request?: { number?: number; head?: { sha?: string } };
}

/** What GitHub Actions tells of the event that the job runs for. */
async function readEvent(): Promise<Event> {
    const path = process.env["GITHUB_EVENT_PATH"];
    return path ? (JSON.parse(await readFile(path, "utf8")) as Event) : {};
}

function pullRequest(event: Event): PullRequest {
    const repository = options.repository ?? process.env["GITHUB_REPOSITORY"] ?? "";
    const number = Number(options["pull-request"] ?? event.pull_request?.number);
    if (!/^[^/\s]+\/[^/\s]+$/.test(repository)) {
        throw new Error("The repository is not known: give it as `--repository owner/name`.");
    }
    if (!Number.isInteger(number) || number < 1) {
        throw new Error("The pull request is not known: give its number as `--pull-request`.");
    }
    return { repository, number };
}

function token(): string {
    const value = process.env["GITHUB_TOKEN"];
    if (!value) {
        throw new Error("There is no token in `GITHUB_TOKEN`, which `--post` needs.");
    }
    return value;
}

async function main(): Promise<number> {
    if (options.help || options.stack.length + options.from.length === 0) {
        process.stdout.write(usage);
        return options.help ? 0 : 1;
    }
    const event = await readEvent();
    // Whether the comment can be posted is better known before minutes are spent on previews.
    const destination = options.post
        ? {
              github: {
                  api: process.env["GITHUB_API_URL"] ?? "https://api.github.com",
                  token: token(),
              },
              pullRequest: pullRequest(event),
          }
        : undefined;

    const previews: Preview[] = [];
    const secrets = secretsOf(process.env);
    for (const stack of options.stack) {
        const previewed = await (options["from-nothing"] ? previewFromNothing : previewStack)(
            stack,
        );
        previews.push(readPreview(stack, previewed.run));
        secrets.push(...previewed.secrets);
    }
    for (const file of options.from) {
        const stdout = await readFile(file, "utf8");
        const stack = stackOf(stdout) ?? basename(file, ".json");
        const stderr = "The file holds no output of `pulumi preview --json`.";
        previews.push(readPreview(stack, { stdout, stderr }));
    }

    const commit = options.commit ?? event.pull_request?.head?.sha;
    const comment = renderComment(previews, {
        secrets: new Secrets(secrets),
        ...(commit ? { commit } : {}),
    });
    process.stdout.write(comment);
    if (destination) {
        const { url, created } = await post(destination.github, destination.pullRequest, comment);
        process.stderr.write(`${created ? "Posted" : "Updated"} ${url}\n`);
    }
    return previews.some(preview => preview.failed) ? 1 : 0;
}

try {
    process.exitCode = await main();
} catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
}
