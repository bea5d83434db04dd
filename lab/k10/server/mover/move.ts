/** Moves one volume: the whole work of a mover pod. */
import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { log } from "../log.ts";
import { Store } from "../s3.ts";
import { openedVolume, volumeCipher, volumeHeader } from "../seal.ts";
import { packed, unpacked } from "./archive.ts";
import type { MoverJob, MoverResult } from "./job.ts";
import { scan, type Tree } from "./tree.ts";

/**
 * Copies a volume into the bucket. The application goes on running, so the copy is repeated until nothing
 * changed while it was made: then it shows the volume as it was at one moment. An application that never
 * rests gets the last copy, and the result says so.
 * @param pause Milliseconds before the second copy; later ones wait longer.
 */
export async function backUp(
    job: MoverJob,
    root: string,
    store: Store,
    pause = 500,
): Promise<MoverResult> {
    let before = await scan(root);
    for (let pass = 1; ; pass++) {
        const bytes = await upload(job, root, store, before);
        const after = await scan(root);
        const settled = after.signature === before.signature;
        log(
            `pass ${pass}: ${before.entries.length} entries, ${bytes} bytes, ${settled ? "unchanged" : "changed"} meanwhile`,
        );
        if (settled || pass >= job.passes) {
            const { entries, exceptions } = before;
            return { bytes, entries: entries.length, passes: pass, settled, exceptions };
        }
        // A database that has just been written to comes to rest soon.
        await sleep(Math.min(pass, 5) * pause);
        before = await scan(root);
    }
}

async function upload(job: MoverJob, root: string, store: Store, tree: Tree): Promise<number> {
    const header = volumeHeader();
    const cipher = volumeCipher(job, header);
    let bytes = 0;
    async function* sealed() {
        yield header;
        for await (const chunk of packed(root, tree.entries)) {
            bytes += chunk.length;
            yield cipher.update(chunk);
        }
    }
    const about = tree.bytes + tree.entries.length * 2048;
    await store.write(job.object, Readable.from(sealed(), { objectMode: false }), about);
    return bytes;
}

/**
 * Copies a volume from the bucket into an empty folder. Damaged bytes are not noticed (see seal.ts), a missing
 * end is.
 */
export async function restore(job: MoverJob, root: string, store: Store): Promise<MoverResult> {
    const source = await store.read(job.object);
    let bytes = 0;
    const opened = openedVolume(source as AsyncIterable<Buffer>, job, count => (bytes += count));
    const { entries, exceptions } = await unpacked(root, opened);
    if (bytes !== job.bytes) {
        throw new Error(`${job.object} holds ${bytes} bytes of ${job.bytes}`);
    }
    return { bytes, entries, passes: 1, settled: true, exceptions };
}
