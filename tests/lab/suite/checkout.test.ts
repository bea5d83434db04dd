/** A second checkout beside this one: they share the caches alone, and `make clean` leaves nothing of it but those. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run, tryRun } from "../../../lab/exec.ts";
import { debianImage } from "../../../lab/build/images.ts";
import { chosenKubernetes } from "../../../lab/kubernetes.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { labConfig, type Config } from "../../../lab/stack.ts";
import { minorOf } from "../../../lab/versions.ts";
import { parse } from "yaml";
import { docker } from "./support.ts";

describe("a second checkout", function () {
    this.timeout("10m");
    this.bail(true);

    /** Its root, as the lab names it. */
    let root: string;
    /** What the names of its containers, networks and volumes end with. */
    let hash: string;
    let filesBefore: string[];
    const neighbour = prefix("neighbour");

    const lab = (...args: string[]) =>
        run(process.execPath, [join(root, "lab", "main.ts"), ...args], {
            cwd: root,
            env: withoutLab(),
        });
    const files = () => readdir(root, { recursive: true }).then(names => names.sort());

    before(async () => {
        root = `${await mkdtemp(join(tmpdir(), "checkout-"))}/`;
        hash = createHash("sha256").update(root).digest("hex").slice(0, 6);
        const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
        const names = (await run("git", list, { cwd: repository })).split("\0").filter(Boolean);
        for (const name of [...names, "actions/dist", "rehearsal/dist"]) {
            await cp(join(repository, name), join(root, name), { recursive: true });
        }
        await symlink(join(repository, "node_modules"), join(root, "node_modules"));
        filesBefore = await files();
        // While it runs, the engine goes on; and whoever removes the other checkout's things must leave it.
        await docker(
            ...["run", "--detach", "--network=none", "--name", neighbour],
            ...[debianImage, "sleep", "infinity"],
        );
    });
    after(async () => {
        await lab("down").catch(() => undefined);
        await docker("rm", "--force", "--volumes", neighbour);
        await rm(root, { recursive: true, force: true });
    });

    it("needs nothing to be built, and has names and networks of its own", async () => {
        const minor = minorOf((await chosenKubernetes()).version);
        const plan = await lab("up", "--dry-run", "--json", "--kubernetes", minor);
        const planned = JSON.parse(plan) as { todo: boolean }[];
        assert.deepEqual(
            planned.filter(each => each.todo),
            [],
        );
        await lab("up", "--kubernetes", minor);
        const [ours, theirs] = [await labConfig(), await configOf(root)];
        assert.notEqual(ours["name"], theirs["name"]);
        assert.notDeepEqual(ours["network"], theirs["network"]);
        const environment = await readFile(join(root, ".crossing", "environment.json"), "utf8");
        assert.equal(environment.includes(`${local}/`), false);
    });

    it("`make clean` in the midst of `up` leaves no process, mount, network, rule or file", async () => {
        const up = spawn(process.execPath, [join(root, "lab", "main.ts"), "stack", "up", "lab"], {
            cwd: root,
            env: withoutLab(),
            stdio: "ignore",
        });
        const ended = new Promise(resolve => up.on("close", resolve));
        const { name, network } = (await configOf(root)) as {
            name: string;
            network: { subnet: string };
        };
        const node = `${name}-source-control-plane`;
        const nodeAnswers = () =>
            docker("exec", node, "true").then(
                () => true,
                () => false,
            );
        while (!(await nodeAnswers())) {
            assert.equal(up.exitCode, null, "`up` ended before its cluster was there");
            await sleep(500);
        }
        const words = [root, hash, network.subnet.replace(/0\/24$/, ""), ...(await idsOf(hash))];
        const during = await traces(words);
        assert.deepEqual(
            ["process", "mount", "container", "network", "volume", "rule", "link"].filter(
                kind => !during.some(trace => trace.startsWith(kind)),
            ),
            [],
            "what has to be seen is not",
        );

        await lab("down");
        await ended;
        // The kernel takes a moment for the last of them.
        for (let i = 0; i < 20 && (await traces(words)).length > 0; i++) {
            await sleep(500);
        }
        assert.deepEqual(await traces(words), []);
        assert.deepEqual(await files(), filesBefore);
        assert.notEqual(await docker("ps", "--quiet", "--filter", `name=${neighbour}`), "");
    });
});

/** The environment of a person who has not called `make env`. */
function withoutLab(): NodeJS.ProcessEnv {
    const { DOCKER_HOST: _, PULUMI_HOME: __, ...rest } = process.env;
    return rest;
}

async function configOf(root: string): Promise<Config> {
    const { config } = parse(await readFile(join(root, "Pulumi.lab.yaml"), "utf8")) as {
        config: Config;
    };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("crossing:", ""), value]),
    );
}

/** What names the insides of a checkout's containers and networks: their ids, their volumes, their bridges. */
async function idsOf(hash: string): Promise<string[]> {
    const containers = await docker(
        "ps",
        "--all",
        "--quiet",
        "--no-trunc",
        "--filter",
        `name=${hash}`,
    );
    const networks = await docker("network", "ls", "--quiet", "--filter", `name=${hash}`);
    // Where the engine mounts a container's files has a name of its own.
    const format = "{{range .Mounts}}{{.Name}} {{end}}{{.GraphDriver.Data.MergedDir}}";
    const volumes = await docker("inspect", "--format", format, ...lines(containers));
    return [
        ...lines(containers),
        ...lines(networks).map(id => `br-${id}`),
        ...volumes.split(/\s+/).filter(Boolean),
    ];
}

/** Everything on this machine that has one of the words in it, as `kind text`. */
async function traces(words: string[]): Promise<string[]> {
    const has = (text: string) => words.some(word => text.includes(word));
    const of = (kind: string, text: string) =>
        lines(text)
            .filter(has)
            .map(line => `${kind} ${line}`);
    const processes = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
    const running = processes.map(async pid => {
        const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
        const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
        return `${pid} ${command.replaceAll("\0", " ").trim()} in ${cwd}`;
    });
    return [
        ...of("process", (await Promise.all(running)).join("\n")),
        ...of("mount", await readFile("/proc/self/mountinfo", "utf8")),
        ...of(
            "container",
            await docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}"),
        ),
        ...of(
            "network",
            await docker("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"),
        ),
        ...of("volume", await docker("volume", "ls", "--format", "{{.Name}}")),
        ...of("rule", (await tryRun("iptables", ["--list-rules"])) ?? ""),
        ...of("rule", (await tryRun("iptables", ["--table", "nat", "--list-rules"])) ?? ""),
        ...of("link", (await tryRun("ip", ["-oneline", "link"])) ?? ""),
        ...of("socket", await readFile("/proc/net/unix", "utf8")),
    ];
}

const lines = (text: string) => text.split("\n").filter(line => line !== "");
