/**
 * The ids that belong to a namespace, and how a namespace gets them.
 * Sources: github.com/openshift/cluster-policy-controller, pkg/security/controller (allocation), pkg/security/mcs
 * (labels), pkg/cmd (defaults "1000000000-1999999999/10000" and "s0:/2" with 5 labels for each namespace);
 * github.com/openshift/library-go, pkg/security/uid (notation); apiserver-library-go, sccmatching/matcher.go (use).
 */
import { mcsAnnotation, supplementalGroupsAnnotation, uidRangeAnnotation } from "./annotations";
import { Refusal } from "./problem";
import type { Namespace } from "./types";

export interface Block {
    start: number;
    end: number;
}

const first = 1_000_000_000;
const size = 10_000;
const count = 100_000;
const labelsPerNamespace = 5;

/** @param text `<start>/<size>` or `<start>-<end>`. */
export function parseBlock(text: string): Block | undefined {
    const [, from, sign, to] = /^\s*(\d+)([/-])(\d+)/.exec(text) ?? [];
    if (from === undefined || to === undefined) {
        return undefined;
    }
    const start = Number(from);
    return { start, end: sign === "/" ? start + Number(to) - 1 : Number(to) };
}

/** The place of a namespace's block among all blocks, if it is one of them. */
export function indexOf(namespace: Namespace): number | undefined {
    const block = parseBlock(namespace.metadata.annotations?.[uidRangeAnnotation] ?? "");
    if (!block || block.end - block.start + 1 !== size) {
        return undefined;
    }
    const index = (block.start - first) / size;
    return Number.isInteger(index) && index >= 0 && index < count ? index : undefined;
}

/** Whether the namespace needs a range. One that brings a range along keeps it, whoever else has the same. */
export const lacksRange = ({ metadata }: Namespace) =>
    metadata.annotations?.[uidRangeAnnotation] === undefined;

/** The first block that is not taken. */
export function freeIndex(taken: ReadonlySet<number>): number {
    for (let index = 0; index < count; index++) {
        if (!taken.has(index)) {
            return index;
        }
    }
    throw new Error("uid range exceeded");
}

/** What a namespace is annotated with. Labels for SELinux that it brings along stay, too. */
export function annotationsFor(index: number, namespace: Namespace): Record<string, string> {
    const block = `${first + index * size}/${size}`;
    return {
        [uidRangeAnnotation]: block,
        [supplementalGroupsAnnotation]: block,
        [mcsAnnotation]:
            namespace.metadata.annotations?.[mcsAnnotation] ?? label(index * labelsPerNamespace),
    };
}

/** The label at `offset` when all pairs of categories are numbered: c1,c0 c2,c0 c2,c1 c3,c0 ... */
function label(offset: number): string {
    let high = Math.floor((1 + Math.sqrt(1 + 8 * offset)) / 2);
    // Square roots of large numbers are not exact.
    while ((high * (high - 1)) / 2 > offset) {
        high--;
    }
    return `s0:c${high},c${offset - (high * (high - 1)) / 2}`;
}

/** The user ids of a namespace. */
export function userRange(namespace: Namespace): Block {
    const text = namespace.metadata.annotations?.[uidRangeAnnotation];
    if (text === undefined) {
        throw new Refusal(`unable to find annotation ${uidRangeAnnotation}`);
    }
    return read(text, `found annotation ${uidRangeAnnotation} but it was empty`);
}

export function selinuxLevel(namespace: Namespace): string {
    const level = namespace.metadata.annotations?.[mcsAnnotation];
    if (!level) {
        throw new Refusal(
            level === undefined
                ? `unable to find annotation ${mcsAnnotation}`
                : `found annotation ${mcsAnnotation} but it was empty`,
        );
    }
    return level;
}

/** The groups of a namespace. A namespace from before that annotation has those of its users. */
export function groupRanges(namespace: Namespace): Block[] {
    const annotations = namespace.metadata.annotations ?? {};
    const text = annotations[supplementalGroupsAnnotation] ?? annotations[uidRangeAnnotation];
    if (text === undefined) {
        const { name } = namespace.metadata;
        throw new Refusal(
            `unable to find supplemental group or uid annotation for namespace ${name}`,
        );
    }
    const both = `${supplementalGroupsAnnotation} and ${uidRangeAnnotation}`;
    return text
        .split(",")
        .map(part => read(part, `unable to find groups using ${both} annotations`));
}

function read(text: string, whenEmpty: string): Block {
    const block = parseBlock(text);
    if (!block) {
        throw new Refusal(text === "" ? whenEmpty : 'block not in the format "<start>/<size>"');
    }
    return block;
}
