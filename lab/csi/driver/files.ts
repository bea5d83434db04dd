/** Copies and measures trees of files with the tools that do it best. */
import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program. @throws with what it said on stderr, which names the file */
export async function run(command: string, args: string[]): Promise<string> {
    try {
        return (await execute(command, args)).stdout;
    } catch (cause) {
        const said = (cause as { stderr?: string }).stderr?.trim();
        throw new Error(`\`${command}\` failed: ${said || String(cause)}`, { cause });
    }
}

/** How often a tree is copied in the hope that nobody writes into it meanwhile. */
const ATTEMPTS = 5;

/**
 * Copies what is in `from` into the folder `to`, with owners, times, links and extended attributes.
 * @returns whether the copy shows one moment: nothing was written while it was made
 */
export async function copyTree(from: string, to: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
        const before = await fingerprint(from);
        // Where the file system shares blocks between files, a copy costs neither time nor room.
        const failure = await run("cp", ["--archive", "--reflink=auto", `${from}/.`, to]).then(
            () => undefined,
            (error: Error) => error,
        );
        const quiet = before === (await fingerprint(from));
        if (quiet || attempt === ATTEMPTS) {
            if (failure) {
                throw failure;
            }
            return quiet;
        }
        await run("find", [to, "-mindepth", "1", "-delete"]);
    }
}

/** A text that changes when a file of a tree is written, made, renamed or removed. */
async function fingerprint(folder: string): Promise<string> {
    const files = "find . -printf '%P %i %s %T@ %C@\\n' 2>/dev/null | sort | sha256sum";
    return await run("sh", ["-c", `cd "$1" && ${files}`, "sh", folder]);
}

export interface Usage {
    bytes: number;
    inodes: number;
}

/** What the files below a folder occupy. */
export async function usage(folder: string): Promise<Usage> {
    const measure = async (unit: string) =>
        Number.parseInt(await run("du", ["--summarize", "--one-file-system", unit, folder]), 10);
    const [bytes, inodes] = await Promise.all([measure("--block-size=1"), measure("--inodes")]);
    return { bytes, inodes };
}

export interface FileSystem {
    size: number;
    available: number;
    inodes: number;
    freeInodes: number;
}

export async function fileSystem(folder: string): Promise<FileSystem> {
    const { bsize, blocks, bavail, files, ffree } = await statfs(folder);
    return { size: blocks * bsize, available: bavail * bsize, inodes: files, freeInodes: ffree };
}
