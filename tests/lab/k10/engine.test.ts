import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionNote, Body } from "../../../lab/k10/server/action.ts";
import { Catalog } from "../../../lab/k10/server/catalog.ts";
import { Engine } from "../../../lab/k10/server/engine.ts";
import { Failure, Skipped, statusError } from "../../../lab/k10/server/failure.ts";
import { kindOf } from "../../../lab/k10/server/kinds.ts";
import { until } from "./support/world.ts";

const RUN = kindOf("RunAction");
const BACKUP = kindOf("BackupAction");

describe("K10 stand-in: actions", () => {
    let folder: string;
    let catalog: Catalog;
    let engine: Engine;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "engine-"));
        catalog = await Catalog.open(join(folder, "catalog.json"));
        engine = new Engine(catalog, 0.05);
    });
    afterEach(async () => {
        await catalog.flush();
        await rm(folder, { recursive: true, force: true });
    });

    const status = (name: string) => catalog.get(RUN, "n", name)?.status;
    const state = (name: string) => status(name)?.["state"];
    const begin = (name: string, body: Body, attempts?: number) =>
        engine.begin(RUN, { namespace: "n", name }, body, attempts)!;
    const ends = (name: string, wanted: string) =>
        until(`${name} ${wanted}`, () => state(name) === wanted || undefined);

    it("goes from Pending over Running to Complete, with its phases", async () => {
        let finish = () => {};
        const gate = new Promise<void>(resolve => (finish = resolve));
        const created = begin("a", async run => {
            run.status({ progress: 0 });
            await run.phase("first", () => gate);
            await run.phase("second", () =>
                Promise.resolve(run.exception("a socket was left out")),
            );
        });
        assert.equal(created.status?.["state"], "Pending");
        assert.equal(created.status?.["endTime"], null);
        await ends("a", "Running");
        finish();
        await ends("a", "Complete");
        assert.equal(status("a")?.["progress"], 100);
        assert.deepEqual(status("a")?.["exceptions"], [{ message: "a socket was left out" }]);
        assert.equal(typeof status("a")?.["endTime"], "string");
        const { phases } = catalog.note<ActionNote>(created.metadata.uid!)!;
        assert.deepEqual(
            phases.map(({ name, state, attempt }) => [name, state, attempt]),
            [
                ["first", "succeeded", 1],
                ["second", "succeeded", 1],
            ],
        );
    });

    it("is AttemptFailed between attempts, and Failed after the third", async () => {
        let attempts = 0;
        begin("a", async run => {
            const failure = () => new Failure("outer", { cause: new Error(`inner ${++attempts}`) });
            await run.phase("copy", () => Promise.reject(failure()));
        });
        await ends("a", "AttemptFailed");
        assert.deepEqual(status("a")?.["error"], {
            message: "outer",
            cause: '{"message":"inner 1"}',
        });
        assert.equal(status("a")?.["endTime"], null);
        await ends("a", "Failed");
        assert.equal(attempts, 3);
        assert.deepEqual(status("a")?.["error"], {
            message: "outer",
            cause: '{"message":"inner 3"}',
        });
    });

    it("recovers when a later attempt succeeds, and then shows no error", async () => {
        let attempts = 0;
        begin("a", () =>
            ++attempts < 2 ? Promise.reject(new Error("not yet")) : Promise.resolve(),
        );
        await ends("a", "Complete");
        assert.equal(status("a")?.["error"], undefined);
        assert.equal(attempts, 2);
    });

    it("does not repeat what cannot get better", async () => {
        let attempts = 0;
        const invalid = "Cannot execute action for an invalid policy";
        begin("a", () => {
            attempts++;
            return Promise.reject(new Failure(invalid, { retry: false }));
        });
        begin("b", () => Promise.reject(new Skipped("nothing to do")));
        await ends("a", "Failed");
        await ends("b", "Skipped");
        assert.equal(attempts, 1);
    });

    it("is cancelled at the next phase, with what it has started", async () => {
        let finish = () => {};
        const gate = new Promise<void>(resolve => (finish = resolve));
        let second = false;
        const created = begin("a", async run => {
            await run.child(BACKUP, { namespace: "n", name: "child" }, async inner => {
                await inner.phase("first", () => gate);
                await inner.phase("second", () => {
                    second = true;
                    return Promise.resolve();
                });
            });
            await run.phase("after", () => Promise.resolve());
        });
        await until("child", () => catalog.get(BACKUP, "n", "child"));
        assert.equal(engine.cancel(created), true);
        assert.equal(state("a"), "Running");
        finish();
        await ends("a", "Cancelled");
        assert.equal(catalog.get(BACKUP, "n", "child")?.status?.["state"], "Cancelled");
        assert.equal(second, false);
        assert.equal(engine.cancel(created), false);
    });

    it("shows Deleting until a running one has stopped, then is gone", async () => {
        let waiting = false;
        const created = begin("a", async run => {
            waiting = true;
            await until("check throws", () => {
                try {
                    run.check();
                    return undefined;
                } catch {
                    return true;
                }
            });
            run.check();
        });
        await until("started", () => waiting || undefined);
        engine.remove(created);
        assert.equal(state("a"), "Deleting");
        await until("gone", () => status("a") === undefined || undefined);

        const finished = begin("b", () => Promise.resolve());
        await ends("b", "Complete");
        engine.remove(finished);
        assert.equal(status("b"), undefined);
    });

    it("ends Failed when the server was restarted meanwhile, and never runs twice", async () => {
        begin("running", () => new Promise(() => undefined));
        begin("finished", () => Promise.resolve());
        await ends("finished", "Complete");
        await ends("running", "Running");
        await catalog.flush();

        catalog = await Catalog.open(join(folder, "catalog.json"));
        await new Engine(catalog, 0).recover();
        assert.equal(state("finished"), "Complete");
        assert.equal(state("running"), "Failed");
        assert.deepEqual(
            (status("running")?.["error"] as { message: string }).message,
            "The server of the K10 stand-in was restarted while this action was Running",
        );
        const again = await Catalog.open(join(folder, "catalog.json"));
        assert.equal(again.get(RUN, "n", "running")?.status?.["state"], "Failed");
    });

    it("a name that is taken starts nothing", async () => {
        let runs = 0;
        const body = () => Promise.resolve(void runs++);
        assert.ok(engine.begin(RUN, { namespace: "n", name: "a" }, body));
        assert.equal(engine.begin(RUN, { namespace: "n", name: "a" }, body), undefined);
        await ends("a", "Complete");
        assert.equal(runs, 1);
    });
});

describe("K10 stand-in: status.error", () => {
    it("nests causes as JSON in a text", () => {
        const error = new Failure("Failed to restore", {
            cause: new Failure("Failed to read", {
                cause: new Error("cipher: message authentication failed"),
                fields: { bucket: "b" },
            }),
        });
        const { message, cause } = statusError(error);
        assert.equal(message, "Failed to restore");
        assert.deepEqual(JSON.parse(cause), {
            message: "Failed to read",
            fields: [{ name: "bucket", value: "b" }],
            cause: { message: "cipher: message authentication failed" },
        });
        assert.deepEqual(statusError(new Error("alone")), {
            message: "alone",
            cause: '{"message":"alone"}',
        });
    });
});
