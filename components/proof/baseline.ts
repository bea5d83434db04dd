import * as pulumi from "@pulumi/pulumi";
import type { Observation, ObserveInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("baseline");

/** Records what the application holds before the backup. */
export class Baseline extends pulumi.dynamic.Resource {
    declare readonly baseline: pulumi.Output<Observation>;

    constructor(name: string, args: Inputs<ObserveInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, baseline: undefined },
            dynamicOptions(opts),
            "proof",
            "Baseline",
        );
    }
}
