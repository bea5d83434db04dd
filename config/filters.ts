/** Which objects are meant, of a backup, a restore or the cluster. Names are K10's own (its documentation, API "Policies"). */
import * as v from "valibot";
import { oneOf, text } from "./fields";
import { something } from "./transforms";

export const labels = v.record(v.string(), v.string("give a text"));

/** Resources by what they are called: what is left open means any. */
const resource = v.pipe(
    v.strictObject({
        group: v.optional(text),
        version: v.optional(text),
        /** The plural, as `kubectl api-resources` shows it: `deployments`. */
        resource: v.optional(text),
        name: v.optional(text),
        matchLabels: v.optional(labels),
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

/** Objects of an application. */
export const filters = v.strictObject({
    include: v.optional(v.array(resource)),
    exclude: v.optional(v.array(resource)),
});

/** And of the cluster, where that is backed up, too. */
export const policyFilters = v.strictObject({
    ...filters.entries,
    includeClusterResources: v.optional(v.array(resource)),
    excludeClusterResources: v.optional(v.array(resource)),
});
