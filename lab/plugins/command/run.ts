/** Runs one command of the `command` stand-in to its end, and tells it the way the real provider does. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";

export interface CommandRun {
    /** The interpreter, its arguments and the script. */
    arguments: string[];
    /** The script alone, for messages. */
    script: string;
    stdin?: string;
    dir?: string;
    environment: Record<string, string>;
    onStdoutLine?: LineListener;
    onStderrLine?: LineListener;
    signal: AbortSignal;
}

type LineListener = (line: string) => Promise<void>;

// How long a command has to put things in order after it was told to stop.
const graceMilliseconds = 5_000;

export async function runCommand(run: CommandRun): Promise<{ stdout: string; stderr: string }> {
    const fail = (reason: string, output = "") =>
        new Error(`${reason}: running ${JSON.stringify(run.script)}:\n${output}`);
    run.signal.throwIfAborted();
    if (run.dir !== undefined && !(await isFolder(run.dir))) {
        throw fail(`chdir ${run.dir}: no such file or directory`);
    }
    const child = spawn(run.arguments[0], run.arguments.slice(1), {
        cwd: run.dir,
        env: { ...process.env, ...run.environment },
        // A group of its own, so that stopping it reaches everything that it has started.
        detached: true,
    });
    const stop = () => stopGroup(child);
    run.signal.addEventListener("abort", stop);
    const collected: string[] = [];
    const stdout = collect(child.stdout, collected, run.onStdoutLine);
    const stderr = collect(child.stderr, collected, run.onStderrLine);
    // A command that does not read all of its input is nothing unusual.
    child.stdin.on("error", () => {});
    child.stdin.end(run.stdin ?? "");
    try {
        const problem = await ended(child);
        const outputs = { stdout: await stdout, stderr: await stderr };
        if (problem !== undefined) {
            throw fail(problem, collected.join(""));
        }
        return outputs;
    } finally {
        run.signal.removeEventListener("abort", stop);
    }
}

async function isFolder(path: string): Promise<boolean> {
    try {
        return (await stat(path)).isDirectory();
    } catch {
        return false;
    }
}

/** Undefined for success, otherwise Go's words for how the command ended: `exit status 3`. */
async function ended(child: ChildProcess): Promise<string | undefined> {
    return await new Promise(resolve => {
        child.on("error", error => resolve(notStarted(child.spawnfile, error)));
        child.on("close", (code, signal) => {
            if (signal !== null) {
                const words: Record<string, string> = { SIGKILL: "killed", SIGTERM: "terminated" };
                resolve(`signal: ${words[signal] ?? signal}`);
            } else {
                resolve(code === 0 ? undefined : `exit status ${code}`);
            }
        });
    });
}

function notStarted(program: string, error: NodeJS.ErrnoException): string {
    return error.code === "ENOENT"
        ? `exec: "${program}": executable file not found`
        : `exec: "${program}": ${error.code ?? error.message}`;
}

/** All that a stream gave, without its last newline. Each line is shown at once; all were shown when this returns. */
async function collect(
    stream: NodeJS.ReadableStream,
    both: string[],
    onLine: LineListener | undefined,
): Promise<string> {
    const own: string[] = [];
    let shown = Promise.resolve();
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
        own.push(text);
        both.push(text);
        if (onLine) {
            const lines = (rest + text).split("\n");
            rest = lines.pop()!;
            for (const line of lines) {
                shown = shown.then(() => onLine(line));
            }
        }
    });
    await new Promise<void>(resolve => {
        stream.on("close", resolve);
        stream.on("error", () => resolve());
    });
    await shown;
    if (onLine && rest !== "") {
        await onLine(rest);
    }
    return own.join("").replace(/\n$/, "");
}

function stopGroup(child: ChildProcess): void {
    signalGroup(child, "SIGTERM");
    const timer = setTimeout(() => signalGroup(child, "SIGKILL"), graceMilliseconds);
    child.on("close", () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.pid === undefined) {
        return;
    }
    try {
        process.kill(-child.pid, signal);
    } catch {
        // The group has ended in the meantime.
    }
}
