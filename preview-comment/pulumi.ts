/** Runs `pulumi preview --json` on a stack. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties, Run } from "./preview.ts";
import { secret as hidden } from "./secrets.ts";

const project = join(import.meta.dirname, "..");

/** A preview, and what of it must not be shown. */
export interface Previewed {
    run: Run;
    secrets: string[];
}

/** A preview against what the stack's state says is there. */
export async function previewStack(stack: string): Promise<Previewed> {
    return preview(["--stack", stack], environment());
}

/** A preview as if nothing were there: with a state of its own, which goes afterwards. Needs no backend and no login. */
export async function previewFromNothing(stack: string): Promise<Previewed> {
    const folder = await mkdtemp(join(tmpdir(), "preview-comment-"));
    try {
        // Pulumi writes the salt of the passphrase into the stack's file: a copy of the project takes it.
        const file = `Pulumi.${stack}.yaml`;
        for (const name of ["Pulumi.yaml", file]) {
            await cp(join(project, name), join(folder, name));
        }
        const env = {
            ...environment(),
            PULUMI_BACKEND_URL: `file://${folder}`,
            PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
            PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
        };
        const init = ["stack", "init", "--stack", stack, "--no-select", "--cwd", folder];
        const made = await pulumi(init, env);
        return made.status === 0
            ? await preview(["--stack", stack, "--config-file", join(folder, file)], env)
            : { run: made, secrets: [] };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function preview(named: string[], env: NodeJS.ProcessEnv): Promise<Previewed> {
    const run = await pulumi(["preview", "--json", ...named], env);
    const config = await pulumi(["config", "--json", "--show-secrets", ...named], env);
    return { run, secrets: secretsOf(config, run.stdout) };
}

interface Entry {
    value?: string;
    secret?: boolean;
}

/**
 * The values of the configuration that are secret, to be masked wherever a program or a provider shows them. What
 * cannot be read cannot be masked: then nothing may be shown.
 * @param config how `pulumi config --json --show-secrets` ended
 * @param digest the preview, which tells the secret parts of a value that is secret in parts only
 */
export function secretsOf(config: Run, digest: string): string[] {
    const entries = parsed(config.stdout) as Record<string, Entry> | undefined;
    if (config.status !== 0 || typeof entries !== "object" || entries === null) {
        // Its standard output may hold secrets, the last line of the other is the reason.
        const reason = config.stderr.trim().split("\n").at(-1) || "it printed no JSON";
        throw new Error(
            `No comment is written, since \`pulumi config --show-secrets\` does not tell what to mask in it (${reason}): give this job what \`pulumi up\` needs to read the stack's configuration.`,
        );
    }
    const { config: blinded } = (parsed(digest) ?? {}) as { config?: Record<string, string> };
    return Object.entries(entries)
        .filter(([, { secret }]) => secret)
        .flatMap(([key, { value = "" }]) => secretsIn(value, blinded?.[key] ?? hidden));
}

/**
 * A value, or of a value with a structure its leaves. Pulumi calls it secret as a whole, and writes `[secret]` for its
 * secret parts in the preview: the rest of it is to be read in the comment.
 */
function secretsIn(value: string, blinded: string): string[] {
    return blinded === hidden
        ? [value, ...leavesOf(parsed(value), hidden)]
        : leavesOf(parsed(value), parsed(blinded));
}

function leavesOf(value: unknown, blinded: unknown): string[] {
    if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([key, inner]) =>
            leavesOf(inner, blinded === hidden ? hidden : (blinded as Properties | null)?.[key]),
        );
    }
    const isSecret = blinded === hidden && (typeof value === "string" || typeof value === "number");
    return isSecret ? [String(value)] : [];
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The token that writes the comment is no concern of the program's and its plugins. */
function environment(): NodeJS.ProcessEnv {
    const { GITHUB_TOKEN: _, ...env } = process.env;
    return { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

function pulumi(args: string[], env: NodeJS.ProcessEnv): Promise<Run> {
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
            ...{ cwd: project, env },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
        child.on("error", error =>
            reject(new Error(`Pulumi cannot be run: ${error.message}. Install its CLI.`)),
        );
        child.on("close", (status, signal) =>
            resolve({
                status: status ?? 1,
                stdout,
                stderr: signal ? `ended by ${signal}` : stderr,
            }),
        );
    });
}
