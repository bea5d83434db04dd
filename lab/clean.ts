/** Removing what was started and built. */
import { readdir, rm } from "node:fs/promises";
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
        await removeAll(env, ["ps", "--all"], ["rm", "--force", "--volumes"]);
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

async function removeAll(env: NodeJS.ProcessEnv, list: string[], remove: string[]): Promise<void> {
    const names = await run(
        "docker",
        [...list, "--format", list[0] === "ps" ? "{{.Names}}" : "{{.Name}}"],
        {
            env,
        },
    );
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
