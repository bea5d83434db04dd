/** What is in a volume: every file, folder and link with all that has to be carried over. */
import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import type { BigIntStats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

export interface Entry {
    /** Relative to the volume's root; `.` is the root itself. */
    path: string;
    type: "file" | "directory" | "symlink";
    size: number;
    /** Permissions with setuid, setgid and sticky. */
    mode: number;
    uid: number;
    gid: number;
    /** Modification time in nanoseconds since 1970. */
    mtime: bigint;
    /** Tells hard links: entries of the same inode are one file. */
    inode: bigint;
    /** The target of a symbolic link. */
    target?: string;
}

export interface Tree {
    entries: Entry[];
    /** Equal for two scans exactly if nothing was written, added, removed or renamed between them. */
    signature: string;
    /** Sum of the sizes of files. */
    bytes: number;
    /** What cannot be carried over. */
    exceptions: string[];
}

/** Reads a whole tree, folders before what is in them. */
export async function scan(root: string): Promise<Tree> {
    const tree: Tree = { entries: [], signature: "", bytes: 0, exceptions: [] };
    const signature = createHash("sha256");
    const visit = async (path: string) => {
        const full = join(root, path);
        let stat;
        try {
            stat = await lstat(full, { bigint: true });
        } catch (error) {
            if (isGone(error)) {
                return;
            }
            throw error;
        }
        // ctime changes with every change of content or owner, also where somebody sets mtime back.
        signature.update(`${path}\0${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}\n`);
        const type = typeOf(stat);
        if (!type) {
            tree.exceptions.push(`${path} is a socket, pipe or device and was left out`);
            return;
        }
        const entry: Entry = {
            path,
            type,
            size: type === "file" ? Number(stat.size) : 0,
            mode: Number(stat.mode & 0o7777n),
            uid: Number(stat.uid),
            gid: Number(stat.gid),
            mtime: stat.mtimeNs,
            inode: stat.ino,
        };
        if (type === "symlink") {
            entry.target = await readlink(full);
        }
        tree.entries.push(entry);
        tree.bytes += entry.size;
        if (type === "directory") {
            for (const name of await names(full, path, tree)) {
                await visit(path === "." ? name : `${path}/${name}`);
            }
        }
    };
    await visit(".");
    tree.signature = signature.digest("hex");
    return tree;
}

function typeOf(stat: BigIntStats): Entry["type"] | undefined {
    if (stat.isFile()) {
        return "file";
    }
    if (stat.isDirectory()) {
        return "directory";
    }
    return stat.isSymbolicLink() ? "symlink" : undefined;
}

async function names(full: string, path: string, tree: Tree): Promise<string[]> {
    let found: Buffer[];
    try {
        found = await readdir(full, { encoding: "buffer" });
    } catch (error) {
        if (isGone(error)) {
            return [];
        }
        throw error;
    }
    const usable = found.filter(name => {
        if (!isUtf8(name)) {
            tree.exceptions.push(`${path} holds a name that is not UTF-8: it was left out`);
        }
        return isUtf8(name);
    });
    return (
        usable
            .map(name => name.toString())
            // The file system's own, present in every new volume too.
            .filter(name => path !== "." || name !== "lost+found")
            .sort()
    );
}

/** A running application removes files while they are read: the next scan will show it. */
export function isGone(error: unknown): boolean {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
}
