/** The one way to the object store from this program: an S3 client whose errors are whole sentences. */
import type { S3Client } from "@aws-sdk/client-s3";
import { ApiError, connectionCode, isTransient, UserError } from "../kube/errors";
import { Clock, poll } from "../kube/poll";

/** A bucket, and how this program reaches it. */
export interface BucketRef {
    /** The store as this machine reaches it: `https://s3.example.com`. */
    endpoint: string;
    region: string;
    bucket: string;
    accessKey: string;
    secretKey: string;
}

export interface BucketOptions {
    /** Seconds until the store must answer. */
    timeout: number;
    report?: (line: string) => void;
    clock?: Clock;
}

/** What the store says of keys that it does not accept. */
const refusedKeys = ["InvalidAccessKeyId", "SignatureDoesNotMatch"];

export class Bucket {
    private readonly ref: BucketRef;
    private readonly options: BucketOptions;
    private client?: S3Client;

    constructor(ref: BucketRef, options: BucketOptions) {
        this.ref = ref;
        this.options = options;
    }

    /** Makes the bucket. One that is there already, and is ours, is fine. */
    async make(): Promise<void> {
        const { CreateBucketCommand } = await sdk();
        try {
            await this.ask("make it", client =>
                client.send(new CreateBucketCommand({ Bucket: this.ref.bucket })),
            );
        } catch (error) {
            if (codeOf(error) !== "BucketAlreadyOwnedByYou") {
                throw error;
            }
        }
    }

    async put(key: string, content: string): Promise<void> {
        const { PutObjectCommand } = await sdk();
        await this.ask(`put \`${key}\``, client =>
            client.send(
                new PutObjectCommand({
                    ...{ Bucket: this.ref.bucket, Key: key, Body: content },
                    ContentType: "application/json",
                }),
            ),
        );
    }

    /** @returns the content, or `undefined` where there is no such object */
    async get(key: string): Promise<string | undefined> {
        const { GetObjectCommand } = await sdk();
        try {
            return await this.ask(`get \`${key}\``, async client => {
                const found = await client.send(
                    new GetObjectCommand({ Bucket: this.ref.bucket, Key: key }),
                );
                return found.Body?.transformToString();
            });
        } catch (error) {
            if (codeOf(error) === "NoSuchKey") {
                return undefined;
            }
            throw error;
        }
    }

    /** The first keys, in their order: at most `limit`. A bucket that is not there has none. */
    async keys(limit: number): Promise<string[]> {
        const { ListObjectsV2Command } = await sdk();
        try {
            const { Contents = [] } = await this.ask("list it", client =>
                client.send(new ListObjectsV2Command({ Bucket: this.ref.bucket, MaxKeys: limit })),
            );
            return Contents.map(object => object.Key ?? "");
        } catch (error) {
            if (codeOf(error) === "NoSuchBucket") {
                return [];
            }
            throw error;
        }
    }

    /** Asks until the store answers: one that has just been started needs a moment. */
    private async ask<T>(what: string, request: (client: S3Client) => Promise<T>): Promise<T> {
        const { bucket, endpoint } = this.ref;
        const client = (this.client ??= await connect(this.ref));
        return poll<T>(
            {
                what: `the store at \`${endpoint}\` to answer`,
                ...this.options,
                hint: "This machine has to reach it, beside the clusters: start the store, or correct `crossing:store`.",
            },
            async () => {
                try {
                    return { done: true, value: await request(client) };
                } catch (error) {
                    const known = asApiError(error);
                    if (isTransient(known)) {
                        return { done: false, seen: known.message };
                    }
                    throw explained(known, what, bucket, endpoint);
                }
            },
        );
    }
}

/** Loaded when it is needed: it is large, and most resources do without. */
const sdk = () => import("@aws-sdk/client-s3");

async function connect(ref: BucketRef): Promise<S3Client> {
    const { S3Client } = await sdk();
    return new S3Client({
        endpoint: ref.endpoint,
        region: ref.region,
        credentials: { accessKeyId: ref.accessKey, secretAccessKey: ref.secretKey },
        // A bucket as part of the host name needs DNS that a store of one's own seldom has.
        forcePathStyle: !/\.amazonaws\.com(:\d+)?$/.test(ref.endpoint),
        // Stores other than Amazon's do not all know the newer checksums.
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        // `poll` tries again.
        maxAttempts: 1,
        requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
    });
}

/** The S3 code of an error, for example `NoSuchKey`. */
function codeOf(error: unknown): string {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return cause instanceof Error ? cause.name : "";
}

/** An answer of the store as an error with its HTTP status; a failed connection as it is. */
function asApiError(error: unknown): Error {
    const status: unknown = Reflect.get(
        Object(Reflect.get(Object(error), "$metadata")) as object,
        "httpStatusCode",
    );
    if (typeof status === "number") {
        const { name, message } = error as Error;
        return Object.assign(new ApiError(status, message || `HTTP ${status}`), {
            cause: error,
            name,
        });
    }
    if (error instanceof Error && error.name === "TimeoutError") {
        return Object.assign(new Error(error.message), { code: "ETIMEDOUT" });
    }
    return error instanceof Error && connectionCode(error) !== undefined
        ? error
        : Object.assign(new Error(String((error as Error).message ?? error)), { cause: error });
}

function explained(error: Error, what: string, bucket: string, endpoint: string): Error {
    const code = codeOf(error);
    const say = (text: string) => new UserError(text, { cause: error.cause ?? error });
    if (refusedKeys.includes(code)) {
        return say(
            `The store at \`${endpoint}\` refuses the keys (${code}): correct \`crossing:storeAccessKey\` and \`crossing:storeSecretKey\`.`,
        );
    }
    if (code === "AccessDenied") {
        return say(
            `The store at \`${endpoint}\` does not allow to ${what} in bucket \`${bucket}\` (AccessDenied): give its user the right to.`,
        );
    }
    if (code === "NoSuchBucket") {
        return say(
            `The store at \`${endpoint}\` has no bucket \`${bucket}\`: make it, or correct \`crossing:store.bucket\`.`,
        );
    }
    return say(
        `The store at \`${endpoint}\` refuses to ${what} in bucket \`${bucket}\`: ${error.message}`,
    );
}
