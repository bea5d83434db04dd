/** A throw-away MariaDB of this machine's own: in a temporary folder, on a socket there, on no network. */
import assert from "node:assert/strict";
import { ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const programs = ["mariadb-install-db", "mariadbd", "mariadb"] as const;

/** Debian has the server where only root looks. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];

/** The programs of MariaDB by name, or why they are not there. */
export function installation(): Record<string, string> | { missing: string } {
    const isThere = (path: string) => {
        try {
            accessSync(path, constants.X_OK);
            return true;
        } catch {
            return false;
        }
    };
    const found = programs.map(name => folders.map(folder => join(folder, name)).find(isThere));
    const missing = programs.find((_, i) => !found[i]);
    return missing
        ? { missing: `\`${missing}\` is not on the PATH` }
        : Object.fromEntries(programs.map((name, i) => [name, found[i] ?? ""]));
}

/** Who connects is whom the client names: without tables of rights everybody may do everything. */
const open = ["--skip-grant-tables", "--skip-networking"];

export class MariaDbServer {
    private readonly client: string;
    private readonly folder: string;
    private readonly server: ChildProcess;

    private constructor(client: string, folder: string, server: ChildProcess) {
        this.client = client;
        this.folder = folder;
        this.server = server;
    }

    static async start(found: Record<string, string>): Promise<MariaDbServer> {
        const folder = mkdtempSync(join(tmpdir(), "crossing-mariadb-"));
        const data = `--datadir=${join(folder, "data")}`;
        // MariaDB refuses root unless it is told so.
        const user = process.getuid?.() === 0 ? ["--user=root"] : [];
        const [install = "", program = "", client = ""] = programs.map(name => found[name]);
        await promisify(execFile)(install, [
            "--no-defaults",
            data,
            "--skip-test-db",
            "--force",
            ...user,
        ]);
        const server = spawn(
            program,
            [
                ...["--no-defaults", data, `--socket=${join(folder, "socket")}`, ...open, ...user],
                ...["--innodb-flush-method=nosync", "--sync-frm=0"],
            ],
            { stdio: ["ignore", "ignore", "pipe"] },
        );
        await new Promise<void>((resolve, reject) => {
            let log = "";
            server.stderr.on("data", (chunk: Buffer) => {
                log += chunk.toString();
                if (log.includes("ready for connections")) {
                    resolve();
                }
            });
            server.once("close", () => reject(new Error(`MariaDB does not start: ${log}`)));
        });
        return new MariaDbServer(client, folder, server);
    }

    /** Runs the client that a test was about to run in a container: the socket alone is another one. */
    run(command: string[]): { stdout: string; stderr: string; status: number } {
        assert.equal(command[0], "mariadb");
        const socket = `--socket=${join(this.folder, "socket")}`;
        const here = command.slice(1).map(word => (word.startsWith("--socket=") ? socket : word));
        const { stdout, stderr, status } = spawnSync(this.client, here, {
            encoding: "utf8",
            env: {},
        });
        return { stdout, stderr, status: status ?? -1 };
    }

    /** Statements that prepare a test. */
    sql(...statements: string[]): string {
        const { stdout, stderr, status } = this.run([
            ...["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--socket=…"],
            ...["--default-character-set=utf8mb4", "--user=shop"],
            `--execute=${statements.map(statement => `${statement};`).join("\n")}`,
        ]);
        assert.equal(status, 0, stderr);
        return stdout;
    }

    async stop(): Promise<void> {
        const closed = new Promise(resolve => this.server.once("close", resolve));
        // Nobody will read what it has not written yet.
        this.server.kill("SIGKILL");
        await closed;
        rmSync(this.folder, { recursive: true });
    }
}
