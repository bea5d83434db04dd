/** `status.hash` of Profiles and Policies: tells whether a status belongs to the present spec. */
import { createHash } from "node:crypto";
import { canonical, isFields, type Fields } from "./json.ts";

/** Fields that the server itself writes into a spec: they must not look like a change by the user. */
const WRITTEN = new Set(["receiveString", "migrationToken", "lastModifyHash"]);

function without(value: unknown, keys: Set<string>): unknown {
    if (Array.isArray(value)) {
        return value.map(item => without(item, keys));
    }
    if (!isFields(value)) {
        return value;
    }
    const kept = Object.entries(value).filter(([key]) => !keys.has(key));
    return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner, keys)]));
}

function hashOf(value: unknown): number {
    const digest = createHash("sha256").update(canonical(value)).digest();
    // K10 documents an int64; 52 bits survive every reader that keeps numbers as doubles.
    return Number(digest.readBigUInt64BE() >> 12n);
}

/** The hash of a spec, without what the server writes into policies. */
export function specHash(spec: Fields | undefined): number {
    // An import policy's receiveString is the user's; only that of exports is ours.
    const actions = isFields(spec) && Array.isArray(spec["actions"]) ? spec["actions"] : [];
    const imports = actions.map(action => (isFields(action) ? action["importParameters"] : null));
    return hashOf({ imports, spec: without(spec ?? {}, WRITTEN) });
}
