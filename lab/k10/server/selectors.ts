/** Label and field selectors, in the query's text form and in the form of a LabelSelector. */
import { at, fieldsAt, isFields, listAt, textAt, type KubeObject } from "./json.ts";
import { badRequest } from "./status.ts";

type Labels = Record<string, string> | undefined;
type Test = (labels: Labels) => boolean;

/** Splits at commas that are not inside parentheses. */
function split(text: string): string[] {
    return text
        .split(/,(?![^(]*\))/)
        .map(part => part.trim())
        .filter(Boolean);
}

function requirement(text: string): Test {
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
    if (set) {
        const values = set[3].split(",").map(value => value.trim());
        const inside = (found: Labels) => values.includes(found?.[set[1]] ?? "\0");
        return set[2] === "in" ? inside : found => !inside(found);
    }
    const pair = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(text);
    if (pair) {
        const [, key, operator, value] = pair;
        return operator === "!="
            ? found => found?.[key] !== value
            : found => found?.[key] === value;
    }
    const presence = /^(!?)([^=!\s()]+)$/.exec(text);
    if (presence) {
        const absent = presence[1] === "!";
        return found => Object.hasOwn(found ?? {}, presence[2]) !== absent;
    }
    throw badRequest(`unable to parse requirement: ${text}`);
}

/**
 * The query parameter `labelSelector`: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 * @throws ApiError 400 for anything else.
 */
export function parseLabelSelector(text: string): Test {
    const tests = split(text).map(requirement);
    return found => tests.every(test => test(found));
}

/** The fields by which lists can be narrowed (K10 documentation, API "Applications"; the first two by use). */
const SELECTABLE = ["metadata.name", "metadata.namespace", "status.state"];

/**
 * The query parameter `fieldSelector`: `metadata.name=x`, also `metadata.namespace` and `status.state`.
 * @throws ApiError 400 for another field.
 */
export function parseFieldSelector(text: string): (object: KubeObject) => boolean {
    const tests = split(text).map(part => {
        const match = /^([^=!]+?)(==|=|!=)(.*)$/.exec(part);
        if (!match || !SELECTABLE.includes(match[1])) {
            throw badRequest(`field label not supported: ${match?.[1] ?? part}`);
        }
        const path = match[1].split(".");
        return (object: KubeObject) =>
            (textAt(object, ...path) === match[3]) === (match[2] !== "!=");
    });
    return object => tests.every(test => test(object));
}

function expression(found: Labels, requirementOf: unknown): boolean {
    const key = textAt(requirementOf, "key");
    const values = listAt(requirementOf, "values");
    const value = found?.[key];
    switch (textAt(requirementOf, "operator")) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
        default:
            return false;
    }
}

/** Whether labels meet a LabelSelector (`matchLabels`, `matchExpressions`); an empty one admits all. */
export function meets(found: Labels, selector: unknown): boolean {
    const wanted = Object.entries(fieldsAt(selector, "matchLabels"));
    return (
        wanted.every(([key, value]) => found?.[key] === value) &&
        listAt(selector, "matchExpressions").every(each => expression(found, each))
    );
}

/** Whether a text fits a pattern in which `*` stands for any characters. */
export function matchesWildcard(text: string, pattern: string): boolean {
    const parts = pattern.split("*").map(part => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(text);
}

/** The values that a policy's selector gives for a key, and those it excludes. */
export function selectorValues(selector: unknown, key: string): { in: string[]; notIn: string[] } {
    const direct = at(selector, "matchLabels", key);
    const result = { in: typeof direct === "string" ? [direct] : [], notIn: [] as string[] };
    for (const each of listAt(selector, "matchExpressions")) {
        if (isFields(each) && each["key"] === key) {
            const values = listAt(each, "values").filter(value => typeof value === "string");
            (each["operator"] === "NotIn" ? result.notIn : result.in).push(...values);
        }
    }
    return result;
}
