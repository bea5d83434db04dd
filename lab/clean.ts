/** Removing what was started and built. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineHost, removeEngine, stopEngine } from "./engine.ts";
import { run, tryRun } from "./exec.ts";
import { cache, isOwn, local, repository } from "./paths.ts";
import { endProcesses } from "./processes.ts";

/**
 * Removes what belongs to this checkout, whatever the state of its stacks: processes that work on them; containers,
 * volumes and networks by their names, which no other checkout has; then the engine, if the lab started it and nobody
 * else uses it.
 */
export async function clean(): Promise<void> {
    await endProcesses();
    const host = await engineHost();
    if (host !== undefined) {
        const env = { ...process.env, ...(host ? { DOCKER_HOST: host } : {}) };
        await removeContainers(env);
        await removeAll(env, ["network", "ls"], ["network", "rm"]);
        await removeAll(env, ["volume", "ls"], ["volume", "rm"]);
    }
    await stopEngine();
    await rm(local, { recursive: true, force: true });
    for (const file of await readdir(repository)) {
        if (/^Pulumi\.lab(-.*)?\.yaml$/.test(file)) {
            await rm(join(repository, file));
        }
    }
}

/**
 * Under cgroup v1 runc freezes what it changes. A container that is killed at that moment keeps what is frozen in it,
 * and Docker gives up: it is thawed, so that it can end.
 */
async function removeContainers(env: NodeJS.ProcessEnv): Promise<void> {
    for (let attempt = 1; ; attempt++) {
        try {
            await removeAll(env, ["ps", "--all"], ["rm", "--force", "--volumes"]);
            return;
        } catch (error) {
            if (attempt === 5) {
                throw error;
            }
            const ids = await run(
                "docker",
                ["ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}"],
                {
                    env,
                },
            );
            for (const [id = "", name = ""] of ids.split("\n").map(line => line.split(" "))) {
                if (isOwn(name)) {
                    await thaw(join("/sys/fs/cgroup/freezer/docker", id));
                }
            }
        }
    }
}

/** Thaws the control groups of a folder, at any depth. A folder that is not there has none. */
export async function thaw(folder: string): Promise<void> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const states = files.filter(({ name }) => name === "freezer.state");
    for (const path of states.map(file => join(file.parentPath, file.name))) {
        const state = await readFile(path, "utf8").catch(() => "");
        if (/^FR/.test(state)) {
            await writeFile(path, "THAWED").catch(() => undefined);
        }
    }
}

async function removeAll(env: NodeJS.ProcessEnv, list: string[], remove: string[]): Promise<void> {
    const format = list[0] === "ps" ? "{{.Names}}" : "{{.Name}}";
    const names = await run("docker", [...list, "--format", format], { env });
    const ours = names.split("\n").filter(isOwn);
    if (ours.length > 0) {
        await run("docker", [...remove, ...ours], { env });
    }
}

/** Removes the build caches as well. Other checkouts will have to build again. */
export async function distclean(): Promise<void> {
    await clean();
    await removeEngine();
    // Go makes its module cache read-only, which is not ours; ours is.
    await tryRun("chmod", ["-R", "u+w", cache]);
    await rm(cache, { recursive: true, force: true });
}
