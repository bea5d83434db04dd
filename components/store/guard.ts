import type { BucketInputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Refuses the end of a stack while the bucket of its store holds something, before anything else has gone. */
export class StoreGuard extends dynamicResource<BucketInputs, { guarded: true }>(
    "guard",
    "store:Guard",
    ["guarded"],
    ["accessKey", "secretKey"],
) {}
