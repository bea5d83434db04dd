/**
 * Runs of kind.sh that meet one another: after a kill, an `up` begins while the old one's kind may still work.
 * Two that find the same dead run at the very same moment are not tested: that cannot be arranged from outside.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { clusterName, KindWorld } from "./support/kind";
import { until } from "./support/scripts";

describe("kind.sh and another run of it", () => {
    let world: KindWorld;
    beforeEach(() => {
        world = new KindWorld();
        mkdirSync(dirname(world.ownerFile), { recursive: true });
    });
    afterEach(() => world.remove());

    const lockOf = (pid: number | undefined) => symlinkSync(String(pid), world.lock);
    const isLocked = () => {
        try {
            return readlinkSync(world.lock);
        } catch {
            return false;
        }
    };
    const waiting = (pid: number) =>
        `Another run, process ${pid}, is at work on the kind cluster \`${clusterName}\`: waiting for its end.\n`;

    /** Whether the number of kind's process is known: its file is there before what is in it. */
    const started = () => existsSync(world.path("kind-pid")) && world.read("kind-pid") !== "";

    it("holds the lock while it works, under its own process's number", async () => {
        world.write("kind-hangs", "");
        const { child } = world.begin("create");
        await until(started);
        assert.equal(isLocked(), String(child.pid));
        process.kill(Number(world.read("kind-pid")));
    });

    it("that has ended: takes the lock over at once", async () => {
        lockOf(spawnSync(process.execPath, ["--version"]).pid);
        const { status, stderr } = await world.run("create");
        assert.equal(status, 0);
        assert.equal(stderr, "Creating cluster\n");
        assert.equal(isLocked(), false);
    });

    it("that is alive: waits for its end, and does nothing before", async () => {
        lockOf(process.pid);
        const { result, said } = world.begin("create");
        await until(() => said() !== "");
        // Longer than it takes to look once more.
        await new Promise(resolve => setTimeout(resolve, 1_200));
        assert.deepEqual(world.lines("calls"), []);
        assert.equal(isLocked(), String(process.pid));

        unlinkSync(world.lock);
        const { status, stderr } = await result;
        assert.equal(status, 0);
        assert.equal(stderr, `${waiting(process.pid)}Creating cluster\n`);
        assert.equal(isLocked(), false);
    });

    it("that is alive: leaves it the lock when it is told to end, and nothing of its own", async () => {
        lockOf(process.pid);
        const { child, result, said } = world.begin("create");
        await until(() => said() !== "");
        child.kill("SIGTERM");
        assert.deepEqual(await result, { status: 1, stdout: "", stderr: waiting(process.pid) });
        assert.equal(isLocked(), String(process.pid));
        assert.deepEqual(world.files("tmp"), []);
        assert.deepEqual(world.lines("calls"), []);
    });

    it("that was killed with kind half-way: removes what it made, and makes it anew", async () => {
        const hangs = world.write("kind-hangs", "");
        const killed = world.begin("create");
        await until(started);
        killed.child.kill("SIGKILL");
        process.kill(Number(world.read("kind-pid")), "SIGKILL");
        await killed.result;
        assert.equal(isLocked(), String(killed.child.pid));
        assert.deepEqual(world.files("nodes"), [`${clusterName}-control-plane`]);

        world.forget(hangs);
        const { status, stdout, stderr } = await world.run("create");
        assert.equal(status, 0);
        assert.equal(stdout, `kubeconfig of ${clusterName}\n`);
        assert.equal(stderr, "Deleting cluster\nCreating cluster\n");
        assert.equal(isLocked(), false);
    });

    it("that was told to end with kind half-way: leaves no lock and no scratch folder", async () => {
        world.write("kind-hangs", "");
        const { child, result } = world.begin("create");
        await until(started);
        child.kill("SIGTERM");
        process.kill(Number(world.read("kind-pid")), "SIGTERM");
        assert.notEqual((await result).status, 0);
        assert.equal(isLocked(), false);
        assert.deepEqual(world.files("tmp"), []);
    });
});
