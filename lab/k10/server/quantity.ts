/** Quantities of storage as Kubernetes writes them. */

const UNITS = ["", "k", "M", "G", "T", "P", "E"];

/** Bytes of a quantity such as `10Gi` or `5e9`; 0 for anything else. */
export function bytesOf(quantity: string): number {
    const [, number = "", unit = "", binary = ""] =
        /^([0-9.]+(?:[eE][0-9]+)?)([kKMGTPE]?)(i?)$/.exec(quantity) ?? [];
    const power = UNITS.indexOf(unit === "K" ? "k" : unit);
    return Math.ceil(Number(number) * (binary === "i" ? 1024 : 1000) ** power);
}

/** The larger of two quantities, as it is written. */
export function larger(one: string, other: string): string {
    return bytesOf(other) > bytesOf(one) ? other : one;
}
