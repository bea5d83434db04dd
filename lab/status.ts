/** What of the lab is there: programs, engine, images, and what this checkout's stacks hold. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { labSteps, useEngine } from "./build/lab.ts";
import { engineHost } from "./engine.ts";
import { run, tryRun } from "./exec.ts";
import { labEnvironment } from "./home.ts";
import { chosenKubernetes } from "./kubernetes.ts";
import { isOwn, local, repository } from "./paths.ts";
import { plan, type Step } from "./steps.ts";

export interface Part {
    kind: "program" | "engine" | "image" | "container" | "stack";
    name: string;
    state: string;
}

export async function status(): Promise<Part[]> {
    const parts: Part[] = [];
    const look = async (kind: Part["kind"], steps: Step[]) => {
        for (const { step, todo, why } of await plan(steps)) {
            parts.push({ kind, name: step, state: todo ? `missing: ${why}` : why });
        }
    };
    const steps = labSteps(await chosenKubernetes());
    await look("program", steps.programs);
    await look("engine", steps.engine);
    if ((await engineHost()) !== undefined) {
        await useEngine();
        await look("image", steps.images);
        parts.push(...(await containers()));
    }
    return [...parts, ...(await stacks())];
}

async function containers(): Promise<Part[]> {
    const text = await run("docker", ["ps", "--all", "--format", "{{.Names}}\t{{.Status}}"]);
    return text
        .split("\n")
        .map(line => line.split("\t") as [string, string])
        .filter(([name]) => isOwn(name))
        .map(([name, state]) => ({ kind: "container", name, state }));
}

interface StackSummary {
    name: string;
    resourceCount?: number;
    updateInProgress?: boolean;
}

async function stacks(): Promise<Part[]> {
    const env = { ...process.env, ...(await labEnvironment()) };
    const text = await tryRun("pulumi", ["stack", "ls", "--json"], { env, cwd: repository });
    const found = JSON.parse(text ?? "[]") as StackSummary[];
    return found.map(({ name, resourceCount, updateInProgress }) => ({
        kind: "stack",
        name,
        state: `${resourceCount ?? 0} resources${updateInProgress ? ", being updated" : ""}`,
    }));
}

export interface Log {
    name: string;
    path: string;
    lastChange: string;
}

/** The logs of the lab's steps in this checkout, the newest first. */
export async function logs(): Promise<Log[]> {
    const folder = join(local, "logs");
    const names = await readdir(folder).catch((): string[] => []);
    const found = await Promise.all(
        names.map(async name => {
            const path = join(folder, name);
            return { name, path, lastChange: (await stat(path)).mtime.toISOString() };
        }),
    );
    return found.sort((a, b) => (a.lastChange < b.lastChange ? 1 : -1));
}

/** The last lines of the log whose name begins with `name`. @throws where there is none */
export async function lastLines(name: string, count: number): Promise<string> {
    const all = await logs();
    const log = all.find(each => each.name.toLowerCase().startsWith(name.toLowerCase()));
    if (!log) {
        const names = all.map(each => `\`${each.name}\``).join(", ") || "none yet";
        throw new Error(`There is no log \`${name}\`. There are: ${names}.`);
    }
    const lines = (await readFile(log.path, "utf8")).trimEnd().split("\n");
    return lines.slice(-count).join("\n");
}
