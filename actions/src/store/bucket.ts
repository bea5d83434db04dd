/** The bucket of a store that is ours: made with the store, and not taken away with what others keep in it. */
import type { Definition } from "../action";
import { UserError } from "../kube/errors";
import { retentionFor } from "./object-lock";
import { Bucket, BucketRef } from "./s3";

export interface BucketInputs extends BucketRef {
    /** What the end of the store means for what is in the bucket: `refuse` to end, or `delete` it. */
    onDestroy: "refuse" | "delete";
    /** Whether it is made with object lock. @default false */
    objectLock?: boolean;
    /** For how long K10 keeps objects in it from being deleted, such as `240h`. @default it does not */
    protectionPeriod?: string;
    /** Seconds until the store must answer. */
    timeout: number;
}

export interface BucketOutputs {
    /** The bucket's name, once it is there. */
    made: string;
}

export const bucket: Definition<BucketInputs, BucketOutputs> = {
    title: "store",
    replaceOn: ["bucket"],
    outputs: ["made"],
    id: inputs => inputs.bucket,
    // Another address or other keys may be those of another store, which has no bucket yet.
    serves: () => false,

    async run(inputs, report) {
        const made = new Bucket(inputs, { timeout: inputs.timeout, report });
        await made.make(inputs.objectLock);
        if (inputs.objectLock && !(await made.lock()).enabled) {
            throw new UserError(
                `Bucket \`${inputs.bucket}\` of the store at \`${inputs.endpoint}\` was made without object lock, and gets none afterwards: name another one by \`crossing:store.bucket\`, or remove \`crossing:store.objectLock\`.`,
            );
        }
        if (inputs.protectionPeriod) {
            await made.retain(retentionFor(inputs.protectionPeriod));
        }
        return { made: inputs.bucket };
    },

    /** The bucket itself goes with the store's volume. */
    remove: refuseUnlessEmpty,
};

/**
 * The same at the very beginning of a stack's end: what lies in clusters of ours is taken out of the state before the
 * bucket has its turn, and would be missing there when the end is refused.
 */
export const guard: Definition<BucketInputs, { guarded: true }> = {
    title: "store",
    replaceOn: ["bucket"],
    outputs: ["guarded"],
    id: inputs => `${inputs.bucket}/guard`,
    run: () => Promise.resolve({ guarded: true }),
    remove: refuseUnlessEmpty,
};

async function refuseUnlessEmpty(
    state: BucketInputs,
    report: (line: string) => void,
): Promise<void> {
    if (state.onDestroy === "delete") {
        return;
    }
    const left = new Bucket(state, { timeout: state.timeout, report });
    // With versions, a bucket that looks empty still holds what was deleted.
    const keys = await (state.objectLock ? left.versions(1_000) : left.keys(1_000));
    if (keys.length > 0) {
        const [one, many] = state.objectLock
            ? ["version of an object", "versions of objects"]
            : ["object", "objects"];
        const more = keys.length === 1_000 ? `1000 ${many} or more` : `${keys.length} ${many}`;
        const count = keys.length === 1 ? `1 ${one}` : more;
        throw new UserError(
            `Bucket \`${state.bucket}\` of the store at \`${state.endpoint}\` still holds ${count}, the first is \`${keys[0]}\`: they would be lost with the store. Set \`onDestroy: delete\` in \`crossing:store\`, run \`pulumi up\`, then \`pulumi destroy\` again.`,
        );
    }
}
