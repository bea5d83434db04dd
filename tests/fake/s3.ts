/** As much of S3 as the program meets, on loopback: buckets, objects, and signatures that are really checked. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, IncomingMessage, Server } from "node:http";
import { AddressInfo } from "node:net";

interface Answer {
    code: number;
    body?: string;
}

const refusal = (code: number, name: string): Answer => ({
    code,
    body: `<?xml version="1.0"?>\n<Error><Code>${name}</Code><Message>words</Message></Error>`,
});

const list = (keys: string[]) =>
    `<ListBucketResult>${keys.map(key => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`;

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

export class S3 {
    readonly buckets = new Map<string, Map<string, string>>();
    readonly requests: string[] = [];
    private readonly server: Server;

    constructor(
        readonly accessKey: string,
        readonly secretKey: string,
        readonly region: string,
    ) {
        this.server = createServer((request, response) => {
            void read(request).then(body => {
                const { code, body: text = "" } = this.answer(request, body);
                this.requests.push(`${request.method} ${request.url} ${code}`);
                response.writeHead(code, { "Content-Type": "application/xml" }).end(text);
            });
        });
    }

    async start(): Promise<void> {
        await new Promise<void>(resolve => this.server.listen(0, "127.0.0.1", resolve));
    }

    get endpoint(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
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
        const { pathname } = new URL(request.url ?? "/", this.endpoint);
        const [bucket = "", ...rest] = pathname.slice(1).split("/");
        const key = decodeURIComponent(rest.join("/"));
        if (bucket === "") {
            return { code: 200, body: "<ListAllMyBucketsResult/>" };
        }
        if (key === "" && request.method === "PUT") {
            if (this.buckets.has(bucket)) {
                return refusal(409, "BucketAlreadyOwnedByYou");
            }
            this.buckets.set(bucket, new Map());
            return { code: 200 };
        }
        const objects = this.buckets.get(bucket);
        if (!objects) {
            return refusal(404, "NoSuchBucket");
        }
        switch (request.method) {
            case "PUT":
                objects.set(key, body.toString());
                return { code: 200 };
            case "GET":
                if (key === "") {
                    return { code: 200, body: list([...objects.keys()].sort()) };
                }
                return objects.has(key)
                    ? { code: 200, body: objects.get(key) }
                    : refusal(404, "NoSuchKey");
            case "DELETE":
                objects.delete(key);
                return { code: 204 };
            default:
                return refusal(405, "MethodNotAllowed");
        }
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
