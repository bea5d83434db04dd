/** Throwaway stacks beside the stack `lab`, for the lab suite and the benchmarks: the same settings, their own names. */
import {
    type EngineEvent,
    LocalWorkspace,
    type Stack,
    type UpResult,
} from "@pulumi/pulumi/automation/index.js";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { labEnvironment } from "./home.ts";
import { local, repository } from "./paths.ts";
import { networksOfCheckout } from "./subnet.ts";

/** The environment of everything that works on a built lab. @throws where it has not been built */
export async function builtEnvironment(): Promise<Record<string, string>> {
    const found = await labEnvironment();
    if (!found) {
        throw new Error("The lab has not been built in this checkout: run `make lab` first.");
    }
    return { ...(process.env as Record<string, string>), ...found };
}

export type Config = Record<string, unknown>;

/** The configuration of the stack `lab`, keys without `crossing:`. */
export async function labConfig(): Promise<Config> {
    const text = await readFile(join(repository, "Pulumi.lab.yaml"), "utf8");
    const { config } = parse(text) as { config: Config };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("crossing:", ""), value]),
    );
}

/**
 * A network beside the one of the stack `lab`: the same but for the third number, which is `step` higher.
 * @throws for a step that leads out of the checkout's block
 */
export async function subnet(step: number): Promise<string> {
    if (step >= networksOfCheckout) {
        throw new RangeError(
            `a checkout has ${networksOfCheckout} networks, and none is number ${step}`,
        );
    }
    const { network } = (await labConfig()) as { network: { subnet: string } };
    const [a, b, c] = network.subnet.split(".");
    return `${a}.${b}.${Number(c) + step}.0/24`;
}

/** A stack that goes again. Its name begins with `lab-`, so that git ignores its file and `make clean` removes it. */
export class LabStack {
    readonly name: string;
    /** What Pulumi printed, for the report of a failure. */
    readonly log: string[] = [];
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
        this.stack ??= await this.select();
    }

    /** @param key with dots for what is inside of a structured value */
    async secret(key: string, value: string): Promise<void> {
        const secret = { value, secret: true };
        await this.get().setConfig(`crossing:${key}`, secret, key.includes("."));
    }

    /** @param env set for this run alone, beside the lab's */
    async up(
        onEvent?: (event: EngineEvent) => void,
        env: Record<string, string> = {},
    ): Promise<UpResult> {
        const { workspace } = this.get();
        const usual = workspace.envVars;
        workspace.envVars = { ...usual, ...env };
        try {
            return await this.get().up({ onOutput: chunk => this.log.push(chunk), onEvent });
        } catch (error) {
            (error as Error).message += errorsOf((error as Error).message);
            throw error;
        } finally {
            workspace.envVars = usual;
        }
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
        return this.get().refresh({ onOutput: chunk => this.log.push(chunk) });
    }

    async outputs(): Promise<Record<string, unknown>> {
        const outputs = await this.get().outputs();
        return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
    }

    /** The outputs that Pulumi keeps secret, in clear. */
    async secretOutputs(): Promise<Record<string, unknown>> {
        const outputs = Object.entries(await this.get().outputs());
        return Object.fromEntries(
            outputs.filter(([, { secret }]) => secret).map(([key, { value }]) => [key, value]),
        );
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
        await this.get().destroy({ onOutput: chunk => this.log.push(chunk) });
    }

    /** Removes all that the stack made and the stack itself, whatever became of it. */
    async remove(): Promise<void> {
        // A run that was killed leaves a lock.
        await this.get()
            .cancel()
            .catch(() => undefined);
        await this.destroy();
        await this.get().workspace.removeStack(this.name);
        await rm(this.file, { force: true });
    }

    private async select(): Promise<Stack> {
        const envVars = await builtEnvironment();
        // The Automation API looks for `pulumi` on this process' own PATH.
        process.env["PATH"] = envVars["PATH"];
        return LocalWorkspace.createOrSelectStack(
            { stackName: this.name, workDir: repository },
            { envVars },
        );
    }

    private get(): Stack {
        if (!this.stack) {
            throw new Error(`stack ${this.name} has not been configured`);
        }
        return this.stack;
    }
}

/** The errors among all that Pulumi printed, once more: whoever sees only the end of a log sees them. */
export function errorsOf(printed: string): string {
    const errors = printed.split("\n").filter(line => /^\s*(error: |\* )/.test(line));
    return [...new Set(errors.map(line => line.trim()))].map(line => `\n${line}`).join("");
}
