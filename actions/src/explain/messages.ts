/** What K10 nests in `status.error`, as a list: whatever is deepest explains most, and nothing may get lost. */

/**
 * All messages of an error, the outermost first. `cause` is a string that holds JSON of the shape of the error itself,
 * several levels deep, and phases put the errors of what they ran into `fields` (both seen on live clusters; neither is
 * documented). A text that is no JSON is a message.
 */
export function messagesOf(error: unknown): string[] {
    const messages = walk(error).map(text => text.replace(/\s+/g, " ").trim());
    return messages.filter((text, i) => text !== "" && text !== messages[i - 1]);
}

/** The message that explains most: the innermost one. */
export const innermost = (messages: readonly string[]): string | undefined => messages.at(-1);

/** The innermost message of an error, where one line is all that is told of it. */
export const innermostCause = (error: unknown): string | undefined => innermost(messagesOf(error));

function walk(value: unknown): string[] {
    const parsed = typeof value === "string" ? parse(value) : value;
    if (Array.isArray(parsed)) {
        return parsed.flatMap(walk);
    }
    if (typeof parsed !== "object" || parsed === null) {
        return parsed === null || parsed === undefined ? [] : [`${parsed as string | number}`];
    }
    const { message, fields, cause, Err } = parsed as Record<string, unknown>;
    return [
        ...(typeof message === "string" ? walk(message) : []),
        ...(Array.isArray(fields) ? fields.flatMap(inField) : []),
        ...walk(Err),
        ...walk(cause),
    ];
}

/** A field's value counts where it is an error: names of objects and addresses are fields too. */
function inField(field: unknown): string[] {
    const { value } = (field ?? {}) as { value?: unknown };
    const parsed = typeof value === "string" ? parse(value) : value;
    return typeof parsed === "object" ? walk(parsed) : [];
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
