/** What is restored, and how: `crossing:restore`. Names are K10's own (its documentation, API "RestoreActions"). */
import * as v from "valibot";
import { dnsLabel, flag, oneOf, text } from "./fields";

const restorePoint = v.union(
    [
        v.literal("latest"),
        v.strictObject({
            time: v.pipe(
                v.string("give a text"),
                v.isoTimestamp("write a time such as `2026-01-31T12:00:00Z`"),
            ),
        }),
        v.strictObject({ name: text }),
    ],
    "use `latest`, `{time: 2026-01-31T12:00:00Z}` or `{name: …}`",
);

/** At least one of what it may be told by, or it would mean everything. */
const something = <T extends object>(value: T): boolean =>
    Object.values(value).some(each => each !== undefined);

const resourceFilter = v.pipe(
    v.strictObject({
        group: v.optional(text),
        version: v.optional(text),
        /** The plural: `deployments`. */
        resource: v.optional(text),
        name: v.optional(text),
        matchLabels: v.optional(v.record(v.string(), v.string("give a text"))),
        matchExpressions: v.optional(
            v.array(
                v.strictObject({
                    key: text,
                    operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"]),
                    values: v.optional(v.array(text)),
                }),
            ),
        ),
    }),
    v.check(
        something,
        "say which objects are meant, by `group`, `version`, `resource`, `name`, `matchLabels` or `matchExpressions`",
    ),
);

const pointer = v.pipe(
    v.string("give a text"),
    v.regex(/^\//, "write a JSON pointer, which begins with `/`"),
);

const operation = v.pipe(
    v.strictObject({
        op: oneOf(["test", "add", "remove", "copy", "move", "replace"]),
        path: pointer,
        from: v.optional(pointer),
        value: v.optional(v.unknown()),
        regex: v.optional(text),
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
        ({ op, value, regex }) => op !== "test" || value === undefined || regex === undefined,
        "give `test` either a `value` or a `regex`",
    ),
);

const transformSet = v.strictObject({
    transformSetRef: v.strictObject({ name: text, namespace: v.optional(text) }),
});

const inlineTransform = v.strictObject({
    name: v.optional(text),
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
});

const neither = v.never("give a `transformSetRef`, or a `subject` with `json` operations");

/** Told apart by their keys, so that a mistake within one of them is named. */
const transform = v.lazy<typeof transformSet | typeof inlineTransform | typeof neither>(input => {
    const keys = Object.keys(typeof input === "object" ? (input ?? {}) : {});
    return keys.includes("transformSetRef")
        ? transformSet
        : keys.includes("subject") || keys.includes("json")
          ? inlineTransform
          : neither;
});

const filters = v.strictObject({
    include: v.optional(v.array(resourceFilter)),
    exclude: v.optional(v.array(resourceFilter)),
});

export const restore = v.strictObject({
    /** The newest of this run; the newest that is not younger than a time; or one by its name. */
    restorePoint: v.optional(restorePoint, "latest"),
    /** Where to restore into. The application's own namespace if it is not given. */
    targetNamespace: v.optional(dnsLabel(40)),
    /** Only the data of volumes, for an application that runs. */
    dataOnly: v.optional(flag, false),
    /** Which objects: those of `include`, or K10's choice without it, but for those of `exclude`. */
    filters: v.optional(filters),
    /** Changes on the way, in their order. */
    transforms: v.optional(v.array(transform), []),
});
