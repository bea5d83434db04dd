import { readdir, readFile } from "node:fs/promises";

/** Processes below a process, at any depth. */
export async function descendants(pid: number): Promise<number[]> {
    const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name)).map(Number);
    const parents = new Map<number, number>();
    for (const each of pids) {
        const status = await readFile(`/proc/${each}/status`, "utf8").catch(() => "");
        parents.set(each, Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]));
    }
    const below = (parent: number): number[] =>
        pids.filter(each => parents.get(each) === parent).flatMap(each => [each, ...below(each)]);
    return below(pid);
}
