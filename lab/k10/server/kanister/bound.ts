/** Which Blueprint is for what (K10 documentation, API "BlueprintBindings", "Kanister-Enabled Applications"). */
import { Failure } from "../failure.ts";
import { at, fieldsAt, isFields, listAt, textAt, type KubeObject } from "../json.ts";
import type { Captured } from "../layout.ts";
import { pathOf } from "../resources.ts";
import { configResource, type World } from "../world.ts";

const ANNOTATION = "kanister.kasten.io/blueprint";
export const BLUEPRINTS = { group: "cr.kanister.io", version: "v1alpha1", resource: "blueprints" };

function compares(found: string | undefined, requirement: unknown): boolean {
    const values = listAt(requirement, "values");
    switch (textAt(requirement, "operator")) {
        case "In":
            return found !== undefined && values.includes(found);
        case "NotIn":
            return found === undefined || !values.includes(found);
        case "Exists":
            return found !== undefined;
        case "DoesNotExist":
            return found === undefined;
        default:
            return false;
    }
}

function isOfType({ group, version, resource, object }: Captured, type: unknown): boolean {
    const own: Record<string, string> = { group, version, resource, name: object.metadata.name };
    const one = (wanted: unknown) =>
        isFields(wanted) && Object.entries(wanted).every(([key, value]) => own[key] === value);
    const any = listAt(type, "values").some(one);
    return textAt(type, "operator") === "NotIn" ? !any : any;
}

/** Whether one requirement of a binding holds. */
function holds(captured: Captured, namespace: string, requirement: unknown): boolean {
    const { labels, annotations } = captured.object.metadata;
    const marked = (marks: Record<string, string> | undefined, wanted: unknown) =>
        compares(marks?.[textAt(wanted, "key")], wanted);
    return Object.entries(isFields(requirement) ? requirement : {}).every(([kind, wanted]) => {
        switch (kind) {
            case "type":
                return isOfType(captured, wanted);
            case "namespace":
                return compares(namespace, wanted);
            case "labels":
                return marked(labels, wanted);
            case "annotations":
                return marked(annotations, wanted);
            default:
                return false;
        }
    });
}

/** Whether a binding is for an object: all of `matchAll`, and one of `matchAny` if there are any. */
export function isBound(spec: unknown, captured: Captured, namespace: string): boolean {
    const any = listAt(spec, "resources", "matchAny");
    return (
        listAt(spec, "resources", "matchAll").every(each => holds(captured, namespace, each)) &&
        (any.length === 0 || any.some(each => holds(captured, namespace, each)))
    );
}

/** An object and the Blueprint for it. */
export interface Bound {
    captured: Captured;
    blueprint: KubeObject;
}

/** A Blueprint in K10's namespace. @throws Failure where there is none. */
export async function blueprintOf(world: World, name: string): Promise<KubeObject> {
    const found = await world.cluster.find(pathOf(BLUEPRINTS, world.config.namespace, name));
    if (!found) {
        throw new Failure(`blueprints.cr.kanister.io "${name}" not found`, { retry: false });
    }
    return found;
}

/**
 * The objects of an application that have a Blueprint. A binding comes before the annotation, and the oldest of several
 * bindings before the others; one that is not valid counts for nothing.
 */
export async function boundObjects(
    world: World,
    namespace: string,
    objects: Captured[],
): Promise<Bound[]> {
    const path = pathOf(configResource("blueprintbindings"), world.config.namespace);
    const { items } = await world.cluster.list(path);
    const age = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? "";
    const bindings = items
        .filter(each => at(each, "status", "validation") === "Success")
        .filter(each => at(each, "spec", "disabled") !== true)
        .sort((a, b) => age(a).localeCompare(age(b)));
    const bound: Bound[] = [];
    for (const captured of objects) {
        const binding = bindings.find(each => isBound(each.spec, captured, namespace));
        const name =
            textAt(fieldsAt(binding, "spec", "blueprintRef"), "name") ||
            captured.object.metadata.annotations?.[ANNOTATION];
        if (name) {
            bound.push({ captured, blueprint: await blueprintOf(world, name) });
        }
    }
    return bound;
}

export const hasAction = ({ blueprint }: Bound, action: string): boolean =>
    at(blueprint, "actions", action) !== undefined;
