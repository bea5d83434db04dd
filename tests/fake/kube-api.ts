/**
 * A stand-in for a Kubernetes API server, in this process: objects by path, 404 and 409, label selectors, exec by
 * websocket. It has no schema, no admission and no controllers: a test says what happens by hooks.
 */
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface FakeObject {
    apiVersion?: string;
    kind?: string;
    metadata: {
        name: string;
        namespace?: string;
        uid?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    spec?: Record<string, unknown>;
    status?: Record<string, unknown>;
}

export interface Answer {
    code: number;
    body: unknown;
}

/** What a program that is run in a container prints, and its exit status. */
export interface Execution {
    stdout?: string;
    stderr?: string;
    status?: number;
    /** The connection stays open, and nothing comes by it. */
    silent?: true;
}

export class FakeKubeApi {
    /** By path, for example `/api/v1/namespaces/shop`. */
    readonly objects = new Map<string, FakeObject>();
    /** Method and path of every request. */
    readonly requests: string[] = [];
    /** Sees each request first: an answer of its own takes the place of the usual one. */
    intercept: (method: string, path: string) => Answer | "hang-up" | undefined = () => undefined;
    /** Called after each creation, with the stored object. */
    onCreate: (path: string, object: FakeObject) => void = () => undefined;
    /** What an admission makes of an object that is to be created. */
    admit: (path: string, object: FakeObject) => FakeObject = (_, object) => object;
    /** Called before each reading of one object. */
    onGet: (path: string, object: FakeObject | undefined) => void = () => undefined;
    /** Runs a program in a container. */
    exec: (command: string[]) => Execution = () => ({});
    /** Pages of Services, by path below `/api/v1/namespaces/`. */
    readonly pages = new Map<string, Answer>();

    /** How many connections there were. */
    connections = 0;

    private server?: Server;
    private sockets?: WebSocketServer;
    private uids = 0;

    async start(): Promise<void> {
        const server = createServer((request, response) => {
            void read(request).then(body => this.handle(request, body, response));
        });
        server.on("connection", () => this.connections++);
        this.serveExec(server);
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        this.server = server;
    }

    async stop(): Promise<void> {
        this.server?.closeAllConnections();
        this.sockets?.clients.forEach(socket => socket.terminate());
        await new Promise(resolve => this.server?.close(resolve));
    }

    get port(): number {
        return (this.server?.address() as AddressInfo).port;
    }

    /** A kubeconfig that leads here. */
    get kubeconfig(): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            "current-context": "fake",
            contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
            clusters: [
                {
                    name: "fake",
                    cluster: {
                        server: `http://127.0.0.1:${this.port}`,
                        // The client refuses plain HTTP otherwise.
                        "insecure-skip-tls-verify": true,
                    },
                },
            ],
            users: [{ name: "fake", user: { token: "secret-token" } }],
        });
    }

    /** Puts an object where it belongs. */
    put(collection: string, object: FakeObject): FakeObject {
        object.metadata.uid ??= `uid-${++this.uids}`;
        this.objects.set(`${collection}/${object.metadata.name}`, object);
        return object;
    }

    protected handle(request: IncomingMessage, body: string, response: ServerResponse): void {
        const url = new URL(request.url ?? "/", "http://fake");
        const method = request.method ?? "GET";
        this.requests.push(`${method} ${url.pathname}`);
        const answer = this.intercept(method, url.pathname) ?? this.usual(method, url, body);
        if (answer === "hang-up") {
            request.socket.destroy();
            return;
        }
        const text = typeof answer.body === "string";
        response.writeHead(answer.code, {
            "Content-Type": text ? "text/plain" : "application/json",
        });
        response.end(text ? answer.body : JSON.stringify(answer.body));
    }

    private usual(method: string, url: URL, body: string): Answer {
        const path = decodeURIComponent(url.pathname);
        if (path === "/version") {
            return { code: 200, body: { gitVersion: "v1.36.2", major: "1", minor: "36" } };
        }
        const page = this.pages.get(url.pathname.replace("/api/v1/namespaces/", ""));
        if (page) {
            return page;
        }
        const found = this.objects.get(path);
        switch (method) {
            case "GET":
                this.onGet(path, found);
                return isCollection(path)
                    ? this.list(path, url.searchParams.get("labelSelector") ?? "")
                    : orNotFound(this.objects.get(path), path);
            case "POST":
                return this.create(
                    path,
                    this.admit(path, JSON.parse(body) as FakeObject),
                    url.searchParams.get("dryRun") === "All",
                );
            case "PATCH":
                if (found) {
                    const patch = JSON.parse(body) as Partial<FakeObject>;
                    found.metadata.annotations = {
                        ...found.metadata.annotations,
                        ...patch.metadata?.annotations,
                    };
                    if (patch.spec) {
                        found.spec = { ...found.spec, ...patch.spec };
                    }
                }
                return orNotFound(found, path);
            case "DELETE":
                this.objects.delete(path);
                if (/^\/api\/v1\/namespaces\/[^/]+$/.test(path)) {
                    this.empty(path.split("/").at(-1) ?? "");
                }
                return orNotFound(found, path);
            default:
                return status(405, `${method} is not allowed`);
        }
    }

    /** A namespace takes with it what is in it. */
    private empty(namespace: string): void {
        for (const key of this.objects.keys()) {
            if (key.includes(`/namespaces/${namespace}/`)) {
                this.objects.delete(key);
            }
        }
    }

    private list(path: string, selector: string): Answer {
        const wanted = selector
            .split(",")
            .filter(Boolean)
            .map(term => term.split("="));
        const resource = path.split("/").at(-1) ?? "";
        const items = [...this.objects.entries()]
            .filter(([key]) => belongs(key, path, resource))
            .map(([, object]) => object)
            .filter(object =>
                wanted.every(([key = "", value]) => object.metadata.labels?.[key] === value),
            );
        return { code: 200, body: { items } };
    }

    private create(path: string, object: FakeObject, dryRun: boolean): Answer {
        // A TokenRequest: it has no name, and nothing of it is kept.
        if (!(object.metadata as object | undefined)) {
            this.onCreate(path, object);
            return { code: 201, body: object };
        }
        const key = `${path}/${object.metadata.name}`;
        if (this.objects.has(key)) {
            return status(409, `${key} already exists`);
        }
        if (!dryRun) {
            this.put(path, object);
            this.onCreate(key, object);
        }
        return { code: 201, body: object };
    }

    /** Exec as the kubelet speaks it: a channel number before each message, the status on channel 3. */
    private serveExec(server: Server): void {
        const sockets = new WebSocketServer({
            server,
            handleProtocols: protocols => [...protocols][0] ?? false,
        });
        this.sockets = sockets;
        sockets.on("connection", (socket, request) => {
            const url = new URL(request.url ?? "/", "http://fake");
            this.requests.push(`EXEC ${url.pathname}`);
            const {
                stdout = "",
                stderr = "",
                status: code = 0,
                silent,
            } = this.exec(url.searchParams.getAll("command"));
            if (silent) {
                return;
            }
            const send = (channel: number, text: string) =>
                socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
            send(1, stdout);
            send(2, stderr);
            send(
                3,
                JSON.stringify(
                    code === 0
                        ? { status: "Success" }
                        : {
                              status: "Failure",
                              details: {
                                  causes: [{ reason: "ExitCode", message: String(code) }],
                              },
                          },
                ),
            );
            socket.close();
        });
    }
}

/** `/apis/group/version/things`, `/apis/group/version/namespaces/ns/things`, and the same below `/api/v1`. */
function isCollection(path: string): boolean {
    const parts = path.split("/").filter(Boolean);
    const rest = parts.slice(parts[0] === "api" ? 2 : 3);
    return rest.length === 1 || (rest[0] === "namespaces" && rest.length === 3);
}

/** Whether the object at `key` is in the collection: the same one, or the same kind in any namespace. */
function belongs(key: string, collection: string, resource: string): boolean {
    const folder = key.slice(0, key.lastIndexOf("/"));
    const group = collection
        .split("/")
        .slice(0, collection.startsWith("/api/") ? 3 : 4)
        .join("/");
    return (
        folder === collection ||
        (!collection.includes("/namespaces/") &&
            folder.startsWith(`${group}/namespaces/`) &&
            folder.endsWith(`/${resource}`))
    );
}

const orNotFound = (object: FakeObject | undefined, path: string): Answer =>
    object ? { code: 200, body: object } : status(404, `${path} not found`);

export const status = (code: number, message: string): Answer => ({
    code,
    body: { kind: "Status", status: "Failure", code, message },
});

async function read(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}
