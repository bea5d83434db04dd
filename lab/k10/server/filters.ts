/** `filters` of backups and restores (K10 documentation, API "Policies", filters). */
import { ACTIONS_GROUP } from "./constants.ts";
import { listAt, textAt } from "./json.ts";
import type { Captured } from "./layout.ts";
import { meets } from "./selectors.ts";

function matches(entry: unknown, { group, version, resource, object }: Captured): boolean {
    const says = (key: string, value: string) => {
        const wanted = textAt(entry, key);
        // `core` is how people write the group that has no name.
        return (
            wanted === "" ||
            (key === "group" && wanted === "core" ? value === "" : wanted === value)
        );
    };
    return (
        says("group", group) &&
        says("version", version) &&
        says("resource", resource) &&
        says("name", object.metadata.name) &&
        meets(object.metadata.labels, entry)
    );
}

/** The entry that keeps the defaults beside an include list. */
function isDefaults(entry: unknown): boolean {
    return textAt(entry, "group") === ACTIONS_GROUP && textAt(entry, "resource") === "defaults";
}

/** The keys that need more than names and labels, and are refused rather than ignored. */
const REFUSED = [
    "includeClusterResources",
    "excludeClusterResources",
    "includeExtraResources",
    "excludeExtraResources",
];

/** What is not supported of a `filters` value; none means that `filtered` does all it asks. */
export function filterErrors(filters: unknown): string[] {
    return REFUSED.filter(key => listAt(filters, key).length > 0).map(
        key => `${key} is not implemented by the K10 stand-in`,
    );
}

/**
 * The objects that stay. An include list replaces the defaults unless it holds the entry
 * `{group: actions.kio.kasten.io, resource: defaults}`; the exclude list then takes away.
 */
export function filtered(objects: Captured[], filters: unknown): Captured[] {
    const include = listAt(filters, "includeResources");
    const exclude = listAt(filters, "excludeResources");
    const all = include.length === 0 || include.some(isDefaults);
    return objects.filter(
        object =>
            (all || include.some(entry => matches(entry, object))) &&
            !exclude.some(entry => matches(entry, object)),
    );
}
