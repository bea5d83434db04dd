/** Values that several parts of the configuration are made of. */
import * as v from "valibot";

/** A name that is part of names in Kubernetes. */
export const dnsLabel = (longest: number) =>
    v.pipe(
        v.string(),
        v.regex(
            /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
            "use lower-case letters, digits and dashes, beginning and ending with a letter or digit",
        ),
        v.maxLength(longest, `use at most ${longest} characters`),
    );

export const text = v.pipe(
    v.string("give a text"),
    v.minLength(1, "give a text that is not empty"),
);

/** `a`, `b` or `c`. */
const choices = (options: readonly string[]) =>
    options
        .map(option => `\`${option}\``)
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1");
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
    v.picklist(options, `use ${choices(options)}`);
