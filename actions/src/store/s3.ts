/** The one way to the object store from this program: an S3 client whose errors are whole sentences. */
import type { S3Client } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { isTransient } from "../kube/errors";
import { Clock, poll } from "../kube/poll";
import { asApiError, codeOf, explained, keysOf } from "./errors";

/** A bucket, and how this program reaches it. */
export interface BucketRef {
    /** The store as this machine reaches it: `https://s3.example.com`. */
    endpoint: string;
    region: string;
    bucket: string;
    accessKey: string;
    secretKey: string;
    /** Certificates in PEM form of authorities that are trusted beside the known ones. */
    certificates?: string;
}

/** Whether the bucket keeps versions of objects from being deleted, and for how long if nothing else is said. */
export interface BucketLock {
    enabled: boolean;
    /** Days of its default retention. Undefined: it has none. */
    retentionDays?: number;
}

/** A part of a listing, added up. */
export interface Page {
    objects: number;
    bytes: number;
    /** The same by folder: what follows the prefix, to the next slash. */
    folders: Record<string, { objects: number; bytes: number }>;
    /** Where the next part begins. Undefined: there is none. */
    next?: string;
}

export interface BucketOptions {
    /** Seconds until the store must answer. */
    timeout: number;
    report?: (line: string) => void;
    clock?: Clock;
    /** The location whose bucket it is, for messages. @default the store's */
    location?: string;
}

/** How stores say that a bucket has no object lock: Amazon's and MinIO's, and those that do not know it at all. */
const noLock = ["ObjectLockConfigurationNotFoundError", "NotImplemented"];

export class Bucket {
    private readonly ref: BucketRef;
    private readonly options: BucketOptions;
    private client?: S3Client;

    constructor(ref: BucketRef, options: BucketOptions) {
        this.ref = ref;
        this.options = options;
    }

    /**
     * Makes the bucket. One that is there already, and is ours, is fine.
     * @param locked with object lock, hence with versions
     */
    async make(locked = false): Promise<void> {
        const { CreateBucketCommand } = await sdk();
        const lock = locked ? { ObjectLockEnabledForBucket: true } : {};
        try {
            await this.ask("make it", client =>
                client.send(new CreateBucketCommand({ Bucket: this.ref.bucket, ...lock })),
            );
        } catch (error) {
            if (codeOf(error) !== "BucketAlreadyOwnedByYou") {
                throw error;
            }
        }
    }

    async lock(): Promise<BucketLock> {
        const { GetObjectLockConfigurationCommand } = await sdk();
        try {
            const { ObjectLockConfiguration: found } = await this.ask(
                "read its object lock",
                client =>
                    client.send(new GetObjectLockConfigurationCommand({ Bucket: this.ref.bucket })),
            );
            const { Days, Years } = found?.Rule?.DefaultRetention ?? {};
            const retentionDays = Days ?? (Years === undefined ? undefined : Years * 365);
            return {
                enabled: found?.ObjectLockEnabled === "Enabled",
                ...(retentionDays !== undefined && { retentionDays }),
            };
        } catch (error) {
            if (noLock.includes(codeOf(error))) {
                return { enabled: false };
            }
            throw error;
        }
    }

    /** For how many days a new object cannot be deleted, by anybody, if nothing else is said of it. */
    async retain(days: number): Promise<void> {
        const { PutObjectLockConfigurationCommand } = await sdk();
        await this.ask("set its default retention", client =>
            client.send(
                new PutObjectLockConfigurationCommand({
                    Bucket: this.ref.bucket,
                    ObjectLockConfiguration: {
                        ObjectLockEnabled: "Enabled",
                        Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: days } },
                    },
                }),
            ),
        );
    }

    async put(key: string, content: string): Promise<void> {
        const { PutObjectCommand } = await sdk();
        await this.ask(`put \`${key}\``, client =>
            client.send(
                new PutObjectCommand({
                    ...{ Bucket: this.ref.bucket, Key: key, Body: content },
                    ContentType: "application/json",
                    // A bucket with a default retention takes no object without it.
                    ContentMD5: createHash("md5").update(content).digest("base64"),
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

    /** Objects below a prefix, in the order of their keys: as many as the store gives at once, a thousand at most. */
    async page(prefix: string, after?: string): Promise<Page> {
        const { ListObjectsV2Command } = await sdk();
        const { Contents = [], NextContinuationToken: next } = await this.ask("list it", client =>
            client.send(
                new ListObjectsV2Command({
                    ...{ Bucket: this.ref.bucket, Prefix: prefix, ContinuationToken: after },
                }),
            ),
        );
        const folders: Page["folders"] = {};
        for (const { Key = "", Size = 0 } of Contents) {
            const [folder = "", ...rest] = Key.slice(prefix.length).split("/");
            if (rest.length === 0) {
                continue;
            }
            const { objects, bytes } = folders[folder] ?? { objects: 0, bytes: 0 };
            folders[folder] = { objects: objects + 1, bytes: bytes + Size };
        }
        const bytes = Contents.reduce((sum, { Size = 0 }) => sum + Size, 0);
        return { objects: Contents.length, bytes, folders, ...(next !== undefined && { next }) };
    }

    /** The keys of the first versions, also of objects that were deleted: at most `limit`. */
    async versions(limit: number): Promise<string[]> {
        const { ListObjectVersionsCommand } = await sdk();
        try {
            const { Versions = [] } = await this.ask("list its versions", client =>
                client.send(
                    new ListObjectVersionsCommand({ Bucket: this.ref.bucket, MaxKeys: limit }),
                ),
            );
            return Versions.map(version => version.Key ?? "");
        } catch (error) {
            if (codeOf(error) === "NoSuchBucket") {
                return [];
            }
            throw error;
        }
    }

    /** Asks until the store answers: one that has just been started needs a moment. */
    private async ask<T>(what: string, request: (client: S3Client) => Promise<T>): Promise<T> {
        const { endpoint } = this.ref;
        const keys = keysOf(this.options.location);
        const client = (this.client ??= await connect(this.ref));
        return poll<T>(
            {
                what: `the store at \`${endpoint}\` to answer`,
                ...this.options,
                hint: `This machine has to reach it, beside the clusters: start the store, or correct ${keys.store}.`,
            },
            async () => {
                try {
                    return { done: true, value: await request(client) };
                } catch (error) {
                    const known = asApiError(error);
                    if (isTransient(known)) {
                        return { done: false, seen: known.message };
                    }
                    throw explained(known, what, this.ref, keys);
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
        forcePathStyle: !/\.(amazonaws|myqcloud)\.com(:\d+)?$/.test(ref.endpoint),
        // Stores other than Amazon's do not all know the newer checksums.
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        // `poll` tries again.
        maxAttempts: 1,
        requestHandler: {
            ...{ connectionTimeout: 5_000, requestTimeout: 30_000 },
            ...(ref.certificates && {
                httpsAgent: new Agent({
                    keepAlive: true,
                    ca: [...rootCertificates, ref.certificates],
                }),
            }),
        },
    });
}
