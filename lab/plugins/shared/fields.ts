/** What a resource's inputs look like, and whether they are right. Everything that is not described is refused. */
import { isObject, isSecret, unknown } from "./values.ts";
import type { Properties, Value } from "./values.ts";

export interface Field {
    type: "string" | "boolean" | "integer" | "list" | "set" | "map" | "object" | "any";
    /** What a list, set or map holds. */
    of?: Field;
    /** What an object holds. */
    fields?: Fields;
    required?: true;
    /** Put in by check where the program says nothing. */
    default?: Value;
    /** Named by check where the program says nothing: the resource's name and a random ending. */
    autoname?: true;
    /** A change needs a new object; with `count` only a change of how many there are. */
    replaces?: true | "count";
    /** Where the program says nothing, anything that the object has is right. */
    computed?: true;
    /** Says what is wrong with a value, if anything. */
    problem?: (value: never) => string | undefined;
}

export interface Fields {
    [name: string]: Field;
}

export interface Failure {
    property: string;
    reason: string;
}

/** The real providers keep in `__defaults` which inputs were not said by the program; a new name depends on it. */
export const defaultsKey = "__defaults";

export function checkFields(
    fields: Fields,
    inputs: Properties,
    type: string,
    path = "",
): Failure[] {
    const failures: Failure[] = [];
    for (const [name, value] of Object.entries(inputs)) {
        const field = fields[name];
        if (name === defaultsKey || value === undefined || value === null) {
            continue;
        }
        if (field === undefined) {
            failures.push({
                property: path + name,
                reason: `does not know the property \`${path + name}\` of \`${type}\``,
            });
        } else {
            failures.push(...checkValue(field, value, type, path + name));
        }
    }
    for (const [name, field] of Object.entries(fields)) {
        if (field.required && (inputs[name] === undefined || inputs[name] === null)) {
            failures.push({
                property: path + name,
                reason: `needs the property \`${path + name}\` of \`${type}\``,
            });
        }
    }
    return failures;
}

const typeNames = { list: "a list", set: "a list", map: "an object", object: "an object" };

function checkValue(field: Field, wrapped: Value, type: string, path: string): Failure[] {
    const value = isSecret(wrapped) ? wrapped.value : wrapped;
    if (value === unknown || field.type === "any") {
        return [];
    }
    const wrong = (expected: string): Failure[] => [
        { property: path, reason: `expects \`${path}\` of \`${type}\` to be ${expected}` },
    ];
    switch (field.type) {
        case "list":
        case "set":
            if (!Array.isArray(value)) {
                return wrong(typeNames[field.type]);
            }
            return value.flatMap((element, index) =>
                checkValue(field.of ?? { type: "any" }, element, type, `${path}[${index}]`),
            );
        case "map":
            if (!isObject(value)) {
                return wrong(typeNames.map);
            }
            return Object.entries(value).flatMap(([key, element]) =>
                checkValue(field.of ?? { type: "any" }, element ?? null, type, `${path}.${key}`),
            );
        case "object":
            return isObject(value)
                ? checkFields(field.fields ?? {}, value, type, `${path}.`)
                : wrong(typeNames.object);
        default:
            return checkScalar(field, value, wrong);
    }
}

function checkScalar(field: Field, value: Value, wrong: (expected: string) => Failure[]) {
    const right = field.type === "integer" ? Number.isInteger(value) : typeof value === field.type;
    if (!right) {
        return wrong(field.type === "integer" ? "a whole number" : `a ${field.type}`);
    }
    const expected = field.problem?.(value as never);
    return expected === undefined ? [] : wrong(expected);
}

/** The inputs with their defaults. Absent and null are the same; secrets stay wrapped. */
export function withDefaults(fields: Fields, inputs: Properties): Properties {
    const filled: Properties = {};
    for (const [name, value] of Object.entries(inputs)) {
        if (value !== undefined && value !== null) {
            filled[name] = fillValue(fields[name] ?? { type: "any" }, value);
        }
    }
    for (const [name, field] of Object.entries(fields)) {
        if (field.default !== undefined) {
            filled[name] ??= field.default;
        }
    }
    return filled;
}

function fillValue(field: Field, value: Value): Value {
    if (isSecret(value)) {
        return { ...value, value: fillValue(field, value.value) };
    }
    if (Array.isArray(value) && field.of) {
        const { of } = field;
        return value.map(element => fillValue(of, element));
    }
    return isObject(value) && field.fields ? withDefaults(field.fields, value) : value;
}
