/** Pulumi's provider `command`, as far as the program uses it: local commands without assets. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Behaviour } from "../behaviour.ts";
import type { Scratch } from "../scratch.ts";
import { until } from "../support/cluster.ts";
import {
    type Plugin,
    pluginPart,
    type Properties,
    secret,
    type State,
    unknown,
} from "../support/plugin.ts";

const type = "command:local:Command";

/** A property or section of the one page. */
const page = (where: string) => `Pulumi registry, command.local.Command, ${where}`;
/** Where no page says it: a file of github.com/pulumi/pulumi-command. */
const source = (file: string) => `pulumi-command, provider/pkg/provider/${file}`;

const behaviour = (
    name: string,
    from: string,
    check: Behaviour<Plugin>["check"],
    confirmed = true,
): Behaviour<Plugin> => ({ name, source: from, confirmed, check });

const create = (plugin: Plugin, inputs: Properties) => plugin.create(type, inputs);

async function stdout(plugin: Plugin, inputs: Properties): Promise<unknown> {
    return (await create(plugin, inputs)).outputs["stdout"];
}

async function folder(scratch: Scratch): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "conformance-command-"));
    scratch.later(`folder \`${path}\``, () => rm(path, { recursive: true, force: true }));
    return path;
}

/** What a change of inputs means. */
const means = (
    name: string,
    from: string,
    [before, after]: [Properties, Properties],
    [changed, replaces]: [boolean, string[]],
    confirmed = true,
) =>
    behaviour(
        name,
        from,
        async plugin => {
            const state = await create(plugin, before);
            assert.deepEqual(await plugin.diff(state, after), { changed, replaces });
        },
        confirmed,
    );

