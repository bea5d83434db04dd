/** The baseline in the bucket, beside the backup: what the target needs to judge what arrived, from whatever stack. */
import { createHash } from "node:crypto";
import type { Definition } from "../action";
import { UserError } from "../kube/errors";
import { Bucket, BucketRef } from "../store/s3";
import { Stored, storedIn } from "../store/stored";
import type { Observation } from "./baseline";

/** What the object holds. */
export interface BaselineDocument {
    version: 1;
    runId: string;
    /** The sentinel of this run. */
    runToken: string;
    applicationNamespace: string;
    /** The cluster that it was recorded on. */
    clusterUid: string;
    observation: Observation;
}

export interface KeepInputs extends BucketRef {
    clusterUid: string;
    applicationNamespace: string;
    runId: string;
    runToken: string;
    baseline: Observation;
    /** Seconds until the store must answer. */
    timeout: number;
}

export interface KeepOutputs {
    /** The object's key. */
    key: string;
    /** SHA-256 of its content, hexadecimal. */
    digest: string;
}

export interface FetchInputs extends BucketRef {
    key: string;
    digest: string;
    /** Seconds until the store must answer. */
    timeout: number;
}

export interface FetchOutputs {
    document: BaselineDocument;
    /** What lies in the bucket beside it. Absent where the store does not tell, and in older states. */
    stored?: Stored;
}

/** Unique to a run of a stack: another stack may use the same `runId` for the same application. */
export function baselineKey(inputs: Omit<KeepInputs, keyof BucketRef | "baseline">): string {
    const run = `${inputs.runId}-${inputs.runToken.slice(0, 8)}`;
    return `crossing/${inputs.clusterUid}/${inputs.applicationNamespace}/${run}/baseline.json`;
}

const digestOf = (content: string) => createHash("sha256").update(content).digest("hex");

/** Puts the baseline into the bucket. It stays there with the backup that it belongs to. */
export const keptBaseline: Definition<KeepInputs, KeepOutputs> = {
    title: "baseline",
    replaceOn: ["clusterUid", "applicationNamespace", "runId", "runToken", "bucket"],
    outputs: ["key", "digest"],
    id: inputs => `${inputs.bucket}/${baselineKey(inputs)}`,

    async run(inputs, report) {
        const document: BaselineDocument = {
            version: 1,
            runId: inputs.runId,
            runToken: inputs.runToken,
            applicationNamespace: inputs.applicationNamespace,
            clusterUid: inputs.clusterUid,
            observation: inputs.baseline,
        };
        const content = `${JSON.stringify(document, null, 4)}\n`;
        const key = baselineKey(inputs);
        await new Bucket(inputs, { timeout: inputs.timeout, report }).put(key, content);
        report(`kept as ${key}`);
        return { key, digest: digestOf(content) };
    },
};

/** Gets the baseline from the bucket, makes sure that it is the one that was put there, and counts what lies beside it. */
export const fetchedBaseline: Definition<FetchInputs, FetchOutputs> = {
    title: "baseline",
    replaceOn: ["bucket", "key", "digest"],
    outputs: ["document"],
    extras: ["stored"],
    id: inputs => `${inputs.bucket}/${inputs.key}`,

    async run(inputs, report) {
        const { key, bucket } = inputs;
        const store = new Bucket(inputs, { timeout: inputs.timeout, report });
        const content = await store.get(key);
        if (content === undefined) {
            throw new UserError(
                `Bucket \`${bucket}\` has no baseline \`${key}\`, which the source put there: it was deleted, or the target reaches another store. Correct \`crossing:store\`, or set another \`crossing:runId\` on the source to export again.`,
            );
        }
        const found = digestOf(content);
        if (found !== inputs.digest) {
            throw new UserError(
                `The baseline \`${key}\` in bucket \`${bucket}\` is not the one that the source put there (SHA-256 ${found}, expected ${inputs.digest}): nothing can be proven by it. Set another \`crossing:runId\` on the source to export again.`,
            );
        }
        const stored = await storedIn(store, report);
        return { document: JSON.parse(content) as BaselineDocument, ...(stored && { stored }) };
    },
};
