import * as pulumi from "@pulumi/pulumi";
import type { FetchInputs, FetchOutputs, KeepInputs, KeepOutputs, Stored } from "crossing-actions";
import { dynamicResource } from "../dynamic";

const secrets = ["accessKey", "secretKey"];

/** Puts the baseline into the bucket, beside the backup. It stays there when the stack is destroyed. */
export class KeptBaseline extends dynamicResource<KeepInputs, KeepOutputs>(
    "keptBaseline",
    "proof:KeptBaseline",
    ["key", "digest"],
    secrets,
) {
    /** The object's key in the bucket. */
    declare readonly key: pulumi.Output<string>;
    /** SHA-256 of its content, hexadecimal. */
    declare readonly digest: pulumi.Output<string>;
}

/**
 * Gets the baseline from the bucket, makes sure that it is the one that the source put there, and counts what lies
 * beside it.
 */
export class FetchedBaseline extends dynamicResource<FetchInputs, FetchOutputs>(
    "fetchedBaseline",
    "proof:FetchedBaseline",
    ["document", "stored"],
    secrets,
) {
    /** What lies in the bucket. Undefined where the store does not tell, and in older states. */
    declare readonly stored: pulumi.Output<Stored | undefined>;
}
