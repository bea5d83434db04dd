/** Command of the `command` stand-in: a shell command for each of create, update and delete. */
import { StringDecoder } from "node:string_decoder";
import { changedFields, identical } from "../shared/diff.ts";
import type { Fields } from "../shared/fields.ts";
import { randomHex } from "../shared/names.ts";
import type { Call, Resource } from "../shared/resource.ts";
import { plainProperties } from "../shared/values.ts";
import type { Properties } from "../shared/values.ts";
import { runCommand } from "./run.ts";

const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];

const fields: Fields = {
    create: { type: "string" },
    update: { type: "string" },
    delete: { type: "string" },
    triggers: { type: "list", of: { type: "any" }, replaces: true },
    stdin: { type: "string" },
    dir: { type: "string" },
    environment: { type: "map", of: { type: "string" } },
    interpreter: { type: "list", of: { type: "string" } },
    addPreviousOutputInEnv: { type: "boolean", default: true },
    logging: {
        type: "string",
        problem: (value: string) =>
            loggings.includes(value)
                ? undefined
                : `one of ${loggings.map(name => `\`${name}\``).join(", ")}`,
    },
};

interface State {
    create?: string;
    update?: string;
    delete?: string;
    stdin?: string;
    dir?: string;
    environment?: Record<string, string>;
    interpreter?: string[];
    addPreviousOutputInEnv?: boolean;
    logging?: string;
    stdout?: string;
    stderr?: string;
}

interface Output {
    stdout: string;
    stderr: string;
}

/** Runs `script`; what the run before this one wrote is in its environment. */
async function run(call: Call, script: string | undefined, before: Output): Promise<Output> {
    if (script === undefined) {
        return before;
    }
    const state = plainProperties<State>(call.properties);
    const logs = (stream: string) =>
        [undefined, "stdoutAndStderr", stream].includes(state.logging) ? call.log : undefined;
    return await runCommand({
        arguments: [...(state.interpreter?.length ? state.interpreter : ["/bin/sh", "-c"]), script],
        script,
        stdin: state.stdin,
        dir: state.dir,
        environment: {
            ...state.environment,
            ...(state.addPreviousOutputInEnv !== false && {
                ...variable("PULUMI_COMMAND_STDOUT", before.stdout),
                ...variable("PULUMI_COMMAND_STDERR", before.stderr),
            }),
        },
        onStdoutLine: logs("stdout"),
        onStderrLine: logs("stderr"),
        signal: call.signal,
    });
}

// Linux takes no longer string than this in an environment, its name and a zero byte included.
const longestVariable = 128 * 1024;

/** Nothing for no text; too long a text is cut, because the command could not even be started with it. */
function variable(name: string, text: string): Record<string, string> {
    const bytes = longestVariable - name.length - 2;
    if (Buffer.byteLength(text) > bytes) {
        // The decoder leaves out a character that was cut in two.
        return { [name]: new StringDecoder().write(Buffer.from(text).subarray(0, bytes)) };
    }
    return text === "" ? {} : { [name]: text };
}

function outputOf(properties: Properties): Output {
    const { stdout = "", stderr = "" } = plainProperties<State>(properties);
    return { stdout, stderr };
}

export const command: Resource = {
    fields,
    // The command may print whatever it was given.
    derivedOutputs: ["stdout", "stderr"],
    diff(olds, news) {
        const changed = changedFields(fields, olds, news, identical);
        return { changed, replaces: changed.filter(name => fields[name].replaces) };
    },
    async create(call) {
        const { create } = plainProperties<State>(call.properties);
        const output = await run(call, create, { stdout: "", stderr: "" });
        return {
            id: call.name + randomHex(8),
            outputs: { ...call.properties, ...output },
        };
    },
    async update(call) {
        const { create, update } = plainProperties<State>(call.properties);
        const output = await run(call, update ?? create, outputOf(call.olds));
        return { ...call.properties, ...output };
    },
    async delete(call) {
        const state = plainProperties<State>(call.properties);
        await run(call, state.delete, outputOf(call.properties));
    },
};
