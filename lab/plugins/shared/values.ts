/** Property values as they travel between Pulumi's engine and the stand-in plugins: secrets and unknowns included. */

/** A property value on the wire: JSON, in which secrets are wrapped and unknowns are a marker. */
export type Value = string | number | boolean | null | Value[] | Properties;
export interface Properties {
    [key: string]: Value | undefined;
}

// Fixed by Pulumi's protocol.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// What is shorter than this (a `}` of a file, the number of a port) gives nothing away, but is in most sentences.
const shortestSecret = 3;

export function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is Properties & { value: Value } {
    return isObject(value) && value[signatureKey] === secretSignature;
}

export function secret(value: Value): Value {
    return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

export function containsSecret(value: unknown): boolean {
    return isSecret(value) || children(value).some(containsSecret);
}

export function containsUnknown(value: unknown): boolean {
    return value === unknown || children(value).some(containsUnknown);
}

/** The value without any wrapping: to be used, never to be returned to the engine as it is. */
export function plain(value: Value): Value {
    if (isSecret(value)) {
        return plain(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    return isObject(value) ? plainProperties<Properties>(value) : value;
}

/** Like `plain`, for all properties of a resource. `T` is what the resource's check has made sure of. */
export function plainProperties<T extends object = Properties>(properties: Properties): T {
    const entries = Object.entries(properties)
        .filter((entry): entry is [string, Value] => entry[1] !== undefined && entry[1] !== null)
        .map(([key, value]) => [key, plain(value)]);
    return Object.fromEntries(entries) as T;
}

export function without(properties: Properties, ...names: string[]): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([key]) => !names.includes(key)));
}

/** Without what is undefined or null: the engine's protocol fails on the one, and the program sees no use in the other. */
export function compact(properties: Properties): Properties {
    const entries = Object.entries(properties)
        .filter((entry): entry is [string, Value] => entry[1] !== undefined && entry[1] !== null)
        .map(([key, value]) => [key, compactValue(value)]);
    return Object.fromEntries(entries) as Properties;
}

function compactValue(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(compactValue);
    }
    return isObject(value) ? compact(value) : value;
}

/**
 * Wraps in `outputs` what was secret in `inputs` under the same name, as Pulumi's engine does for providers that
 * know no secrets: of an object only the part, of a list the whole, because a list may come back in another order.
 */
export function keepSecrets(outputs: Properties, inputs: Properties): Properties {
    const kept: Properties = { ...outputs };
    for (const [key, input] of Object.entries(inputs)) {
        const output = kept[key];
        if (output === undefined || isSecret(output)) {
            continue;
        }
        if (isObject(output) && isObject(input) && !isSecret(input)) {
            kept[key] = keepSecrets(output, input);
        } else if (containsSecret(input)) {
            kept[key] = secret(output);
        }
    }
    return kept;
}

/** Takes everything secret in `properties` out of a text that a person will read. */
export function redact(text: string, properties: Properties): string {
    const texts = new Set<string>();
    collectSecretTexts(properties, false, texts);
    // The longest first: a secret may be a part of another one.
    return [...texts]
        .sort((a, b) => b.length - a.length)
        .reduce((rest, found) => rest.replaceAll(found, "[secret]"), text);
}

function collectSecretTexts(value: unknown, inSecret: boolean, texts: Set<string>): void {
    if (isSecret(value)) {
        collectSecretTexts(value.value, true, texts);
    } else if (inSecret && (typeof value === "string" || typeof value === "number")) {
        const text = String(value);
        // Output is logged line by line, so a secret of many lines has to be known by its lines too.
        [text, ...text.split("\n").map(line => line.trim())]
            // Messages quote what they are about.
            .flatMap(found => [found, JSON.stringify(found).slice(1, -1)])
            .filter(found => found.length >= shortestSecret)
            .forEach(found => texts.add(found));
    } else {
        children(value).forEach(child => collectSecretTexts(child, inSecret, texts));
    }
}

function children(value: unknown): unknown[] {
    if (Array.isArray(value)) {
        return value;
    }
    return isObject(value) ? Object.values(value) : [];
}
