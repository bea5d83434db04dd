/** The specs of K10's policies, as K10's API reference describes them ("Policies", "BlueprintBindings"). */
import type { Input } from "@pulumi/pulumi";
import type { ResourceFilter } from "crossing-actions";
import { ExportLocation, ref } from "./specs";

type Frequency = "@onDemand" | "@hourly" | "@daily" | "@weekly" | "@monthly" | "@yearly";
type Several = readonly number[];
type Labels = Readonly<Record<string, string>>;

/** How many restore points are kept of each length. */
export type Retention = Partial<
    Record<"hourly" | "daily" | "weekly" | "monthly" | "yearly", number>
>;

/** When a policy runs by itself. */
export interface Schedule {
    /** @default @onDemand */
    frequency?: Frequency;
    /** When within the frequency, in UTC. */
    subFrequency?: Partial<Record<"minutes" | "hours" | "weekdays" | "days" | "months", Several>>;
    /** Whether K10 leaves out scheduled runs. @default false */
    paused?: boolean;
}

interface TimeOfDay {
    hour: number;
    minute: number;
}

interface Hook {
    blueprint: string;
    actionName: string;
}

/** Actions of Blueprints in K10's namespace, around one of the policy's actions. */
export interface Hooks {
    preHook?: Hook;
    onSuccess?: Hook;
    onFailure?: Hook;
}

interface Expression {
    key: string;
    operator: string;
    values?: readonly Input<string>[];
}

/** Of applications, and of the cluster's own resources. */
type Filters = Partial<
    Record<
        "include" | "exclude" | "includeClusterResources" | "excludeClusterResources",
        readonly ResourceFilter[]
    >
>;

export interface ExportSettings {
    /** @default true */
    enabled?: boolean;
    /** Whether the volumes' data goes along. @default true */
    data?: boolean;
    /** @default that of the policy */
    frequency?: Frequency;
    retention?: Retention;
    /** The StorageClass of the volumes that K10 reads snapshots through. @default the snapshot's own */
    exporterStorageClass?: string;
    /** What is otherwise for single StorageClasses. */
    overrides?: readonly { storageClass: string; data: boolean; exporterStorageClass?: string }[];
    /** A location profile for exports in block mode. */
    blockModeProfile?: Input<string>;
    hooks?: Hooks;
}

/** What people set of a policy that backs up. */
export interface PolicySettings extends Schedule {
    /** Between which times of the day backups run, in UTC. @default at the frequency's own time */
    backupWindow?: { start: TimeOfDay; end: TimeOfDay };
    /** Whether K10 chooses when within the window. @default false */
    staggering?: boolean;
    retention?: Retention;
    export?: ExportSettings;
    filters?: Filters;
    /** Whether what cannot be backed up is an exception of a success. @default false */
    ignoreExceptions?: boolean;
    hooks?: Hooks;
    /** A PolicyPreset, which says when, where to and how long. */
    preset?: Input<string>;
}

/** Which applications. */
export interface Selector {
    matchLabels?: Labels;
    matchExpressions?: readonly Expression[];
}

/** The applications in these namespaces. */
export const inNamespaces = (values: readonly Input<string>[]): Selector => ({
    matchExpressions: [{ key: "k10.kasten.io/appNamespace", operator: "In", values }],
});

/** The cluster's own resources, as K10 selects them (its documentation, API "Policies"). */
export const ofCluster: Selector = inNamespaces(["kasten-io-cluster"]);

/** Backs applications up and, unless it is told otherwise, exports them with their data. */
export function backupPolicySpec(
    policy: PolicySettings & {
        /** For what K10 writes at the backup itself, as Kanister's blueprints do. */
        profile: Input<string>;
        /** The location of the export. @default `profile` */
        exportTo?: ExportLocation;
        selector: Selector;
        comment?: string;
    },
) {
    const { preset, filters, retention, selector, comment } = policy;
    const profile = preset ? {} : { profile: ref(policy.profile) };
    const parameters = {
        ...profile,
        ...(filters ? { filters: filtersSpec(filters) } : {}),
        ...(policy.ignoreExceptions ? { ignoreExceptions: true } : {}),
        ...hooksSpec(policy.hooks),
    };
    return {
        ...(comment ? { comment } : {}),
        // A preset says all that has to do with time, and may have nothing beside it.
        ...(preset
            ? { presetRef: ref(preset), ...(policy.paused ? { paused: true } : {}) }
            : {
                  ...scheduleSpec(policy),
                  ...windowSpec(policy),
                  ...(retention ? { retention } : {}),
              }),
        actions: [
            { action: "backup", backupParameters: parameters },
            ...(policy.export?.enabled === false ? [] : [exportAction(policy)]),
        ],
        selector,
    };
}

