import * as pulumi from "@pulumi/pulumi";
import type { Verification as Result, VerificationInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("verification");

/** Compares the restored application with the baseline. A difference fails the update. */
export class Verification extends pulumi.dynamic.Resource {
    declare readonly verification: pulumi.Output<Result>;

    constructor(
        name: string,
        args: Inputs<VerificationInputs>,
        opts?: pulumi.CustomResourceOptions,
    ) {
        super(
            provider,
            name,
            { ...args, verification: undefined },
            dynamicOptions(opts),
            "proof",
            "Verification",
        );
    }
}
