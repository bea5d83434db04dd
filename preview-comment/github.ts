/** The one comment on a pull request: made once, then kept up to date. */

import { Octokit } from "@octokit/rest";
import { marker } from "./comment.ts";

export interface PullRequest {
    /** `owner/name` */
    repository: string;
    number: number;
}

export interface GitHub {
    /** The address of its REST API. */
    api: string;
    /** A token that may read and write comments (`pull-requests: write`). */
    token: string;
}

/**
 * Writes the comment.
 * @returns its address, and whether it is new
 * @throws Error that says what GitHub answered
 */
export async function post(
    { api, token }: GitHub,
    { repository, number }: PullRequest,
    body: string,
): Promise<{ url: string; created: boolean }> {
    const silent = () => undefined;
    const octokit = new Octokit({
        ...{ auth: token, baseUrl: api, userAgent: "crossing-preview-comment" },
        log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    const [owner = "", repo = ""] = repository.split("/");
    const issue = { owner, repo, issue_number: number };
    try {
        const comments = await octokit.paginate(octokit.rest.issues.listComments, {
            ...issue,
            per_page: 100,
        });
        const ours = comments.find(isOurs);
        const { data } = ours
            ? await octokit.rest.issues.updateComment({ owner, repo, comment_id: ours.id, body })
            : await octokit.rest.issues.createComment({ ...issue, body });
        return { url: data.html_url, created: ours === undefined };
    } catch (error) {
        const { status, message } = error as { status?: number; message: string };
        throw new Error(
            `The comment on pull request \`${repository}#${number}\` cannot be written: ${message}.${advice(status)}`,
            { cause: error },
        );
    }
}

/** Begins with the marker, and is of somebody who may write here: a stranger could change it afterwards. */
function isOurs(comment: {
    body?: string | undefined;
    author_association?: string | undefined;
    user: { type: string } | null;
}): boolean {
    const trusted = ["OWNER", "MEMBER", "COLLABORATOR"].includes(comment.author_association ?? "");
    return (comment.body ?? "").startsWith(marker) && (trusted || comment.user?.type === "Bot");
}

function advice(status: number | undefined): string {
    switch (status) {
        case 401:
        case 403:
            return " Give the token in `GITHUB_TOKEN` the permission `pull-requests: write`.";
        case 404:
            return " Check the repository, the number, and that the token in `GITHUB_TOKEN` may see them.";
        default:
            return "";
    }
}
