import * as pulumi from "@pulumi/pulumi";
import type { ImportInputs, ImportOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Runs an import policy once for a `runId`, and finds the restore point that it brought. */
export class Import extends dynamicResource<ImportInputs, ImportOutputs>("import", "k10:Import", [
    "result",
    "restorePointContent",
]) {
    /** Name and times of K10's action. */
    declare readonly result: pulumi.Output<ImportOutputs["result"]>;
    /** The cluster-scoped object that stands for the imported restore point. */
    declare readonly restorePointContent: pulumi.Output<string>;
}
