/** Whether this machine can run the lab: looked at before anything is built, so that nothing fails after half an hour. */
import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname } from "node:path";
import { goVersion } from "./build/go.ts";
import { verify } from "./build/manifest.ts";
import { engineHost } from "./engine.ts";
import { tryRun } from "./exec.ts";
import { builtRoot, cache } from "./paths.ts";

/** What was found. Sizes in bytes. */
export interface Machine {
    node: string;
    go: string | undefined;
    /** Whether programs have to be built, which takes Go. */
    compile: boolean;
    root: boolean;
    /** Whether a Docker engine answers, so that none needs to be installed. */
    engine: boolean;
    apt: boolean;
    cores: number;
    memory: number;
    disk: number;
    /** Whether the caches are filled already. */
    built: boolean;
    /** inotify instances that one user may have. */
    inotify: number;
    cgroups: boolean;
    overlay: boolean;
    packetFilter: boolean;
}

export interface Finding {
    what: string;
    found: string;
    ok: boolean;
    /** What to do where it is not. */
    advice: string;
}

const gigabyte = 1_000_000_000;
/** The demo's clusters take 1.6 GB; compiling the Kubernetes provider takes 3.7. Both measured; the rest is margin. */
const memoryNeeded = 8 * gigabyte;
/** Downloads, Go's build cache and the engine's images, measured as 20 GB in all, with a margin for what runs. */
const diskToBuild = 25 * gigabyte;
const diskToRun = 5 * gigabyte;
const inotifyNeeded = 1_024;

/** @param compile whether programs have to be built */
export async function lookAtMachine(compile: boolean): Promise<Machine> {
    const text = (path: string) => readFile(path, "utf8").catch(() => "");
    const available = /^MemAvailable:\s+(\d+) kB$/m.exec(await text("/proc/meminfo"))?.[1];
    const free = await statfs(await existing(cache));
    const limit = await text("/proc/sys/fs/inotify/max_user_instances");
    return {
        node: process.versions.node,
        go: await goVersion(),
        compile,
        root: process.getuid?.() === 0,
        engine: (await engineHost()) !== undefined,
        apt: (await tryRun("apt-get", ["--version"])) !== undefined,
        cores: availableParallelism(),
        memory: Number(available ?? NaN) * 1_024,
        disk: free.bavail * free.bsize,
        built: existsSync(cache),
        inotify: limit === "" ? NaN : Number(limit),
        cgroups:
            existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync("/sys/fs/cgroup/memory"),
        overlay:
            /\boverlay$/m.test(await text("/proc/filesystems")) ||
            (await tryRun("modprobe", ["--dry-run", "overlay"])) !== undefined,
        packetFilter: existsSync("/proc/net/ip_tables_names") || existsSync("/proc/net/netfilter"),
    };
}

/** The nearest folder that is there: the cache itself is made later. */
async function existing(path: string): Promise<string> {
    return existsSync(path) ? path : existing(dirname(path));
}

/** Judges a machine. What the lab can put right by itself is fine. */
export function diagnose(machine: Machine): Finding[] {
    const size = (bytes: number) => `${(bytes / gigabyte).toFixed(1)} GB`;
    const goMinor = Number(/^go1\.(\d+)/.exec(machine.go ?? "")?.[1] ?? 0);
    const disk = machine.built ? diskToRun : diskToBuild;
    const kernel =
        "Docker's containers need it from the kernel: use another kernel, or load its module";
    const raised = machine.root && machine.inotify < inotifyNeeded;
    return [
        { what: "Node.js", found: machine.node, ok: true, advice: "" },
        {
            what: "Go",
            found: machine.go ?? "missing",
            ok: goMinor >= 26 || !machine.compile,
            advice: "install Go 1.26 or newer: the lab builds its programs with it",
        },
        {
            what: "Docker engine",
            found: machine.engine ? "answers" : "none yet",
            ok: machine.engine || (machine.root && machine.apt),
            advice: "install and start Docker: without root and apt-get the lab cannot",
        },
        {
            what: "processor cores",
            found: String(machine.cores),
            ok: machine.cores >= 2,
            advice: "two clusters need at least 2",
        },
        {
            what: "free memory",
            found: size(machine.memory),
            ok: !(machine.memory < memoryNeeded),
            advice: `make ${size(memoryNeeded)} free`,
        },
        {
            what: "free disk",
            found: size(machine.disk),
            ok: machine.disk >= disk,
            advice: `make ${size(disk)} free where ${cache} lies, or set CROSSING_LAB_CACHE to another place`,
        },
        {
            what: "inotify instances",
            found: `${machine.inotify}${raised ? ", will be raised" : ""}`,
            ok: !(machine.inotify < inotifyNeeded) || machine.root,
            advice: `set fs.inotify.max_user_instances to ${inotifyNeeded}: each node takes some thirty`,
        },
        {
            what: "control groups",
            found: yes(machine.cgroups),
            ok: machine.cgroups,
            advice: kernel,
        },
        {
            what: "overlay file system",
            found: yes(machine.overlay),
            ok: machine.overlay,
            advice: kernel,
        },
        {
            what: "packet filter",
            found: yes(machine.packetFilter),
            ok: machine.packetFilter,
            advice: kernel,
        },
    ];
}

/** Reads everything that was built, and tells what is damaged. @param root where it lies */
export async function verifyBuilt(root = builtRoot): Promise<Finding[]> {
    const folders = await verify(root);
    const damaged = [...folders].flatMap(([folder, wrong]) =>
        wrong === undefined ? [] : [{ folder: basename(folder), wrong }],
    );
    const whole = folders.size - damaged.length;
    return [
        { what: "folders as they were built", found: String(whole), ok: true, advice: "" },
        ...damaged.map(({ folder, wrong }) => ({
            what: `built folder ${folder}`,
            found: wrong,
            ok: false,
            advice: "run `make lab`, which builds it anew",
        })),
    ];
}

const yes = (there: boolean) => (there ? "there" : "missing");

/** @throws with everything that this machine lacks */
export async function requireMachine(compile: boolean): Promise<void> {
    const lacking = diagnose(await lookAtMachine(compile)).filter(finding => !finding.ok);
    if (lacking.length > 0) {
        const lines = lacking.map(({ what, found, advice }) => `  - ${what}: ${found}; ${advice}.`);
        throw new Error(`This machine cannot run the lab:\n${lines.join("\n")}`);
    }
}
