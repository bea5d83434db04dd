/** What a preview costs: this program in an empty world, beside programs that have next to nothing in them. */
import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tryRun } from "../exec.ts";
import { local, repository } from "../paths.ts";

/** Seconds, one of each in each turn. */
export interface PreviewTimes {
    /** A TypeScript program without resources. */
    empty: number[];
    /** A TypeScript program with one resource of each plugin that the crossing uses: what the plugins' starts cost. */
    plugins: number[];
    crossing: number[];
}

const empty = `
import * as pulumi from "@pulumi/pulumi";

export const project = pulumi.getProject();
`;

const plugins = `
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

new docker.Network("network", { name: "bench", driver: "bridge" });
new random.RandomId("id", { byteLength: 8 });
const { stdout } = new command.local.Command("command", { create: "true" });
const provider = {
    create: async (inputs: object) => ({ id: "bench", outs: inputs }),
};
class Dynamic extends pulumi.dynamic.Resource {
    declare readonly kubeconfig: pulumi.Output<string>;
}
const { kubeconfig } = new Dynamic(provider, "dynamic", { kubeconfig: stdout });
for (const side of ["source", "target"]) {
    const cluster = new k8s.Provider(side, { kubeconfig });
    new k8s.core.v1.Namespace(side, {}, { provider: cluster });
}
`;

const programs = { empty, plugins };

/**
 * Previews all of them in turns, so that whatever else the machine does meets them alike. The first turn, which
 * reads files from the disk, is not counted.
 */
export async function previewInTurns(
    stack: string,
    turns: number,
    env: Record<string, string>,
    report: (turn: number) => void,
): Promise<PreviewTimes> {
    const folder = (name: string) => join(local, `bench-${name}`);
    for (const [name, text] of Object.entries(programs)) {
        await makeProgram(folder(name), name, text, env);
    }
    try {
        const times: PreviewTimes = { empty: [], plugins: [], crossing: [] };
        for (let turn = 0; turn <= turns; turn++) {
            report(turn);
            const taken = {
                empty: await preview("empty", folder("empty"), env),
                plugins: await preview("plugins", folder("plugins"), env),
                crossing: await preview(stack, repository, env),
            };
            if (turn > 0) {
                times.empty.push(taken.empty);
                times.plugins.push(taken.plugins);
                times.crossing.push(taken.crossing);
            }
        }
        return times;
    } finally {
        for (const name of Object.keys(programs)) {
            await tryRun("pulumi", ["stack", "rm", "--yes", name], { env, cwd: folder(name) });
            await rm(folder(name), { recursive: true, force: true });
        }
    }
}

/** Inside this checkout, so that it finds the same packages and needs the same time to load them. */
async function makeProgram(
    folder: string,
    name: string,
    text: string,
    env: Record<string, string>,
): Promise<void> {
    await mkdir(folder, { recursive: true });
    const files = {
        "Pulumi.yaml": `name: crossing-bench-${name}\nruntime: nodejs\nmain: index.ts\n`,
        "package.json": `{ "name": "crossing-bench-${name}", "private": true }\n`,
        "tsconfig.json": `{ "extends": ${JSON.stringify(join(repository, "tsconfig.pulumi.json"))}, "include": ["index.ts"] }\n`,
        "index.ts": text,
    };
    for (const [file, content] of Object.entries(files)) {
        await writeFile(join(folder, file), content);
    }
    await run("pulumi", ["stack", "init", name], { env, cwd: folder });
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
