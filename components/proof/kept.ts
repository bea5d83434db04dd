import * as pulumi from "@pulumi/pulumi";
import type { BaselineDocument, FetchInputs, KeepInputs, Stored } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const secrets = ["accessKey", "secretKey"];
const keep = shim("keptBaseline");
const fetch = shim("fetchedBaseline");

/** Puts the baseline into the bucket, beside the backup. It stays there when the stack is destroyed. */
export class KeptBaseline extends pulumi.dynamic.Resource {
    /** The object's key in the bucket. */
    declare readonly key: pulumi.Output<string>;
    /** SHA-256 of its content, hexadecimal. */
    declare readonly digest: pulumi.Output<string>;

    constructor(name: string, args: Inputs<KeepInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            keep,
            name,
            { ...args, key: undefined, digest: undefined },
            dynamicOptions(opts, secrets),
            "proof",
            "KeptBaseline",
        );
    }
}

/**
 * Gets the baseline from the bucket, makes sure that it is the one that the source put there, and counts what lies
 * beside it.
 */
export class FetchedBaseline extends pulumi.dynamic.Resource {
    declare readonly document: pulumi.Output<BaselineDocument>;
    /** What lies in the bucket. Undefined where the store does not tell, and in older states. */
    declare readonly stored: pulumi.Output<Stored | undefined>;

    constructor(name: string, args: Inputs<FetchInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            fetch,
            name,
            { ...args, document: undefined, stored: undefined },
            dynamicOptions(opts, secrets),
            "proof",
            "FetchedBaseline",
        );
    }
}
