/** A small S3 on loopback: buckets of objects in memory, single and multipart uploads, lists, deletions. */
import {
    createServer,
    type IncomingMessage,
    type RequestListener,
    type Server,
    type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { StoreAccess } from "../../../../lab/k10/server/s3.ts";

const ID = "access";
const SECRET = "secret";

const lockDocument = (days: number | undefined) =>
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${
        days === undefined
            ? ""
            : `<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>${days}</Days></DefaultRetention></Rule>`
    }</ObjectLockConfiguration>`;

export class FakeS3 {
    readonly objects = new Map<string, Buffer>();
    readonly buckets = new Set<string>();
    /** Buckets with object lock, and the days of their default retention. */
    readonly locks = new Map<string, number | undefined>();
    /** S3's code and message for everything that is asked. */
    refusal: { code: string; message: string; status?: number } | undefined;
    readonly #parts = new Map<string, Buffer[]>();
    readonly #tls: { cert: string; key: string } | undefined;
    readonly #server: Server;
    #port = 0;

    /** @param tls serves HTTPS as `localhost` */
    constructor(tls?: { cert: string; key: string }) {
        const listener: RequestListener = (request, response) => {
            void this.#handle(request, response);
        };
        this.#tls = tls;
        this.#server = tls ? createSecureServer(tls, listener) : createServer(listener);
    }

    async start(): Promise<void> {
        await new Promise<void>(resolve => this.#server.listen(0, "127.0.0.1", resolve));
        this.#port = (this.#server.address() as AddressInfo).port;
    }

    stop(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    get endpoint(): string {
        return this.#tls ? `https://localhost:${this.#port}` : `http://127.0.0.1:${this.#port}`;
    }

    /** What opens a bucket. */
    access(bucket: string, path = "k10/uid/migration"): StoreAccess {
        return {
            bucket,
            path,
            region: "us-east-1",
            endpoint: this.endpoint,
            skipSSLVerify: false,
            secret: { name: "s3", namespace: "kasten-io" },
            key: { id: ID, secret: SECRET },
        };
    }

    async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
            chunks.push(chunk);
        }
        const url = new URL(request.url ?? "/", this.endpoint);
        const [bucket = "", ...rest] = decodeURIComponent(url.pathname).split("/").slice(1);
        const answer = this.#answer(
            request,
            url.searchParams,
            bucket,
            rest.join("/"),
            Buffer.concat(chunks),
        );
        response.writeHead(answer.code, answer.headers).end(answer.body);
    }

    #answer(
        request: IncomingMessage,
        query: URLSearchParams,
        bucket: string,
        key: string,
        body: Buffer,
    ) {
        const fail = (code: number, name: string) => ({
            code,
            headers: { "Content-Type": "application/xml" },
            body: `<Error><Code>${name}</Code><Message>${name} of the fake</Message></Error>`,
        });
        const done = (text: string | Buffer = "", headers: Record<string, string> = {}) => ({
            code: 200,
            headers,
            body: text,
        });
        if (this.refusal) {
            const { code, message, status: httpStatus = 400 } = this.refusal;
            return {
                code: httpStatus,
                headers: { "Content-Type": "application/xml" },
                body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
            };
        }
        if (!(request.headers.authorization ?? "").includes(`Credential=${ID}/`)) {
            return fail(403, "InvalidAccessKeyId");
        }
        if (!this.buckets.has(bucket)) {
            return fail(404, "NoSuchBucket");
        }
        const place = `${bucket}/${key}`;
        const upload = query.get("uploadId") ?? "";
        switch (request.method) {
            case "GET": {
                if (query.has("object-lock")) {
                    return this.locks.has(bucket)
                        ? done(lockDocument(this.locks.get(bucket)))
                        : fail(404, "ObjectLockConfigurationNotFoundError");
                }
                if (key === "") {
                    return done(this.#list(bucket, query), { "Content-Type": "application/xml" });
                }
                const found = this.objects.get(place);
                return found ? done(found) : fail(404, "NoSuchKey");
            }
            case "PUT":
                if (upload !== "") {
                    (this.#parts.get(upload) ?? [])[Number(query.get("partNumber")) - 1] = body;
                } else {
                    this.objects.set(place, body);
                }
                return done("", { ETag: '"e"' });
            case "POST":
                if (query.has("uploads")) {
                    this.#parts.set(place, []);
                    return done(
                        `<InitiateMultipartUploadResult><UploadId>${place}</UploadId></InitiateMultipartUploadResult>`,
                    );
                }
                if (upload !== "") {
                    this.objects.set(place, Buffer.concat(this.#parts.get(upload) ?? []));
                    return done("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
                }
                for (const match of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) {
                    this.objects.delete(`${bucket}/${match[1]}`);
                }
                return done("<DeleteResult></DeleteResult>");
            default:
                return fail(405, "MethodNotAllowed");
        }
    }

    #list(bucket: string, query: URLSearchParams): string {
        const prefix = query.get("prefix") ?? "";
        const keys = [...this.objects.keys()]
            .filter(place => place.startsWith(`${bucket}/${prefix}`))
            .map(place => place.slice(bucket.length + 1))
            .sort();
        const folders = new Set<string>();
        const contents = keys.filter(key => {
            const end = query.has("delimiter") ? key.indexOf("/", prefix.length) : -1;
            if (end >= 0) {
                folders.add(key.slice(0, end + 1));
            }
            return end < 0;
        });
        return [
            "<ListBucketResult><IsTruncated>false</IsTruncated>",
            ...contents.map(key => `<Contents><Key>${key}</Key></Contents>`),
            ...[...folders].map(key => `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`),
            "</ListBucketResult>",
        ].join("");
    }
}
