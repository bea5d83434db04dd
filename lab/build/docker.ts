/** What the lab asks of the Docker engine while it builds images. Uses the engine that `DOCKER_HOST` names. */
import { spawn } from "node:child_process";
import { cp, link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { run, tryRun } from "../exec.ts";
import { cache } from "../paths.ts";
import type { State } from "../steps.ts";

/** Says of an image which name it was made for: names can be given to other images later. */
export const imageLabel = "lab.crossing.image";

/** Whether the engine has an image as the lab made it. */
export async function imageState(image: string): Promise<State> {
    const inspect = ["image", "inspect", "--format", "{{json .Config.Labels}}", image];
    const labels = await tryRun("docker", inspect);
    if (labels === undefined) {
        return { todo: true, why: "not built yet" };
    }
    const made = (JSON.parse(labels) as Record<string, string> | null)?.[imageLabel];
    return made === image
        ? { todo: false, why: "built" }
        : { todo: true, why: `built anew: another image has the name \`${image}\`` };
}

export interface Build {
    image: string;
    dockerfile: string;
    /** Destination in the build context → file or folder. Folders are merged in the order given. */
    files?: [to: string, from: string][];
    /** Destination in the build context → contents. */
    texts?: Record<string, string>;
    args?: Record<string, string>;
    log: string;
}

/** The lock of all that builds images: they share the names of what goes into them, and a folder. */
export const imagesLock = "images";
const context = join(cache, "context");

/** Builds an image from a context that is assembled for it alone. No step of a build has a network. */
export async function buildImage(build: Build): Promise<void> {
    // A killed build leaves its context.
    await rm(context, { recursive: true, force: true });
    await mkdir(context, { recursive: true });
    try {
        await writeFile(join(context, "Dockerfile"), build.dockerfile);
        for (const [to, from] of build.files ?? []) {
            await place(from, join(context, to));
        }
        for (const [to, text] of Object.entries(build.texts ?? {})) {
            await mkdir(dirname(join(context, to)), { recursive: true });
            await writeFile(join(context, to), text);
        }
        const args = Object.entries(build.args ?? {}).flatMap(([name, value]) => [
            "--build-arg",
            `${name}=${value}`,
        ]);
        const label = ["--label", `${imageLabel}=${build.image}`];
        const options = ["--network=none", "--tag", build.image, ...label, ...args];
        await run("docker", ["build", ...options, context], {
            // The classic builder: the engine that the lab installs has no other.
            env: { ...process.env, DOCKER_BUILDKIT: "0" },
            log: build.log,
        });
    } finally {
        await rm(context, { recursive: true, force: true });
    }
}

/** Programs are large: a hard link serves as well as a copy, where the file system allows it. */
async function place(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true });
    try {
        await link(from, to);
    } catch {
        // Files of a module cache are read-only, which a later file of the same folder must not meet.
        await cp(from, to, { recursive: true, mode: 0, force: true });
    }
}

/** Pipes one program's output into another's input, with both stderrs in the log. */
export async function pipe(
    [from, ...fromArgs]: [string, ...string[]],
    [to, ...toArgs]: [string, ...string[]],
    log: string,
): Promise<void> {
    const errors = createWriteStream(log, { flags: "a" });
    errors.write(`$ ${[from, ...fromArgs].join(" ")} | ${[to, ...toArgs].join(" ")}\n`);
    const first = spawn(from, fromArgs, { stdio: ["ignore", "pipe", "pipe"] });
    const second = spawn(to, toArgs, { stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [first.stderr, second.stdout, second.stderr]) {
        stream.on("data", chunk => errors.write(chunk));
    }
    const ended = [first, second].map(
        child =>
            new Promise<number | null>((resolve, reject) => {
                child.on("error", reject);
                child.on("close", resolve);
            }),
    );
    await pipeline(first.stdout, second.stdin).catch(() => undefined);
    const [one, two] = await Promise.all(ended);
    errors.end();
    if (one !== 0 || two !== 0) {
        throw new Error(`\`${from} | ${to}\` ended with status ${one} and ${two}`);
    }
}
