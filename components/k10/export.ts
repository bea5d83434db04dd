import * as pulumi from "@pulumi/pulumi";
import type { ExportInputs, ExportOutputs, ExportResult } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Runs an export policy once for a `runId`, and waits until K10 has exported. */
export class Export extends dynamicResource<ExportInputs, ExportOutputs>(
    "export",
    "k10:Export",
    ["result", "receiveString"],
    ["receiveString"],
) {
    /** Names and times of K10's actions. */
    declare readonly result: pulumi.Output<ExportResult>;
    /** The hand-off for the other cluster. Secret. Empty if a person gives it. */
    declare readonly receiveString: pulumi.Output<string>;
}
