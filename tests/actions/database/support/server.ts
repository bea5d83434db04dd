/** A throw-away PostgreSQL of this machine's own: in a temporary folder, on a socket there, on no network. */
import assert from "node:assert/strict";
import { ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { accessSync, chownSync, constants, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const superuser = "shop";

/** PostgreSQL refuses root. Where we are root, it runs as the user that owns nothing. */
const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** The folder of PostgreSQL's programs, or why there is none. */
export function installation(): { bin: string } | { missing: string } {
    const isThere = (path: string) => {
        try {
            accessSync(path, constants.X_OK);
            return true;
        } catch {
            return false;
        }
    };
    const initdb = (process.env["PATH"] ?? "")
        .split(delimiter)
        .map(folder => join(folder, "initdb"))
        .find(isThere);
    if (!initdb) {
        return { missing: "`initdb` is not on the PATH" };
    }
    const bin = dirname(realpathSync(initdb));
    const missing = ["postgres", "psql"].find(program => !isThere(join(bin, program)));
    return missing ? { missing: `\`${missing}\` is not beside \`initdb\` in ${bin}` } : { bin };
}

export class PostgresServer {
    private readonly bin: string;
    private readonly folder: string;
    private readonly server: ChildProcess;
    private readonly sessions: ChildProcess[] = [];

    private constructor(bin: string, folder: string, server: ChildProcess) {
        this.bin = bin;
        this.folder = folder;
        this.server = server;
    }

    static async start(bin: string): Promise<PostgresServer> {
        const folder = mkdtempSync(join(tmpdir(), "crossing-postgres-"));
        if (identity.uid) {
            chownSync(folder, identity.uid, identity.gid);
        }
        const data = join(folder, "data");
        await promisify(execFile)(
            join(bin, "initdb"),
            [
                ...["-D", data, "--username", superuser, "--auth", "trust", "--no-sync"],
                ...["--encoding", "UTF8", "--locale", "C"],
            ],
            { ...identity, cwd: folder },
        );
        const server = spawn(
            join(bin, "postgres"),
            ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            { ...identity, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
        );
        const started = new PostgresServer(bin, folder, server);
        await new Promise<void>((resolve, reject) => {
            let log = "";
            server.stderr.on("data", (chunk: Buffer) => {
                log += chunk.toString();
                if (log.includes("database system is ready to accept connections")) {
                    resolve();
                }
            });
            server.once("close", () => reject(new Error(`PostgreSQL does not start: ${log}`)));
        });
        return started;
    }

    /** Runs the psql that a test was about to run in a container. */
    run(command: string[]): { stdout: string; stderr: string; status: number } {
        assert.equal(command[0], "psql");
        const { stdout, stderr, status } = spawnSync(join(this.bin, "psql"), command.slice(1), {
            encoding: "utf8",
            env: { PGHOST: this.folder },
        });
        return { stdout, stderr, status: status ?? -1 };
    }

    /** Statements that prepare a test. */
    sql(...statements: string[]): string {
        const { stdout, stderr, status } = this.run([
            ...["psql", "--no-psqlrc", "-qtA", "--set=ON_ERROR_STOP=1"],
            ...[`--username=${superuser}`, "--dbname=postgres"],
            ...statements.flatMap(statement => ["--command", statement]),
        ]);
        assert.equal(status, 0, stderr);
        return stdout;
    }

    /** Runs a statement in a session that stays open until the server is stopped. */
    async hold(statement: string): Promise<void> {
        const session = spawn(
            join(this.bin, "psql"),
            ["--no-psqlrc", "-qtA", `--username=${superuser}`, "--dbname=postgres"],
            { env: { PGHOST: this.folder }, stdio: ["pipe", "pipe", "inherit"] },
        );
        this.sessions.push(session);
        session.stdin.write(`${statement};\nSELECT 'held';\n`);
        await new Promise<void>((resolve, reject) => {
            session.stdout.on("data", (chunk: Buffer) => {
                if (chunk.toString().includes("held")) {
                    resolve();
                }
            });
            session.once("close", () => reject(new Error(`\`${statement}\` was refused`)));
        });
    }

    async stop(): Promise<void> {
        for (const session of this.sessions) {
            session.kill();
        }
        const closed = new Promise(resolve => this.server.once("close", resolve));
        // At once, without the checkpoint that nobody will read.
        this.server.kill("SIGQUIT");
        await closed;
        rmSync(this.folder, { recursive: true });
    }
}
