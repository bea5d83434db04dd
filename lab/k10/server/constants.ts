/** Names that K10 uses, and the few of our own by which a stand-in is told from the real thing. */
import { randomInt } from "node:crypto";

export const CONFIG_GROUP = "config.kio.kasten.io";
export const ACTIONS_GROUP = "actions.kio.kasten.io";
export const REPORTING_GROUP = "reporting.kio.kasten.io";
export const APPS_GROUP = "apps.kio.kasten.io";
export const DR_GROUP = "dr.kio.kasten.io";
export const VERSION = "v1alpha1";

/** Put on every object that this server creates, in its own API and in the cluster. */
export const STAND_IN_ANNOTATION = "crossing.lab/stand-in";
export const STAND_IN = "k10";

/** Marks the pods, Secrets and grants that move bytes, so that no backup ever contains them. */
export const MOVER_LABEL = "crossing.lab/k10-mover";

/** Says of which backup a VolumeSnapshot is, so that those of a backup that failed are found. */
export const BACKUP_LABEL = "crossing.lab/k10-backup";

/** Labels of K10's objects (K10 documentation, API "Actions" and "RestorePoints"). */
export const labels = {
    appName: "k10.kasten.io/appName",
    appNamespace: "k10.kasten.io/appNamespace",
    appType: "k10.kasten.io/appType",
    policyName: "k10.kasten.io/policyName",
    policyNamespace: "k10.kasten.io/policyNamespace",
    runActionName: "k10.kasten.io/runActionName",
    runActionNamespace: "k10.kasten.io/runActionNamespace",
    exportProfile: "k10.kasten.io/exportProfile",
    exportType: "k10.kasten.io/exportType",
    isMetadataExport: "k10.kasten.io/isMetadataExport",
    isRunNow: "k10.kasten.io/isRunNow",
} as const;

/** The value of a selector that means cluster-scoped resources (K10 documentation, API "Policies"). */
export const CLUSTER_APP = "kasten-io-cluster";

// Kubernetes' own alphabet for generated names: no vowels, so no words.
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Random characters that fit into a Kubernetes name. */
export function suffix(length: number): string {
    return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** The policy by which K10 backs itself up. */
export const SELF_POLICY = "k10-disaster-recovery-policy";
