/** Errors with the status codes that the CSI specification asks for. Everything else that is thrown is INTERNAL. */
import { status } from "@grpc/grpc-js";

export class CsiError extends Error {
    readonly code: status;
    constructor(code: status, message: string) {
        super(message);
        this.code = code;
    }
}

/** A field is missing or says what this driver cannot do. */
export const invalid = (message: string) => new CsiError(status.INVALID_ARGUMENT, message);

export const notFound = (what: string, id: string) =>
    new CsiError(status.NOT_FOUND, `${what} \`${id}\` does not exist on this node`);

/** The name is taken by something that was asked for differently. */
export const alreadyExists = (message: string) => new CsiError(status.ALREADY_EXISTS, message);

/** The capacity that is asked for cannot be had. */
export const outOfRange = (message: string) => new CsiError(status.OUT_OF_RANGE, message);

/** It can be had, but not in its present state. */
export const inUse = (message: string) => new CsiError(status.FAILED_PRECONDITION, message);

/** It can be had, but not here. */
export const elsewhere = (message: string) => new CsiError(status.RESOURCE_EXHAUSTED, message);

/** A list cannot be gone on with: the caller begins anew. */
export const badToken = (token: string) =>
    new CsiError(
        status.ABORTED,
        `the starting token \`${token}\` is none of this driver's: list again without one`,
    );

/** @returns `value` @throws when it is empty */
export function required(value: string, field: string): string {
    if (value === "") {
        throw invalid(`\`${field}\` is missing`);
    }
    return value;
}
