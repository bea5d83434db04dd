/**
 * What of an application's objects may be expected on the target: filters leave some out, transforms change some, and
 * `dataOnly` brings volumes alone. What is not compared is told, and never passes as compared.
 */
import type { ResourceFilter, RestoreChoices } from "../k10/restore-spec";
import { meets } from "../kube/labels";
import { anyContent, kindOf, ObservedObject, resourceOf, volumeKinds } from "./objects";
import type { Check } from "./verification";

/** Filters of a backup or a restore. */
export type Filters = NonNullable<RestoreChoices["filters"]>;

/** Operations on the objects that a subject means; or a TransformSet whose operations are not known. */
export type KnownTransform =
    | {
          subject?: Pick<ResourceFilter, "group" | "version" | "resource" | "name"> | null;
          json?: { op: string; path: string; from?: string }[] | null;
      }
    | { unknown: string };

/** What K10 does not back up by itself (K10 documentation, API "Policies", default filters). */
const notBackedUp: ReadonlySet<string> = new Set(["HorizontalPodAutoscaler"]);

/** How a restore was chosen to be, with the contents of its TransformSets. */
export interface Chosen extends Pick<RestoreChoices, "filters" | "dataOnly"> {
    transforms: KnownTransform[];
}

/** What is compared, and what is not, as lines beside the checks. */
export interface Expectation {
    objects: ObservedObject[];
    apart: Check[];
}

/** The entry by which an include list keeps what K10 takes without one. */
const isDefaults = ({ group, resource }: ResourceFilter) =>
    group === "actions.kio.kasten.io" && resource === "defaults";

function isMeant(object: ObservedObject, by: ResourceFilter): boolean {
    const { group, version, resource } = resourceOf(object);
    const says = (wanted: string | undefined, value: string) => !wanted || wanted === value;
    return (
        // `core` is how people write the group that has no name.
        says(by.group, by.group === "core" ? group || "core" : group) &&
        says(by.version, version) &&
        says(by.resource, resource) &&
        says(by.name, object.name.slice(kindOf(object).length + 1)) &&
        meets(object.labels ?? {}, by)
    );
}

/** Whether filters keep an object from being backed up, or restored (K10 documentation, API "Policies", filters). */
export function isLeftOut(object: ObservedObject, filters: Filters | undefined): boolean {
    const { include = [], exclude = [] } = filters ?? {};
    const all = include.length === 0 || include.some(isDefaults);
    return (
        (!all && !include.some(each => isMeant(object, each))) ||
        exclude.some(each => isMeant(object, each))
    );
}

/** What an object is found by, and by what it counts: single values, and a list. */
const names = ["/kind", "/apiVersion", "/type", "/metadata/name", "/metadata/namespace"];
const owners = "/metadata/ownerReferences";
/** What of an object is compared beyond its being there and ready. */
const contents: Record<string, string[]> = {
    ConfigMap: ["/data", "/binaryData"],
    Secret: ["/data"],
    Service: ["/spec/ports"],
};

/** Whether a path of JSON Patch, with K10's wildcards and back-references, may mean a place, what is in it or around it. */
function overlaps(path: string, place: string): boolean {
    const [ours, theirs] = [path, place].map(each => each.split("/").slice(1));
    for (const [index, token] of (ours ?? []).entries()) {
        if (token === "**" || index >= (theirs ?? []).length) {
            return true;
        }
        if (!/[*$]/.test(token) && token !== theirs?.[index]) {
            return false;
        }
    }
    return true;
}

/** There is nothing below a single value. */
const renames = (path: string) =>
    overlaps(path, owners) ||
    names.some(
        name =>
            overlaps(path, name) &&
            (path.includes("**") || path.split("/").length <= name.split("/").length),
    );

function changes(
    object: ObservedObject,
    isMeantBy: (path: string) => boolean,
    transforms: readonly KnownTransform[],
): boolean {
    return transforms.some(
        each =>
            "unknown" in each ||
            (isMeant(object, each.subject ?? {}) &&
                (each.json ?? [])
                    .filter(({ op }) => op !== "test")
                    .flatMap(({ op, path, from }) =>
                        op === "move" && from !== undefined ? [path, from] : [path],
                    )
                    .some(isMeantBy)),
    );
}

/** What of a baseline a restore is expected to bring. */
export function expectationOf(
    objects: readonly ObservedObject[],
    { filters, dataOnly, transforms }: Chosen,
): Expectation {
    const apart = new Map<string, string[]>();
    const put = (reason: string, object: ObservedObject) =>
        apart.set(reason, [...(apart.get(reason) ?? []), object.name]);
    const unknown = transforms.flatMap(each => ("unknown" in each ? [each.unknown] : []));
    const compared = objects.flatMap(object => {
        const kind = kindOf(object);
        if (object.leftOut || isLeftOut(object, filters)) {
            put("left out by filters", object);
            return [];
        }
        if (notBackedUp.has(kind)) {
            put("not backed up by K10 by default", object);
            return [];
        }
        if (dataOnly && !volumeKinds.has(kind)) {
            put("not restored by `dataOnly`", object);
            return [];
        }
        if (unknown.length > 0) {
            const names = unknown.map(name => `\`${name}\``).join(", ");
            put(`changed by TransformSet ${names}, which is gone`, object);
            return [];
        }
        if (changes(object, renames, transforms)) {
            put("renamed by transforms", object);
            return [];
        }
        const touches = (path: string) =>
            (contents[kind] ?? []).some(place => overlaps(path, place));
        if (changes(object, touches, transforms)) {
            put("content changed by transforms", object);
            return [{ ...object, content: anyContent }];
        }
        return [object];
    });
    return { objects: compared, apart: [...apart].map(([name, all]) => notCompared(name, all)) };
}

/** How many objects a line names. */
const named = 10;

function notCompared(name: string, objects: string[]): Check {
    const more = objects.length - named;
    const list = [...objects.slice(0, named), ...(more > 0 ? [`${more} more`] : [])].join(", ");
    const count = objects.length === 1 ? "1 object" : `${objects.length} objects`;
    return {
        ...{ name, passed: true, compared: false },
        ...{ expected: "not compared", actual: `${count}: ${list}` },
    };
}
