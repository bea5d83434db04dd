import * as pulumi from "@pulumi/pulumi";
import type { Stored, StoredInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("storedObjects");

/** Counts what lies in the bucket of a location, once for a run. */
export class StoredObjects extends pulumi.dynamic.Resource {
    /** Undefined where the store does not tell. */
    declare readonly stored: pulumi.Output<Stored | undefined>;

    constructor(name: string, args: Inputs<StoredInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, stored: undefined, seenTime: undefined },
            dynamicOptions(opts, ["accessKey", "secretKey"]),
            "store",
            "StoredObjects",
        );
    }
}
