/**
 * Volumes or snapshots: each a folder with its files, and beside it a JSON file that says what it is.
 * What has no JSON file does not exist: it is written last and removed first.
 */
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isId } from "./ids.ts";

export interface Item {
    id: string;
    name: string;
    /** Seconds since 1970. */
    created: number;
}

export interface Volume extends Item {
    capacity: number;
    /** The volume or snapshot that it was made from. */
    source?: string;
}

export interface Snapshot extends Item {
    volume: string;
    /** The capacity of the volume: what a restored one needs at least. */
    capacity: number;
}

const RECORD = ".json";
const DRAFT = ".draft";

export class Store<T extends Item> {
    readonly #folder: string;

    private constructor(folder: string) {
        this.#folder = folder;
    }

    /** Opens the folder, and removes what a killed driver has left half done. */
    static async open<T extends Item>(folder: string): Promise<Store<T>> {
        await mkdir(folder, { recursive: true });
        const names = await readdir(folder);
        const whole = names.filter(name => name.endsWith(RECORD));
        const left = names.filter(
            name => !whole.includes(name) && !whole.includes(`${name}${RECORD}`),
        );
        for (const name of left.filter(name => isId(name.replace(/\.[a-z.]+$/, "")))) {
            await rm(join(folder, name), { recursive: true, force: true });
        }
        return new Store(folder);
    }

    /** Where the files are. */
    files(id: string): string {
        return join(this.#folder, id);
    }

    async get(id: string): Promise<T | undefined> {
        if (!isId(id)) {
            return undefined;
        }
        try {
            return JSON.parse(await readFile(this.#record(id), "utf8")) as T;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") {
                return undefined;
            }
            throw new Error(`what is recorded of \`${id}\` cannot be read: ${String(error)}`, {
                cause: error,
            });
        }
    }

    /** All, in the order of their ids. */
    async list(): Promise<T[]> {
        const names = (await readdir(this.#folder)).filter(name => name.endsWith(RECORD)).sort();
        const items = await Promise.all(names.map(name => this.get(name.slice(0, -RECORD.length))));
        // One may have been deleted between the two.
        return items.filter(item => item !== undefined);
    }

    /** Makes the folder, lets `fill` put files into it, and records the item. */
    async create(item: T, fill: (folder: string) => Promise<void>): Promise<void> {
        const draft = `${this.files(item.id)}${DRAFT}`;
        await rm(draft, { recursive: true, force: true });
        await rm(this.files(item.id), { recursive: true, force: true });
        await mkdir(draft);
        try {
            await fill(draft);
            await rename(draft, this.files(item.id));
        } catch (error) {
            await rm(draft, { recursive: true, force: true });
            throw error;
        }
        await this.put(item);
    }

    /** Records an item. A reader sees the old or the new record, never half of one, also after a crash. */
    async put(item: T): Promise<void> {
        const draft = `${this.#record(item.id)}${DRAFT}`;
        const file = await open(draft, "w");
        try {
            await file.writeFile(`${JSON.stringify(item, null, 4)}\n`);
            await file.sync();
        } finally {
            await file.close();
        }
        await rename(draft, this.#record(item.id));
    }

    async remove(id: string): Promise<void> {
        if (isId(id)) {
            await rm(this.#record(id), { force: true });
            await rm(this.files(id), { recursive: true, force: true });
        }
    }

    #record(id: string): string {
        return `${this.files(id)}${RECORD}`;
    }
}
