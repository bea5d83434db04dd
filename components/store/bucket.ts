import * as pulumi from "@pulumi/pulumi";
import type { BucketInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("bucket");

/** The bucket of a store of ours. Destroying it is refused while it holds something, unless it may be deleted. */
export class Bucket extends pulumi.dynamic.Resource {
    /** The bucket's name, known once it is there. */
    declare readonly made: pulumi.Output<string>;

    constructor(name: string, args: Inputs<BucketInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, made: undefined },
            dynamicOptions(opts, ["accessKey", "secretKey"]),
            "store",
            "Bucket",
        );
    }
}
