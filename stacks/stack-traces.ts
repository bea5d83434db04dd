/**
 * Pulumi takes a stack trace with each promise, in case that it never ends, and ts-node translates every one of them to lines of
 * the sources: a fifth of what the program needs. These are errors without a message, and keep the lines that run, as do the
 * positions of resources that Pulumi records in the same way.
 */
const translated = Error.prepareStackTrace?.bind(Error);
if (translated) {
    Error.prepareStackTrace = (error, frames) =>
        error.message === ""
            ? [error.name, ...frames.map(String)].join("\n    at ")
            : (translated(error, frames) as unknown);
}

export {};
