/** What a source leaves in a store that outlives it: told at its end, when nobody else looks any more. */
import type { ClusterInputs, Definition } from "../action";
import { clusterId } from "../k10/cluster-id";
import { within } from "../kube/clock";
import { Bucket, BucketRef } from "./s3";
import { countBelow, Stored } from "./stored";

export interface RemainsInputs extends ClusterInputs, BucketRef {
    /** The UID of namespace `kube-system`: baselines lie below it. */
    clusterUid: string;
    /** The location of the exports, where it is not the store. */
    exportLocation?: string;
}

export interface RemainsOutputs {
    /** How K10 names the cluster: its exports lie below it. */
    clusterId: string;
}

/** Seconds that looking may take in all: the end of a stack does not wait for a store that is away. */
const patience = 5;

export const remains: Definition<RemainsInputs, RemainsOutputs> = {
    title: "store",
    replaceOn: ["clusterUid", "bucket"],
    outputs: ["clusterId"],
    id: inputs => `${inputs.bucket}/${inputs.clusterUid}`,
    run: (inputs, report) => clusterId.run(inputs, report),

    /** Removes nothing and never fails: what lies there is what a target restores from. */
    async remove(state, report) {
        if (state.clusterId) {
            const tooLong = () => new Error(`no answer within ${patience} s`);
            report(
                await within(patience * 1_000, look(state, state.clusterId), tooLong).catch(
                    (error: unknown) => unknown(state, (error as Error).message),
                ),
            );
        }
        if (state.exportLocation) {
            report(
                `left in location \`${state.exportLocation}\`: what K10 has exported there, which is not looked at`,
            );
        }
    },
};

const placesOf = ({ clusterUid }: RemainsInputs, id: string) => ({
    exports: `k10/${id}/`,
    baselines: `crossing/${clusterUid}/`,
});

async function look(state: RemainsInputs, id: string): Promise<string> {
    const { bucket, endpoint } = state;
    const store = new Bucket(state, { timeout: patience - 1 });
    const { exports, baselines } = placesOf(state, id);
    const [exported, kept] = [
        await countBelow(store, exports),
        await countBelow(store, baselines),
    ] as const;
    const found = [exported, kept].filter(({ objects }) => objects > 0);
    if (found.length === 0) {
        return `nothing of this source is left in bucket \`${bucket}\`, below \`${exports}\` and \`${baselines}\``;
    }
    const commands = found.map(
        ({ below }) => `aws --endpoint-url ${endpoint} s3 rm --recursive s3://${bucket}/${below}`,
    );
    return `left in bucket \`${bucket}\`: ${found.map(inWords).join(", ")}. A target may still restore from them; to remove them: ${commands.join("; ")}`;
}

function inWords({ below, objects, bytes, atLeast }: Stored): string {
    const count = objects === 1 ? "1 object" : `${objects} objects`;
    return `${atLeast ? "more than " : ""}${count}, ${(bytes / 2 ** 20).toFixed(1)} MiB below \`${below}\``;
}

const unknown = (state: RemainsInputs & Partial<RemainsOutputs>, why: string): string => {
    const { exports, baselines } = placesOf(state, state.clusterId ?? "");
    return `what is left in bucket \`${state.bucket}\` could not be looked at (${why.replace(/\.$/, "")}): look below \`${exports}\` and \`${baselines}\``;
};
