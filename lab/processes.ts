/** Processes of this checkout's lab: Pulumi, its plugins, the stand-ins. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./exec.ts";
import { isOwn, local, repository } from "./paths.ts";

const programs = [join(local, "bin"), join(local, "pulumi", "plugins")];
const standIns = join(repository, "lab", "plugins");

/**
 * Whether a process works for this checkout's lab.
 * @param environment as `NAME=value`
 */
export function isOwnProcess([command = "", ...args]: string[], environment: string[]): boolean {
    const below = (folder: string, path = "") => path.startsWith(`${folder}/`);
    const name = basename(command);
    return (
        programs.some(folder => below(folder, command)) ||
        // A Pulumi that somebody runs here on a stack of their own has a home of their own, too.
        (name === "pulumi" && environment.includes(`PULUMI_HOME=${join(local, "pulumi")}`)) ||
        // A stand-in is run by Node.js: an editor that has one of its files open is none.
        (name === "node" &&
            args.some(arg => below(standIns, arg) && basename(arg) === "main.ts")) ||
        // It outlives a Pulumi that was killed.
        (name === "kind" && args.some(isOwn))
    );
}

/** Processes below a process, at any depth. */
export async function descendants(pid: number): Promise<number[]> {
    const pids = await allProcesses();
    const parents = new Map(
        await Promise.all(
            pids.map(async each => [each, parentOf(await read(each, "status"))] as const),
        ),
    );
    const below = (parent: number): number[] =>
        pids.filter(each => parents.get(each) === parent).flatMap(each => [each, ...below(each)]);
    return below(pid);
}

const allProcesses = async () =>
    (await readdir("/proc")).filter(name => /^\d+$/.test(name)).map(Number);

/** What the kernel tells of a process: nothing where it has ended meanwhile. */
const read = (pid: number, name: string) =>
    readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");

const parentOf = (status: string) => Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);

/** The memory that processes have together, in bytes. What they share counts for each. */
export async function memoryOf(pids: number[]): Promise<number> {
    const sizes = (await Promise.all(pids.map(pid => read(pid, "status")))).map(
        text => Number(/^VmRSS:\s*(\d+) kB/m.exec(text)?.[1] ?? 0) * 1_024,
    );
    return sizes.reduce((sum, size) => sum + size, 0);
}

interface Process {
    pid: number;
    parent: number;
    own: boolean;
}

/** Ends them and what they started: they are asked to, and killed after `patience` milliseconds. */
export async function endProcesses(patience = 10_000): Promise<void> {
    const asked = await ownProcesses();
    asked.forEach(pid => signal(pid, "SIGTERM"));
    for (const end = Date.now() + patience; Date.now() < end && asked.some(isAlive);) {
        await sleep(100);
    }
    // Whoever did not listen, and what was started meanwhile.
    new Set([...asked.filter(isAlive), ...(await ownProcesses())]).forEach(pid =>
        signal(pid, "SIGKILL"),
    );
}

/** The processes of this checkout's lab, and all below them. */
async function ownProcesses(): Promise<number[]> {
    const all = await Promise.all((await allProcesses()).map(look));
    const isBelow = (each: Process | undefined): boolean =>
        each !== undefined && (each.own || isBelow(all.find(other => other.pid === each.parent)));
    return all.filter(each => isBelow(each) && each.pid !== process.pid).map(each => each.pid);
}

async function look(pid: number): Promise<Process> {
    const [command, environment, status] = await Promise.all([
        read(pid, "cmdline"),
        read(pid, "environ"),
        read(pid, "status"),
    ]);
    const own = isOwnProcess(command.split("\0"), environment.split("\0"));
    return { pid, parent: parentOf(status), own };
}

function signal(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch {
        // It has ended by itself.
    }
}
