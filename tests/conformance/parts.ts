/** The parts: every folder here with an `index.ts`. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "./behaviour.ts";

/** @returns all parts, by name */
export async function parts(): Promise<Part<unknown>[]> {
    const names = readdirSync(import.meta.dirname)
        .filter(name => existsSync(join(import.meta.dirname, name, "index.ts")))
        .sort();
    return Promise.all(
        names.map(async name => {
            const loaded = (await import(`./${name}/index.ts`)) as { part: Part<unknown> };
            return loaded.part;
        }),
    );
}
