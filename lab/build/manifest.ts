/** What a folder of built files held when it was finished, so that what became of it later is seen. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { State } from "../steps.ts";

interface Entry {
    size: number;
    /** When the file was last changed, in whole seconds: archives keep no more. */
    modified: number;
    sha256: string;
}

const name = "manifest.json";

/** Whether a folder has to be built, or built anew because it is damaged. */
export async function folderState(folder: string): Promise<State> {
    if (!existsSync(folder)) {
        return { todo: true, why: "not built yet" };
    }
    const damaged = await damage(folder);
    return damaged
        ? { todo: true, why: `built anew, because ${damaged}` }
        : { todo: false, why: "built" };
}

/** Lets `work` fill a folder, and puts it into place when that is done. What an earlier attempt left goes. */
export async function finish(
    folder: string,
    work: (unfinished: string) => Promise<void>,
): Promise<void> {
    const [unfinished, old] = [`${folder}.unfinished`, `${folder}.old`];
    await Promise.all([unfinished, old].map(path => rm(path, { recursive: true, force: true })));
    await mkdir(unfinished, { recursive: true });
    await work(unfinished);
    await writeManifest(unfinished);
    // What was damaged makes room at the last moment: others may be using the rest of it.
    if (existsSync(folder)) {
        await rename(folder, old);
    }
    await rename(unfinished, folder);
    await rm(old, { recursive: true, force: true });
}

/** Writes down every file of a finished folder. */
async function writeManifest(folder: string): Promise<void> {
    const files = (await readdir(folder)).filter(file => file !== name).sort();
    const entries = files.map(async file => [file, await look(join(folder, file))] as const);
    const manifest = Object.fromEntries(await Promise.all(entries));
    await writeFile(join(folder, name), `${JSON.stringify(manifest, null, 4)}\n`);
}

/**
 * What is wrong with a folder, as a part of a sentence; `undefined` where nothing is. Reads a whole file only where its
 * size or time is another one than when it was built, or where `everything` is asked for.
 */
export async function damage(folder: string, everything = false): Promise<string | undefined> {
    let manifest: Record<string, Entry>;
    try {
        manifest = JSON.parse(await readFile(join(folder, name), "utf8")) as typeof manifest;
    } catch {
        return "its manifest is missing or damaged";
    }
    let touched = false;
    for (const [file, built] of Object.entries(manifest)) {
        const now = await stat(join(folder, file)).catch(() => undefined);
        if (!now) {
            return `\`${file}\` is missing`;
        }
        if (now.size !== built.size) {
            return `\`${file}\` has ${now.size} bytes instead of ${built.size}`;
        }
        const moved = seconds(now.mtimeMs) !== built.modified;
        touched ||= moved;
        if ((moved || everything) && (await sha256(join(folder, file))) !== built.sha256) {
            return `\`${file}\` is not what was built`;
        }
    }
    if (touched) {
        // Copied or restored, and whole: the next look need not read it again.
        await writeManifest(folder);
    }
    return undefined;
}

/**
 * Reads every file of every finished folder below `root`, and lets the next `make lab` build anew what is damaged.
 * @returns folder → what is wrong with it, `undefined` where nothing is
 */
export async function verify(root: string): Promise<Map<string, string | undefined>> {
    const found = new Map<string, string | undefined>();
    const folders = (await readdir(root).catch((): string[] => [])).sort();
    for (const folder of folders.map(each => join(root, each))) {
        if (existsSync(join(folder, name)) && !/\.(unfinished|old)$/.test(folder)) {
            const damaged = await damage(folder, true);
            if (damaged !== undefined) {
                await rm(join(folder, name));
            }
            found.set(folder, damaged);
        }
    }
    return found;
}

async function look(path: string): Promise<Entry> {
    const { size, mtimeMs } = await stat(path);
    return { size, modified: seconds(mtimeMs), sha256: await sha256(path) };
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);

async function sha256(path: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return hash.digest("hex");
}
