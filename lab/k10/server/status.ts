/** Errors as Kubernetes clients understand them: `Status` objects with details. */
import { apiVersionOf, type Kind } from "./kinds.ts";

export interface StatusCause {
    reason: string;
    message: string;
    field: string;
}

/** An answer other than success. */
export class ApiError extends Error {
    readonly code: number;
    readonly reason: string;
    readonly details: object | undefined;

    constructor(code: number, reason: string, message: string, details?: object) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    body(): object {
        return {
            kind: "Status",
            apiVersion: "v1",
            metadata: {},
            status: "Failure",
            message: this.message,
            reason: this.reason,
            ...(this.details && { details: this.details }),
            code: this.code,
        };
    }
}

/** A resource as messages name it: `runactions.actions.kio.kasten.io`. */
interface Resource {
    group: string;
    plural: string;
}

const qualified = ({ group, plural }: Resource) => (group === "" ? plural : `${plural}.${group}`);

export function notFound(resource: Resource, name: string): ApiError {
    const { group, plural: kind } = resource;
    const message = `${qualified(resource)} "${name}" not found`;
    return new ApiError(404, "NotFound", message, { name, ...(group && { group }), kind });
}

export function alreadyExists({ group, plural }: Kind, name: string): ApiError {
    const message = `${plural}.${group} "${name}" already exists`;
    return new ApiError(409, "AlreadyExists", message, { name, group, kind: plural });
}

export function conflict({ group, plural }: Kind, name: string, why: string): ApiError {
    const message = `Operation cannot be fulfilled on ${plural}.${group} "${name}": ${why}`;
    return new ApiError(409, "Conflict", message, { name, group, kind: plural });
}

export function invalid({ group, kind }: Kind, name: string, causes: StatusCause[]): ApiError {
    const list = causes.map(cause => `${cause.field}: ${cause.message}`);
    const text = list.length === 1 ? list[0] : `[${list.join(", ")}]`;
    const message = `${kind}.${group} "${name}" is invalid: ${text}`;
    return new ApiError(422, "Invalid", message, { name, group, kind, causes });
}

export function required(field: string, why = ""): StatusCause {
    return { reason: "FieldValueRequired", message: `Required value${why && `: ${why}`}`, field };
}

export function invalidValue(field: string, value: unknown, why: string): StatusCause {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    return { reason: "FieldValueInvalid", message, field };
}

export function unsupported(field: string, why: string): StatusCause {
    return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
}

export function methodNotAllowed({ group, plural }: Kind, verb: string): ApiError {
    const message = `${verb} is not supported on resources of kind "${plural}.${group}"`;
    return new ApiError(405, "MethodNotAllowed", message, { group, kind: plural });
}

export function badRequest(message: string): ApiError {
    return new ApiError(400, "BadRequest", message);
}

/** A path that leads nowhere, worded as the API server words it. */
export function noSuchPath(): ApiError {
    return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

/** The answer to a delete that has been done. */
export function deleted(kind: Kind, name: string, uid: string | undefined): object {
    return {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Success",
        details: { name, group: kind.group, kind: kind.plural, uid },
    };
}

/** A list with its kind, as `List` requests are answered. */
export function listOf(kind: Kind, items: object[], resourceVersion: string): object {
    return {
        apiVersion: apiVersionOf(kind),
        kind: `${kind.kind}List`,
        metadata: { resourceVersion },
        items,
    };
}
