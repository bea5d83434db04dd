/** The Docker engine: the machine's own where one answers, otherwise one that the lab installs and starts for itself. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { imagesLock } from "./build/docker.ts";
import { program } from "./build/go.ts";
import { graphs } from "./build/graphs.ts";
import { isAlive, run, tryRun } from "./exec.ts";
import { holderOf } from "./lock.ts";
import { cache } from "./paths.ts";
import type { State, Step } from "./steps.ts";

const folder = join(cache, "engine");
const socket = `unix://${join(folder, "docker.sock")}`;
const pidFile = join(folder, "dockerd.pid");
/** The packet filter's policy for forwarded packets before dockerd changed it. */
const policyFile = join(folder, "forward-policy");

/**
 * Each kind node takes some thirty inotify instances of the machine's, and kube-proxy fails without one ("too many
 * open files"). Debian allows 128 in all.
 */
const inotify = "/proc/sys/fs/inotify/max_user_instances";
const enoughInotify = 1_024;
const inotifyFile = join(folder, "max_user_instances");

const engineLock = "engine";

/** The oldest engine that kind works with here. */
const oldest = 20;

/**
 * The value of DOCKER_HOST for the engine to use, or `undefined` where none answers. Empty means that the
 * machine's default needs no setting.
 */
export async function engineHost(): Promise<string | undefined> {
    if (await answers(process.env["DOCKER_HOST"])) {
        return process.env["DOCKER_HOST"] ?? "";
    }
    return (await answers(socket)) ? socket : undefined;
}

async function answers(host: string | undefined): Promise<boolean> {
    const env = { ...process.env, ...(host ? { DOCKER_HOST: host } : {}) };
    const version = await tryRun("docker", ["version", "--format", "{{.Server.Version}}"], { env });
    return Number(version?.split(".")[0]) >= oldest;
}

/** Debian's package of the engine, where neither an engine answers nor one is there to be started. */
export function enginePackageStep(): Step {
    return packageStep("docker.io", async () => {
        if ((await engineHost()) !== undefined) {
            return { todo: false, why: "a Docker engine answers" };
        }
        return existsSync("/usr/sbin/dockerd")
            ? { todo: false, why: "installed" }
            : { todo: true, why: "no Docker engine answers" };
    });
}

/** A step that installs one of Debian's packages. @throws where there is no apt-get */
export function packageStep(name: string, state: () => Promise<State>): Step {
    return {
        name: `Debian package ${name}`,
        seconds: 15,
        lock: "packages",
        state,
        run: async ({ log }) => {
            if ((await tryRun("apt-get", ["--version"])) === undefined) {
                throw new Error(`\`${name}\` is missing, and so is apt-get: install it`);
            }
            const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
            await run("apt-get", ["update"], { log, env });
            await run("apt-get", ["install", "--yes", "--no-install-recommends", name], {
                log,
                env,
            });
        },
    };
}

export function inotifyStep(): Step {
    return {
        name: "inotify instances",
        seconds: 1,
        lock: engineLock,
        state: async () => {
            const limit = await inotifyLimit();
            return { todo: limit < enoughInotify, why: `the machine allows ${limit}` };
        },
        run: raiseInotify,
    };
}

export function engineStep(): Step {
    return {
        name: "Docker engine",
        seconds: 5,
        lock: engineLock,
        state: async () =>
            (await engineHost()) === undefined
                ? { todo: true, why: "none answers" }
                : { todo: false, why: "answers" },
        run: ({ log }) => start(log),
    };
}

async function inotifyLimit(): Promise<number> {
    return Number(await readFile(inotify, "utf8").catch(() => enoughInotify));
}

/** The machine's own limit is kept for `stopEngine`, which puts it back. */
async function raiseInotify(): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFile(inotifyFile, String(await inotifyLimit()));
    await writeFile(inotify, String(enoughInotify));
}

