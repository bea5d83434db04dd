import assert from "node:assert/strict";
import { marker } from "../../preview-comment/comment.ts";
import { post } from "../../preview-comment/github.ts";
import { GitHubStandIn } from "./support/github.ts";

const pullRequest = { repository: "o/r", number: 7 };

describe("the comment on GitHub (a stand-in)", () => {
    let github: GitHubStandIn;
    beforeEach(async () => (github = await GitHubStandIn.start()));
    afterEach(() => github.stop());

    const write = (body: string) => post({ api: github.url, token: "t0ken" }, pullRequest, body);
    const bodies = () => github.comments.map(comment => comment.body);

    it("is made once, and then kept up to date in place", async () => {
        github.add("Nice work", "MEMBER");
        const first = await write(`${marker} one`);
        assert.deepEqual(first, {
            url: "https://github.example.com/o/r/pull/7#issuecomment-2",
            created: true,
        });
        assert.deepEqual(await write(`${marker} two`), { ...first, created: false });
        assert.deepEqual(bodies(), ["Nice work", `${marker} two`]);
    });

    it("is found on a later page of comments", async () => {
        for (const text of ["1", "2", "3", "4"]) {
            github.add(text, "NONE");
        }
        github.add(`${marker} old`, "NONE", "Bot");
        await write(`${marker} new`);
        assert.deepEqual(bodies(), ["1", "2", "3", "4", `${marker} new`]);
        assert.deepEqual(github.requests, [
            ...Array.from(
                { length: 3 },
                () => "GET /api/v3/repos/o/r/issues/7/comments token t0ken",
            ),
            "PATCH /api/v3/repos/o/r/issues/comments/5 token t0ken",
        ]);
    });

    it("is neither somebody's who quotes it nor a stranger's who imitates it", async () => {
        github.add(`> ${marker} quoted`, "MEMBER");
        github.add(`${marker} imitated`, "CONTRIBUTOR");
        await write(`${marker} ours`);
        assert.deepEqual(bodies(), [`> ${marker} quoted`, `${marker} imitated`, `${marker} ours`]);
    });

    it("of a member's own token is ours, too", async () => {
        github.add(`${marker} old`, "MEMBER");
        await write(`${marker} new`);
        assert.deepEqual(bodies(), [`${marker} new`]);
    });

    const refusals: [status: number, message: string, told: string][] = [
        [
            403,
            "Resource not accessible by integration",
            "The comment on pull request `o/r#7` cannot be written: Resource not accessible by integration. Give the token in `GITHUB_TOKEN` the permission `pull-requests: write`.",
        ],
        [
            404,
            "Not Found",
            "The comment on pull request `o/r#7` cannot be written: Not Found. Check the repository, the number, and that the token in `GITHUB_TOKEN` may see them.",
        ],
        [
            502,
            "Server Error",
            "The comment on pull request `o/r#7` cannot be written: Server Error.",
        ],
    ];
    for (const [status, message, told] of refusals) {
        it(`that GitHub refuses with ${status} is an error that says so, without the token`, async () => {
            github.refusal = { status, message };
            await assert.rejects(write(`${marker} one`), { message: told });
        });
    }
});
