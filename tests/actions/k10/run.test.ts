/** What a run asks and tells while it is waited for. The provider's tests show that it is started once. */
import assert from "node:assert/strict";
import { policyRunner } from "./support/policy-run";

describe("a run that is waited for", function () {
    this.timeout(20_000);

    const world = policyRunner();
    const running = (progress: number) => ({ state: "Running", progress });
    const gets = () => world.requests("GET", "/runactions/");
    const lists = (plural: string) => world.requests("GET", `v1alpha1/${plural}`);

    it("is told by a line for each change, with what it is at, bytes and time", async () => {
        world.looks(10, running(10));
        world.looks(8, running(60), () => {
            world.started("backupactions", "b", { state: "Complete" });
        });
        world.looks(8, running(70), () => {
            world.started("exportactions", "e", {
                ...{ state: "Running", progress: 20 },
                progressDetails: { totalBytes: 2_000, processedBytes: 500 },
            });
        });
        await world.run();
        assert.deepEqual(world.lines, [
            "Export `kasten-io/shop-export-1-1`: started",
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 10 % (0s)",
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 60 %, BackupAction `shop/b` Complete (3s)",
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 70 %, ExportAction `shop/e` Running 20 %, 0.5 of 2.0 KiB (6s)",
        ]);
    });

    it("is told with the phase of what it started, where K10 tells it", async () => {
        world.looks(12, running(60), () => {
            world.started("backupactions", "b", { state: "Complete" });
            world.started("exportactions", "e", { state: "Running", progress: 20 });
        });
        const phases = ["Exporting metadata", "Exporting volume data"];
        world.details("exportactions", "e", () => [
            { name: phases.shift(), startTime: "2026-11-21T12:00:00Z", endTime: null },
        ]);
        await world.run();
        assert.deepEqual(world.lines.slice(1), [
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 60 %, ExportAction `shop/e` Running 20 %: Exporting metadata (0s)",
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 60 %, ExportAction `shop/e` Running 20 %: Exporting volume data (3s)",
        ]);
    });

    it("is told of what goes on below while its own percent stands", async () => {
        const exported = (progress: number) => () => {
            world.started("backupactions", "b", { state: "Complete" });
            world.started("exportactions", "e", { state: "Running", progress });
        };
        world.looks(12, running(60), exported(20));
        world.looks(12, running(60), exported(80));
        await world.run();
        assert.deepEqual(world.lines.slice(1), [
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 60 %, ExportAction `shop/e` Running 20 % (0s)",
            "Export `kasten-io/shop-export-1-1` to be Complete: Running 60 %, ExportAction `shop/e` Running 80 % (5s)",
        ]);
    });

    it("is asked for little more while nothing changes", async () => {
        world.looks(40, running(10));
        await world.run();
        // 40 looks and the last one; a list at the change and with each tenth look, and those of the end.
        assert.deepEqual([gets(), lists("backupactions"), lists("exportactions")], [41, 7, 2]);
    });

    it("takes no more than 4 requests a second, though it changes with each look", async () => {
        for (let percent = 0; percent < 100; percent++) {
            world.looks(1, running(percent));
        }
        const before = world.clock.now();
        await world.run();
        const seconds = (world.clock.now() - before) / 1_000;
        const asked = gets() + lists("backupactions") + lists("exportactions");
        assert.ok(asked > 200, `${asked} requests`);
        // What is asked at the beginning and at the end is no part of the waiting.
        assert.ok((asked - 6) / seconds <= 4, `${asked} requests in ${seconds} s`);
    });

    it("goes on in K10 when its time is over: nothing is cancelled unless somebody asks for it", async () => {
        world.looks(1_000, running(10));
        await assert.rejects(world.run({ timeout: 5 }), {
            message:
                "Waited 5s in vain for Export `kasten-io/shop-export-1-1` to be Complete; last seen: Running 10 %. It may still end well: run `pulumi up` again to go on waiting. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-1-1 -o yaml",
        });
        assert.equal(world.requests("POST", "/cancelactions"), 0);
    });

    describe("with cancelOnTimeout", () => {
        const choice = { timeout: 5, cancelOnTimeout: true };

        it("is cancelled with what it has not finished, and the next attempt follows", async () => {
            world.looks(1_000, running(10));
            world.onStart(() => {
                world.started("backupactions", "b", { state: "Complete" });
                world.started("exportactions", "e", { state: "Running" });
            });
            await assert.rejects(world.run(choice), {
                message:
                    "Waited 5s in vain for Export `kasten-io/shop-export-1-1` to be Complete; last seen: Running 10 %, ExportAction `shop/e` Running. K10 was asked to cancel it, as `crossing:cancelOnTimeout` says, and it is Cancelled. Give it more time by `crossing:timeouts` and run `pulumi up` again, which starts the next attempt of the same run. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-1-1 -o yaml",
            });
            assert.deepEqual(world.lines.slice(-2), [
                "cancelling RunAction `kasten-io/shop-export-1-1`, as `crossing:cancelOnTimeout` says",
                "cancelling ExportAction `shop/e`, as `crossing:cancelOnTimeout` says",
            ]);
            assert.deepEqual(world.cancelled, [
                {
                    apiVersion: "actions.kio.kasten.io/v1alpha1",
                    kind: "RunAction",
                    name: "shop-export-1-1",
                    namespace: "kasten-io",
                },
                {
                    apiVersion: "actions.kio.kasten.io/v1alpha1",
                    kind: "ExportAction",
                    name: "e",
                    namespace: "shop",
                },
            ]);
            world.looks(1, running(10));
            const { run } = await world.run(choice);
            assert.equal(run.metadata?.name, "shop-export-1-2");
        });

        it("says so when K10 does not cancel it: it is waited for again", async () => {
            world.looks(1_000, running(10));
            world.k10.cancels = false;
            await assert.rejects(world.run(choice), {
                message:
                    "Waited 5s in vain for Export `kasten-io/shop-export-1-1` to be Complete; last seen: Running 10 %. K10 was asked to cancel it, as `crossing:cancelOnTimeout` says, and it is still Running. Give it more time by `crossing:timeouts` and run `pulumi up` again, which goes on waiting, or starts the next attempt once it is Cancelled. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-1-1 -o yaml",
            });
        });

        it("bears a refusal, and takes a success that came meanwhile for one", async () => {
            world.looks(1_000, running(10));
            world.refuseToCancel(() => world.complete("shop-export-1-1"));
            const { run } = await world.run(choice);
            assert.equal(run.metadata?.name, "shop-export-1-1");
            assert.ok(
                world.lines.includes(
                    "RunAction `kasten-io/shop-export-1-1` was not cancelled: not yet cancelable",
                ),
                world.lines.join("\n"),
            );
        });
    });

    describe("with exceptions", () => {
        const exceptions = [{ message: "PVC a changed" }, { message: "PVC b changed" }];
        const excepted = () =>
            world.onStart(() =>
                world.started("backupactions", "b", { state: "Complete", exceptions }),
            );

        it("is a success that says so", async () => {
            excepted();
            await world.run();
            assert.deepEqual(world.lines.slice(-2), [
                "BackupAction `shop/b` is Complete with an exception: PVC a changed",
                "BackupAction `shop/b` is Complete with an exception: PVC b changed",
            ]);
        });

        it("is a failure where the configuration says so, and the next attempt follows", async () => {
            excepted();
            await assert.rejects(world.run({ exceptions: "fail" }), {
                message:
                    "Export `kasten-io/shop-export-1-1` failed after 0s: BackupAction `shop/b` is Complete with exceptions, which `crossing:exceptions` makes a failure: PVC a changed; PVC b changed. Put that right and run `pulumi up` again, which starts the next attempt of the same run; or set `crossing:exceptions` to `warn` to take it as it is. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-1-1 -o yaml",
            });
            world.onStart(() => undefined);
            const { run } = await world.run({ exceptions: "fail" });
            assert.equal(run.metadata?.name, "shop-export-1-2");
        });

        it("is taken as it is once the configuration no longer minds", async () => {
            excepted();
            await assert.rejects(world.run({ exceptions: "fail" }));
            const { run } = await world.run({ exceptions: "warn" });
            assert.equal(run.metadata?.name, "shop-export-1-1");
        });
    });

    it("is no success when something that it started was skipped", async () => {
        world.onStart(() =>
            world.started("exportactions", "e", {
                state: "Skipped",
                error: { message: "namespace is excluded" },
            }),
        );
        await assert.rejects(world.run(), {
            message:
                "Export `kasten-io/shop-export-1-1` failed after 0s: ExportAction `shop/e` is Skipped: namespace is excluded. Put that right and run `pulumi up` again, which starts the next attempt of the same run. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-1-1 -o yaml",
        });
    });
});
