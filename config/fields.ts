/** Single values of the configuration that several of its parts have. */
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

/** `a`, `b`, `c`. */
export const listed = (names: readonly string[]) => names.map(name => `\`${name}\``).join(", ");

/** `a`, `b` or `c`. */
export const choices = (options: readonly string[]) =>
    listed(options).replace(/, ([^,]*)$/, " or $1");
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
    v.picklist(options, `use ${choices(options)}`);

export const bucket = v.pipe(
    v.string(),
    v.regex(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        "use 3 to 63 lower-case letters, digits, dots and dashes",
    ),
);

/** A store's address. Keys have their own place, where they are secret. */
export const endpoint = v.pipe(
    v.string(),
    v.regex(
        /^https?:\/\/[^/\s@]+$/,
        "write a URL without a path, such as `https://s3.example.com`",
    ),
);

/** A port of TCP. */
export const port = v.pipe(
    v.number("give a number"),
    v.integer("give a whole number"),
    v.minValue(1, "give at least 1"),
    v.maxValue(65_535, "give at most 65535"),
);

export const dnsName = v.pipe(
    v.string("give a text"),
    v.regex(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
        "write a DNS name such as `shop.example.com`",
    ),
    v.maxLength(253, "use at most 253 characters"),
);

export const flag = v.boolean("use `true` or `false`");

export const count = v.pipe(
    v.number("give a number"),
    v.integer("give a whole number"),
    v.minValue(1, "give at least 1"),
);

const timePattern = /^[1-9][0-9]* (second|minute|hour)s?$/;

function secondsOf(time: string): number {
    const [count, unit] = time.split(" ");
    const factor = unit?.startsWith("hour") ? 3_600 : unit?.startsWith("minute") ? 60 : 1;
    return Number(count) * factor;
}

/** `"30 minutes"`: a time as the configuration writes it, of so many seconds or more. In seconds once it is read. */
export const durationFrom = (least: number, advice: string) =>
    v.pipe(
        v.string(),
        v.regex(timePattern, "write a time such as `30 minutes`"),
        // What is no time has been told of.
        v.check(time => !timePattern.test(time) || secondsOf(time) >= least, advice),
        v.transform(secondsOf),
    );

export const duration = durationFrom(1, "write a time such as `30 minutes`");
