/** What lies in the bucket: that K10 has written something there, and how much. */
import type { Definition } from "../action";
import { Bucket, BucketRef } from "./s3";

export interface Stored {
    /** The prefix of the keys that were counted: `k10/`. Empty: the whole bucket, for nothing lies below that. */
    below: string;
    objects: number;
    bytes: number;
    /** The same by folder below that, the largest ones: K10 has one for each cluster. Older states do not tell. */
    folders?: Record<string, { objects: number; bytes: number }>;
    /** Whether there are more than were counted. Absent where all were. */
    atLeast?: true;
}

/**
 * K10 writes below a path that it makes up for a profile that names none, as ours: `k10/<cluster>/migration` (K10
 * documentation, API "Profile").
 */
const prefixOfK10 = "k10/";

/** More is not counted: large exports have millions of objects, and a page of a listing has a thousand. */
const most = 10_000;

/** So many folders are told of. */
const mostFolders = 20;

/** That the store does not list the bucket, for its user may lack the right, is no reason to fail. */
export async function storedIn(
    bucket: Pick<Bucket, "page">,
    report: (line: string) => void,
): Promise<Stored | undefined> {
    try {
        const found = await countBelow(bucket, prefixOfK10);
        return found.objects > 0 ? found : await countBelow(bucket, "");
    } catch (error) {
        report(`what lies in the bucket is not in the evidence: ${(error as Error).message}`);
        return undefined;
    }
}

export async function countBelow(bucket: Pick<Bucket, "page">, below: string): Promise<Stored> {
    let [objects, bytes] = [0, 0];
    const all: NonNullable<Stored["folders"]> = {};
    let after: string | undefined;
    do {
        const page = await bucket.page(below, after);
        objects += page.objects;
        bytes += page.bytes;
        for (const [name, of] of Object.entries(page.folders)) {
            const before = all[name] ?? { objects: 0, bytes: 0 };
            all[name] = { objects: before.objects + of.objects, bytes: before.bytes + of.bytes };
        }
        after = page.next;
    } while (after !== undefined && objects < most);
    const largest = Object.entries(all)
        .sort(([a, x], [b, y]) => y.bytes - x.bytes || (a < b ? -1 : 1))
        .slice(0, mostFolders);
    return {
        ...{ below, objects, bytes },
        ...(largest.length > 0 && { folders: Object.fromEntries(largest) }),
        ...(after !== undefined && { atLeast: true }),
    };
}

export interface StoredInputs extends BucketRef {
    /** The name of the location whose bucket it is. */
    location: string;
    /** The run whose export is to be seen. */
    run: string;
    /** Seconds until the store must answer. */
    timeout: number;
}

export interface StoredOutputs {
    /** Absent where the store does not tell. */
    stored?: Stored;
    seenTime: string;
}

/** Counts what lies in the bucket of a location beside the store. */
export const storedObjects: Definition<StoredInputs, StoredOutputs> = {
    title: "location",
    replaceOn: ["bucket", "location", "run"],
    outputs: ["seenTime"],
    extras: ["stored"],
    id: inputs => `${inputs.location}/${inputs.run}`,

    async run(inputs, report) {
        const { timeout, location } = inputs;
        const stored = await storedIn(new Bucket(inputs, { timeout, report, location }), report);
        return { seenTime: new Date().toISOString(), ...(stored && { stored }) };
    },
};
