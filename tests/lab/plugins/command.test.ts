import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { failure, PluginProcess, secret, unknown, without } from "./support/plugin.ts";
import type { Properties } from "./support/plugin.ts";

const type = "command:local:Command";

/** Whether a process still does something: what is dead may wait for its parent to take note. */
async function runs(pid: string): Promise<boolean> {
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
    return !/\) [ZX]/.test(state);
}

describe("command stand-in", () => {
    let plugin: PluginProcess;
    let folder: string;
    before(async () => {
        plugin = await PluginProcess.start("command", type, { INHERITED: "from the engine" });
        folder = await mkdtemp(join(tmpdir(), "command-stand-in-"));
    });
    beforeEach(() => void (plugin.logged.length = 0));
    after(async () => {
        await plugin.stop();
        await rm(folder, { recursive: true });
    });

    const messages = () => plugin.logged.map(line => line.message);
    const up = async (inputs: Properties) => (await plugin.up(inputs)).outputs;
    const stdout = async (inputs: Properties) => (await up(inputs))["stdout"];

    it("says which version it stands in for", async () => {
        assert.equal(await plugin.version(), "1.2.1");
    });

    describe("create", () => {
        it("runs the command and echoes the inputs", async () => {
            const created = await plugin.up({ create: "echo out; echo; echo err >&2" });
            assert.match(created.id, /^thing[0-9a-f]{8}$/);
            assert.deepEqual(created.outputs, {
                create: "echo out; echo; echo err >&2",
                addPreviousOutputInEnv: true,
                stdout: "out\n",
                stderr: "err",
            });
        });

        it("runs nothing where there is no command", async () => {
            assert.deepEqual(await up({ delete: "false" }), {
                delete: "false",
                addPreviousOutputInEnv: true,
                stdout: "",
                stderr: "",
            });
        });

        it("gives environment, stdin, folder and interpreter", async () => {
            assert.equal(
                await stdout({ create: 'echo "$A $INHERITED"', environment: { A: "b" } }),
                "b from the engine",
            );
            assert.equal(await stdout({ create: "cat", stdin: "in\nput" }), "in\nput");
            assert.equal(await stdout({ create: "cat" }), "");
            assert.equal(await stdout({ create: "pwd", dir: folder }), folder);
            const script = "console.log(6 * 7)";
            assert.equal(
                await stdout({ create: script, interpreter: [process.execPath, "-e"] }),
                "42",
            );
        });

        it("does not mind a command that does not read its input", async () => {
            assert.equal(
                await stdout({ create: "echo done", stdin: "x".repeat(1_000_000) }),
                "done",
            );
        });

        it("does not get into the way of other commands", async () => {
            // One after the other they would take 3 s.
            const started = Date.now();
            await Promise.all(
                ["1", "2", "3", "4", "5", "6"].map(() => up({ create: "sleep 0.5" })),
            );
            assert.ok(Date.now() - started < 2_500);
        });
    });

    describe("live lines", () => {
        const create = "echo one; echo two >&2; printf three";
        const cases: [string | undefined, string[]][] = [
            [undefined, ["one", "three", "two"]],
            ["stdoutAndStderr", ["one", "three", "two"]],
            ["stdout", ["one", "three"]],
            ["stderr", ["two"]],
            ["none", []],
        ];
        for (const [logging, expected] of cases) {
            it(`logging: ${logging}`, async () => {
                await up({ create, ...(logging && { logging }) });
                assert.deepEqual(messages().sort(), expected);
            });
        }

        it("are shown while the command runs, beside its resource, and do not stay", async () => {
            const file = join(folder, "go-on");
            const create = `echo early; while [ ! -e ${file} ]; do sleep 0.02; done; echo late`;
            const running = up({ create });
            while (plugin.logged.length === 0) {
                await sleep(10);
            }
            const line = { urn: plugin.urn(), message: "early", ephemeral: true };
            assert.deepEqual(plugin.logged, [line]);
            await writeFile(file, "");
            await running;
            assert.deepEqual(messages(), ["early", "late"]);
        });
    });

    describe("update and delete", () => {
        it("runs update, otherwise create, with the output so far in the environment", async () => {
            const show = 'echo "[$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR]"';
            const first = await plugin.up({ create: "echo a; echo b >&2", update: show });
            const { inputs } = await plugin.check({ create: "echo a", update: show });
            const second = await plugin.update(first.id, first.outputs, inputs);
            assert.deepEqual([second["stdout"], second["stderr"]], ["[a|b]", ""]);
            const again = await plugin.check({ create: show });
            const third = await plugin.update(first.id, second, again.inputs);
            assert.deepEqual([third["stdout"], third["update"]], ["[[a|b]|]", undefined]);
            const without = await plugin.check({ create: show, addPreviousOutputInEnv: false });
            const fourth = await plugin.update(first.id, third, without.inputs);
            assert.equal(fourth["stdout"], "[|]");
        });

        it("keeps the output where neither is there", async () => {
            const first = await plugin.up({ create: "echo a" });
            const second = await plugin.update(first.id, first.outputs, {});
            assert.deepEqual(second, { stdout: "a", stderr: "" });
        });

        it("runs delete with the state's environment and output", async () => {
            const file = join(folder, "deleted");
            const created = await plugin.up({
                create: "echo made",
                delete: `echo "$PULUMI_COMMAND_STDOUT $A" > ${file}`,
                environment: { A: secret("b") },
            });
            await plugin.delete(created.id, created.outputs);
            assert.equal(await readFile(file, "utf8"), "made b\n");
            await plugin.delete("other", { stdout: "", stderr: "" });
        });

        it("takes an output that is too long for an environment", async () => {
            const long = await plugin.up({ create: "head -c 300000 /dev/zero | tr '\\0' é" });
            const { inputs } = await plugin.check({
                create: 'printf %s "$PULUMI_COMMAND_STDOUT" | wc -c',
            });
            const next = await plugin.update(long.id, long.outputs, inputs);
            assert.equal(Number(next["stdout"]), 131_049);
        });

        it("a refresh gives back what was created", async () => {
            const created = await plugin.up({ create: "echo a", environment: { A: secret("b") } });
            assert.deepEqual(await plugin.read(created.id, created.outputs), created);
        });
    });

    describe("secrets", () => {
        it("stay wrapped, and so does all that the command may have made of them", async () => {
            const inputs = {
                create: 'echo "$OPEN"',
                environment: { OPEN: "1", HIDDEN: secret("hunter22") },
                triggers: [secret("t")],
            };
            assert.deepEqual(await up(inputs), {
                ...inputs,
                triggers: secret(["t"]),
                addPreviousOutputInEnv: true,
                stdout: secret("1"),
                stderr: secret(""),
            });
        });

        it("stay wrapped in an output that comes from an output that was secret", async () => {
            const olds = { create: "true", stdout: secret("hunter22"), stderr: "" };
            const next = await plugin.update("x", olds, { create: "echo $PULUMI_COMMAND_STDOUT" });
            assert.deepEqual(
                [next["create"], next["stdout"]],
                ["echo $PULUMI_COMMAND_STDOUT", secret("hunter22")],
            );
        });

        it("are in no line and no message", async () => {
            const inputs = {
                create: secret('echo "$KEY" "it\'s \\"$PW\\""; exit 1'),
                environment: {
                    PW: secret("hunter22"),
                    KEY: secret("-----\nfirst line\nlast line"),
                },
            };
            await assert.rejects(plugin.up(inputs), {
                message:
                    'command stand-in: exit status 1: running "[secret]":\n[secret] it\'s "[secret]"\n',
            });
            assert.deepEqual(messages(), ["[secret]", "[secret]", '[secret] it\'s "[secret]"']);
            assert.doesNotMatch(plugin.stderr, /hunter22|first line/);
        });
    });

    describe("failures", () => {
        const cases: [string, Properties, string][] = [
            [
                "an exit status, with all output",
                { create: "echo out; sleep 0.1; echo err >&2; exit 3" },
                'exit status 3: running "echo out; sleep 0.1; echo err >&2; exit 3":\nout\nerr\n',
            ],
            ["a signal", { create: "kill -9 $$" }, 'signal: killed: running "kill -9 $$":\n'],
            [
                "a folder that does not exist",
                { create: "true", dir: "/does/not/exist" },
                'chdir /does/not/exist: no such file or directory: running "true":\n',
            ],
            [
                "an interpreter that does not exist",
                { create: "true", interpreter: ["/does/not/exist"] },
                'exec: "/does/not/exist": executable file not found: running "true":\n',
            ],
        ];
        for (const [what, inputs, message] of cases) {
            it(what, async () => {
                await assert.rejects(plugin.up(inputs), {
                    message: `command stand-in: ${message}`,
                });
            });
        }

        it("record nothing, so that the next up tries again", async () => {
            const failed = await failure(plugin.up({ create: "false" }));
            assert.equal(failed.partial, undefined);
        });
    });

    describe("diff", () => {
        const olds = {
            create: "a",
            triggers: ["1"],
            environment: { A: "b" },
            stdout: "x",
            stderr: "",
        };
        const cases: [string, Properties, string[], boolean][] = [
            ["nothing", {}, [], false],
            ["create", { create: "b" }, [], true],
            ["update added", { update: "u" }, [], true],
            ["a variable", { environment: { A: "c" } }, [], true],
            ["a variable that is not known yet", { environment: { A: unknown } }, [], true],
            ["a variable that became secret", { environment: { A: secret("b") } }, [], false],
            ["a trigger", { triggers: ["2"] }, ["triggers"], true],
            ["a trigger of another kind", { triggers: [{ a: [1] }] }, ["triggers"], true],
            ["a trigger that is not known yet", { triggers: [unknown] }, ["triggers"], true],
            ["triggers removed", { triggers: null }, ["triggers"], true],
        ];
        for (const [what, change, replaces, changed] of cases) {
            it(what, async () => {
                const news = { ...without(olds, "stdout", "stderr"), ...change };
                assert.deepEqual(
                    await plugin.again({ ...olds, addPreviousOutputInEnv: true }, news),
                    { changes: changed ? "some" : "none", replaces, deleteBeforeReplace: false },
                );
            });
        }
    });

    describe("check", () => {
        it("puts the default in, as the real provider does, and lets what is not known pass", async () => {
            const inputs = {
                create: unknown,
                environment: { A: secret(unknown) },
                triggers: [unknown],
            };
            assert.deepEqual(await plugin.check(inputs), {
                inputs: {
                    ...inputs,
                    addPreviousOutputInEnv: true,
                    __defaults: ["addPreviousOutputInEnv"],
                },
                failures: [],
            });
        });

        it("refuses what it does not know", async () => {
            const { failures } = await plugin.check({
                create: "x",
                assetPaths: ["*"],
                logging: "loud",
                environment: { A: 1 },
                stdin: secret(5),
            });
            const of = `of \`${type}\``;
            assert.deepEqual(failures, [
                {
                    property: "assetPaths",
                    reason: `The command stand-in does not know the property \`assetPaths\` ${of}.`,
                },
                {
                    property: "environment.A",
                    reason: `The command stand-in expects \`environment.A\` ${of} to be a string.`,
                },
                {
                    property: "logging",
                    reason: `The command stand-in expects \`logging\` ${of} to be one of \`stdout\`, \`stderr\`, \`stdoutAndStderr\`, \`none\`.`,
                },
                // Pulumi prints the value of a property that is named, even of a secret one.
                {
                    property: "",
                    reason: `The command stand-in expects \`stdin\` ${of} to be a string.`,
                },
            ]);
        });
    });

    it("cancel stops the command and everything that it has started", async () => {
        const stoppable = await PluginProcess.start("command", type);
        try {
            const script = join(folder, "child.sh");
            const pids = join(folder, "pids");
            await writeFile(script, "echo $$ >> $PIDS\nsleep 60\n");
            const running = stoppable.up({
                create: `echo $$ >> $PIDS; sh ${script} & sh ${script}; echo never`,
                environment: { PIDS: pids },
            });
            const failed = failure(running);
            let lines: string[] = [];
            while (lines.length < 3) {
                await sleep(20);
                lines = (await readFile(pids, "utf8").catch(() => "")).split("\n").filter(Boolean);
            }
            await stoppable.cancel();
            assert.match((await failed).message, /^command stand-in: signal: terminated: running /);
            assert.deepEqual(await Promise.all(lines.map(runs)), [false, false, false]);
            await assert.rejects(stoppable.up({ create: "true" }), {
                message: "command stand-in: Stopped before it was finished",
            });
        } finally {
            await stoppable.stop();
        }
    });
}).timeout(20_000);
