/** Whether a bucket can keep what K10 exports from being deleted for as long as is wanted: asked before K10 is. */
import type { Definition } from "../action";
import { UserError } from "../kube/errors";
import { Bucket, BucketRef } from "./s3";

export interface ObjectLockInputs extends BucketRef {
    /** For how long K10 is to keep objects from being deleted, such as `240h`. */
    protectionPeriod: string;
    /** The location whose bucket it is. @default the store */
    location?: string;
    /** Seconds until the store must answer. */
    timeout: number;
}

export interface ObjectLockOutputs {
    /** What was found. */
    lock: { enabled: boolean; retentionDays?: number };
}

/**
 * By how many days the bucket's default retention has to be longer than the protection period: K10 lengthens the
 * retention of its objects in that time (K10 documentation, "Immutable backups").
 */
const margin = 20;

const days = (protectionPeriod: string) => Number.parseInt(protectionPeriod) / 24;

/** Days of a default retention that serves a protection period. */
export const retentionFor = (protectionPeriod: string): number => days(protectionPeriod) + margin;

export const objectLock: Definition<ObjectLockInputs, ObjectLockOutputs> = {
    title: "store",
    replaceOn: ["bucket"],
    outputs: ["lock"],
    id: inputs => inputs.bucket,
    serves: () => false,

    async run(inputs, report) {
        const { bucket, endpoint, protectionPeriod, location, timeout } = inputs;
        const key = location === undefined ? "crossing:store" : `crossing:locations.${location}`;
        const lock = await new Bucket(inputs, { timeout, report, location }).lock();
        const where = `Bucket \`${bucket}\` of the store at \`${endpoint}\``;
        if (!lock.enabled) {
            throw new UserError(
                `${where} has no object lock, without which nothing in it is protected: name a bucket that was made with object lock by \`${key}.bucket\`, or remove \`${key}.protectionPeriod\`.`,
            );
        }
        const needed = retentionFor(protectionPeriod);
        if (lock.retentionDays !== undefined && lock.retentionDays < needed) {
            throw new UserError(
                `${where} keeps objects for ${lock.retentionDays} days by default, and K10 needs ${margin} days more than it is to protect them: set the bucket's default retention to ${needed} days, or lower \`${key}.protectionPeriod\`.`,
            );
        }
        report(`bucket ${bucket} has object lock`);
        return { lock };
    },
};
