/** The object store of a Profile. */
import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { rootCertificates } from "node:tls";
import {
    DeleteObjectsCommand,
    GetObjectCommand,
    GetObjectLockConfigurationCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { refuseAll, type StoreFault } from "./faults/store.ts";
import type { Lock } from "./rules-lock.ts";
import type { AccessKey, ProfileStore } from "./rules-profile.ts";

/** All that opens a bucket. Part of what a mover is given, in its Secret. */
export interface StoreAccess extends ProfileStore {
    key: AccessKey;
    /** Authorities to trust beside the known ones, in PEM form. */
    authorities?: string;
    /** Set on purpose only: what the store answers to everything. */
    fault?: StoreFault;
}

/** S3's code of an error ("NoSuchBucket"), or the system's ("ECONNREFUSED"). */
export function storeErrorCode(error: unknown): string {
    if (!(error instanceof Error)) {
        return "Unknown";
    }
    if ("code" in error && typeof error.code === "string") {
        return error.code;
    }
    return error.name;
}

// The smallest part that S3 takes is 5 MiB; two of these are in memory at a time.
const PART = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

export class Store {
    readonly bucket: string;
    readonly path: string;
    readonly #client: S3Client;

    /** @param patience Seconds to wait for a connection. */
    constructor(access: StoreAccess, patience = 5) {
        this.bucket = access.bucket;
        this.path = access.path;
        this.#client = new S3Client({
            region: access.region,
            ...(access.endpoint !== undefined && { endpoint: access.endpoint }),
            forcePathStyle: true,
            credentials: { accessKeyId: access.key.id, secretAccessKey: access.key.secret },
            maxAttempts: 2,
            // Nothing here may notice a damaged byte (see seal.ts), and older stores know no checksums.
            requestChecksumCalculation: "WHEN_REQUIRED",
            responseChecksumValidation: "WHEN_REQUIRED",
            requestHandler: {
                connectionTimeout: patience * 1000,
                socketTimeout: 60_000,
                httpAgent: new http.Agent({ keepAlive: true }),
                httpsAgent: new https.Agent({
                    keepAlive: true,
                    rejectUnauthorized: !access.skipSSLVerify,
                    ...(access.authorities !== undefined && {
                        ca: [...rootCertificates, access.authorities],
                    }),
                }),
            },
        });
        if (access.fault) {
            refuseAll(this.#client, access.fault);
        }
    }

    /** Asks for one name. @throws what S3 or the network says when the bucket cannot be listed. */
    async probe(): Promise<void> {
        await this.#client.send(new ListObjectsV2Command({ Bucket: this.bucket, MaxKeys: 1 }));
    }

    /** What the bucket says of its object lock. A store that does not know such a thing has none. */
    async lock(): Promise<Lock> {
        try {
            const { ObjectLockConfiguration: found } = await this.#client.send(
                new GetObjectLockConfigurationCommand({ Bucket: this.bucket }),
            );
            const { Days, Years } = found?.Rule?.DefaultRetention ?? {};
            const days = Days ?? (Years === undefined ? undefined : Years * 365);
            return {
                enabled: found?.ObjectLockEnabled === "Enabled",
                ...(days !== undefined && { days }),
            };
        } catch (error) {
            const none = ["ObjectLockConfigurationNotFoundError", "NotImplemented"];
            if (none.includes(storeErrorCode(error))) {
                return { enabled: false };
            }
            throw error;
        }
    }

    async put(key: string, body: Buffer): Promise<void> {
        await this.#client.send(
            new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body }),
        );
    }

    async get(key: string): Promise<Uint8Array> {
        const { Body } = await this.#client.send(
            new GetObjectCommand({ Bucket: this.bucket, Key: key }),
        );
        return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
    }

    /** A stream of an object's bytes. */
    async read(key: string): Promise<Readable> {
        const { Body } = await this.#client.send(
            new GetObjectCommand({ Bucket: this.bucket, Key: key }),
        );
        // In Node the SDK's body is a Readable; its type also covers browsers.
        return Body as Readable;
    }

    /** Uploads a stream in parts. @param about Expected length in bytes, which decides the size of parts. */
    async write(key: string, body: Readable, about: number): Promise<void> {
        const upload = new Upload({
            client: this.#client,
            params: { Bucket: this.bucket, Key: key, Body: body },
            partSize: Math.max(PART, Math.ceil((about * 1.1) / MOST_PARTS)),
            queueSize: 2,
        });
        await upload.done();
    }

    /** All keys below a prefix, in the bucket's order. */
    async keys(prefix: string): Promise<string[]> {
        const found: string[] = [];
        let token: string | undefined;
        do {
            const page = await this.#client.send(
                new ListObjectsV2Command({
                    Bucket: this.bucket,
                    Prefix: prefix,
                    ...(token !== undefined && { ContinuationToken: token }),
                }),
            );
            found.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key ? [Key] : [])));
            token = page.NextContinuationToken;
        } while (token !== undefined);
        return found;
    }

    /** The names of the folders directly below a prefix, without slash. */
    async folders(prefix: string): Promise<string[]> {
        const { CommonPrefixes } = await this.#client.send(
            new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, Delimiter: "/" }),
        );
        return (CommonPrefixes ?? []).flatMap(({ Prefix }) =>
            Prefix ? [Prefix.slice(prefix.length).replace(/\/$/, "")] : [],
        );
    }

    async removeAll(keys: string[]): Promise<void> {
        for (let start = 0; start < keys.length; start += 1000) {
            const Objects = keys.slice(start, start + 1000).map(Key => ({ Key }));
            await this.#client.send(
                new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
            );
        }
    }

    close(): void {
        this.#client.destroy();
    }
}
