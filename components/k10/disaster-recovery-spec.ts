/** The policy by which K10 backs itself up (K10 documentation, "Veeam Kasten Disaster Recovery"). */
import type { Input } from "@pulumi/pulumi";
import { k10Namespace, ref } from "./specs";

/** How many backups K10 keeps of each age, from the most frequent on. */
const kept = { hourly: 4, daily: 7, weekly: 4, monthly: 1, yearly: 1 };

type Age = keyof typeof kept;
export type Frequency = `@${Age}`;

const ages = Object.keys(kept) as Age[];

/** A policy keeps no more often than it runs. */
export const retention = (frequency: Frequency): Partial<Record<Age, number>> =>
    Object.fromEntries(
        ages.slice(ages.indexOf(frequency.slice(1) as Age)).map(age => [age, kept[age]]),
    );

export const disasterRecoverySpec = (policy: {
    profile: Input<string>;
    frequency: Frequency;
    catalogSnapshot: boolean;
}) => ({
    frequency: policy.frequency,
    retention: retention(policy.frequency),
    // An exported snapshot would need an export action, hence a volume that K10 can export.
    kdrSnapshotConfiguration: {
        takeLocalCatalogSnapshot: policy.catalogSnapshot,
        exportCatalogSnapshot: false,
    },
    actions: [
        {
            action: "backup",
            backupParameters: { profile: ref(policy.profile) },
        },
    ],
    selector: {
        matchExpressions: [
            { key: "k10.kasten.io/appNamespace", operator: "In", values: [k10Namespace] },
        ],
    },
});
