/** Policies as the configuration writes them: `policy`, `importPolicy`, `policies` and `blueprintBindings`. */
import * as v from "valibot";
import { dnsLabel, flag, oneOf, text } from "./fields";
import { labels, policyFilters } from "./filters";

/** From often to seldom. */
export const frequencies = ["@hourly", "@daily", "@weekly", "@monthly", "@yearly"] as const;
export const onDemand = "@onDemand";

const frequency = oneOf([onDemand, ...frequencies]);

const whole = (least: number, most: number) =>
    v.pipe(
        v.number("give a number"),
        v.integer("give a whole number"),
        v.minValue(least, `give at least ${least}`),
        v.maxValue(most, `give at most ${most}`),
    );

/** When within a frequency, in UTC (K10 documentation, API "Policies"). */
export const subFrequency = v.strictObject({
    minutes: v.optional(v.array(whole(0, 59))),
    hours: v.optional(v.array(whole(0, 23))),
    weekdays: v.optional(v.array(whole(0, 7))),
    days: v.optional(v.array(whole(1, 31))),
    months: v.optional(v.array(whole(1, 12))),
});

const kept = v.optional(whole(0, 10_000));

/** How many restore points are kept of each length. */
export const retention = v.strictObject({
    hourly: kept,
    daily: kept,
    weekly: kept,
    monthly: kept,
    yearly: kept,
});

/** An action of a Blueprint in K10's namespace. */
const hook = v.strictObject({ blueprint: text, actionName: text });

const hooks = v.strictObject({
    preHook: v.optional(hook),
    onSuccess: v.optional(hook),
    onFailure: v.optional(hook),
});

/** What an export takes along, and how long it is kept. */
export const exportParts = {
    /** Whether the volumes' data goes along, or references to snapshots alone. */
    data: v.optional(flag, true),
    /** How often. As the policy, if it is not given. */
    frequency: v.optional(frequency),
    /** What is kept of the exports. */
    retention: v.optional(retention),
    /** The StorageClass of the volumes that K10 reads snapshots through. */
    exporterStorageClass: v.optional(text),
    /** What is otherwise for single StorageClasses. */
    overrides: v.optional(
        v.array(
            v.strictObject({
                storageClass: text,
                data: v.optional(flag, true),
                exporterStorageClass: v.optional(text),
            }),
        ),
    ),
    /** A location of `type: vbr`, for exports in block mode. */
    blockModeProfile: v.optional(text),
};

const exported = v.strictObject({
    /** `false` leaves it at snapshots. */
    enabled: v.optional(flag, true),
    ...exportParts,
    hooks: v.optional(hooks),
});

/** A time of day in UTC, as K10 writes it once it is read. */
const timeOfDay = v.pipe(
    v.string("write a time in UTC such as `22:30`"),
    v.regex(
        /^([01]\d|2[0-3]):[0-5][05]$/,
        "write a time in UTC such as `22:30`, in steps of 5 minutes",
    ),
    v.transform(time => {
        const [hour = 0, minute = 0] = time.split(":").map(Number);
        return { hour, minute };
    }),
);

export const window = {
    /** Between which times backups run. Snapshots that still run at its end are cancelled. */
    backupWindow: v.optional(v.strictObject({ start: timeOfDay, end: timeOfDay })),
    /** Whether K10 chooses the minute within the window, so that not all policies begin at once. */
    staggering: v.optional(flag, false),
};

const schedule = {
    /** On demand, if it is not given. */
    frequency: v.optional(frequency),
    subFrequency: v.optional(subFrequency),
    /** Whether K10 leaves out scheduled runs. */
    paused: v.optional(flag, false),
};

const backup = {
    ...schedule,
    ...window,
    retention: v.optional(retention),
    export: v.optional(exported, {}),
    filters: v.optional(policyFilters),
    /** Whether a resource that cannot be backed up leaves the backup a success, with an exception. */
    ignoreExceptions: v.optional(flag, false),
    /** Around the backup. */
    hooks: v.optional(hooks),
    /** A PolicyPreset in K10's namespace, which says when, where to and how long. */
    preset: v.optional(text),
};

export const policy = v.strictObject(backup);

export const importPolicy = v.strictObject(schedule);

/** Which applications. Its special key is `k10.kasten.io/appNamespace`. */
const selector = v.strictObject({
    matchLabels: v.optional(labels),
    matchExpressions: v.optional(
        v.array(
            v.strictObject({
                key: text,
                operator: oneOf(["In", "NotIn"]),
                values: v.pipe(v.array(text), v.minLength(1, "give at least one value")),
            }),
        ),
    ),
});

export const side = oneOf(["source", "target"]);

const furtherPolicy = v.strictObject({
    ...backup,
    /** The cluster whose K10 carries it out. */
    on: v.optional(side, "source"),
    comment: v.optional(text),
    /** The namespaces of applications; `*` stands for any text. The crossing's own, if nothing else is said. */
    namespaces: v.optional(v.pipe(v.array(text), v.minLength(1, "give at least one namespace"))),
    /** Instead of `namespaces`. */
    selector: v.optional(selector),
    /** Instead of both: the cluster's own resources, such as StorageClasses and CustomResourceDefinitions. */
    cluster: v.optional(flag, false),
    /** The location that it writes to. The store, if nothing else is said. */
    location: v.optional(text),
    /** Whether volumes need not be exported. */
    withoutData: v.optional(flag, false),
});

export const policies = v.record(dnsLabel(40), furtherPolicy);

const matching = v.optional(
    v.strictObject({ operator: oneOf(["In", "NotIn"]), values: v.array(text) }),
);
const marked = v.optional(
    v.strictObject({
        key: text,
        operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"]),
        values: v.optional(v.array(text)),
    }),
);

/** One thing that holds for a resource (K10 documentation, API "BlueprintBindings"). */
const requirement = v.pipe(
    v.strictObject({
        type: v.optional(
            v.strictObject({
                operator: oneOf(["In", "NotIn"]),
                values: v.array(
                    v.strictObject({
                        group: v.optional(text),
                        version: v.optional(text),
                        resource: v.optional(text),
                        name: v.optional(text),
                    }),
                ),
            }),
        ),
        namespace: matching,
        annotations: marked,
        labels: marked,
    }),
    v.check(
        given => Object.keys(given).length === 1,
        "give one of `type`, `namespace`, `annotations` and `labels`",
    ),
);

const requirements = v.optional(v.array(requirement));

/** What a Blueprint is bound to: all that `matchAll` and something that `matchAny` says holds for. */
export const bindableResources = v.pipe(
    v.strictObject({ matchAll: requirements, matchAny: requirements }),
    v.check(
        ({ matchAll = [], matchAny = [] }) => matchAll.length + matchAny.length > 0,
        "give at least one requirement in `matchAll` or `matchAny`",
    ),
);

export const blueprintBindings = v.array(
    v.strictObject({
        name: dnsLabel(63),
        /** A Blueprint in K10's namespace. */
        blueprint: text,
        resources: bindableResources,
        disabled: v.optional(flag, false),
        /** The cluster whose K10 heeds it. */
        on: v.optional(side, "source"),
    }),
);

export type PolicySettings = v.InferOutput<typeof policy>;
export type FurtherPolicySettings = v.InferOutput<typeof furtherPolicy>;
export type BlueprintBindingSettings = v.InferOutput<typeof blueprintBindings>[number];
export type Schedule = Pick<PolicySettings, "frequency" | "subFrequency" | "retention">;
