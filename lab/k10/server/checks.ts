/** Checks that several kinds of the aggregated API share when one is created. */
import { filterErrors } from "./filters.ts";
import { at, fieldsAt, textAt, type Fields } from "./json.ts";
import type { Kind } from "./kinds.ts";
import type { Cluster } from "./kube.ts";
import { NAMESPACES, pathOf } from "./resources.ts";
import {
    ApiError,
    invalid,
    invalidValue,
    notFound,
    required,
    unsupported,
    type StatusCause,
} from "./status.ts";

/** @throws ApiError 422 when there are causes. */
export function refuse({ kind, name }: { kind: Kind; name: string }, causes: StatusCause[]): void {
    if (causes.length > 0) {
        throw invalid(kind, name, causes);
    }
}

/** `spec.subject` with a name, and with a namespace where the kind needs one. */
export function subjectErrors(spec: Fields | undefined, kind: string | undefined): StatusCause[] {
    const subject = fieldsAt(spec, "subject");
    const found = textAt(subject, "kind");
    return [
        ...(textAt(subject, "name") === "" ? [required("spec.subject.name")] : []),
        ...(textAt(subject, "namespace") === "" ? [required("spec.subject.namespace")] : []),
        ...(kind !== undefined && found !== kind
            ? [invalidValue("spec.subject.kind", found, `must be ${kind}`)]
            : []),
    ];
}

/** What K10 can do and this cannot is refused: to ignore it would restore something else than was asked for. */
export function refusedFields(spec: Fields | undefined, fields: string[]): StatusCause[] {
    return fields
        .filter(field => {
            const value = at(spec, field);
            return value !== undefined && value !== null && value !== false && value !== "";
        })
        .map(field => unsupported(`spec.${field}`, "not implemented by the K10 stand-in"));
}

/** Execution hooks are refused too. */
export function hookErrors(spec: Fields | undefined): StatusCause[] {
    return Object.values(fieldsAt(spec, "hooks")).some(Boolean)
        ? [unsupported("spec.hooks", "the K10 stand-in runs no execution hooks")]
        : [];
}

/** What of `spec.filters` is not supported. */
export function filterCauses(spec: Fields | undefined): StatusCause[] {
    return filterErrors(at(spec, "filters")).map(why => unsupported("spec.filters", why));
}

/** The API server does not check the namespace of aggregated objects, so this does. */
export async function requireNamespace(cluster: Cluster, namespace: string): Promise<void> {
    const found = await cluster.find(pathOf(NAMESPACES, undefined, namespace));
    if (!found) {
        throw notFound({ group: "", plural: "namespaces" }, namespace);
    }
    if (found.metadata.deletionTimestamp) {
        const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
        throw new ApiError(403, "Forbidden", message, {
            name: namespace,
            kind: "namespaces",
            causes: [
                {
                    reason: "NamespaceTerminating",
                    message: `namespace ${namespace} is being terminated`,
                    field: "metadata.namespace",
                },
            ],
        });
    }
}
