/** HAProxy, which runs beside this program: its files, and its master's socket. */
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const configFile = "haproxy.cfg";
export const socketFile = "master.sock";

export class Proxy {
    private applied = "";

    constructor(
        /** What both containers share. */
        private readonly folder: string,
    ) {}

    /** Ends when HAProxy works by these files. @throws when it does not run yet, or refuses them. */
    async apply(config: string, files: Map<string, string>): Promise<void> {
        const all = new Map([...files, [configFile, config]]);
        const text = JSON.stringify([...all]);
        if (text === this.applied) {
            return;
        }
        // The configuration last: HAProxy starts as soon as it is there.
        for (const [path, content] of all) {
            await this.write(path, content);
        }
        await this.ask("reload");
        if (!hasWorker(await this.processes())) {
            throw new Error("HAProxy refuses its configuration, and goes on with the last one");
        }
        this.applied = text;
        await this.removeOthers(new Set(all.keys()));
    }

    private async write(path: string, content: string): Promise<void> {
        const file = join(this.folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(`${file}.new`, content);
        await rename(`${file}.new`, file);
    }

    /** Keys of routes that are gone. */
    private async removeOthers(wanted: Set<string>): Promise<void> {
        const found = await readdir(this.folder, { recursive: true, withFileTypes: true });
        const files = found
            .filter(entry => entry.isFile())
            .map(entry => join(entry.parentPath, entry.name));
        for (const file of files.filter(each => !wanted.has(relative(this.folder, each)))) {
            await rm(file);
        }
    }

    /** Until HAProxy 2.7 the socket is away for a moment while the master starts itself anew. */
    private async processes(): Promise<string> {
        for (let i = 0; ; i++) {
            try {
                return await this.ask("show proc");
            } catch (error) {
                if (i === 50) {
                    throw error;
                }
                await sleep(50);
            }
        }
    }

    /** One command to the master, and its answer. A reload before HAProxy 2.7 has none. */
    private ask(command: string): Promise<string> {
        return new Promise((resolve, reject) => {
            let answer = "";
            const socket = connect(join(this.folder, socketFile));
            socket.setTimeout(10_000, () => socket.destroy(new Error(`${command}: no answer`)));
            socket.on("data", chunk => (answer += chunk.toString()));
            socket.on("error", error =>
                reject(new Error(`HAProxy does not answer: ${error.message}`)),
            );
            socket.on("close", () => resolve(answer));
            socket.end(`${command}\n`);
        });
    }
}

/** Whether a process works by the newest configuration: all others have seen reloads. */
export const hasWorker = (processes: string) => /^\d+\s+worker\s+0\s/m.test(processes);
