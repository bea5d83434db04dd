/** Two checkouts on one machine: nothing but the caches is shared, and who shares them waits for the other. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../lab/paths.ts";
import { chooseNetwork } from "../../lab/subnet.ts";

const run = promisify(execFile);

describe("two checkouts", () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "checkouts-"));
        for (const name of ["one", "two"]) {
            await mkdir(join(folder, name));
            await cp(join(repository, "lab"), join(folder, name, "lab"), {
                recursive: true,
                filter: path => !path.includes("node_modules"),
            });
            await symlink(join(repository, "node_modules"), join(folder, name, "node_modules"));
        }
    });
    after(() => rm(folder, { recursive: true }));

    const env = () => ({ ...process.env, CROSSING_LAB_CACHE: join(folder, "cache") });
    /** What a piece of code says in one of the checkouts, where `lab` is its folder. */
    const say = async (name: string, code: string): Promise<unknown> => {
        const cwd = join(folder, name);
        const script = code.replaceAll("@lab/", `${cwd}/lab/`);
        const args = ["--input-type=module", "--eval", script];
        return JSON.parse((await run(process.execPath, args, { cwd, env: env() })).stdout);
    };

    it("share the caches, and no name and no folder", async () => {
        const code = [
            `import { cache, checkout, isOwn, local, prefix } from "@lab/paths.ts";`,
            `import { nodeImage } from "@lab/build/node-image.ts";`,
            `import { kubernetesVersions } from "@lab/versions.ts";`,
            `const image = await nodeImage(kubernetesVersions[0]);`,
            `const names = ["lab", "lab-test", "bake"].map(prefix);`,
            `const own = names.every(name => isOwn(name) && isOwn(name + "-source"));`,
            `console.log(JSON.stringify({ cache, checkout, local, names, own, image }));`,
        ].join("\n");
        const [one, two] = (await Promise.all(["one", "two"].map(name => say(name, code)))) as {
            cache: string;
            checkout: string;
            local: string;
            names: string[];
            own: boolean;
            image: string;
        }[];
        assert.ok(one && two);
        assert.equal(one.cache, two.cache);
        assert.equal(one.image, two.image);
        assert.ok(one.own && two.own);
        assert.equal(one.local, join(folder, "one", ".crossing"));
        assert.equal(two.local, join(folder, "two", ".crossing"));
        assert.deepEqual(
            one.names.map(name => name.replace(one.checkout, two.checkout)),
            two.names,
        );
        // Nobody removes what is another's.
        const others = JSON.stringify([...two.names, ...two.names.map(name => `${name}-source`)]);
        const ask = `import { isOwn } from "@lab/paths.ts"; console.log(JSON.stringify(${others}.filter(isOwn)));`;
        assert.deepEqual(await say("one", ask), []);
    });

    describe("that build the same", () => {
        const running: ChildProcess[] = [];
        afterEach(() => running.splice(0).forEach(child => child.kill("SIGKILL")));

        /** A process that takes the lock, says so, and gives it back when it is told to. */
        function start(name: string, lock = "step") {
            const cwd = join(folder, name);
            const script = [
                `import { once } from "node:events";`,
                `import { withLock } from "${cwd}/lab/lock.ts";`,
                `await withLock("${lock}", async () => {`,
                `    console.log("has it");`,
                `    await once(process.stdin, "data");`,
                `    console.log("gives it back");`,
                `}, holder => console.log("waits for " + holder));`,
                `process.exit();`,
            ].join("\n");
            const args = ["--input-type=module", "--eval", script];
            const child = spawn(process.execPath, args, { cwd, env: env(), stdio: "pipe" });
            const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
            running.push(child);
            return { child, next: async () => (await lines.next()).value as string };
        }

        it("wait for each other, and say for whom", async () => {
            const one = start("one");
            assert.equal(await one.next(), "has it");
            const two = start("two");
            assert.equal(
                await two.next(),
                `waits for process ${one.child.pid} in ${join(folder, "one")}/`,
            );
            one.child.stdin.write("go\n");
            assert.equal(await one.next(), "gives it back");
            assert.equal(await two.next(), "has it");
        });

        it("do not wait for the dead", async () => {
            const one = start("one");
            assert.equal(await one.next(), "has it");
            const two = start("two");
            assert.match(await two.next(), /^waits for process /);
            one.child.kill("SIGKILL");
            await once(one.child, "exit");
            assert.equal(await two.next(), "has it");
            const three = start("one");
            assert.match(await three.next(), new RegExp(`^waits for process ${two.child.pid} `));
        });

        it("do not wait for who builds something else", async () => {
            const one = start("one");
            assert.equal(await one.next(), "has it");
            assert.equal(await start("two", "other step").next(), "has it");
        });

        it("build it once, whoever comes first", async () => {
            const code = [
                `import { appendFile, readFile } from "node:fs/promises";`,
                `import { setTimeout as sleep } from "node:timers/promises";`,
                `import { finish, folderState } from "@lab/build/manifest.ts";`,
                `import { runSteps } from "@lab/steps.ts";`,
                `const target = "${folder}/cache/bin/thing-1";`,
                `await runSteps([{`,
                `    name: "thing", seconds: 1, lock: "thing",`,
                `    state: () => folderState(target),`,
                `    run: () => finish(target, async unfinished => {`,
                `        await appendFile("${folder}/runs", "x");`,
                `        for (let i = 0; i < 10; i++) {`,
                `            await appendFile(unfinished + "/program", process.pid + "\\n");`,
                `            await sleep(20);`,
                `        }`,
                `    }),`,
                `}], { write: () => true });`,
                `const text = await readFile(target + "/program", "utf8");`,
                `const runs = await readFile("${folder}/runs", "utf8");`,
                `console.log(JSON.stringify({ lines: text.trim().split("\\n"), runs }));`,
            ].join("\n");
            const said = (await Promise.all(
                ["one", "two", "one", "two"].map(name => say(name, code)),
            )) as { lines: string[]; runs: string }[];
            for (const { lines, runs } of said) {
                assert.equal(runs, "x");
                assert.equal(lines.length, 10);
                assert.equal(new Set(lines).size, 1);
            }
        });
    });
}).timeout(30_000);