const behaviours = [
    behaviour(
        "Create runs the command, and its outputs are what it wrote to stdout and stderr.",
        page("create, stdout, stderr"),
        async plugin => {
            const { outputs } = await create(plugin, { create: "echo out; echo err >&2" });
            assert.deepEqual([outputs["stdout"], outputs["stderr"]], ["out", "err"]);
        },
    ),
    behaviour(
        "One newline at the end is left out, and no more.",
        source("local/commandOutputs.go"),
        async plugin => {
            assert.equal(await stdout(plugin, { create: "echo a; echo" }), "a\n");
        },
    ),
    behaviour(
        "Without `create` nothing runs, and there is a resource.",
        source("local/commandController.go"),
        async plugin => {
            const state = await create(plugin, { delete: "true" });
            assert.notEqual(state.id, "");
            assert.equal(state.outputs["stdout"] ?? "", "");
        },
    ),
    behaviour("The default interpreter is /bin/sh -c.", page("interpreter"), async plugin => {
        assert.equal(await stdout(plugin, { create: 'echo "$0" | sed "s|.*/||"' }), "sh");
    }),
    behaviour("Another interpreter gets the command.", page("interpreter"), async plugin => {
        const interpreter = [process.execPath, "-e"];
        assert.equal(await stdout(plugin, { create: "console.log(6 * 7)", interpreter }), "42");
    }),
    behaviour(
        "The command has the given variables besides those of the engine.",
        page("environment"),
        async plugin => {
            const inputs = { create: 'echo "$GIVEN ${PATH:+path}"', environment: { GIVEN: "a" } };
            assert.equal(await stdout(plugin, inputs), "a path");
        },
    ),
    behaviour("The command reads what is given by `stdin`.", page("stdin"), async plugin => {
        assert.equal(await stdout(plugin, { create: "cat", stdin: "in\nput" }), "in\nput");
    }),
    behaviour("The command runs in the given folder.", page("dir"), async (plugin, scratch) => {
        const dir = await folder(scratch);
        assert.equal(await stdout(plugin, { create: "pwd -P", dir }), dir);
    }),
    behaviour("A folder that does not exist is an error.", page("dir"), async plugin => {
        await assert.rejects(create(plugin, { create: "true", dir: "/does/not/exist" }), {
            message: /\/does\/not\/exist: no such file or directory/,
        });
    }),
    behaviour(
        "A command that ends with another status than 0 fails, with its status, its text and all output.",
        page("description"),
        async plugin => {
            const script = "echo out; sleep 0.1; echo err >&2; exit 3";
            await assert.rejects(create(plugin, { create: script }), {
                message:
                    /exit status 3: running "echo out; sleep 0\.1; echo err >&2; exit 3":\nout\nerr/,
            });
        },
    ),
    behaviour(
        "Update runs `update`, with the output so far in its environment.",
        page("update"),
        async plugin => {
            const update = 'echo "[$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR]"';
            const inputs = { create: "echo a; echo b >&2", update };
            const state = await create(plugin, inputs);
            const next = await plugin.update(state, { ...inputs, environment: { A: "1" } });
            assert.deepEqual([next.outputs["stdout"], next.outputs["stderr"]], ["[a|b]", ""]);
        },
    ),
    behaviour("Without `update` it runs `create` again.", page("update"), async plugin => {
        const state = await create(plugin, { create: "echo a" });
        const next = await plugin.update(state, { create: 'echo "$PULUMI_COMMAND_STDOUT b"' });
        assert.equal(next.outputs["stdout"], "a b");
    }),
    behaviour(
        "The output so far can be kept out of the environment.",
        page("addPreviousOutputInEnv"),
        async plugin => {
            const state = await create(plugin, { create: "echo a" });
            const next = await plugin.update(state, {
                ...{ create: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false },
            });
            assert.equal(next.outputs["stdout"], "[]");
        },
    ),
    behaviour(
        "Where neither `update` nor `create` is there, an update keeps the output.",
        source("local/commandController.go"),
        async plugin => {
            const state = await create(plugin, { create: "echo a" });
            const next = await plugin.update(state, { delete: "true" });
            assert.equal(next.outputs["stdout"], "a");
        },
    ),
    behaviour(
        "Delete runs `delete`, with the output and the variables of the resource.",
        page("delete"),
        async (plugin, scratch) => {
            const file = join(await folder(scratch), "deleted");
            const state = await create(plugin, {
                create: "echo made",
                delete: `echo "$PULUMI_COMMAND_STDOUT $A" > ${file}`,
                environment: { A: "b" },
            });
            await plugin.delete(state);
            assert.equal(await readFile(file, "utf8"), "made b\n");
        },
    ),
    behaviour(
        "A refresh gives back what was created, and runs nothing.",
        page("create: not executed when inputs are unchanged"),
        async (plugin, scratch) => {
            const file = join(await folder(scratch), "runs");
            const state = await create(plugin, { create: `echo run >> ${file}` });
            assert.deepEqual((await plugin.read(state))?.outputs, state.outputs);
            assert.equal(await readFile(file, "utf8"), "run\n");
        },
    ),

    means(
        "Unchanged inputs change nothing.",
        page("create: not executed when inputs are unchanged"),
        [{ create: "true" }, { create: "true" }],
        [false, []],
    ),
    means(
        "Another `create` is an update.",
        page("create: also run when inputs are modified"),
        [{ create: "true" }, { create: "echo" }],
        [true, []],
    ),
    means(
        "Another variable is an update.",
        page("create: also run when inputs are modified"),
        [
            { create: "true", environment: { A: "1" } },
            { create: "true", environment: { A: "2" } },
        ],
        [true, []],
    ),
    means(
        "Another trigger makes a new resource, where there is no `update`.",
        page("triggers"),
        [
            { create: "true", triggers: ["1"] },
            { create: "true", triggers: ["2"] },
        ],
        [true, ["triggers"]],
    ),
    // The page says that with `update` it is an update. The program's text asks for a new resource always.
    means(
        "Another trigger makes a new resource, although there is an `update`.",
        `${source("common/inputs.go")} (replaceOnChanges), against the page`,
        [
            { create: "true", update: "true", triggers: ["1"] },
            { create: "true", update: "true", triggers: ["2"] },
        ],
        [true, ["triggers"]],
        false,
    ),
    means(
        "A trigger that is not known yet is taken for another one.",
        "Pulumi documentation, Inputs and outputs, unknown values in previews",
        [
            { create: "true", triggers: ["1"] },
            { create: "true", triggers: [unknown] },
        ],
        [true, ["triggers"]],
    ),

    behaviour(
        "Output lines are shown while the command runs, both kinds by default.",
        page("logging"),
        async plugin => {
            assert.deepEqual(await shown(plugin, "both", {}), ["err", "out"]);
        },
    ),
    ...(
        [
            ["stdout", ["out"]],
            ["stderr", ["err"]],
            ["none", []],
        ] as const
    ).map(([logging, expected]) =>
        behaviour(
            `\`logging: ${logging}\` shows no other lines.`,
            page("logging"),
            async plugin => {
                assert.deepEqual(await shown(plugin, logging, { logging }), expected);
            },
        ),
    ),
    behaviour(
        "Another value of `logging` is refused.",
        page("logging: one of four"),
        async plugin => {
            const inputs = { create: "true", logging: "loud" };
            await assert.rejects(create(plugin, inputs), { message: /logging/i });
        },
        false,
    ),

    behaviour(
        "A secret variable stays secret in the outputs.",
        "Pulumi documentation, Secrets, how Pulumi tracks them",
        async plugin => {
            const state = await create(plugin, { create: "true", environment: hidden });
            assert.doesNotMatch(inClear(state), /hunter22/);
        },
    ),
    behaviour(
        "What a command that was given a secret writes is secret.",
        source("local/commandController.go (every output depends on every input)"),
        async plugin => {
            const inputs = { create: 'echo "$PASSWORD"', environment: hidden };
            const state = await create(plugin, inputs);
            assert.deepEqual(state.outputs["stdout"], secret("hunter22"));
        },
    ),

    behaviour(
        "Cancelling ends the command that runs, and the create fails.",
        "Pulumi documentation, Provider protocol, Cancel",
        async (plugin, scratch) => {
            const file = join(await folder(scratch), "pid");
            const running = create(plugin, { create: `echo $$ > ${file}; exec sleep 60` });
            const failed = running.then(
                () => undefined,
                (error: unknown) => error,
            );
            const pid = await until("the command to run", async () => {
                const text = await readFile(file, "utf8").catch(() => "");
                return text.endsWith("\n") ? text.trim() : undefined;
            });
            await plugin.cancel();
            assert.ok((await failed) instanceof Error, "the create succeeded");
            await until("the command to end", async () => {
                const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
                return /\) [ZX]/.test(stat) ? true : undefined;
            });
        },
    ),
];

const hidden = { PASSWORD: secret("hunter22") };

/** The state as it would lie on a disk without encryption of secrets. */
function inClear({ outputs }: State): string {
    return JSON.stringify(outputs).replaceAll(JSON.stringify(secret("hunter22")), "");
}

/** The lines that are shown of a command that writes one to each of stdout and stderr, sorted. */
async function shown(plugin: Plugin, name: string, more: Properties): Promise<string[]> {
    await plugin.create(type, { create: "echo out; echo err >&2", ...more }, `lines-${name}`);
    return plugin.lines(type, `lines-${name}`).toSorted();
}

export const part = pluginPart(
    "command",
    {
        title: "Pulumi's provider command",
        makes: [
            "commands of the shell on this machine, in folders of their own below the folder for temporary files",
        ],
        behaviours,
    },
    plugin => Promise.resolve(plugin),
);
