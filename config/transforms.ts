/** Changes of objects on their way into a restore, and sets of them (K10 documentation, API "TransformSets"). */
import * as v from "valibot";
import { dnsLabel, oneOf, text } from "./fields";

/** At least one of what it may be told by, or it would mean everything. */
export const something = <T extends object>(value: T): boolean =>
    Object.values(value).some(each => each !== undefined);

const pointer = v.pipe(
    v.string("give a text"),
    v.regex(/^\//, "write a JSON pointer, which begins with `/`"),
    v.regex(/^([^~]|~[01])*$/, "write `~0` for `~` and `~1` for `/` within a name"),
);

/** What JavaScript takes and RE2, which K10 uses, does not: looking around, and referring back. */
const notInRe2 = /\(\?<?[=!]|\\[1-9]/;

function isRe2(expression: string): boolean {
    try {
        new RegExp(expression);
    } catch {
        return false;
    }
    return !notInRe2.test(expression);
}

const regex = v.pipe(text, v.check(isRe2, "write a regular expression of RE2"));

const operation = v.pipe(
    v.strictObject({
        op: oneOf(["test", "add", "remove", "copy", "move", "replace"]),
        path: pointer,
        from: v.optional(pointer),
        value: v.optional(v.unknown()),
        regex: v.optional(regex),
    }),
    v.check(
        ({ op, from }) => (op === "copy" || op === "move") === (from !== undefined),
        "give `from` for `copy` and `move`, and for nothing else",
    ),
    v.check(
        ({ op, value }) => (op !== "add" && op !== "replace") || value !== undefined,
        "give the `value` that `add` and `replace` write",
    ),
    v.check(
        ({ op, value }) => op !== "remove" || value === undefined,
        "leave `value` out, which `remove` does not write",
    ),
    v.check(
        ({ op, regex }) => (op !== "add" && op !== "remove") || regex === undefined,
        "leave `regex` out, which `add` and `remove` do not look at",
    ),
    v.check(
        ({ op, value, regex }) =>
            (op !== "copy" && op !== "move") || value === undefined || regex !== undefined,
        "give `copy` and `move` a `value` only together with a `regex`",
    ),
    v.check(
        ({ op, value, regex }) => op !== "test" || value === undefined || regex === undefined,
        "give `test` either a `value` or a `regex`",
    ),
);

const transformSet = v.strictObject({
    transformSetRef: v.strictObject({ name: text, namespace: v.optional(text) }),
});

const changes = {
    subject: v.pipe(
        v.strictObject({
            group: v.optional(text),
            version: v.optional(text),
            resource: v.optional(text),
            name: v.optional(text),
        }),
        v.check(
            something,
            "say which objects are meant, by `group`, `version`, `resource` or `name`",
        ),
    ),
    json: v.pipe(v.array(operation), v.minLength(1, "give at least one operation")),
};

const inlineTransform = v.strictObject({ name: v.optional(text), ...changes });

const neither = v.never("give a `transformSetRef`, or a `subject` with `json` operations");

/** Told apart by their keys, so that a mistake within one of them is named. */
export const transform = v.lazy<typeof transformSet | typeof inlineTransform | typeof neither>(
    input => {
        const keys = Object.keys(typeof input === "object" ? (input ?? {}) : {});
        return keys.includes("transformSetRef")
            ? transformSet
            : keys.includes("subject") || keys.includes("json")
              ? inlineTransform
              : neither;
    },
);

/** TransformSets by name. K10 wants each of their transforms to have a name. */
export const transformSets = v.record(
    dnsLabel(40),
    v.pipe(
        v.array(v.strictObject({ name: text, ...changes }), "give a list of transforms"),
        v.minLength(1, "give at least one transform"),
    ),
);
