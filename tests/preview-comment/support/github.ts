/** A GitHub API stand-in on a port of this machine: the comments of pull requests, two on a page. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
    id: number;
    body: string;
    author_association: string;
    user: { login: string; type: string };
    html_url: string;
}

const pageSize = 2;

export class GitHubStandIn {
    readonly comments: Comment[] = [];
    /** `POST /repos/… token`, as they came. */
    readonly requests: string[] = [];
    /** Answered to every request, if set. */
    refusal?: { status: number; message: string };
    private readonly server: Server;

    private constructor() {
        this.server = createServer((request, response) => void this.answer(request, response));
    }

    static async start(): Promise<GitHubStandIn> {
        const github = new GitHubStandIn();
        github.server.listen(0, "127.0.0.1");
        await once(github.server, "listening");
        return github;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v3`;
    }

    add(body: string, association: string, type = "User"): Comment {
        const id = this.comments.length + 1;
        const comment = {
            ...{ id, body, author_association: association, user: { login: "somebody", type } },
            html_url: `https://github.example.com/o/r/pull/7#issuecomment-${id}`,
        };
        this.comments.push(comment);
        return comment;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "", this.url);
        this.requests.push(`${request.method} ${url.pathname} ${request.headers.authorization}`);
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const body = Buffer.concat(chunks).toString();
        const send = (status: number, content: unknown, headers = {}) => {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(JSON.stringify(content));
        };
        if (this.refusal) {
            send(this.refusal.status, { message: this.refusal.message });
            return;
        }
        const path = url.pathname.replace("/api/v3/repos/o/r/issues/", "");
        if (request.method === "GET" && path === "7/comments") {
            const page = Number(url.searchParams.get("page") ?? 1);
            const next = page * pageSize < this.comments.length;
            url.searchParams.set("page", String(page + 1));
            send(200, this.comments.slice((page - 1) * pageSize, page * pageSize), {
                ...(next ? { link: `<${url.href}>; rel="next"` } : {}),
            });
        } else if (request.method === "POST" && path === "7/comments") {
            send(201, this.add((JSON.parse(body) as { body: string }).body, "NONE", "Bot"));
        } else if (request.method === "PATCH" && /^comments\/\d+$/.test(path)) {
            const comment = this.comments[Number(path.split("/")[1]) - 1];
            comment.body = (JSON.parse(body) as { body: string }).body;
            send(200, comment);
        } else {
            send(404, { message: "Not Found" });
        }
    }
}
