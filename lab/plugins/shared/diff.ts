/** What a change of a resource's inputs means. */
import { isDeepStrictEqual } from "node:util";
import type { Field, Fields } from "./fields.ts";
import { containsUnknown, isObject, plain, plainProperties } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** The names of the properties that changed from what the object is (`olds`) to what is wanted (`news`). */
export function changedFields(
    fields: Fields,
    olds: Properties,
    news: Properties,
    same: (field: Field, old: Value | undefined, wanted: Value | undefined) => boolean = sameValue,
): string[] {
    const before = plainProperties(olds);
    const after = plainProperties(news);
    return Object.keys(fields).filter(name => !same(fields[name], before[name], after[name]));
}

/** Those of the changed properties that need a new object. */
export function replacingFields(
    fields: Fields,
    changed: string[],
    olds: Properties,
    news: Properties,
): string[] {
    return changed.filter(name => {
        const { replaces } = fields[name];
        return replaces === "count"
            ? containsUnknown(news[name]) || count(olds[name]) !== count(news[name])
            : replaces;
    });
}

function count(wrapped: Value | undefined): number {
    const value = plain(wrapped ?? null);
    if (Array.isArray(value)) {
        return value.length;
    }
    return isEmpty(value) ? 0 : 1;
}

/**
 * Whether a value is as wanted, by the rules of the Terraform providers beneath the real ones: absent, empty, zero
 * and false are the same, a set has no order, and what is computed may be anything unless it is said.
 */
function sameValue(field: Field, old: Value | undefined, wanted: Value | undefined): boolean {
    if (containsUnknown(wanted)) {
        return false;
    }
    if (isEmpty(wanted)) {
        // A computed yes is not what an explicit no asks for.
        const unsaid = wanted !== false && wanted !== 0;
        return (field.computed === true && unsaid) || isEmpty(old);
    }
    if (Array.isArray(old) && Array.isArray(wanted)) {
        const of = field.of ?? { type: "any" };
        return field.type === "set"
            ? sameSet(of, old, wanted)
            : old.length === wanted.length &&
                  old.every((element, index) => sameValue(of, element, wanted[index]));
    }
    if (isObject(old) && isObject(wanted)) {
        const names = field.fields
            ? Object.keys(field.fields)
            : [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
        return names.every(name =>
            sameValue(field.fields?.[name] ?? field.of ?? { type: "any" }, old[name], wanted[name]),
        );
    }
    return old === wanted;
}

function sameSet(of: Field, old: Value[], wanted: Value[]): boolean {
    const rest = [...old];
    for (const element of wanted) {
        const found = rest.findIndex(candidate => sameValue(of, candidate, element));
        if (found < 0) {
            return false;
        }
        rest.splice(found, 1);
    }
    return rest.length === 0;
}

function isEmpty(value: Value | undefined): boolean {
    if (value === undefined || value === null || value === "" || value === 0 || value === false) {
        return true;
    }
    return Array.isArray(value) ? value.length === 0 : isObject(value) && isEmptyObject(value);
}

function isEmptyObject(value: Properties): boolean {
    return Object.values(value).every(element => element === undefined || element === null);
}

/** Exactly the same value, secrets apart; absent and null are the same. */
export function identical(
    _field: Field,
    old: Value | undefined,
    wanted: Value | undefined,
): boolean {
    return !containsUnknown(wanted) && isDeepStrictEqual(plain(old ?? null), plain(wanted ?? null));
}
