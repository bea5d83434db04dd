/** What an object store says when it refuses, as whole sentences. */
import { ApiError, connectionCode, UserError } from "../kube/errors";
import type { BucketRef } from "./s3";

/** What the store says of keys that it does not accept. */
const refusedKeys = ["InvalidAccessKeyId", "SignatureDoesNotMatch"];

/** The S3 code of an error, for example `NoSuchKey`. */
export function codeOf(error: unknown): string {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return cause instanceof Error ? cause.name : "";
}

/** An answer of the store as an error with its HTTP status; a failed connection as it is. */
export function asApiError(error: unknown): Error {
    const status: unknown = Reflect.get(
        Object(Reflect.get(Object(error), "$metadata")) as object,
        "httpStatusCode",
    );
    if (typeof status === "number") {
        const { name, message } = error as Error;
        return Object.assign(new ApiError(status, message || `HTTP ${status}`), {
            cause: error,
            name,
        });
    }
    if (error instanceof Error && error.name === "TimeoutError") {
        return Object.assign(new Error(error.message), { code: "ETIMEDOUT" });
    }
    return error instanceof Error && connectionCode(error) !== undefined
        ? error
        : Object.assign(new Error(String((error as Error).message ?? error)), { cause: error });
}

/** The configuration keys that messages name. */
export const keysOf = (location: string | undefined) =>
    location === undefined
        ? {
              store: "`crossing:store`",
              endpoint: "`crossing:store.endpoint`",
              region: "`crossing:store.region`",
              caFile: "`crossing:store.caFile`",
              bucket: "`crossing:store.bucket`",
              secrets: "`crossing:storeAccessKey` and `crossing:storeSecretKey`",
          }
        : {
              store: `\`crossing:locations.${location}\``,
              // Some types have none: there it follows from others of their keys.
              endpoint: `the address in \`crossing:locations.${location}\``,
              region: `\`crossing:locations.${location}.region\``,
              caFile: `\`crossing:locations.${location}.caFile\``,
              bucket: `\`crossing:locations.${location}.bucket\``,
              secrets: `\`crossing:locationSecrets.${location}\``,
          };

export function explained(
    error: Error,
    what: string,
    { bucket, endpoint }: BucketRef,
    keys: ReturnType<typeof keysOf>,
): Error {
    const code = codeOf(error);
    const say = (text: string) => new UserError(text, { cause: error.cause ?? error });
    if (refusedKeys.includes(code)) {
        return say(
            `The store at \`${endpoint}\` refuses the keys (${code}): correct ${keys.secrets}.`,
        );
    }
    if (code === "AccessDenied") {
        return say(
            `The store at \`${endpoint}\` does not allow to ${what} in bucket \`${bucket}\` (AccessDenied): give its user the right to.`,
        );
    }
    if (code === "NoSuchBucket") {
        return say(
            `The store at \`${endpoint}\` has no bucket \`${bucket}\`: make it, or correct ${keys.bucket}.`,
        );
    }
    return say(
        `The store at \`${endpoint}\` refuses to ${what} in bucket \`${bucket}\`: ${error.message}`,
    );
}
