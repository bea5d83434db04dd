import * as pulumi from "@pulumi/pulumi";
import type { ValidateInputs, ValidateOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("validate");

/** Has K10 validate the exported restore point of a run, once for its `runId`. */
export class Validation extends pulumi.dynamic.Resource {
    /** K10's action, and what it validated. */
    declare readonly result: pulumi.Output<ValidateOutputs["result"]>;

    constructor(name: string, args: Inputs<ValidateInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, result: undefined },
            dynamicOptions(opts),
            "k10",
            "Validation",
        );
    }
}