function exportAction(
    policy: PolicySettings & { profile: Input<string>; exportTo?: ExportLocation },
) {
    const { frequency, retention, hooks, ...rest } = policy.export ?? {};
    const { exportTo = { profile: policy.profile } } = policy;
    const blockModeProfile = exportTo.blockModeProfile ?? policy.export?.blockModeProfile;
    return {
        action: "export",
        exportParameters: {
            ...(policy.preset
                ? {}
                : {
                      frequency: frequency ?? policy.frequency ?? "@onDemand",
                      profile: ref(exportTo.profile),
                  }),
            ...(blockModeProfile ? { blockModeProfile: ref(blockModeProfile) } : {}),
            exportData: exportDataSpec(rest),
            ...hooksSpec(hooks),
        },
        // Beside the parameters, not among them.
        ...(retention ? { retention } : {}),
    };
}

export const exportDataSpec = ({
    data = true,
    exporterStorageClass,
    overrides,
}: Pick<ExportSettings, "data" | "exporterStorageClass" | "overrides">) => ({
    enabled: data,
    ...(exporterStorageClass ? { exporterStorageClassName: exporterStorageClass } : {}),
    ...(overrides
        ? {
              overrides: overrides.map(each => ({
                  storageClassName: each.storageClass,
                  enabled: each.data,
                  ...(each.exporterStorageClass
                      ? { exporterStorageClassName: each.exporterStorageClass }
                      : {}),
              })),
          }
        : {}),
});

const filtersSpec = ({ include, exclude, ...others }: Filters) => ({
    ...(include ? { includeResources: include } : {}),
    ...(exclude ? { excludeResources: exclude } : {}),
    ...others,
});

const hooksSpec = (hooks: Hooks | undefined) => (hooks ? { hooks } : {});

export const scheduleSpec = ({ frequency = "@onDemand", subFrequency, paused }: Schedule) => ({
    frequency,
    ...(subFrequency ? { subFrequency } : {}),
    ...(paused ? { paused } : {}),
});

export const windowSpec = ({
    backupWindow,
    staggering,
}: Pick<PolicySettings, "backupWindow" | "staggering">) => ({
    ...(backupWindow ? { backupWindow } : {}),
    ...(staggering ? { enableStaggering: true } : {}),
});

/** Imports what another cluster exported. An import policy has no selector. */
export function importPolicySpec(
    policy: Schedule & { profile: Input<string>; receiveString: Input<string> },
) {
    return {
        ...scheduleSpec(policy),
        actions: [
            {
                action: "import",
                importParameters: {
                    profile: ref(policy.profile),
                    receiveString: policy.receiveString,
                },
            },
        ],
    };
}

/**
 * What K10 writes into the spec of a policy that exports: the hand-off. That is no drift. The export is found by its
 * name, wherever it stands.
 */
export function writtenByK10(spec: { actions: readonly { action: string }[] }): string[] {
    return spec.actions.flatMap(({ action }, i) =>
        action === "export"
            ? ["receiveString", "migrationToken"].map(
                  field => `spec.actions[${i}].exportParameters.${field}`,
              )
            : [],
    );
}

/** One thing that holds for a resource. */
export type Requirement = Readonly<Record<string, unknown>>;

export interface BlueprintBindingSettings {
    /** A Blueprint in K10's namespace. */
    blueprint: string;
    resources: { matchAll?: readonly Requirement[]; matchAny?: readonly Requirement[] };
    disabled: boolean;
}

/** Makes K10 use a Blueprint for all resources of which something holds. */
export const blueprintBindingSpec = (binding: BlueprintBindingSettings) => ({
    blueprintRef: ref(binding.blueprint),
    resources: binding.resources,
    ...(binding.disabled ? { disabled: true } : {}),
});
