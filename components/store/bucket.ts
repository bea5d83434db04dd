import * as pulumi from "@pulumi/pulumi";
import type { BucketInputs, BucketOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** The bucket of a store of ours. Destroying it is refused while it holds something, unless it may be deleted. */
export class Bucket extends dynamicResource<BucketInputs, BucketOutputs>(
    "bucket",
    "store:Bucket",
    ["made"],
    ["accessKey", "secretKey"],
) {
    /** The bucket's name, known once it is there. */
    declare readonly made: pulumi.Output<string>;
}
