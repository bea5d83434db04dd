/**
 * A stand-in for Kanister's kando: `kando location push|pull|delete`, on what the stand-in's own `toJson .Profile` says.
 * A dump lies in the bucket as a volume does: a header, then the bytes in AES-256-CTR.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { messageOf } from "../failure.ts";
import { isFields, textAt, type Fields } from "../json.ts";
import { Store, storeErrorCode, type StoreAccess } from "../s3.ts";
import { openedVolume, volumeCipher, volumeHeader } from "../seal.ts";

/** What the server renders `.Profile` to. */
export interface KandoProfile extends Fields {
    standIn: "k10";
    store: StoreAccess;
    /** Where `--path` begins, with a slash at its end. */
    folder: string;
    key: string;
}

/** Enciphers what comes and counts it. */
export async function push(profile: KandoProfile, path: string, source: Readable): Promise<string> {
    const store = new Store(profile.store, 10);
    const header = volumeHeader();
    const cipher = volumeCipher(profile, header);
    const object = `${profile.folder}${path}`;
    let bytes = 0;
    async function* sealed() {
        yield header;
        for await (const chunk of source as AsyncIterable<Buffer>) {
            bytes += chunk.length;
            yield cipher.update(chunk);
        }
    }
    try {
        await store.write(object, Readable.from(sealed(), { objectMode: false }), 0);
    } finally {
        store.close();
    }
    return JSON.stringify({ id: object, logicalSize: bytes, physicalSize: bytes });
}

/** Gives what was pushed. @throws where less came back */
export async function pull(
    profile: KandoProfile,
    snapshot: string,
    target: NodeJS.WritableStream,
): Promise<void> {
    const { id, logicalSize } = JSON.parse(snapshot) as { id: string; logicalSize: number };
    const store = new Store(profile.store, 10);
    let bytes = 0;
    try {
        const source = await store.read(id);
        const opened = openedVolume(
            source as AsyncIterable<Buffer>,
            profile,
            count => (bytes += count),
        );
        await pipeline(opened, target, { end: target !== process.stdout });
    } finally {
        store.close();
    }
    if (bytes !== logicalSize) {
        throw new Error(`${id} holds ${bytes} bytes of ${logicalSize}`);
    }
}

async function remove(profile: KandoProfile, snapshot: string): Promise<void> {
    const store = new Store(profile.store, 10);
    try {
        await store.removeAll([textAt(JSON.parse(snapshot), "id")]);
    } finally {
        store.close();
    }
}

async function work(args: string[]): Promise<void> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
            profile: { type: "string" },
            path: { type: "string" },
            "output-name": { type: "string", default: "kandoOutput" },
            "kopia-snapshot": { type: "string", default: "" },
        },
    });
    const [group, verb, file = "-"] = positionals;
    const { profile: text = "", path = "" } = values;
    const profile = JSON.parse(text) as KandoProfile;
    if (group !== "location" || !isFields(profile) || profile.standIn !== "k10") {
        throw new Error(
            "the stand-in for kando knows `location` alone, on a profile of the K10 stand-in",
        );
    }
    switch (verb) {
        case "push": {
            const source = file === "-" ? process.stdin : createReadStream(file);
            const value = await push(profile, path, source);
            const output = { key: values["output-name"], value };
            process.stdout.write(`###Phase-output###: ${JSON.stringify(output)}\n`);
            return;
        }
        case "pull":
            return await pull(
                ...([profile, values["kopia-snapshot"]] as const),
                file === "-" ? process.stdout : createWriteStream(file),
            );
        case "delete":
            return await remove(profile, values["kopia-snapshot"]);
        default:
            throw new Error(`the stand-in for kando does not know \`location ${verb ?? ""}\``);
    }
}

/** The program `kando`. */
export async function kando(): Promise<void> {
    try {
        await work(process.argv.slice(3));
    } catch (error) {
        const code = storeErrorCode(error);
        const message = messageOf(error);
        const said = message.includes(code) || code === "Error" ? message : `${code}: ${message}`;
        process.stderr.write(`kando (stand-in): ${said}\n`);
        process.exitCode = 1;
    }
}
