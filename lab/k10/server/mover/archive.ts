/**
 * Volumes as tar streams and back. Owners, permissions and times come from pax records, because tar's own
 * fields end at uid 262143 and whole seconds, and OpenShift's uids begin at a thousand million.
 * Not carried over: extended attributes, ACLs, sockets, pipes, devices; holes of sparse files are filled.
 */
import { once } from "node:events";
import {
    chmod,
    lchown,
    link,
    lstat,
    lutimes,
    mkdir,
    open,
    readdir,
    rm,
    symlink,
    utimes,
} from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract as unpack, pack as newPack, type Header, type Pack } from "tar-stream";
import { isGone, type Entry } from "./tree.ts";

type Pax = Record<string, string>;

const CHUNK = 256 * 1024;
const SETGID = 0o2000;
const EMPTY_MODE = "CROSSING.mode";

function paxTime(nanoseconds: bigint): string {
    const text = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
    return `${nanoseconds < 0n ? "-" : ""}${text.slice(0, -9)}.${text.slice(-9)}`;
}

function headerOf(entry: Entry, first: string | undefined) {
    const type = first === undefined ? entry.type : ("link" as const);
    const linkname = first ?? entry.target;
    return {
        name: entry.path,
        type,
        mode: entry.mode,
        size: type === "file" ? entry.size : 0,
        ...(linkname !== undefined && { linkname }),
        mtime: new Date(Number(entry.mtime / 1_000_000n)),
        pax: {
            uid: String(entry.uid),
            gid: String(entry.gid),
            mtime: paxTime(entry.mtime),
            // tar-stream takes 0 for a missing mode.
            ...(entry.mode === 0 && { [EMPTY_MODE]: "0" }),
        },
    };
}

/** Exactly `size` bytes of a file, whatever happens to it meanwhile: the archive announces its length first. */
async function* contents(file: Awaited<ReturnType<typeof open>>, size: number) {
    for (let left = size; left > 0;) {
        const buffer = Buffer.alloc(Math.min(CHUNK, left));
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        // A file that became shorter is filled up with zeros.
        const chunk = bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead);
        left -= chunk.length;
        yield chunk;
    }
}

async function addFile(pack: Pack, root: string, entry: Entry): Promise<boolean> {
    let file;
    try {
        file = await open(join(root, entry.path), "r");
    } catch (error) {
        if (isGone(error)) {
            return false;
        }
        throw error;
    }
    try {
        await new Promise<void>((resolve, reject) => {
            const sink = pack.entry(headerOf(entry, undefined), error =>
                error ? reject(error) : resolve(),
            );
            const copy = async () => {
                for await (const chunk of contents(file, entry.size)) {
                    if (!sink.write(chunk)) {
                        await once(sink, "drain");
                    }
                }
                sink.end(null);
            };
            copy().catch(reject);
        });
    } finally {
        await file.close();
    }
    return true;
}

async function addAll(pack: Pack, root: string, entries: Entry[]): Promise<void> {
    const firsts = new Map<bigint, string>();
    for (const entry of entries) {
        const first = entry.type === "file" ? firsts.get(entry.inode) : undefined;
        if (entry.type !== "file" || first !== undefined) {
            pack.entry(headerOf(entry, first));
        } else if (await addFile(pack, root, entry)) {
            firsts.set(entry.inode, entry.path);
        }
    }
    pack.finalize();
}

