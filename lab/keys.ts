/** Content keys: the same inputs give the same key, so what was built from them need not be built again. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Twelve characters that stand for texts and for the contents of files and folders. */
export async function contentKey(texts: string[], paths: string[] = []): Promise<string> {
    const hash = createHash("sha256");
    for (const text of texts) {
        hash.update(`${text.length}:${text}\n`);
    }
    for (const path of paths) {
        for (const file of await filesBelow(path)) {
            hash.update(`${relative(path, file)}\n`);
            hash.update(await readFile(file));
        }
    }
    return hash.digest("hex").slice(0, 12);
}

async function filesBelow(path: string): Promise<string[]> {
    let entries;
    try {
        entries = await readdir(path, { withFileTypes: true });
    } catch {
        return [path];
    }
    const files = await Promise.all(
        entries
            .filter(entry => entry.name !== "node_modules")
            .map(entry => filesBelow(join(path, entry.name))),
    );
    return files.flat().sort();
}
