/** The bucket of a store that is ours: made with the store, and not taken away with what others keep in it. */
import type { Definition } from "../action";
import { UserError } from "../kube/errors";
import { Bucket, BucketRef } from "./s3";

export interface BucketInputs extends BucketRef {
    /** What the end of the store means for what is in the bucket: `refuse` to end, or `delete` it. */
    onDestroy: "refuse" | "delete";
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
        await new Bucket(inputs, { timeout: inputs.timeout, report }).make();
        return { made: inputs.bucket };
    },

    /** The bucket itself goes with the store's volume. */
    async remove(state, report) {
        if (state.onDestroy === "delete") {
            return;
        }
        const keys = await new Bucket(state, { timeout: state.timeout, report }).keys(1_000);
        if (keys.length > 0) {
            const count = keys.length === 1_000 ? "1000 objects or more" : `${keys.length} objects`;
            throw new UserError(
                `Bucket \`${state.bucket}\` of the store at \`${state.endpoint}\` still holds ${count}, the first is \`${keys[0]}\`: they would be lost with the store. Set \`onDestroy: delete\` in \`crossing:store\`, run \`pulumi up\`, then \`pulumi destroy\` again.`,
            );
        }
    },
};
