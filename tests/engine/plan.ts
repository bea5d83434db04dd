/** A program's registrations as a text that people can review: sorted, with secrets masked. */
import { Registration, Value } from "./stub-engine";

const secretSignature = "4dabf18193072939515e22adb298388d";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The same registrations give the same bytes. */
export function planText(registrations: Registration[], outputs: Record<string, Value>): string {
    const resources = registrations
        .filter(entry => entry.type !== "pulumi:pulumi:Stack")
        .map(entry => [`${entry.type}::${entry.name}`, describe(entry)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
    const plan = { resources: Object.fromEntries(resources), outputs: mask(outputs) };
    return `${JSON.stringify(sorted(plan), null, 4)}\n`;
}

function describe(entry: Registration): Record<string, Value> {
    // The text of a dynamic provider is the concern of its own test.
    const { __provider: _, ...inputs } = entry.inputs;
    const all: Record<string, Value> = {
        inputs: mask(inputs),
        parent: short(entry.parent),
        dependencies: entry.dependencies.map(short).sort(),
        provider: short(entry.provider.split("::").slice(0, 4).join("::")),
        deletedWith: short(entry.deletedWith),
        deleteBeforeReplace: entry.deleteBeforeReplace,
        ignoreChanges: entry.ignoreChanges,
        additionalSecretOutputs: entry.additionalSecretOutputs,
        timeouts: Object.fromEntries(
            Object.entries(entry.timeouts ?? {}).filter(([, timeout]) => timeout !== ""),
        ),
    };
    // What is not set says nothing.
    return Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)));
}

const isEmpty = (value: Value) =>
    value === "" ||
    value === false ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** `urn:pulumi:dev::crossing::a:b:C$d:e:F::name` as `d:e:F::name`; nothing for the stack itself. */
function short(urn: string): string {
    const [, , types = "", name = ""] = urn.split("::");
    const type = types.split("$").at(-1) ?? "";
    return type === "" || type === "pulumi:pulumi:Stack" ? "" : `${type}::${name}`;
}

function mask(value: Value, key = ""): Value {
    if (value === unknown) {
        return "[unknown]";
    }
    if (Array.isArray(value)) {
        return value.map(inner => mask(inner));
    }
    if (typeof value === "object" && value !== null) {
        if (secretSignature in value) {
            return "[secret]";
        }
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [key, mask(inner, key)]),
        );
    }
    // Programs are not for people to review, and what is made of them changes with them.
    if (typeof value === "string" && value.length > 50_000) {
        return "[program]";
    }
    return key === "checksum/program" ? "[checksum]" : value;
}

function sorted(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([key, inner]) => [key, sorted(inner)]),
        );
    }
    return value;
}
