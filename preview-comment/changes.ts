/** What is different about a resource: property by property, as people write them. */

import { code, excerpt } from "./markdown.ts";
import type { Properties, Resource, Value } from "./preview.ts";
import { secret, type Secrets } from "./secrets.ts";

/** What Pulumi writes in the place of a value that only `up` will know. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Change {
    /** `spec.actions[0].action` */
    path: string;
    /** `undefined` where it was not set. */
    old: Value | undefined;
    /** `undefined` where it is set no more. */
    new: Value | undefined;
    /** Whether this is why the resource is replaced. */
    replaces: boolean;
}

/** What changes in the inputs; and what Pulumi names as changed although the inputs show it equal, such as secrets. */
export function changesOf(resource: Resource): Change[] {
    if (resource.operation === "create" || resource.operation === "delete") {
        return [];
    }
    const replaces = (path: string) => resource.replacing.some(reason => overlap(reason, path));
    const seen = compare(resource.old, resource.new, "");
    const named = [...new Set([...resource.reasons, ...resource.replacing])]
        .filter(path => !isInternal(path))
        .filter(path => !seen.some(change => overlap(change.path, path)))
        .map(path => ({ path, old: at(resource.old, path), new: at(resource.new, path) }));
    return [...seen, ...withoutOuter(named)].map(change => ({
        ...(isSecretData(resource, change.path) ? { ...change, old: secret, new: secret } : change),
        replaces: replaces(change.path),
    }));
}

type Difference = Omit<Change, "replaces">;

/** All that a Secret of Kubernetes holds is secret, whatever its keys are called. */
const isSecretData = ({ types }: Resource, path: string) =>
    types.at(-1) === "kubernetes:core/v1:Secret" && /^(data|stringData)\b/.test(path);

/** Providers keep their own notes in properties that begin so. */
const isInternal = (path: string) => /(^|\.)__/.test(path);

/** Whether one path is the other one or lies inside it. */
function overlap(a: string, b: string): boolean {
    const inside = (outer: string, inner: string) =>
        inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
    return inside(a, b) || inside(b, a);
}

/** Of `spec` and `spec.frequency` only the latter. */
const withoutOuter = (found: Difference[]): Difference[] =>
    found.filter(
        ({ path }) =>
            !found.some(
                other =>
                    other.path !== path &&
                    overlap(path, other.path) &&
                    other.path.length > path.length,
            ),
    );

function compare(old: Value | undefined, current: Value | undefined, path: string): Difference[] {
    if (JSON.stringify(old) === JSON.stringify(current)) {
        return [];
    }
    if (isObject(old) && isObject(current)) {
        return [...new Set([...Object.keys(old), ...Object.keys(current)])]
            .filter(key => !isInternal(key))
            .flatMap(key => compare(old[key], current[key], join(path, key)));
    }
    if (Array.isArray(old) && Array.isArray(current) && old.length === current.length) {
        return old.flatMap((value, index) => compare(value, current[index], `${path}[${index}]`));
    }
    return [{ path, old, new: current }];
}

const isObject = (value: Value | undefined): value is Properties =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Keys that are no plain words stand in brackets, as Pulumi writes them. */
function join(path: string, key: string): string {
    if (!/^[\w-]+$/.test(key)) {
        return `${path}[${JSON.stringify(key)}]`;
    }
    return path === "" ? key : `${path}.${key}`;
}

/** The value at a path, if there is one. */
export function at(properties: Properties, path: string): Value | undefined {
    const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
        ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
    );
    let found: Value | undefined = properties;
    for (const key of keys) {
        if (typeof found !== "object" || found === null) {
            return undefined;
        }
        found = (found as Properties)[key];
    }
    return found;
}

/** `old → new` in Markdown, secrets masked, each at most `longest` characters. */
export function arrow(change: Difference, secrets: Secrets, longest: number): string {
    const [old, current] = [change.old, change.new].map(value =>
        shown(value, change.path, secrets),
    );
    // What is secret on one side is secret on the other, whoever forgot to say so there.
    const hide = old === secret || current === secret;
    const from = firstDifference(old, current);
    const side = (text: string | undefined) =>
        text === undefined
            ? "*(not set)*"
            : text === unknown
              ? "*known after apply*"
              : hide
                ? secret
                : code(excerpt(text, longest, from));
    return `${side(old)} → ${side(current)}`;
}

function shown(value: Value | undefined, path: string, secrets: Secrets): string | undefined {
    if (value === undefined) {
        return undefined;
    }
    const masked = secrets.mask(value, path);
    const text =
        typeof masked === "string"
            ? masked
            : JSON.stringify(masked, (key, inner: Value) => (isInternal(key) ? undefined : inner));
    return text === unknown ? text : text.replaceAll(unknown, "(known after apply)");
}

function firstDifference(a = "", b = ""): number {
    let index = 0;
    while (index < a.length && a[index] === b[index]) {
        index++;
    }
    return index;
}
