/** Which capacity a volume gets. It is recorded and reported; a directory cannot be kept from growing beyond it. */
import { invalid, outOfRange } from "./errors.ts";
import type { CapacityRange } from "./messages.ts";

const GIB = 2 ** 30;

/** What a volume gets for which nobody asks for a capacity. */
export const DEFAULT_CAPACITY = GIB;

export interface Bounds {
    /** The capacity of the volume or snapshot that it is made from, or what it has already. */
    atLeast: number;
    /** The size of the file system below. */
    atMost: number;
}

/**
 * The smallest capacity within the bounds that the range allows.
 * @throws INVALID_ARGUMENT for a range that nothing fits, OUT_OF_RANGE for one that this volume cannot fit
 */
export function chooseCapacity(range: CapacityRange | null, bounds: Bounds): number {
    const { requiredBytes = 0, limitBytes = 0 } = range ?? {};
    if (requiredBytes < 0 || limitBytes < 0) {
        throw invalid("`capacity_range` has a negative number of bytes");
    }
    if (limitBytes > 0 && requiredBytes > limitBytes) {
        throw invalid(
            `\`capacity_range\` requires ${requiredBytes} bytes but allows at most ${limitBytes}`,
        );
    }
    const wanted = requiredBytes || Math.min(DEFAULT_CAPACITY, limitBytes || DEFAULT_CAPACITY);
    const capacity = Math.max(wanted, bounds.atLeast);
    if (limitBytes > 0 && capacity > limitBytes) {
        throw outOfRange(
            `at least ${capacity} bytes are needed, but \`limit_bytes\` is ${limitBytes}`,
        );
    }
    if (capacity > bounds.atMost) {
        throw outOfRange(
            `${capacity} bytes are more than the node's file system of ${bounds.atMost} bytes holds`,
        );
    }
    return capacity;
}

/** Whether what exists is what the range asks for. */
export function fits(capacity: number, range: CapacityRange | null): boolean {
    const { requiredBytes = 0, limitBytes = 0 } = range ?? {};
    return capacity >= requiredBytes && (limitBytes === 0 || capacity <= limitBytes);
}
