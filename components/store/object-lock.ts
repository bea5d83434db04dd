import type { ObjectLockInputs, ObjectLockOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Fails where a bucket cannot keep objects from being deleted for as long as K10 is to protect them. */
export class ObjectLock extends dynamicResource<ObjectLockInputs, ObjectLockOutputs>(
    "objectLock",
    "store:ObjectLock",
    ["lock"],
    ["accessKey", "secretKey"],
) {}
