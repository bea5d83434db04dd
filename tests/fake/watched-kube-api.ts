/** The stand-in for an API server with what a controller needs besides: watches, merge patches, access reviews. */
import { IncomingMessage, ServerResponse } from "node:http";
import { Answer, FakeKubeApi, FakeObject, status } from "./kube-api";

/** What an access review asks. */
export interface Review {
    user: string;
    groups?: string[];
    resourceAttributes: { verb: string; resource: string; name: string; namespace: string };
}

interface Event {
    version: number;
    type: "ADDED" | "MODIFIED" | "DELETED";
    object: FakeObject;
}

export class WatchedKubeApi extends FakeKubeApi {
    /** Answers access reviews; what it throws is an answer 500. */
    allows: (review: Review) => boolean = () => false;
    /** Which requests the server fails to answer. */
    fails: (method: string, path: string) => boolean = () => false;
    private readonly watchers = new Map<string, Set<ServerResponse>>();
    private readonly events = new Map<string, Event[]>();
    private version = 1;

    override put(collection: string, object: FakeObject): FakeObject {
        const known = this.objects.has(`${collection}/${object.metadata.name}`);
        const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
        const stored = super.put(collection, { ...object, metadata });
        this.emit(collection, known ? "MODIFIED" : "ADDED", stored);
        return stored;
    }

    remove(collection: string, name: string): void {
        const object = this.objects.get(`${collection}/${name}`);
        this.objects.delete(`${collection}/${name}`);
        if (object) {
            this.version++;
            this.emit(collection, "DELETED", object);
        }
    }

    /** Ends all watches of a collection, as an API server does now and then. */
    endWatches(collection: string): void {
        this.watchers.get(collection)?.forEach(watcher => watcher.end());
    }

    watched(collection: string): boolean {
        return (this.watchers.get(collection)?.size ?? 0) > 0;
    }

    protected override handle(
        request: IncomingMessage,
        body: string,
        response: ServerResponse,
    ): void {
        const url = new URL(request.url ?? "/", "http://fake");
        const since = Number(url.searchParams.get("resourceVersion") ?? 0);
        if (url.searchParams.get("watch") === "true") {
            this.watch(url.pathname, since, response);
            return;
        }
        const answer = this.own(request.method ?? "", url.pathname, body);
        if (!answer) {
            super.handle(request, body, response);
            return;
        }
        this.requests.push(`${request.method} ${url.pathname}`);
        response.writeHead(answer.code, { "Content-Type": "application/json" });
        response.end(JSON.stringify(answer.body));
    }

    /** The answer to what the simpler stand-in does not know. */
    private own(method: string, path: string, body: string): Answer | undefined {
        const item = path.replace(/\/status$/, "");
        const collection = item.slice(0, item.lastIndexOf("/"));
        if (this.fails(method, path)) {
            return status(500, "out of order");
        }
        const found = this.objects.get(item);
        if (method === "GET" && this.events.has(path)) {
            const items = [...this.objects]
                .filter(([key]) => everywhere(key.slice(0, key.lastIndexOf("/"))) === path)
                .map(([, object]) => object);
            const metadata = { resourceVersion: String(this.version) };
            return { code: 200, body: { metadata, items } };
        }
        if (path.endsWith("/subjectaccessreviews")) {
            return this.review((JSON.parse(body) as { spec: Review }).spec);
        }
        if (!found || (method !== "PATCH" && method !== "PUT")) {
            return undefined;
        }
        const given = JSON.parse(body) as Versioned;
        const version = given.metadata?.resourceVersion;
        if (version && version !== (found as Versioned).metadata?.resourceVersion) {
            return status(409, `${path} has been changed`);
        }
        const changed = method === "PUT" ? given : merged(found, given);
        return { code: 200, body: this.put(collection, changed as FakeObject) };
    }

    private review(spec: Review): Answer {
        try {
            return { code: 201, body: { status: { allowed: this.allows(spec) } } };
        } catch (error) {
            return status(500, String(error));
        }
    }

    private watch(collection: string, since: number, response: ServerResponse): void {
        const watchers = this.watchers.get(collection) ?? new Set();
        this.watchers.set(collection, watchers.add(response));
        response.on("close", () => watchers.delete(response));
        response.writeHead(200, { "Content-Type": "application/json" });
        response.flushHeaders();
        for (const event of this.events.get(collection) ?? []) {
            if (event.version > since) {
                write(response, event);
            }
        }
    }

    private emit(collection: string, type: Event["type"], object: FakeObject): void {
        const event = { version: this.version, type, object };
        const watched = everywhere(collection);
        this.events.set(watched, [...(this.events.get(watched) ?? []), event]);
        this.watchers.get(watched)?.forEach(watcher => write(watcher, event));
    }
}

/** The collection of the whole cluster: what is in namespaces is watched there. */
const everywhere = (collection: string) =>
    collection.replace(/\/namespaces\/[^/]+(?=\/[^/]+$)/, "");

interface Versioned {
    metadata?: { resourceVersion?: string };
}

const write = (watcher: ServerResponse, { type, object }: Event) =>
    watcher.write(`${JSON.stringify({ type, object })}\n`);

/** JSON merge patch. */
function merged(target: unknown, patch: unknown): unknown {
    if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
        return patch;
    }
    const result: Record<string, unknown> = { ...(target as Record<string, unknown>) };
    for (const [key, value] of Object.entries(patch)) {
        result[key] = merged(result[key], value);
    }
    return result;
}