/** A tar stream of the entries of a scan. */
export function packed(root: string, entries: Entry[]): AsyncIterable<Buffer> {
    const pack = newPack();
    addAll(pack, root, entries).catch((error: unknown) => {
        pack.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    return pack as AsyncIterable<Buffer>;
}

/** Removes everything in a folder, but not the folder. */
async function clear(root: string): Promise<void> {
    for (const name of await readdir(root)) {
        if (name !== "lost+found") {
            await rm(join(root, name), { recursive: true, force: true });
        }
    }
}

/** Seconds that Node, which cuts them off after microseconds or later, turns into the very microsecond again. */
function seconds(time: string): number {
    const [whole = "0", fraction = ""] = time.split(".");
    const micro = Number(fraction.padEnd(6, "0").slice(0, 6));
    const sign = whole.startsWith("-") ? -1 : 1;
    return Number(whole) + (sign * (micro + 0.5)) / 1e6;
}

interface Owner {
    uid: number;
    gid: number;
    mode: number;
    mtime: number;
}

function ownerOf(header: Header): Owner {
    const pax = (header.pax ?? {}) as Pax;
    return {
        uid: Number(pax["uid"] ?? header.uid ?? 0),
        gid: Number(pax["gid"] ?? header.gid ?? 0),
        mode: pax[EMPTY_MODE] === "0" ? 0 : (header.mode ?? 0),
        mtime: seconds(pax["mtime"] ?? String(header.mtime.getTime() / 1000)),
    };
}

function safeJoin(root: string, path: string): string {
    const parts = path.split("/").filter(part => part !== "" && part !== ".");
    if (parts.includes("..")) {
        throw new Error(`The archive names ${path}, which lies outside the volume.`);
    }
    return join(root, ...parts);
}

/**
 * Folders get owner, mode and time last: before, their mode could forbid writing into them, and each new file
 * changes their time. Without CAP_FSETID a group that is not ours loses setgid by chmod, hence the detour by
 * owner 0.
 */
async function finishFolder(path: string, { uid, gid, mode, mtime }: Owner): Promise<void> {
    await lchown(path, process.getuid?.() ?? uid, process.getgid?.() ?? gid);
    await chmod(path, mode);
    await lchown(path, uid, gid);
    await utimes(path, mtime, mtime);
}

/** @returns what could not be given back, if anything. */
async function extractOne(
    root: string,
    header: Header,
    body: AsyncIterable<unknown>,
): Promise<string | undefined> {
    const path = safeJoin(root, header.name);
    const { uid, gid, mode, mtime } = ownerOf(header);
    if (header.type === "symlink") {
        await symlink(header.linkname ?? "", path);
        await lchown(path, uid, gid);
        await lutimes(path, mtime, mtime);
    } else if (header.type === "link") {
        await link(safeJoin(root, header.linkname ?? ""), path);
    } else {
        const file = await open(path, "wx", 0o600);
        try {
            for await (const chunk of body) {
                await file.write(chunk as Buffer);
            }
        } finally {
            await file.close();
        }
        await lchown(path, uid, gid);
        await chmod(path, mode);
        await utimes(path, mtime, mtime);
        // Without CAP_FSETID, which K10's SCC does not give, setgid needs a group that is ours.
        if ((mode & SETGID) !== 0 && ((await lstat(path)).mode & SETGID) === 0) {
            return `${header.name} lost its setgid bit`;
        }
    }
    return undefined;
}

/** Replaces what is in a folder by what is in a tar stream. */
export async function unpacked(
    root: string,
    source: AsyncIterable<Buffer>,
): Promise<{ entries: number; exceptions: string[] }> {
    await clear(root);
    const extract = unpack();
    const folders: [string, Owner][] = [];
    const exceptions: string[] = [];
    let entries = 0;
    const consume = async () => {
        for await (const entry of extract) {
            const { header } = entry;
            entries++;
            if (header.type === "directory") {
                const path = safeJoin(root, header.name);
                if (path !== join(root)) {
                    await mkdir(path, { mode: 0o700 });
                }
                folders.push([path, ownerOf(header)]);
            } else {
                const exception = await extractOne(root, header, entry);
                exceptions.push(...(exception === undefined ? [] : [exception]));
            }
            entry.resume();
        }
    };
    await Promise.all([pipeline(source, extract), consume()]);
    for (const [path, owner] of folders.reverse()) {
        await finishFolder(path, owner);
    }
    return { entries, exceptions };
}
