/** Runs Pulumi on a stack: with the lab's environment where the lab was built, otherwise with the user's own. */
import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive, run, tryRun } from "./exec.ts";
import { labEnvironment, labStack } from "./home.ts";
import { local, repository } from "./paths.ts";

export interface Pulumi {
    env: NodeJS.ProcessEnv;
    /** Arguments that name the stack. */
    stack: string[];
}

/** Selects a stack, and makes it where there is none. */
export async function pulumi(stack: string): Promise<Pulumi> {
    const lab = await labEnvironment();
    if (!lab && stack === labStack) {
        throw new Error("The lab has not been built in this checkout: run `make lab` first.");
    }
    const env = { ...process.env, ...lab };
    // The lab's own stacks have files that git ignores.
    const generated = stack === labStack || stack.startsWith(`${labStack}-`);
    const config = lab && !generated ? await copyOfConfig(stack) : [];
    const named = ["--stack", stack, ...config];
    const exists = await tryRun("pulumi", ["stack", "--show-name", "--stack", stack], {
        ...{ env, cwd: repository },
    });
    if (exists === undefined) {
        // It knows no --config-file.
        await run("pulumi", ["stack", "init", "--stack", stack], { env, cwd: repository });
    }
    return { env, stack: named };
}

/**
 * Pulumi writes a salt into the file of a stack that has a passphrase. Where the lab lends its passphrase to a
 * committed stack, a copy of its file takes the salt.
 */
async function copyOfConfig(stack: string): Promise<string[]> {
    const copy = join(local, `Pulumi.${stack}.yaml`);
    const committed = await readFile(join(repository, `Pulumi.${stack}.yaml`), "utf8");
    const earlier = await readFile(copy, "utf8").catch(() => "");
    const salt = /^encryptionsalt: .*\n?/m.exec(earlier)?.[0] ?? "";
    await writeFile(copy, /^encryptionsalt:/m.test(committed) ? committed : committed + salt);
    return ["--config-file", copy];
}

/** Runs a Pulumi command with this terminal. @returns its exit status */
export async function runPulumi(
    command: string,
    stack: string,
    extra: string[] = [],
): Promise<number> {
    const { env, stack: named } = await pulumi(stack);
    await cancelDead(env, named);
    const child = spawn("pulumi", [command, ...named, ...extra], {
        cwd: repository,
        env,
        stdio: "inherit",
    });
    // Ctrl-C reaches Pulumi by the terminal; it decides how to end, and we with it.
    process.on("SIGINT", () => undefined);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (status, signal) => resolve(signal ? 130 : (status ?? 1)));
    });
}

interface Lock {
    pid: number;
    hostname: string;
}

/** A killed Pulumi leaves its lock on a file backend. If its process is dead, the lock guards nothing. */
async function cancelDead(env: NodeJS.ProcessEnv, named: string[]): Promise<void> {
    const backend = env["PULUMI_BACKEND_URL"] ?? "";
    if (!backend.startsWith("file://")) {
        return;
    }
    const stack = named[1] ?? "";
    const folder = join(
        ...[backend.slice("file://".length), ".pulumi", "locks", "organization", "crossing", stack],
    );
    for (const file of await readdir(folder).catch((): string[] => [])) {
        const lock = JSON.parse(await readFile(join(folder, file), "utf8")) as Lock;
        if (lock.hostname === hostname() && !isAlive(lock.pid)) {
            process.stderr.write(
                `The last run on stack \`${stack}\` was killed (process ${lock.pid} is gone): taking its lock away.\n`,
            );
            await run("pulumi", ["cancel", "--yes", "--stack", stack], { env, cwd: repository });
            return;
        }
    }
}
