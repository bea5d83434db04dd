/** Runs `pulumi preview --json` on a stack. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "./preview.ts";

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
    return { run, secrets: secretsOf(config.stdout) };
}

/**
 * The values of the configuration that are secret, to be masked wherever a program or a provider shows them. What is
 * no configuration holds none: the text of it must not get into a message either.
 */
export function secretsOf(config: string): string[] {
    try {
        const entries = JSON.parse(config) as Record<string, { value?: string; secret?: boolean }>;
        return Object.values(entries)
            .filter(entry => entry.secret)
            .map(entry => entry.value ?? "");
    } catch {
        return [];
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
