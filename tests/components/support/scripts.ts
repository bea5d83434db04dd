/** Runs the program's shell scripts in a world of temporary folders, with stand-ins for the tools that they call. */
import { ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Result {
    status: number;
    stdout: string;
    stderr: string;
}

export class World {
    /** The real path: scripts print where they are by `pwd`. */
    readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "crossing-world-")));
    private readonly running = new Set<ChildProcess>();

    constructor() {
        for (const name of ["bin", "home", "tmp"]) {
            mkdirSync(this.path(name));
        }
    }

    path(...names: string[]): string {
        return join(this.folder, ...names);
    }

    write(name: string, text: string): string {
        writeFileSync(this.path(name), text);
        return this.path(name);
    }

    forget(path: string): void {
        rmSync(path);
    }

    read(name: string): string {
        return existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") : "";
    }

    /** What a stand-in noted down, line by line. */
    lines(name: string): string[] {
        return this.read(name).split("\n").filter(Boolean);
    }

    /** Everything in a folder, however deep: files, links and empty folders. */
    files(name: string): string[] {
        const entries = existsSync(this.path(name))
            ? readdirSync(this.path(name), { recursive: true, withFileTypes: true })
            : [];
        return entries
            .map(entry => join(entry.parentPath, entry.name).slice(this.path(name).length + 1))
            .sort();
    }

    /** Puts a stand-in for a program on the PATH, written in shell. It finds this world as `$WORLD`. */
    program(name: string, script: string): void {
        writeFileSync(this.path("bin", name), `#!/bin/sh\n${script}`);
        chmodSync(this.path("bin", name), 0o755);
    }

    /** Starts a script. `alone` leaves it without this machine's own programs. */
    start(
        args: string[],
        env: Record<string, string>,
        { cwd = this.folder, alone = false } = {},
    ): { child: ChildProcess; result: Promise<Result>; said: () => string } {
        const child = spawn("/bin/sh", args, {
            cwd,
            env: {
                PATH: [this.path("bin"), ...(alone ? [] : ["/usr/bin", "/bin"])].join(delimiter),
                HOME: this.path("home"),
                TMPDIR: this.path("tmp"),
                WORLD: this.folder,
                ...env,
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.running.add(child);
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        const result = new Promise<Result>((resolve, reject) => {
            child.once("error", reject);
            child.once("close", status => {
                this.running.delete(child);
                resolve({ status: status ?? -1, stdout, stderr });
            });
        });
        return { child, result, said: () => stderr };
    }

    /** Takes everything away, with what still runs. */
    remove(): void {
        for (const child of this.running) {
            child.kill("SIGKILL");
        }
        rmSync(this.folder, { recursive: true, maxRetries: 3 });
    }
}

/** Waits for something to become so, looking often. */
export async function until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 8_000;
    while (!condition()) {
        if (Date.now() > deadline) {
            throw new Error(`in vain: ${condition.toString()}`);
        }
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}
