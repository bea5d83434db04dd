/** What is restored, and how: `crossing:restore`. Names are K10's own (its documentation, API "RestoreActions"). */
import * as v from "valibot";
import { dnsLabel, flag, text } from "./fields";
import { filters } from "./filters";
import { transform } from "./transforms";

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
