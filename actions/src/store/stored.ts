/** What lies in the bucket: that K10 has written something there, and how much. */
import type { Bucket } from "./s3";

export interface Stored {
    /** The prefix of the keys that were counted: `k10/`. Empty: the whole bucket, for nothing lies below that. */
    below: string;
    objects: number;
    bytes: number;
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
    let after: string | undefined;
    do {
        const page = await bucket.page(below, after);
        objects += page.objects;
        bytes += page.bytes;
        after = page.next;
    } while (after !== undefined && objects < most);
    return { below, objects, bytes, ...(after !== undefined && { atLeast: true }) };
}
