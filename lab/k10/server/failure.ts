/** Failures of actions, in the nested form of K10's `status.error`. */

/** One step that failed, and what made it fail. */
export class Failure extends Error {
    /** False: another attempt cannot help. */
    readonly retry: boolean;
    readonly fields: Record<string, string>;

    constructor(
        message: string,
        options: { cause?: unknown; retry?: boolean; fields?: Record<string, string> } = {},
    ) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.retry =
            options.retry ?? (options.cause instanceof Failure ? options.cause.retry : true);
        this.fields = options.fields ?? {};
    }
}

/** The action was cancelled at a phase boundary. */
export class Cancelled extends Error {
    constructor() {
        super("The action was cancelled");
    }
}

/** There is nothing to do for the action. */
export class Skipped extends Error {}

interface Cause {
    message: string;
    fields?: { name: string; value: string }[];
    cause?: Cause;
}

function describe(error: unknown): Cause {
    if (!(error instanceof Error)) {
        return { message: String(error) };
    }
    const fields = error instanceof Failure ? Object.entries(error.fields) : [];
    return {
        message: error.message,
        ...(fields.length > 0 && { fields: fields.map(([name, value]) => ({ name, value })) }),
        ...(error.cause !== undefined && { cause: describe(error.cause) }),
    };
}

/**
 * `status.error` of an action: `message`, and `cause`, a **text** that holds JSON of the same shape, nested
 * (seen on live clusters; K10 documentation, API "Actions", names only the two fields).
 */
export function statusError(error: unknown): { message: string; cause: string } {
    const { message, fields, cause } = describe(error);
    // The innermost level has no cause of its own: K10 repeats the message there, and so do we.
    const inner = cause ?? { message, ...(fields && { fields }) };
    return { message, cause: JSON.stringify(inner) };
}

/** Whether another attempt may help. Errors that nobody classified are worth one. */
export function worthRetry(error: unknown): boolean {
    return error instanceof Failure
        ? error.retry
        : !(error instanceof Cancelled || error instanceof Skipped);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** The message of the innermost cause: what a person needs. */
export function deepest(error: unknown): string {
    return error instanceof Error && error.cause !== undefined
        ? deepest(error.cause)
        : messageOf(error);
}