describe("the networks of a checkout", () => {
    const of = (name: string, taken: string[] = [], previous?: string) =>
        chooseNetwork(name, taken, previous);

    it("are a block that its name leads to", () => {
        assert.equal(of("000000"), "10.89.0.0/24");
        assert.equal(of("000100"), "10.89.16.0/24");
        assert.equal(of("063f00"), "10.188.240.0/24");
        assert.equal(of("064000"), "10.89.0.0/24");
    });

    it("are the next free block where somebody has one of their addresses", () => {
        assert.equal(of("000000", ["10.89.15.0/24"]), "10.89.16.0/24");
        assert.equal(of("000000", ["10.89.16.0/24"]), "10.89.0.0/24");
        assert.equal(of("000000", ["10.89.0.0/16", "172.17.0.0/16"]), "10.90.0.0/24");
        assert.equal(of("000000", ["10.0.0.0/9"]), "10.128.0.0/24");
    });

    it("go on from the first block after the last one", () => {
        assert.equal(of("063f00", ["10.188.248.0/24"]), "10.89.0.0/24");
    });

    it("stay as they were while they are free", () => {
        assert.equal(of("000000", [], "10.100.32.0/24"), "10.100.32.0/24");
        assert.equal(of("000000", ["10.100.33.0/24"], "10.100.32.0/24"), "10.89.0.0/24");
        assert.equal(of("000000", [], "192.168.1.0/24"), "10.89.0.0/24");
    });

    it("that are all taken are an error", () => {
        assert.throws(() => of("000000", ["10.0.0.0/8"]), {
            message:
                "The engine's networks leave none free between 10.89.0.0 and 10.188.255.255: remove some with `docker network rm`.",
        });
    });
});
