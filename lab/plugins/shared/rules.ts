/** What Pulumi expects of every provider alike, whatever the resource: names, defaults, secrets, differences. */
import { changedFields, replacingFields } from "./diff.ts";
import { defaultsKey, withDefaults } from "./fields.ts";
import { randomHex } from "./names.ts";
import type { Difference, Resource } from "./resource.ts";
import {
    compact,
    containsSecret,
    containsUnknown,
    keepSecrets,
    plainProperties,
    secret,
} from "./values.ts";
import type { Properties } from "./values.ts";

export function difference(resource: Resource, olds: Properties, news: Properties): Difference {
    const changed = changedFields(resource.fields, olds, news);
    return { changed, replaces: replacingFields(resource.fields, changed, olds, news) };
}

/** A name that the program has chosen is free for the new object only when the old one is gone. */
export function nameIsTaken({ fields }: Resource, news: Properties): boolean {
    const defaults = news[defaultsKey];
    return Object.entries(fields).some(
        ([name, { autoname }]) => autoname && !(Array.isArray(defaults) && defaults.includes(name)),
    );
}

export function filled(
    resource: Resource,
    name: string,
    olds: Properties,
    said: Properties,
): Properties {
    if (resource.defaultsInInputs === false) {
        return compact(said);
    }
    const inputs = withDefaults(resource.fields, said);
    const named = Object.keys(resource.fields).find(key => resource.fields[key].autoname);
    if (named !== undefined && inputs[named] === undefined) {
        const before = olds[defaultsKey];
        const keep = Array.isArray(before) && before.includes(named) && olds[named];
        inputs[named] = keep || `${name}-${randomHex(7)}`;
    }
    const defaults = Object.keys(inputs).filter(key => (said[key] ?? null) === null);
    return { ...inputs, [defaultsKey]: defaults.sort() };
}

/** The outputs as they go to the state: what was or may be secret is wrapped, and nothing is undefined. */
export function sealed(
    resource: Resource,
    outputs: Properties,
    source: Properties,
    derivedFrom: Properties = source,
): Properties {
    const kept = keepSecrets(compact(outputs), source);
    const always = resource.secretOutputs ?? [];
    const derived = containsSecret(derivedFrom) ? (resource.derivedOutputs ?? []) : [];
    for (const name of [...always, ...derived]) {
        const value = kept[name];
        if (value !== undefined) {
            kept[name] = secret(value);
        }
    }
    return kept;
}

export function knownPlain(inputs: Properties): Properties {
    const known = Object.entries(inputs).filter(([, value]) => !containsUnknown(value));
    return plainProperties(Object.fromEntries(known));
}
