import * as pulumi from "@pulumi/pulumi";
import type { ExportedPointInputs, ExportedPointOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Finds the restore point that a run exported, on the cluster that made it. */
export class ExportedPoint extends dynamicResource<ExportedPointInputs, ExportedPointOutputs>(
    "exportedPoint",
    "k10:ExportedPoint",
    ["restorePointContent"],
) {
    /** The cluster-scoped object that stands for the restore point in the store. */
    declare readonly restorePointContent: pulumi.Output<string>;
}
