/**
 * Runs the program again and again in one process, as Pulumi's Automation API runs an inline program: what it loads is
 * loaded once. The language host of `pulumi up` starts a process for each run, which costs seconds; a test shows that
 * both come to the same.
 */
import type * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { join } from "node:path";
import type { RunOptions } from "./hosts";

/** The Automation API's own, of which Pulumi declares no types. */
interface LanguageServer {
    run(
        call: { request: language.RunRequest },
        reply: grpc.sendUnaryData<language.RunResponse>,
    ): unknown;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types
const { LanguageServer } = require("@pulumi/pulumi/automation/server") as {
    LanguageServer: new (program: () => Promise<unknown>) => LanguageServer;
};

const index = join(__dirname, "..", "..", "index.ts");

/** The program, evaluated anew: its configuration is read when it is loaded. */
async function program(): Promise<unknown> {
    delete require.cache[index];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is loaded once for each run
    const exported = require(index) as () => Promise<unknown>;
    return exported();
}

/** @returns why the program failed; empty if it did not */
function run({ address, stack, config, secretKeys }: RunOptions): Promise<string> {
    const request = new language.RunRequest();
    request.setProject("crossing");
    request.setStack(stack);
    request.setOrganization("organization");
    request.setDryrun(true);
    request.setParallel(16);
    request.setMonitorAddress(address);
    request.setArgsList([address]);
    Object.entries(config).forEach(([key, value]) => request.getConfigMap().set(key, value));
    request.setConfigsecretkeysList(secretKeys);
    return new Promise(resolve => {
        // It replies twice where the program has failed; the first one counts.
        new LanguageServer(program).run({ request }, (_, response) =>
            resolve(response?.getError() ?? ""),
        );
    });
}

let last: Promise<unknown> = Promise.resolve();
process.on("message", ({ id, options }: { id: number; options: RunOptions }) => {
    // One after the other: two would not be faster in one process.
    last = last.then(async () => process.send!({ id, error: await run(options) }));
});
process.on("disconnect", () => process.exit());
