/** Where the lab keeps things: caches shared by all checkouts of a machine, and what belongs to this checkout alone. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this checkout. */
export const repository = fileURLToPath(new URL("..", import.meta.url));

/** Build caches, outside every checkout: what is here may be deleted at any time and is made again. */
export const cache =
    process.env["CROSSING_LAB_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "crossing-lab");

/** What this checkout alone owns: Pulumi's home and state, logs, generated files. Ignored by git. */
export const local = join(repository, ".crossing");

/** Six characters that tell checkouts apart in the names of containers, networks and clusters. */
export const checkout = createHash("sha256").update(repository).digest("hex").slice(0, 6);

/** What the names of a stack's containers, networks and clusters begin with. No other checkout's do. */
export const prefix = (stack: string) => `crossing-${stack}-${checkout}`;

/** Whether a container, network or volume is one of this checkout's, whatever its stack. */
export const isOwn = (name: string) => new RegExp(`^${prefix(".*")}`).test(name);

/** Where folders of built programs lie. */
export const builtRoot = join(cache, "bin");

/** A folder of built programs, one for each content key. */
export function built(name: string, key: string): string {
    return join(builtRoot, `${name}-${key}`);
}
