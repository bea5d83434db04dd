import * as pulumi from "@pulumi/pulumi";
import type { ActionTimes, BackupInputs, BackupOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Backs up what a restore will overwrite, once for that restore. */
export class SafetyBackup extends dynamicResource<BackupInputs, BackupOutputs>(
    "backup",
    "k10:SafetyBackup",
    ["restorePoint", "backupAction"],
) {
    /** `namespace/name` of the restore point. Empty where there was nothing to be overwritten. */
    declare readonly restorePoint: pulumi.Output<string>;
    /** Name and times of K10's action. Undefined where there was nothing to be overwritten, and in older states. */
    declare readonly backupAction: pulumi.Output<ActionTimes | undefined>;
}
