/** What is restored, and how: the parts of a RestoreAction that a person chooses (K10 documentation, API "RestoreActions"). */
import { createHash } from "node:crypto";
import type { LabelSelector } from "../kube/labels";
import { Action, k10Namespace } from "./api";

/** Which restore point: the newest at a time or before it (RFC 3339), or one by its name. */
export type PointChoice = { time: string } | { name: string };

/** Objects, by any of these; what is left out means any. `resource` is a plural, group `core` the one without a name. */
export interface ResourceFilter extends LabelSelector {
    group?: string;
    version?: string;
    resource?: string;
    name?: string;
}

/** Operations of JSON Patch, as K10 extends them, on the objects that a subject means; or a TransformSet of them. */
export type Transform =
    | {
          name?: string;
          subject: { group?: string; version?: string; resource?: string; name?: string };
          json: { op: string; path: string; from?: string; value?: unknown; regex?: string }[];
      }
    | { transformSetRef: { name: string; namespace?: string } };

/** What differs from a restore of all that this run backed up. Another choice is another restore. */
export interface RestoreChoices {
    restorePoint?: PointChoice;
    /** Only the data of volumes, for an application that runs. */
    dataOnly?: boolean;
    filters?: { include?: ResourceFilter[]; exclude?: ResourceFilter[] };
    transforms?: Transform[];
}

/** A restore, as its name and its mark on the namespace tell it from others. */
export interface RestoreIdentity {
    runId: string;
    /** Unique to this run of this stack: another stack may use the same `runId` on the same target. */
    runToken: string;
    /** The namespace to restore into. */
    targetNamespace: string;
    choices?: RestoreChoices;
}

export const restoreName = (of: RestoreIdentity): string =>
    `restore-${of.targetNamespace}-${of.runId}${suffix(of)}`;

/** What stands on a namespace that a restore made or took over. */
export const markOf = (of: RestoreIdentity): string => `${of.runToken}${suffix(of)}`;

function suffix({ choices }: RestoreIdentity): string {
    return choices
        ? `-${createHash("sha256").update(canonical(choices)).digest("hex").slice(0, 8)}`
        : "";
}

/** JSON that does not depend on the order of keys: Pulumi does not keep it. */
function canonical(value: unknown): string {
    return JSON.stringify(value, (_, each: unknown) =>
        typeof each === "object" && each !== null && !Array.isArray(each)
            ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
            : each,
    );
}

/** A set that is not said to lie elsewhere lies beside K10: a reference is by both. */
const located = (transform: Transform): Transform =>
    "transformSetRef" in transform
        ? { transformSetRef: { namespace: k10Namespace, ...transform.transformSetRef } }
        : transform;

export interface RestoreActionArgs {
    name: string;
    /** A RestoreAction lives in the namespace that it restores to. */
    namespace: string;
    restorePoint: { name: string; namespace: string };
    overwrite: boolean;
    choices?: RestoreChoices;
}

export function restoreActionOf(args: RestoreActionArgs): Action {
    const { name, namespace, overwrite } = args;
    const { dataOnly, filters, transforms = [] } = args.choices ?? {};
    return {
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "RestoreAction",
        metadata: { name, namespace },
        spec: Object.assign(
            {
                subject: {
                    ...{ apiVersion: "apps.kio.kasten.io/v1alpha1", kind: "RestorePoint" },
                    ...args.restorePoint,
                },
                targetNamespace: namespace,
                overwriteExisting: overwrite,
            },
            dataOnly && { dataOnly },
            filters && {
                filters: {
                    ...(filters.include && { includeResources: filters.include }),
                    ...(filters.exclude && { excludeResources: filters.exclude }),
                },
            },
            transforms.length > 0 && { transforms: transforms.map(located) },
        ),
    };
}
