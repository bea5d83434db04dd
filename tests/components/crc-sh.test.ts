/**
 * crc.sh itself, with a stand-in for `crc`. That the real one behaves so is told by its sources and has been shown by
 * nobody here: a real CRC has to be asked.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readlinkSync, symlinkSync } from "node:fs";
import { CrcWorld, owner } from "./support/crc";
import { until } from "./support/scripts";

const kubeconfig = "kubeconfig of crc\n";
const setup = "crc setup";
const startWith = (secret: string) =>
    `crc start --cpus 6 --memory 16384 --disk-size 60 --pull-secret-file ${secret}`;
const start = startWith("pull-secret.json");
const stop = "crc stop --force";
const remove = "crc delete --force";
const left = "crossing/test left";
const machineFolders = [".crc", ".crc/machines", ".crc/machines/crc"];
const foreign =
    "A CRC is there that this stack did not start. Set `start: false` in `crossing:target` to adopt it as it is, or remove it by `crc delete`.\n";
const failed =
    "`crc start` failed for `crossing:target`: see what it says above, put it right, and run `pulumi up` again, which goes on with it.\n";

describe("crc.sh", () => {
    let world: CrcWorld;
    beforeEach(() => {
        world = new CrcWorld();
    });
    afterEach(() => world.remove());

    describe("create", () => {
        it("starts a CRC where there is none, and prints the kubeconfig alone", async () => {
            assert.deepEqual(await world.run("create"), {
                status: 0,
                stdout: kubeconfig,
                stderr: "Setup is complete\nINFO Creating CRC VM\n",
            });
            assert.deepEqual(world.changes(), [setup, start]);
        });

        it("shows neither the password that CRC prints nor the pull secret", async () => {
            const { stdout, stderr } = await world.run("create");
            assert.doesNotMatch(stdout + stderr + world.read("calls"), /hunter/);
        });

        it("says whose the machine is before it is made", async () => {
            await world.run("create");
            assert.equal(world.read("owner-at-start"), owner);
            assert.equal(world.markText, owner);
        });

        it("lets CRC write into no kubeconfig, and leaves nothing but the machine", async () => {
            const users = world.write("home/config", "the user's");
            await world.run("create", { KUBECONFIG: users });
            assert.equal(world.read("home/config"), "the user's");
            assert.equal(world.read("kubeconfig-leads-to"), "/dev/null\n");
            assert.deepEqual(world.leftovers(), [...machineFolders, "config"]);
        });

        it("finds the pull secret in the user's home, too", async () => {
            world.write("home/pull-secret.json", "{}");
            assert.equal(
                (await world.run("create", { PULL_SECRET_FILE: "~/pull-secret.json" })).status,
                0,
            );
            assert.deepEqual(world.changes(), [
                setup,
                startWith(world.path("home", "pull-secret.json")),
            ]);
        });

        it("does nothing without a pull secret", async () => {
            assert.deepEqual(await world.run("create", { PULL_SECRET_FILE: "nowhere" }), {
                status: 1,
                stdout: "",
                stderr: "`crossing:target.pullSecretFile` names `nowhere`, which cannot be read: give the path of the pull secret's file, relative to the folder of Pulumi.yaml.\n",
            });
            assert.deepEqual(world.lines("calls"), []);
            assert.deepEqual(world.leftovers(), []);
        });

        for (const [what, text] of [
            ["has no owner", undefined],
            ["is of another stack", "crossing/other/5e471e1"],
            ["is of another stack that ended", "crossing/other left"],
            ["is of a stack of the same name that has not ended", "crossing/test/0ther1d"],
        ] as const) {
            it(`leaves a machine as it is that ${what}`, async () => {
                world.made(text);
                assert.deepEqual(await world.run("create"), {
                    status: 1,
                    stdout: "",
                    stderr: foreign,
                });
                assert.deepEqual(world.lines("calls"), []);
                assert.equal(world.state, "Running");
                assert.deepEqual(world.files("home"), [
                    ...machineFolders,
                    ".crc/machines/crc/.crc-exist",
                    ...(text === undefined ? [] : [".crc/machines/crc/crossing-owner"]),
                    ".crc/machines/crc/kubeconfig",
                ]);
            });
        }

        for (const text of [owner, left]) {
            it(`starts a machine of its own again: ${text}`, async () => {
                world.made(text, "Stopped");
                assert.equal((await world.run("create")).stdout, kubeconfig);
                assert.deepEqual(world.changes(), [setup, start]);
                assert.equal(world.state, "Running");
                assert.equal(world.markText, owner);
            });
        }

        it("fails as `crc setup` fails, with nothing begun", async () => {
            world.write("setup-fails", "");
            assert.deepEqual(await world.run("create"), {
                status: 2,
                stdout: "",
                stderr: "Setup is complete\nvirtualization is not enabled\n",
            });
            assert.deepEqual(world.changes(), [setup]);
            assert.deepEqual(world.leftovers(), []);
        });

        it("that fails before there is a machine leaves no sign of an owner: the next CRC may be somebody's", async () => {
            world.write("start-fails-early", "");
            assert.deepEqual(await world.run("create"), {
                status: 1,
                stdout: "",
                stderr: `Setup is complete\nnot enough memory\n${failed}`,
            });
            assert.deepEqual(world.leftovers(), []);
        });

        it("that fails at a start of its own machine is known as its own by the next", async () => {
            world.made(owner, "Stopped");
            const fails = world.write("start-fails", "");
            assert.equal((await world.run("create")).status, 1);
            assert.equal(world.markText, owner);
            world.forget(fails);
            assert.equal((await world.run("create")).stdout, kubeconfig);
        });
    });

    describe("show", () => {
        it("prints the kubeconfig, and changes nothing", async () => {
            world.made(owner);
            assert.deepEqual(await world.run("show"), {
                status: 0,
                stdout: kubeconfig,
                stderr: "",
            });
            assert.deepEqual(world.lines("calls"), []);
        });

        for (const [what, text] of [
            ["is gone", undefined],
            ["is another's by now", "crossing/other/5e471e1"],
        ] as const) {
            it(`says so where the machine ${what}`, async () => {
                if (text !== undefined) {
                    world.made(text);
                }
                assert.deepEqual(await world.run("show"), {
                    status: 1,
                    stdout: "",
                    stderr: "The CRC that this stack started is gone, with all that was in it: take that out of the state by `pulumi state delete --target-dependents` with the URN of its Command, and run `pulumi up` again.\n",
                });
            });
        }
    });

    describe("delete", () => {
        it("stops its machine, which the same stack may take up again", async () => {
            await world.run("create");
            assert.deepEqual(await world.run("delete"), {
                status: 0,
                stdout: "",
                stderr: "Stopped the instance\n",
            });
            assert.deepEqual(world.changes(), [setup, start, stop]);
            assert.equal(world.state, "Stopped");
            assert.equal(world.markText, left);
            const again = { OWNER: "crossing/test/another" };
            assert.equal((await world.run("create", again)).stdout, kubeconfig);
            assert.equal(world.markText, "crossing/test/another");
        });

        it("is content where its machine has been stopped", async () => {
            world.made(owner, "Stopped");
            assert.deepEqual(await world.run("delete"), { status: 0, stdout: "", stderr: "" });
            assert.deepEqual(world.changes(), []);
            assert.equal(world.markText, left);
        });

        it("leaves it running where it is to be kept", async () => {
            world.made(owner);
            const result = await world.run("delete", { ON_DESTROY: "keep" });
            assert.deepEqual(result, { status: 0, stdout: "", stderr: "" });
            assert.deepEqual(world.lines("calls"), []);
            assert.equal(world.markText, left);
        });

        it("deletes it only where that is asked for, and leaves nothing", async () => {
            world.made(owner);
            assert.deepEqual(await world.run("delete", { ON_DESTROY: "delete" }), {
                status: 0,
                stdout: "",
                stderr: "Deleted the instance\n",
            });
            assert.deepEqual(world.changes(), [remove]);
            assert.deepEqual(world.leftovers(), []);
        });

        for (const ON_DESTROY of ["keep", "stop", "delete"]) {
            it(`touches nothing of a machine that is not its own (${ON_DESTROY})`, async () => {
                world.made();
                assert.deepEqual(await world.run("delete", { ON_DESTROY }), {
                    status: 0,
                    stdout: "",
                    stderr: "The CRC that is there was not started by this stack: it stays as it is.\n",
                });
                assert.deepEqual(world.lines("calls"), []);
                assert.equal(existsSync(world.mark), false);
            });

            it(`is content where there is none (${ON_DESTROY})`, async () => {
                const result = await world.run("delete", { ON_DESTROY });
                assert.deepEqual(result, { status: 0, stdout: "", stderr: "" });
                assert.deepEqual(world.lines("calls"), []);
                assert.deepEqual(world.leftovers(), []);
            });
        }

        it("forgets a machine that was never made, and says what lies there", async () => {
            world.write("start-fails", "");
            await world.run("create");
            world.owned();
            assert.deepEqual(await world.run("delete", { ON_DESTROY: "delete" }), {
                status: 0,
                stdout: "",
                stderr: `What is left of a CRC that was never finished lies in \`${world.machine}\`: \`crc cleanup\` removes it.\n`,
            });
            assert.deepEqual(world.changes(), [setup, start]);
            assert.deepEqual(world.files("home/.crc/machines/crc"), ["crc.qcow2"]);
        });
    });

    it("without `crc` says so, and makes nothing", async () => {
        world.forget(world.path("bin", "crc"));
        assert.deepEqual(await world.run("create", {}, { alone: true }), {
            status: 1,
            stdout: "",
            stderr: "`crc` is not on the PATH, and `crossing:target` is to be started by it: install OpenShift Local.\n",
        });
        assert.deepEqual(world.leftovers(), []);
    });
});

describe("crc.sh and another run of it", () => {
    let world: CrcWorld;
    beforeEach(() => {
        world = new CrcWorld();
    });
    afterEach(() => world.remove());

    /** Whether the number of crc's process is known: its file is there before what is in it. */
    const started = () => existsSync(world.path("crc-pid")) && world.read("crc-pid") !== "";

    /** All but what is in the machine's folder. */
    const outside = (name: string) => !name.startsWith(".crc/machines/crc/");

    it("that is alive: waits for its end, and does nothing before", async () => {
        world.made(owner);
        symlinkSync(String(process.pid), world.lock);
        const { child, result, said } = world.begin("show");
        await until(() => said() !== "");
        child.kill("SIGTERM");
        assert.deepEqual(await result, {
            status: 1,
            stdout: "",
            stderr: `Another run, process ${process.pid}, is at work on CRC: waiting for its end.\n`,
        });
        assert.equal(readlinkSync(world.lock), String(process.pid));
        assert.deepEqual(world.lines("calls"), []);
    });

    it("that was killed: waits for the `crc start` that outlived it, and goes on with its machine", async () => {
        const hangs = world.write("start-hangs", "");
        const killed = world.begin("create");
        await until(started);
        const crc = world.read("crc-pid").trim();
        killed.child.kill("SIGKILL");
        // Until somebody has asked how it ended, its process counts as alive.
        await once(killed.child, "exit");

        const next = world.begin("create");
        await until(() => next.said() !== "");
        assert.equal(
            next.said(),
            `The \`crc start\` of a run that was killed, process ${crc}, is still at work: waiting for its end.\n`,
        );
        assert.deepEqual(world.changes(), [setup, start]);
        world.forget(hangs);
        const { status, stdout } = await next.result;
        assert.deepEqual([status, stdout], [0, kubeconfig]);
        assert.deepEqual(world.changes(), [setup, start, setup, start]);
        assert.equal(world.markText, owner);
        assert.deepEqual(world.files("home").filter(outside), machineFolders);
    });

    it("that was killed together with its `crc start`: starts the machine that was half made", async () => {
        const hangs = world.write("start-hangs", "");
        const killed = world.begin("create");
        await until(started);
        killed.child.kill("SIGKILL");
        process.kill(Number(world.read("crc-pid")), "SIGKILL");
        await killed.result;
        assert.equal(world.markText, owner);

        world.forget(hangs);
        assert.equal((await world.run("create")).stdout, kubeconfig);
        assert.deepEqual(world.files("home").filter(outside), machineFolders);
    });

    it("that was told to end: leaves `crc start` at work, for the next to wait for", async () => {
        const hangs = world.write("start-hangs", "");
        const ended = world.begin("create");
        await until(started);
        ended.child.kill("SIGTERM");
        await until(() => !existsSync(world.lock) && world.files("tmp").length === 0);
        const crc = Number(world.read("crc-pid"));
        assert.equal(process.kill(crc, 0), true);
        world.forget(hangs);
        assert.notEqual((await ended.result).status, 0);
        assert.equal((await world.run("create")).stdout, kubeconfig);
    });
});