async function start(log: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await rm(pidFile, { force: true });
    const rules = (await tryRun("iptables", ["--list-rules", "FORWARD"])) ?? "";
    await writeFile(policyFile, rules.split("\n")[0] ?? "");
    const output = await open(log, "a");
    const dockerd = spawn(
        "dockerd",
        [
            `--host=${socket}`,
            `--data-root=${join(folder, "data")}`,
            `--exec-root=${join(folder, "exec")}`,
            `--pidfile=${pidFile}`,
            // Everything of ours has a network of its own; the default bridge would only be left behind.
            "--bridge=none",
            "--exec-opt=native.cgroupdriver=cgroupfs",
            ...(await runtime()),
        ],
        { detached: true, stdio: ["ignore", output.fd, output.fd] },
    );
    dockerd.unref();
    await output.close();
    for (let i = 0; i < 150; i++) {
        if (await answers(socket)) {
            return;
        }
        if (dockerd.exitCode !== null) {
            const lines = (await readFile(log, "utf8")).trim().split("\n");
            throw new Error(`dockerd ended: ${lines.at(-1)}`);
        }
        await sleep(200);
    }
    throw new Error("dockerd was started and does not answer");
}

/** Where root lacks a capability, `--privileged` containers need a runtime that asks for no more than there is. */
async function runtime(): Promise<string[]> {
    const status = await readFile("/proc/self/status", "utf8");
    const held = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(status)?.[1] ?? "0"}`);
    const last = BigInt((await readFile("/proc/sys/kernel/cap_last_cap", "utf8")).trim());
    if (held === (1n << (last + 1n)) - 1n) {
        return [];
    }
    const wrapper = await program(graphs.tools, "lab-runc");
    return [`--add-runtime=lab=${wrapper}`, "--default-runtime=lab"];
}

/** Stops the engine if the lab started it and nobody's containers are left in it. Images stay. */
export async function stopEngine(): Promise<void> {
    if (!(await answers(socket))) {
        return;
    }
    const builder = await holderOf(imagesLock);
    if (builder !== undefined) {
        process.stderr.write(`lab: the engine goes on running, for ${builder}\n`);
        return;
    }
    const env = { ...process.env, DOCKER_HOST: socket };
    const containers = await run("docker", ["ps", "--all", "--quiet"], { env });
    if (containers !== "") {
        process.stderr.write(
            "lab: the engine goes on running, for the containers of another checkout\n",
        );
        return;
    }
    const pid = Number(await readFile(pidFile, "utf8"));
    process.kill(pid, "SIGTERM");
    // Its socket goes before it does.
    while (isAlive(pid)) {
        await sleep(100);
    }
    await removeRules();
    const limit = await readFile(inotifyFile, "utf8").catch(() => "");
    if (limit !== "") {
        await writeFile(inotify, limit);
    }
}

/** What dockerd leaves in the machine's packet filter when it ends: its chains, the rules that lead there, a policy. */
async function removeRules(): Promise<void> {
    for (const table of ["filter", "nat"]) {
        const list = (await tryRun("iptables", ["--table", table, "--list-rules"])) ?? "";
        const rules = list.split("\n").filter(rule => rule.includes("DOCKER"));
        for (const rule of rules.filter(text => text.startsWith("-A"))) {
            await tryRun("iptables", ["--table", table, "-D", ...rule.split(" ").slice(1)]);
        }
        for (const chain of rules.filter(text => text.startsWith("-N"))) {
            await tryRun("iptables", ["--table", table, "-X", ...chain.split(" ").slice(1)]);
        }
    }
    const policy = await readFile(policyFile, "utf8").catch(() => "");
    if (policy.includes("ACCEPT")) {
        await tryRun("iptables", ["--policy", "FORWARD", "ACCEPT"]);
    }
}

/** Removes the engine's data: images, and what they were built from. */
export async function removeEngine(): Promise<void> {
    await stopEngine();
    // dockerd mounts its data on itself, and takes that away only where it ends in order.
    const mounts = (await readFile("/proc/self/mountinfo", "utf8"))
        .split("\n")
        .map(line => line.split(" ")[4] ?? "")
        .filter(path => path === folder || path.startsWith(`${folder}/`));
    for (const path of mounts.reverse()) {
        await tryRun("umount", [path]);
    }
    await rm(folder, { recursive: true, force: true });
}
