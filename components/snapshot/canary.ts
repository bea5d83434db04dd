import * as pulumi from "@pulumi/pulumi";
import type { CanaryInputs, CanaryOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("canary");

/** Makes, snapshots, clones and reads back a scratch volume, so that a backup need not be the first to try. */
export class Canary extends pulumi.dynamic.Resource {
    /** What was tried, and the seconds that a snapshot took. */
    declare readonly result: pulumi.Output<CanaryOutputs["result"]>;

    constructor(name: string, args: Inputs<CanaryInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, result: undefined },
            dynamicOptions(opts),
            "snapshot",
            "Canary",
        );
    }
}
