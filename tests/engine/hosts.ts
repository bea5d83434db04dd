/** Who runs the program: one process for all runs, or Pulumi's own way, a process for each. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { join } from "node:path";

export const repository = join(__dirname, "..", "..");

export interface RunOptions {
    /** Where engine and resource monitor listen. */
    address: string;
    stack: string;
    config: Record<string, string>;
    secretKeys: string[];
}

/** @returns why the program failed; empty if it did not */
export type Host = (options: RunOptions) => Promise<string>;

let shared: ChildProcess | undefined;
let runs = 0;

/** One process for all runs of a test file, which saves loading the program for each: see inline-host.ts. */
export const sharedProcess: Host = options => {
    shared ??= fork(join(__dirname, "inline-host.ts"), {
        cwd: repository,
        execArgv: ["--require", "ts-node/register/transpile-only"],
    });
    const child = shared;
    child.setMaxListeners(0);
    // It does not keep the tests from ending, and ends with them.
    child.unref();
    child.channel?.unref();
    const id = ++runs;
    return new Promise((resolve, reject) => {
        const ended = () => reject(new Error("the process that runs the program has ended"));
        const heard = (message: { id: number; error: string }) => {
            if (message.id === id) {
                child.off("message", heard).off("exit", ended);
                resolve(message.error);
            }
        };
        child.on("message", heard).on("exit", ended);
        child.send({ id, options });
    });
};

/** As Pulumi's language host does it: a process for each run. */
export const ownProcess: Host = ({ address, stack, config, secretKeys }) => {
    const child = spawn(
        process.execPath,
        [
            require.resolve("@pulumi/pulumi/cmd/run"),
            ...[`--monitor=${address}`, `--engine=${address}`],
            ...["--project=crossing", `--stack=${stack}`, "--organization=organization"],
            ...[`--pwd=${repository}`, "--dry-run", "--parallel=16", "."],
        ],
        {
            cwd: repository,
            env: {
                ...process.env,
                // As the language host sets it from Pulumi.yaml.
                PULUMI_NODEJS_TYPESCRIPT: "true",
                PULUMI_NODEJS_TSCONFIG_PATH: "tsconfig.pulumi.json",
                PULUMI_CONFIG: JSON.stringify(config),
                PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
            },
            stdio: ["ignore", "inherit", "inherit"],
        },
    );
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", status => resolve(status === 0 ? "" : `exit status ${status}`));
    });
};
