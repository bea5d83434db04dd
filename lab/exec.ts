/** Runs programs: quietly with their output in a log, or for their output. Never through a shell. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

export interface RunOptions {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    /** A file that stdout and stderr are appended to. */
    log?: string;
    /** Called with each line of stdout and stderr. */
    onLine?: (line: string) => void;
    /** Written to stdin, which is closed afterwards. */
    input?: string;
}

/** A program ended with another exit status than 0. */
export class CommandError extends Error {
    readonly status: number | null;
    readonly lastLines: string[];
    constructor(command: string, status: number | null, lastLines: string[]) {
        super(`\`${command}\` ended with status ${status}`);
        this.status = status;
        this.lastLines = lastLines;
    }
}

/**
 * Runs `command` to its end and gives its stdout.
 * @throws CommandError when it ends with another status than 0, with the last lines of its output.
 */
export async function run(
    command: string,
    args: string[],
    options: RunOptions = {},
): Promise<string> {
    if (options.log) {
        await mkdir(dirname(options.log), { recursive: true });
    }
    const log = options.log ? createWriteStream(options.log, { flags: "a" }) : undefined;
    log?.write(`$ ${[command, ...args].join(" ")}\n`);
    const child = spawn(command, args, {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(options.input);
    const out: string[] = [];
    const last: string[] = [];
    const read = (stream: NodeJS.ReadableStream, keep: boolean) => {
        createInterface({ input: stream }).on("line", line => {
            if (keep) {
                out.push(line);
            }
            last.push(line);
            if (last.length > 15) {
                last.shift();
            }
            log?.write(`${line}\n`);
            options.onLine?.(line);
        });
    };
    read(child.stdout!, true);
    read(child.stderr!, false);
    const status = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    log?.end();
    if (status !== 0) {
        throw new CommandError([command, ...args].join(" "), status, last);
    }
    return out.join("\n");
}

/** Like `run`, but gives `undefined` where the program is missing or fails. */
export async function tryRun(
    command: string,
    args: string[],
    options: RunOptions = {},
): Promise<string | undefined> {
    try {
        return await run(command, args, options);
    } catch {
        return undefined;
    }
}

/** Whether there is a process of that number, whoever's it is. */
export function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
