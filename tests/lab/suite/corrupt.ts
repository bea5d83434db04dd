/** Damages one byte of a row in the bucket, where the backup of a volume lies. */
import {
    GetObjectCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import { extract, type Header } from "tar-stream";
import type { Manifest } from "../../../lab/k10/server/layout.ts";
import {
    openHandOff,
    openManifest,
    openVolume,
    volumeOffset,
} from "../../../lab/k10/server/seal.ts";

export interface Bucket {
    endpoint: string;
    bucket: string;
    accessKey: string;
    secretKey: string;
}

export function s3(store: Bucket): S3Client {
    return new S3Client({
        endpoint: store.endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId: store.accessKey, secretAccessKey: store.secretKey },
    });
}

/**
 * Opens the newest backup with its receive string, finds `text` in the tables' files of its volume, and changes a
 * byte of it in the bucket.
 */
export async function corrupt(
    store: Bucket,
    receiveString: string,
    text: string,
    replacement: string,
): Promise<void> {
    const client = s3(store);
    const get = async (key: string) => {
        const { Body } = await client.send(
            new GetObjectCommand({ Bucket: store.bucket, Key: key }),
        );
        return Buffer.from(await Body!.transformToByteArray());
    };
    const listed = await client.send(new ListObjectsV2Command({ Bucket: store.bucket }));
    const manifests = (listed.Contents ?? [])
        .filter(object => object.Key?.endsWith(".manifest"))
        .sort((a, b) => Number(b.LastModified) - Number(a.LastModified));
    const newest = manifests[0].Key!;
    const path = newest.slice(0, newest.indexOf("/repo/"));
    const handOff = openHandOff(receiveString, { bucket: store.bucket, path });
    const manifest = openManifest(await get(newest), handOff.dataKey) as Manifest;
    const volume = manifest.volumes[0];
    const object = await get(volume.object);
    const tar = openVolume(object, volume);
    const offset = await inTables(tar, text);
    for (const [i, byte] of Buffer.from(replacement).entries()) {
        // In counter mode, what is changed in the cipher text is changed in the text.
        const at = volumeOffset(offset + i);
        object[at] = object[at] ^ tar[offset + i] ^ byte;
    }
    await client.send(
        new PutObjectCommand({ Bucket: store.bucket, Key: volume.object, Body: object }),
    );
}

/** The offset of `text` in a file below `base/`. In the write-ahead log a damage would be noticed, or mended. */
async function inTables(tar: Buffer, text: string): Promise<number> {
    const wanted = Buffer.from(text);
    const entries = Readable.from([tar]).pipe(extract());
    for await (const entry of entries) {
        const { name, size = 0, byteOffset } = entry.header as Header & { byteOffset: number };
        const offset = tar.subarray(byteOffset, byteOffset + size).indexOf(wanted);
        entry.resume();
        if (name.includes("/base/") && offset >= 0) {
            return byteOffset + offset;
        }
    }
    throw new Error(`"${text}" is in no table of the backup`);
}
