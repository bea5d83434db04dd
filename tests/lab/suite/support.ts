/** What the lab suite works with: stacks on the real engine, real clusters, the engine's containers. */
import { LocalWorkspace, type Stack, type UpResult } from "@pulumi/pulumi/automation/index.js";
import { spawn } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { run } from "../../../lab/exec.ts";
import { labEnvironment } from "../../../lab/home.ts";
import { checkout, local, repository } from "../../../lab/paths.ts";

const found = await labEnvironment();
if (!found) {
    throw new Error("The lab has not been built in this checkout: run `make lab` first.");
}
/** The environment of everything that a test runs. */
export const env: Record<string, string> = { ...(process.env as Record<string, string>), ...found };
// The Automation API looks for `pulumi` on this process' own PATH.
process.env["PATH"] = env["PATH"];

export type Config = Record<string, unknown>;

/** The configuration of the stack `lab`, keys without `crossing:`. */
export async function labConfig(): Promise<Config> {
    const text = await readFile(join(repository, "Pulumi.lab.yaml"), "utf8");
    const { config } = parse(text) as { config: Config };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("crossing:", ""), value]),
    );
}

/** What the names of a suite's containers and networks begin with. `make clean` knows them by their end. */
export const prefix = (suite: string) => `crossing-${suite}-${checkout}`;

/** A network beside the one of the stack `lab`: the same but for the third number, which is `step` higher. */
export async function subnet(step: number): Promise<string> {
    const { network } = (await labConfig()) as { network: { subnet: string } };
    const [a, b, c] = network.subnet.split(".");
    return `${a}.${b}.${(Number(c) + step) % 256}.0/24`;
}

/** A stack of this suite. */
export class LabStack {
    readonly name: string;
    private readonly file: string;
    private stack?: Stack;

    constructor(name: string) {
        this.name = name;
        this.file = join(repository, `Pulumi.${name}.yaml`);
    }

    /** Sets the whole configuration. Secret values are set by `secret`. */
    async configure(config: Config): Promise<void> {
        const earlier = await readFile(this.file, "utf8").catch(() => "");
        const salt = /^encryptionsalt: .*$/m.exec(earlier)?.[0] ?? "";
        const entries = Object.entries(config).map(
            ([key, value]) => [`crossing:${key}`, value] as const,
        );
        const settings: Config = Object.fromEntries(entries);
        await writeFile(this.file, `${stringify({ config: settings })}${salt}\n`);
        this.stack ??= await LocalWorkspace.createOrSelectStack(
            { stackName: this.name, workDir: repository },
            { envVars: env },
        );
    }

    async secret(key: string, value: string): Promise<void> {
        await this.get().setConfig(`crossing:${key}`, { value, secret: true });
    }

    up(): Promise<UpResult> {
        return this.get().up({ onOutput: chunk => log.push(chunk) });
    }

    /** Runs `up` and gives what it said when it failed. */
    async failingUp(): Promise<string> {
        try {
            await this.up();
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("`pulumi up` did not fail");
    }

    async refresh() {
        return this.get().refresh({ onOutput: chunk => log.push(chunk) });
    }

    async outputs(): Promise<Record<string, unknown>> {
        const outputs = await this.get().outputs();
        return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
    }

    /** The state as it lies on the disk, with its history and backups. */
    async state(): Promise<string> {
        const folder = join(local, "state");
        const files = await readdir(folder, { recursive: true, withFileTypes: true });
        const texts = files
            .filter(file => file.isFile())
            .map(file => join(file.parentPath, file.name))
            .filter(file => file.includes(this.name))
            .map(file => readFile(file, "utf8"));
        return (await Promise.all(texts)).join("\n");
    }

    async destroy(): Promise<void> {
        await this.get().destroy({ onOutput: chunk => log.push(chunk) });
    }

    /** Removes all that the stack made and the stack itself, whatever became of it. */
    async remove(): Promise<void> {
        // A failed test may leave a lock.
        await this.get()
            .cancel()
            .catch(() => undefined);
        await this.destroy();
        await this.get().workspace.removeStack(this.name);
        await rm(this.file, { force: true });
    }

    private get(): Stack {
        if (!this.stack) {
            throw new Error(`stack ${this.name} has not been configured`);
        }
        return this.stack;
    }
}

/** What Pulumi printed, for the report of a failed test. */
export const log: string[] = [];

/** Counts of a run's operations without those that changed nothing. */
export function changes(result: { summary: { resourceChanges?: Record<string, number> } }) {
    const { same: _, ...rest } = result.summary.resourceChanges ?? {};
    return rest;
}

export const docker = (...args: string[]) => run("docker", args, { env });

/** Everything in the engine whose name begins with `prefix`, and every volume without a name. */
export async function inEngine(namePrefix: string): Promise<string[]> {
    const [containers, networks, volumes] = await Promise.all([
        docker("ps", "--all", "--format", "container {{.Names}}"),
        docker("network", "ls", "--format", "network {{.Name}}"),
        docker("volume", "ls", "--format", "volume {{.Name}}"),
    ]);
    return [containers, networks, volumes]
        .join("\n")
        .split("\n")
        .filter(line => line.split(" ")[1]?.startsWith(namePrefix))
        .sort();
}

/** Volumes that a container made without giving them a name, as kind's nodes do. */
export async function namelessVolumes(): Promise<number> {
    const volumes = await docker("volume", "ls", "--format", "{{.Name}}");
    return volumes.split("\n").filter(name => /^[0-9a-f]{64}$/.test(name)).length;
}

/** Starts a program, and gives a way to wait for a text in its output. */
export function start(command: string, args: string[]) {
    const child = spawn(command, args, { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const seen = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
            output += chunk.toString();
            seen.forEach(look => look());
        });
    }
    const ended = new Promise<number | null>(resolve => child.on("close", resolve));
    const until = (text: string) =>
        new Promise<void>((resolve, reject) => {
            const look = () => {
                if (output.includes(text)) {
                    seen.delete(look);
                    resolve();
                }
            };
            seen.add(look);
            look();
            void ended.then(() => reject(new Error(`it ended without "${text}":\n${output}`)));
        });
    return { child, ended, until, output: () => output };
}
