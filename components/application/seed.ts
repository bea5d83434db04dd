import * as pulumi from "@pulumi/pulumi";
import type { SeedInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("seed");

/** Fills the sample application's database, and puts the sentinel of this run into it. */
export class Seed extends pulumi.dynamic.Resource {
    /** Orders in the database. */
    declare readonly orders: pulumi.Output<number>;

    constructor(name: string, args: Inputs<SeedInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, orders: undefined },
            dynamicOptions(opts),
            "application",
            "Seed",
        );
    }
}
