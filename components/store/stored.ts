import * as pulumi from "@pulumi/pulumi";
import type { Stored, StoredInputs, StoredOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Counts what lies in the bucket of a location, once for a run. */
export class StoredObjects extends dynamicResource<StoredInputs, StoredOutputs>(
    "storedObjects",
    "store:StoredObjects",
    ["stored", "seenTime"],
    ["accessKey", "secretKey"],
) {
    /** Undefined where the store does not tell. */
    declare readonly stored: pulumi.Output<Stored | undefined>;
}
