import * as pulumi from "@pulumi/pulumi";
import type { RemainsInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("remains");

/** Tells at its end what a source leaves in a store that outlives it. Removes nothing. */
export class Remains extends pulumi.dynamic.Resource {
    constructor(name: string, args: Inputs<RemainsInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, clusterId: undefined },
            dynamicOptions(opts, ["accessKey", "secretKey"]),
            "store",
            "Remains",
        );
    }
}
