/**
 * Makes a recording of a preview: `pulumi preview --json … | node tests/preview-comment/record.ts > recorded/NAME.json`.
 * It keeps what the comment is made of, and says the same on every machine: names, addresses and times of this one
 * are replaced, equal ones by equal ones.
 */
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { checkout } from "../../lab/paths.ts";
import type { Step, Value } from "../../preview-comment/preview.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Replaces what a pattern finds, by one number for each thing that is found. */
function numbered(pattern: RegExp, replacement: (number: number) => string) {
    const seen = new Map<string, number>();
    return (value: string) =>
        value.replace(pattern, found => {
            seen.set(found, seen.get(found) ?? seen.size + 1);
            return replacement(seen.get(found) ?? 0);
        });
}

const repository = join(import.meta.dirname, "..", "..");
const pad = (number: number, length: number) => String(number).padStart(length, "0");
const scrubbing: ((value: string) => string)[] = [
    value => value.replaceAll(repository, "/crossing"),
    value => value.replaceAll(`-${checkout}`, ""),
    numbered(
        /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
        number => `00000000-0000-0000-0000-${pad(number, 12)}`,
    ),
    numbered(/\b[0-9a-f]{32,64}\b/g, number => pad(number, 32)),
    // Images of the lab are named after their content.
    numbered(/(?<=[:-])[0-9a-f]{12,16}\b/g, number => pad(number, 12)),
    value => value.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-01-01T00:00:00Z"),
    value => value.replace(/\b10(\.\d{1,3}){2}(?=\.\d)/g, "10.89.0"),
    value => value.replace(/(?<=127\.0\.0\.1:)\d+/g, "6443"),
];

function scrub(value: Value): Value {
    if (typeof value === "string") {
        const scrubbed = value
            .split(unknown)
            .map(part => scrubbing.reduce((text, step) => step(text), part))
            .join(unknown);
        return scrubbed.length > 2_000 ? `${scrubbed.slice(0, 2_000)}…` : scrubbed;
    }
    if (Array.isArray(value)) {
        return value.map(scrub);
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.entries(value)
                .filter(([key]) => !key.startsWith("__"))
                .map(([key, inner]) => [scrub(key) as string, scrub(inner)]),
        );
    }
    return value;
}

const compact = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));

const digest = JSON.parse(await text(process.stdin)) as {
    steps?: Step[];
    diagnostics?: { message: string }[];
    changeSummary?: object;
};
const steps = (digest.steps ?? [])
    .map(step =>
        compact({
            ...{ op: step.op, urn: step.urn, provider: step.provider },
            oldState:
                step.oldState &&
                compact({
                    inputs: step.oldState.inputs,
                    outputs: step.oldState.outputs,
                    deletedWith: step.oldState.deletedWith,
                }),
            newState: step.newState && compact({ inputs: step.newState.inputs }),
            diffReasons: step.diffReasons,
            replaceReasons: step.replaceReasons,
            detailedDiff: step.detailedDiff ?? undefined,
        }),
    )
    .sort((a, b) => (String(a["urn"]) < String(b["urn"]) ? -1 : 1));
const { changeSummary } = digest;
// Plugins of an overloaded machine may be ended before they answer: Pulumi says so, and goes on.
const diagnostics = digest.diagnostics?.filter(
    ({ message }) => !message.includes("exited prematurely"),
);
const kept = scrub(compact({ steps, diagnostics, changeSummary }));
process.stdout.write(`${JSON.stringify(kept, null, 4)}\n`);
