import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPlugins, standIns } from "../../../lab/plugins/install.ts";

const run = promisify(execFile);

async function nextText(stream: NodeJS.ReadableStream): Promise<string> {
    const [text] = (await once(stream, "data")) as [Buffer];
    return text.toString();
}

describe("installPlugins", () => {
    let home: string;
    beforeEach(async () => {
        home = await mkdtemp(join(tmpdir(), "pulumi's home "));
    });
    afterEach(() => rm(home, { recursive: true }));

    /** A user without plugins. */
    const none = () => ({ why: "" });
    const paths = () =>
        standIns.map(({ name, version }) =>
            join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`),
        );

    it("has the versions of the npm packages that ask for the plugins", () => {
        const require = createRequire(import.meta.url);
        for (const { name, version } of standIns) {
            const found = require(`@pulumi/${name}/package.json`) as { version: string };
            assert.equal(found.version, version);
        }
    });

    it("writes one program for each plugin, and nothing else", async () => {
        await installPlugins(home, none);
        assert.deepEqual(await readdir(join(home, "plugins")).then(names => names.sort()), [
            "resource-command-v1.2.1",
            "resource-docker-v5.2.0",
            "resource-random-v4.21.1",
        ]);
        for (const path of paths()) {
            assert.equal((await stat(path)).mode & 0o777, 0o755);
            assert.equal((await readdir(join(path, ".."))).length, 1);
        }
    });

    it("leaves what is right alone and puts right what is not", async () => {
        await installPlugins(home, none);
        const [first, second] = paths();
        const before = await Promise.all([first, second].map(path => stat(path)));
        const content = await readFile(second, "utf8");
        await writeFile(second, "#!/bin/sh\nexec older\n");
        await installPlugins(home, none);
        assert.equal((await stat(first)).ino, before[0].ino);
        assert.equal(await readFile(second, "utf8"), content);
        assert.equal((await stat(second)).mode & 0o777, 0o755);
    });

    it("takes the user's own plugin in the stand-in's place, and the stand-in again when that is gone", async () => {
        const own = join(home, "own");
        await writeFile(own, "", { mode: 0o755 });
        const found = (name: string) => (name === "random" ? { found: own, why: "" } : none());
        const [random, command] = paths();
        await installPlugins(home, found);
        assert.equal(await readlink(random), own);
        assert.equal((await lstat(command)).isSymbolicLink(), false);
        await installPlugins(home, none);
        assert.equal((await lstat(random)).isSymbolicLink(), false);
        assert.equal(await readFile(own, "utf8"), "");
    });

    it("what it writes starts, with its port as the only output", async () => {
        await installPlugins(home, none);
        await Promise.all(
            paths().map(async path => {
                const plugin = spawn(path, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "pipe"] });
                let stderr = "";
                plugin.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
                assert.match(await nextText(plugin.stdout), /^\d+\n$/);
                plugin.kill("SIGKILL");
                await once(plugin, "exit");
                assert.equal(stderr, "");
            }),
        );
    });

    it("what it writes ends when the engine that started it was killed", async () => {
        await installPlugins(home, none);
        const engine = spawn("/bin/sh", ["-c", '"$0" 127.0.0.1:1 & echo $!; wait', paths()[0]]);
        const pid = (await nextText(engine.stdout)).split("\n")[0];
        try {
            // Its port: from here on it serves.
            await nextText(engine.stdout);
            engine.kill("SIGKILL");
            // The plugin is the last that holds the pipe.
            await once(engine.stdout, "close");
            const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
            assert.match(state, /\) [ZX]/);
        } finally {
            await run("kill", ["-9", pid]).catch(() => {});
        }
    });
}).timeout(20_000);
