/** Errors that a person reads. Their messages are whole sentences: no stack trace says more. */

/** Something that the user can put right. `message` says what is wrong, names the object or key, and says what to do. */
export class UserError extends Error {}

/** With one full stop: some of what others say brings its own. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The Kubernetes API refused a request. */
export class ApiError extends Error {
    /** The HTTP status, for example 404. */
    readonly code: number;
    constructor(code: number, message: string) {
        super(message);
        this.code = code;
    }
}

/** Passes over one refusal of the API, by its HTTP status: 404 or 409 where somebody else was quicker. */
export async function unless(code: number, request: Promise<unknown>): Promise<void> {
    try {
        await request;
    } catch (error) {
        if (!(error instanceof ApiError) || error.code !== code) {
            throw error;
        }
    }
}

const transientCodes = new Set([408, 429, 500, 502, 503, 504]);

/**
 * A 404 that speaks of the API and not of the object: an aggregated API that is not served yet, or a CRD that is
 * not established.
 */
export function isMissingApi(error: unknown): boolean {
    return (
        error instanceof ApiError &&
        error.code === 404 &&
        /could not find the requested resource|404 page not found/.test(error.message)
    );
}

/**
 * Whether the same request may succeed a moment later: the API server or an aggregated API behind it is
 * starting, overloaded or out of reach. Refused credentials and unknown objects are not transient.
 */
export function isTransient(error: unknown): boolean {
    if (error instanceof UserError) {
        // What was given up is not begun again, whatever caused it.
        return false;
    }
    if (error instanceof ApiError) {
        return transientCodes.has(error.code) || isMissingApi(error);
    }
    const code = connectionCode(error);
    return code !== undefined && code !== "ENOENT";
}

/** The code of a connection that failed: the operating system's, for example `ECONNREFUSED`, or the HTTP library's. */
export function connectionCode(error: unknown): string | undefined {
    for (let e: unknown = error; e instanceof Error; e = e.cause) {
        const code: unknown = Reflect.get(e, "code");
        if (typeof code === "string" && /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code)) {
            return code;
        }
    }
    return undefined;
}

/**
 * What a person is told of an error of whatever request. A message of ours is whole as it is. What a cluster says names
 * what was asked of which object, and gets what to do about it.
 * @returns undefined for what nobody foresaw: that is a mistake of ours, and its stack says where
 */
export function told(error: unknown): string | undefined {
    if (error instanceof UserError) {
        return error.message;
    }
    if (error instanceof ApiError) {
        return `The cluster answers with HTTP ${error.code}: ${sentence(error.message)} ${remedy(error)}`;
    }
    return error instanceof Error && isTransient(error)
        ? `${sentence(error.message)} ${away}`
        : undefined;
}

const away = "Look whether it runs and can be reached from here, and try again.";

function remedy(error: ApiError): string {
    if (isTransient(error)) {
        return "It was tried again in vain: wait until the cluster is well, and try again.";
    }
    switch (error.code) {
        case 401:
            return "Renew the credentials in the kubeconfig, and run `pulumi up`, before a `pulumi destroy` too: it takes the kubeconfig that the last `up` has stored.";
        case 403:
            // Else it is a policy, which nobody is above: a quota, Pod Security, a webhook.
            return /\bcannot \w+ (resource|path)\b/.test(error.message)
                ? "Grant that to the kubeconfig's user, or give the kubeconfig of another one, and try again."
                : "A policy of the cluster does not allow it: put right what it names, and try again.";
        case 409:
            return "Somebody else makes or changes it at the same time: try again.";
        default:
            return "Put right what it names, and try again.";
    }
}
