import * as pulumi from "@pulumi/pulumi";
import type { ObjectLockInputs, ObjectLockOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("objectLock");

/** Fails where a bucket cannot keep objects from being deleted for as long as K10 is to protect them. */
export class ObjectLock extends pulumi.dynamic.Resource {
    declare readonly lock: pulumi.Output<ObjectLockOutputs["lock"]>;

    constructor(name: string, args: Inputs<ObjectLockInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, lock: undefined },
            dynamicOptions(opts, ["accessKey", "secretKey"]),
            "store",
            "ObjectLock",
        );
    }
}
