import * as pulumi from "@pulumi/pulumi";
import type { RestoreInputs, RestoreOutputs } from "crossing-actions";
import { dynamicResource, Inputs } from "../dynamic";

/**
 * Restores an imported restore point into a namespace, once for a `runId`. The namespace is the user's afterwards:
 * no resource owns it.
 */
export class Restore extends dynamicResource<RestoreInputs, RestoreOutputs>(
    "restore",
    "k10:Restore",
    ["result", "restorePoint"],
) {
    /** Name and times of K10's action. */
    declare readonly result: pulumi.Output<RestoreOutputs["result"]>;
    /** `namespace/name` of the restore point. */
    declare readonly restorePoint: pulumi.Output<string>;
    /** The namespace that was restored into. K10's action lives there: its name says it, in older states too. */
    readonly restoredNamespace: pulumi.Output<string>;

    constructor(name: string, args: Inputs<RestoreInputs>, opts?: pulumi.CustomResourceOptions) {
        super(name, args, opts);
        // A restore that has failed is recorded without a result.
        const result = this.result as pulumi.Output<RestoreOutputs["result"] | undefined>;
        this.restoredNamespace = result.apply(
            found => found?.restoreAction.name.split("/")[0] ?? "",
        );
    }
}
