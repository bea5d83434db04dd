/** As much of S3 as the program meets, on loopback: buckets, objects, and signatures that are really checked. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { AddressInfo } from "node:net";

interface Answer {
    code: number;
    body?: string;
}

const refusal = (code: number, name: string): Answer => ({
    code,
    body: `<?xml version="1.0"?>\n<Error><Code>${name}</Code><Message>words</Message></Error>`,
});

const list = (objects: [key: string, content: string][], next?: string) =>
    `<ListBucketResult>${objects
        .map(
            ([key, content]) =>
                `<Contents><Key>${key}</Key><Size>${content.length}</Size></Contents>`,
        )
        .join("")}${
        next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`
    }</ListBucketResult>`;

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

const versionList = (keys: string[]) =>
    `<ListVersionsResult>${keys.map(key => `<Version><Key>${key}</Key><VersionId>1</VersionId></Version>`).join("")}</ListVersionsResult>`;

const lockDocument = ({ mode, days }: Lock) =>
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${
        days === undefined
            ? ""
            : `<Rule><DefaultRetention><Mode>${mode}</Mode><Days>${days}</Days></DefaultRetention></Rule>`
    }</ObjectLockConfiguration>`;

/** The object lock of a bucket, with its default retention. */
export interface Lock {
    mode?: string;
    days?: number;
}

export class S3 {
    readonly buckets = new Map<string, Map<string, string>>();
    /** Buckets with object lock. Deleted objects are hidden there, and stay. */
    readonly locks = new Map<string, Lock>();
    readonly hidden = new Map<string, Set<string>>();
    readonly requests: string[] = [];
    /** How many objects a part of a listing has. */
    pageSize = 1_000;
    /** Whether the user may not list what is in a bucket. */
    refusesLists = false;
    private readonly server: Server;

    constructor(
        readonly accessKey: string,
        readonly secretKey: string,
        readonly region: string,
        /** Serves HTTPS as `localhost`. */
        private readonly tls?: { cert: string; key: string },
    ) {
        const listener: RequestListener = (request, response) => {
            void read(request).then(body => {
                const { code, body: text = "" } = this.answer(request, body);
                this.requests.push(`${request.method} ${request.url} ${code}`);
                response.writeHead(code, { "Content-Type": "application/xml" }).end(text);
            });
        };
        this.server = tls ? createSecureServer(tls, listener) : createServer(listener);
    }

    async start(): Promise<void> {
        await new Promise<void>(resolve => this.server.listen(0, "127.0.0.1", resolve));
    }

    get endpoint(): string {
        const { port } = this.server.address() as AddressInfo;
        return this.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise(resolve => this.server.close(resolve));
    }

    private answer(request: IncomingMessage, body: Buffer): Answer {
        const refused = this.check(request, body);
        if (refused) {
            return refused;
        }
        const { pathname, searchParams } = new URL(request.url ?? "/", this.endpoint);
        const [bucket = "", ...rest] = pathname.slice(1).split("/");
        const key = decodeURIComponent(rest.join("/"));
        if (bucket === "") {
            return { code: 200, body: "<ListAllMyBucketsResult/>" };
        }
        if (key === "" && request.method === "PUT" && searchParams.has("object-lock")) {
            const text = body.toString();
            const mode = /<Mode>(.*)<\/Mode>/.exec(text)?.[1];
            this.locks.set(bucket, { mode, days: Number(/<Days>(.*)<\/Days>/.exec(text)?.[1]) });
            return { code: 200 };
        }
        if (key === "" && request.method === "PUT") {
            if (this.buckets.has(bucket)) {
                return refusal(409, "BucketAlreadyOwnedByYou");
            }
            this.buckets.set(bucket, new Map());
            if (request.headers["x-amz-bucket-object-lock-enabled"] === "true") {
                this.locks.set(bucket, {});
            }
            return { code: 200 };
        }
        const objects = this.buckets.get(bucket);
        if (!objects) {
            return refusal(404, "NoSuchBucket");
        }
        const lock = this.locks.get(bucket);
        if (key === "" && searchParams.has("object-lock")) {
            return lock
                ? { code: 200, body: lockDocument(lock) }
                : refusal(404, "ObjectLockConfigurationNotFoundError");
        }
        if (key === "" && searchParams.has("versions")) {
            const all = [...objects.keys(), ...(this.hidden.get(bucket) ?? [])].sort();
            return { code: 200, body: versionList(all) };
        }
        if (lock?.days !== undefined && request.method === "PUT") {
            const md5 = createHash("md5").update(body).digest("base64");
            if (request.headers["content-md5"] !== md5) {
                return refusal(400, "InvalidRequest");
            }
        }
        switch (request.method) {
            case "PUT":
                objects.set(key, body.toString());
                return { code: 200 };
            case "GET":
                if (key === "") {
                    return this.refusesLists
                        ? refusal(403, "AccessDenied")
                        : { code: 200, body: this.page(objects, searchParams) };
                }
                return objects.has(key)
                    ? { code: 200, body: objects.get(key) }
                    : refusal(404, "NoSuchKey");
            case "DELETE":
                if (lock && objects.has(key)) {
                    this.hidden.set(bucket, (this.hidden.get(bucket) ?? new Set()).add(key));
                }
                objects.delete(key);
                return { code: 204 };
            default:
                return refusal(405, "MethodNotAllowed");
        }
    }

    /** The part of a listing that is asked for. A token is how many came before. */
    private page(objects: Map<string, string>, query: URLSearchParams): string {
        const prefix = query.get("prefix") ?? "";
        const from = Number(query.get("continuation-token") ?? 0);
        const found = [...objects].filter(([key]) => key.startsWith(prefix)).sort();
        const to = from + this.pageSize;
        return list(found.slice(from, to), found.length > to ? String(to) : undefined);
    }

    /** Version 4 of the signatures, from Amazon's description ("Signing and authenticating REST requests"). */
    private check(request: IncomingMessage, body: Buffer): Answer | undefined {
        const [, keyId, scope, names, signature] =
            /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
                request.headers.authorization ?? "",
            ) ?? [];
        if (keyId === undefined || !scope || !names || !signature) {
            return refusal(400, "AuthorizationHeaderMalformed");
        }
        if (keyId !== this.accessKey) {
            return refusal(403, "InvalidAccessKeyId");
        }
        const hash = sha256(body);
        if (request.headers["x-amz-content-sha256"] !== hash) {
            return refusal(400, "XAmzContentSHA256Mismatch");
        }
        const date = String(request.headers["x-amz-date"]);
        if (scope !== `${date.slice(0, 8)}/${this.region}/s3/aws4_request`) {
            return refusal(400, "AuthorizationHeaderMalformed");
        }
        const headers = names
            .split(";")
            .map(name => `${name}:${String(request.headers[name]).trim()}\n`);
        const { pathname, searchParams } = new URL(request.url ?? "/", this.endpoint);
        searchParams.sort();
        const canonical = [
            ...[request.method, pathname, searchParams.toString()],
            ...[headers.join(""), names, hash],
        ].join("\n");
        const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
        const key = scope
            .split("/")
            .reduce<Buffer>(
                (secret, part) => createHmac("sha256", secret).update(part).digest(),
                Buffer.from(`AWS4${this.secretKey}`),
            );
        const expected = createHmac("sha256", key).update(text).digest();
        return timingSafeEqual(expected, Buffer.from(signature, "hex"))
            ? undefined
            : refusal(403, "SignatureDoesNotMatch");
    }
}

async function read(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
}
