/** A bundle: texts by path, of bounded size, the same for the same cluster. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Masker } from "./mask";

/** Characters of one file, and of all of them. */
export const limits = { file: 1_000_000, all: 20_000_000 };

export class Bundle {
    readonly files = new Map<string, string>();
    private readonly mask: Masker;
    private size = 0;

    constructor(mask: Masker) {
        this.mask = mask;
    }

    /** Adds a text, masked, without what is too much: its end tells more than its beginning. */
    text(path: string, text: string): void {
        this.add(path, this.mask.text(text));
    }

    /** Adds a value as JSON, with keys in order. */
    json(path: string, value: unknown): void {
        this.add(path, `${JSON.stringify(sorted(this.mask.value(value)), undefined, 2)}\n`);
    }

    private add(path: string, masked: string): void {
        const room = Math.max(0, Math.min(limits.file, limits.all - this.size));
        const kept =
            masked.length <= room
                ? masked
                : `[${masked.length - room} characters before this are left out]\n${room > 0 ? masked.slice(-room) : ""}`;
        this.size += kept.length;
        this.files.set(path, kept);
    }

    /** Writes all files below a folder, readable by its owner alone. */
    async write(folder: string): Promise<void> {
        for (const [path, text] of [...this.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
            const file = join(folder, path);
            await mkdir(dirname(file), { recursive: true, mode: 0o700 });
            await writeFile(file, text, { mode: 0o600 });
        }
    }
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, sorted(each)]),
    );
}

/** A part of a file's path: names of objects may hold what file systems do not like, or be too long for them. */
export function fileName(name: string): string {
    const plain = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_");
    return plain === name && plain.length <= 120
        ? plain
        : `${plain.slice(0, 100)}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
