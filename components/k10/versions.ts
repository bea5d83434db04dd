/** Which version of K10 may import what another one exported. */
import { coerce, compare, lt } from "semver";
import { mistake } from "../mistake";

/**
 * K10 restores what the same or an older version exported, not what a newer one did.
 * @throws pulumi.RunError where the target is older. Versions that are no versions are left to K10.
 */
export function requireNotOlder(target: string, source: string): void {
    const [here, there] = [coerce(target), coerce(source)];
    if (here && there && lt(here, there)) {
        throw mistake(
            `K10 on the target is \`${target}\`, older than \`${source}\` on the source, and would not read what that exports: set \`crossing:k10.version\` of the target to \`${source}\` or newer.`,
        );
    }
}

/**
 * The newest version of K10 that has exported: what one of them exported, the target has to be able to read.
 * @param configured what it is where none is known. A version that is no version counts for nothing.
 */
export function newestOf(versions: (string | undefined)[], configured: string): string {
    const known = versions.flatMap(each => (each && coerce(each) ? [each] : []));
    return known.sort((a, b) => compare(coerce(a)!, coerce(b)!)).at(-1) ?? configured;
}
