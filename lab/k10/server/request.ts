/** Reads requests to the aggregated API. */
import { suffix, VERSION } from "./constants.ts";
import { isFields, textAt, type Fields, type KubeObject } from "./json.ts";
import { apiVersionOf, kinds, type Kind } from "./kinds.ts";
import { parseFieldSelector, parseLabelSelector } from "./selectors.ts";
import { badRequest, invalid, invalidValue, required } from "./status.ts";

/** One request's place in the API. */
export interface Target {
    kind: Kind;
    namespace: string | undefined;
    name: string | undefined;
    details: boolean;
}

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Reads a path; undefined where it leads nowhere. */
export function targetOf(path: string): Target | undefined {
    const parts = path.split("/").filter(Boolean);
    const [apis, group, version, ...rest] = parts;
    if (apis !== "apis" || version !== VERSION) {
        return undefined;
    }
    const namespace = rest[0] === "namespaces" && rest.length > 2 ? rest[1] : undefined;
    const [plural, name, sub, ...more] = namespace === undefined ? rest : rest.slice(2);
    const kind = kinds.find(each => each.group === group && each.plural === plural);
    const details = sub === "details";
    if (!kind || more.length > 0 || (sub !== undefined && !(details && kind.details))) {
        return undefined;
    }
    if (namespace !== undefined ? !kind.namespaced : kind.namespaced && name !== undefined) {
        return undefined;
    }
    return { kind, namespace, name, details };
}

/** Whether nothing may be changed. @throws ApiError 400 for another value than `All`. */
export function isDryRun(query: URLSearchParams): boolean {
    const values = query.getAll("dryRun");
    if (values.some(value => value !== "All")) {
        throw badRequest(`Invalid value for dryRun: ${values.join(", ")}`);
    }
    return values.length > 0;
}

/** The objects that a list or a deletion of many means. */
export function selection(query: URLSearchParams): (object: KubeObject) => boolean {
    const byLabel = parseLabelSelector(query.get("labelSelector") ?? "");
    const byField = parseFieldSelector(query.get("fieldSelector") ?? "");
    return object => byLabel(object.metadata.labels) && byField(object);
}

function textMap(value: unknown): Record<string, string> {
    const entries = isFields(value) ? Object.entries(value) : [];
    return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}

/** Reads a creation from a body. @throws ApiError 400 for another kind of object, 422 for its metadata. */
export function creationOf({ kind, namespace }: Target, body: unknown) {
    if (!isFields(body)) {
        throw badRequest("the request body must be a JSON object");
    }
    const [apiVersion, found] = [textAt(body, "apiVersion"), textAt(body, "kind")];
    if (apiVersion !== apiVersionOf(kind) || found !== kind.kind) {
        const wanted = `${apiVersionOf(kind)}, Kind=${kind.kind}`;
        throw badRequest(`the body is ${apiVersion}, Kind=${found}, but ${wanted} was expected`);
    }
    if (kind.namespaced && namespace === undefined) {
        throw badRequest("the namespace of the object is required in the path");
    }
    const own = textAt(body, "metadata", "namespace");
    if (namespace !== undefined && own !== "" && own !== namespace) {
        throw badRequest(
            `the namespace of the provided object does not match the namespace sent on the request`,
        );
    }
    const generate = textAt(body, "metadata", "generateName");
    const name = textAt(body, "metadata", "name") || (generate && `${generate}${suffix(5)}`);
    if (name === "") {
        const why = "name or generateName is required";
        throw invalid(kind, "", [required("metadata.name", why)]);
    }
    if (!NAME.test(name) || name.length > 253) {
        const why = "must be a DNS subdomain: lower case letters, digits, - and .";
        throw invalid(kind, name, [invalidValue("metadata.name", name, why)]);
    }
    const metadata = isFields(body["metadata"]) ? body["metadata"] : {};
    return {
        kind,
        name,
        ...(namespace !== undefined && { namespace }),
        labels: textMap(metadata["labels"]),
        annotations: textMap(metadata["annotations"]),
        spec: isFields(body["spec"]) ? body["spec"] : ({} as Fields),
    };
}
