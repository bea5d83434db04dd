import * as pulumi from "@pulumi/pulumi";
import type { PublishedInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("published");

/** Where a Service is reached from outside of its cluster. */
export class Published extends pulumi.dynamic.Resource {
    /** A host and a port: `172.30.77.2:30123`. */
    declare readonly address: pulumi.Output<string>;

    constructor(name: string, args: Inputs<PublishedInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, address: undefined },
            dynamicOptions(opts),
            "store",
            "Published",
        );
    }
}
