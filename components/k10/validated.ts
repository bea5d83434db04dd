import * as pulumi from "@pulumi/pulumi";
import type { ValidatedInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("validated");

/** Waits until K10 has validated an object, and fails with K10's reasons when it does not accept it. */
export class Validated extends pulumi.dynamic.Resource {
    constructor(name: string, args: Inputs<ValidatedInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, validated: undefined },
            dynamicOptions(opts),
            "k10",
            "Validated",
        );
    }
}
