import * as pulumi from "@pulumi/pulumi";
import type { ActionTimes, BackupInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("backup");

/** Backs up what a restore will overwrite, once for that restore. */
export class SafetyBackup extends pulumi.dynamic.Resource {
    /** `namespace/name` of the restore point. Empty where there was nothing to be overwritten. */
    declare readonly restorePoint: pulumi.Output<string>;
    /** Name and times of K10's action. Undefined where there was nothing to be overwritten, and in older states. */
    declare readonly backupAction: pulumi.Output<ActionTimes | undefined>;

    constructor(name: string, args: Inputs<BackupInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, restorePoint: undefined, backupAction: undefined },
            dynamicOptions(opts),
            "k10",
            "SafetyBackup",
        );
    }
}
