/** What is mounted where, as the kernel says it. */
import { readFile } from "node:fs/promises";
import { run } from "./files.ts";
import { podOf } from "./holds.ts";

export interface Mount {
    /** The part of the file system that is mounted, seen from its root. */
    root: string;
    target: string;
    readonly: boolean;
}

/** Reads the format of /proc/<pid>/mountinfo. */
export function parseMounts(text: string): Mount[] {
    return text
        .split("\n")
        .filter(line => line !== "")
        .map(line => {
            const [, , , root = "", target = "", options = ""] = line.split(" ");
            return {
                root: unescaped(root),
                target: unescaped(target),
                readonly: options.split(",").includes("ro"),
            };
        });
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescaped(path: string): string {
    return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
    );
}

/** The mount of a volume. Its id is in the path of no other folder. */
export const isOf = (mount: Mount, volumeId: string) => mount.root.endsWith(`/volumes/${volumeId}`);

/** What this process sees, which includes the target paths of the kubelet. */
export async function mounts(): Promise<Mount[]> {
    return parseMounts(await readFile("/proc/self/mountinfo", "utf8"));
}

/** Where a volume is mounted. */
export async function mountsOf(volumeId: string): Promise<Mount[]> {
    return (await mounts()).filter(mount => isOf(mount, volumeId));
}

/** The UIDs of the pods that can write to a volume. */
export async function writersOf(volumeId: string): Promise<string[]> {
    const writable = (await mountsOf(volumeId)).filter(mount => !mount.readonly);
    return [
        ...new Set(writable.map(mount => podOf(mount.target)).filter(uid => uid !== undefined)),
    ];
}

/** What is mounted at a path: of several mounts the uppermost. */
export async function mountAt(target: string): Promise<Mount | undefined> {
    return (await mounts()).filter(mount => mount.target === target).at(-1);
}

export async function bind(from: string, target: string, readonly: boolean): Promise<void> {
    await run("mount", ["--bind", from, target]);
    if (readonly) {
        // A bind mount takes options only when it is mounted anew.
        await run("mount", ["--options", "remount,bind,ro", target]);
    }
}

export async function unmount(target: string): Promise<void> {
    await run("umount", [target]);
}
