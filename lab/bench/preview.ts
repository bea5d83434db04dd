/** What a preview costs: this program in an empty world, beside a Pulumi program that has nothing in it. */
import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tryRun } from "../exec.ts";
import { local, repository } from "../paths.ts";

const folder = join(local, "bench-empty");
const emptyStack = "empty";

export interface PreviewTimes {
    /** Seconds, one of each in each turn. */
    empty: number[];
    ours: number[];
}

/**
 * Previews both in turns, so that whatever else the machine does meets both alike. The first turn, which reads
 * files from the disk, is not counted.
 */
export async function previewInTurns(
    stack: string,
    turns: number,
    env: Record<string, string>,
    report: (turn: number) => void,
): Promise<PreviewTimes> {
    await makeEmptyProgram(env);
    try {
        const times: PreviewTimes = { empty: [], ours: [] };
        for (let turn = 0; turn <= turns; turn++) {
            report(turn);
            const empty = await preview(emptyStack, folder, env);
            const ours = await preview(stack, repository, env);
            if (turn > 0) {
                times.empty.push(empty);
                times.ours.push(ours);
            }
        }
        return times;
    } finally {
        await tryRun("pulumi", ["stack", "rm", "--yes", emptyStack], { env, cwd: folder });
        await rm(folder, { recursive: true, force: true });
    }
}

/** A TypeScript program without resources, inside this checkout so that it finds the same packages. */
async function makeEmptyProgram(env: Record<string, string>): Promise<void> {
    await mkdir(folder, { recursive: true });
    const files = {
        "Pulumi.yaml": "name: crossing-empty\nruntime: nodejs\nmain: index.ts\n",
        "package.json": '{ "name": "crossing-empty", "private": true }\n',
        "tsconfig.json": `{ "extends": ${JSON.stringify(join(repository, "tsconfig.pulumi.json"))}, "include": ["index.ts"] }\n`,
        "index.ts":
            'import * as pulumi from "@pulumi/pulumi";\n\nexport const project = pulumi.getProject();\n',
    };
    for (const [name, text] of Object.entries(files)) {
        await writeFile(join(folder, name), text);
    }
    await run("pulumi", ["stack", "init", emptyStack], { env, cwd: folder });
}

/** @returns the seconds that a preview took */
export async function preview(
    stack: string,
    cwd: string,
    env: Record<string, string>,
): Promise<number> {
    const started = process.hrtime.bigint();
    const args = ["preview", "--non-interactive", "--stack", stack];
    const child = spawn("pulumi", args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const status = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    if (status !== 0) {
        throw new Error(`\`pulumi preview\` of ${stack} ended with status ${status}: ${errors}`);
    }
    return Number(process.hrtime.bigint() - started) / 1e9;
}
