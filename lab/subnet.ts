/** The addresses of this checkout's networks. */
import { tryRun } from "./exec.ts";
import { checkout, isOwn } from "./paths.ts";

/** A checkout has a block of this many networks, `10.x.y.0/24` with consecutive numbers y: one for each of its stacks. */
export const networksOfCheckout = 16;
const blocksOfNumber = 256 / networksOfCheckout;
/** Blocks lie between 10.89.0.0 and 10.188.255.255. */
const [firstNumber, numbers] = [89, 100];

interface Range {
    from: number;
    to: number;
}

/** The first network of the block with a number. */
function network(block: number): string {
    const index = block % (numbers * blocksOfNumber);
    const x = firstNumber + Math.floor(index / blocksOfNumber);
    return `10.${x}.${(index % blocksOfNumber) * networksOfCheckout}.0/24`;
}

/**
 * The first network of a checkout's block: the previous one while it is free, otherwise the one that the checkout's
 * name leads to, or the next that is free.
 * @param name the checkout's six characters
 * @param taken networks of others, as `address/bits`
 */
export function chooseNetwork(name: string, taken: string[], previous?: string): string {
    const others = taken.map(rangeOf);
    const isFree = (candidate: string) => {
        const from = rangeOf(candidate).from;
        const to = from + networksOfCheckout * 256 - 1;
        return !others.some(other => other.from <= to && from <= other.to);
    };
    const first = Number.parseInt(name.slice(0, 4), 16);
    const all = Array.from({ length: numbers * blocksOfNumber }, (_, i) => network(first + i));
    const candidates = previous !== undefined && all.includes(previous) ? [previous, ...all] : all;
    const found = candidates.find(isFree);
    if (found === undefined) {
        throw new Error(
            "The engine's networks leave none free between 10.89.0.0 and 10.188.255.255: remove some with `docker network rm`.",
        );
    }
    return found;
}

/** `10.89.16.0/20` as the numbers of its first and its last address. */
function rangeOf(text: string): Range {
    const [address = "", bits] = text.split("/");
    const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    const from = Math.floor(number / size) * size;
    return { from, to: from + size - 1 };
}

/** The network of this checkout's stack `lab`, free in the engine. @param previous what it was until now */
export async function labNetwork(previous?: string): Promise<string> {
    return chooseNetwork(checkout, await networksOfOthers(), previous);
}

async function networksOfOthers(): Promise<string[]> {
    const names = await tryRun("docker", ["network", "ls", "--format", "{{.Name}}"]);
    const others = (names ?? "").split("\n").filter(name => name !== "" && !isOwn(name));
    const subnets = await Promise.all(
        others.map(name => {
            const format = "{{range .IPAM.Config}}{{.Subnet}} {{end}}";
            // One that is gone by now has none.
            return tryRun("docker", ["network", "inspect", "--format", format, name]);
        }),
    );
    const texts = subnets.flatMap(text => (text ?? "").split(" "));
    return texts.filter(text => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text));
}
