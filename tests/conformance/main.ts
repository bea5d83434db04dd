/** `npm run conformance -- <part>`: whether a stand-in, and what it stands in for, behave as documented. */
import { Command } from "commander";
import type { Part } from "./behaviour.ts";
import { conformance } from "./conformance.ts";
import { parts } from "./parts.ts";

interface Options extends Record<string, unknown> {
    real?: string;
    standIn?: string;
    json: boolean;
}

const interrupted = new AbortController();
process.once("SIGINT", () => {
    process.stderr.write("interrupted: removing what was made\n");
    interrupted.abort();
});

function command(part: Part<unknown>): Command {
    const result = new Command(part.name)
        .description(part.title)
        .option("--real <which>", realHelp(part))
        .option("--stand-in <which>", "another stand-in than the one that is started or found")
        .option("--json", "as JSON", false);
    for (const { flags, help, default: preset } of part.options) {
        result.option(flags, help, preset);
    }
    return result.action(async ({ real, standIn, json, ...options }: Options) => {
        const named = part.environment && process.env[part.environment];
        process.exitCode = await conformance(
            part,
            {
                real: real ?? (named || part.installed),
                standIn,
                options: options as Record<string, string | undefined>,
            },
            { json, interrupted: interrupted.signal },
            {
                out: text => process.stdout.write(`${text}\n`),
                progress: line => process.stderr.write(`${line}\n`),
            },
        );
    });
}

function realHelp(part: Part<unknown>): string {
    const preset = part.environment ? `the variable ${part.environment}` : part.installed;
    const also = preset ? ` (default: ${preset})` : "";
    return `the real one to ask: ${part.realIs}${also}`;
}

const program = new Command("conformance").description(
    "Whether a stand-in, and what it stands in for, behave as documented.",
);
for (const part of await parts()) {
    program.addCommand(command(part));
}
// Without a part: which there are.
program.action(() => program.outputHelp());

try {
    await program.parseAsync();
} catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
}
