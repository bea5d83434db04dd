import * as pulumi from "@pulumi/pulumi";
import type { ValidateInputs, ValidateOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Has K10 validate the exported restore point of a run, once for its `runId`. */
export class Validation extends dynamicResource<ValidateInputs, ValidateOutputs>(
    "validate",
    "k10:Validation",
    ["result"],
) {
    /** K10's action, and what it validated. */
    declare readonly result: pulumi.Output<ValidateOutputs["result"]>;
}
