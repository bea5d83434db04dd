/**
 * The objects of the aggregated API and what the server knows of them beyond what it shows, in one file. Every
 * change replaces the whole file, by writing another one and renaming it, so that a crash leaves either the
 * old or the new state. The numbers are small: a thousand actions are about a megabyte.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { STAND_IN, STAND_IN_ANNOTATION } from "./constants.ts";
import type { Fields, KubeObject, Metadata } from "./json.ts";
import { apiVersionOf, kindOf, type Kind } from "./kinds.ts";

interface Contents {
    version: 1;
    resourceVersion: number;
    objects: KubeObject[];
    /** By UID of an object or by a name of its own. */
    notes: Record<string, unknown>;
}

/** What creates an object; the catalog adds uid, time, version and the mark of the stand-in. */
export interface NewObject {
    namespace?: string;
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    spec?: Fields;
    status?: Fields;
}

export class Catalog {
    readonly #file: string;
    readonly #objects = new Map<string, KubeObject>();
    readonly #notes = new Map<string, unknown>();
    #resourceVersion = 0;
    #dirty = false;
    #writing: Promise<void> | undefined;

    private constructor(file: string) {
        this.#file = file;
    }

    /**
     * Opens the catalog in a file; a missing file is an empty catalog.
     * @throws when the file exists and cannot be read: to begin anew would run finished work again.
     */
    static async open(file: string): Promise<Catalog> {
        const catalog = new Catalog(file);
        await mkdir(dirname(file), { recursive: true });
        let text: string;
        try {
            text = await readFile(file, "utf8");
        } catch (error) {
            if (error instanceof Error && "code" in error && error.code === "ENOENT") {
                return catalog;
            }
            throw error;
        }
        const contents = JSON.parse(text) as Contents;
        catalog.#resourceVersion = contents.resourceVersion;
        for (const object of contents.objects) {
            const { namespace, name } = object.metadata;
            catalog.#objects.set(key(kindOf(object.kind), namespace, name), object);
        }
        for (const [name, note] of Object.entries(contents.notes)) {
            catalog.#notes.set(name, note);
        }
        return catalog;
    }

    /** The counter of changes, private to this server as K10's is. */
    get resourceVersion(): string {
        return String(this.#resourceVersion);
    }

    /** A copy of an object: only `update` changes what is stored. */
    get(kind: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
        const found = this.#objects.get(key(kind, namespace, name));
        return found && structuredClone(found);
    }

    /** Copies of the objects of a kind, oldest first; of all namespaces unless one is named. */
    list(kind: Kind, namespace?: string): KubeObject[] {
        const found: KubeObject[] = [];
        for (const object of this.#objects.values()) {
            const wanted = namespace === undefined || object.metadata.namespace === namespace;
            if (object.kind === kind.kind && wanted) {
                found.push(structuredClone(object));
            }
        }
        return found;
    }

    /** Stores a new object, or gives undefined where one of that name exists. */
    create(kind: Kind, what: NewObject): KubeObject | undefined {
        const place = key(kind, what.namespace, what.name);
        if (this.#objects.has(place)) {
            return undefined;
        }
        const metadata: Metadata = {
            name: what.name,
            ...(what.namespace !== undefined && { namespace: what.namespace }),
            uid: randomUUID(),
            resourceVersion: this.#next(),
            creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
            ...(what.labels && { labels: what.labels }),
            annotations: { ...what.annotations, [STAND_IN_ANNOTATION]: STAND_IN },
        };
        const object: KubeObject = {
            apiVersion: apiVersionOf(kind),
            kind: kind.kind,
            metadata,
            ...(what.spec && { spec: what.spec }),
            ...(what.status && { status: what.status }),
        };
        this.#objects.set(place, structuredClone(object));
        return object;
    }

    /** Changes a stored object in place; nothing happens where it is gone. */
    update(object: KubeObject, change: (stored: KubeObject) => void): void {
        const { namespace, name, uid } = object.metadata;
        const stored = this.#objects.get(key(kindOf(object.kind), namespace, name));
        // The uid is compared because the name may have been taken again meanwhile.
        if (stored && stored.metadata.uid === uid) {
            change(stored);
            stored.metadata.resourceVersion = this.#next();
        }
    }

    /** Removes an object together with the note under its UID. */
    remove(object: KubeObject): void {
        const { namespace, name, uid } = object.metadata;
        const place = key(kindOf(object.kind), namespace, name);
        if (this.#objects.get(place)?.metadata.uid === uid) {
            this.#objects.delete(place);
            this.#notes.delete(uid ?? "");
            this.#next();
        }
    }

    note<T>(name: string): T | undefined {
        return structuredClone(this.#notes.get(name)) as T | undefined;
    }

    setNote(name: string, value: unknown): void {
        this.#notes.set(name, structuredClone(value));
        this.#next();
    }

    removeNote(name: string): void {
        this.#notes.delete(name);
        this.#next();
    }

    /** The names of all notes with a prefix. */
    noteNames(prefix: string): string[] {
        return [...this.#notes.keys()].filter(name => name.startsWith(prefix));
    }

    /** Ends when everything that was changed before the call is on the disk. */
    async flush(): Promise<void> {
        while (this.#dirty) {
            this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
            await this.#writing;
        }
        await this.#writing;
    }

    #next(): string {
        this.#dirty = true;
        return String(++this.#resourceVersion);
    }

    async #write(): Promise<void> {
        this.#dirty = false;
        const contents: Contents = {
            version: 1,
            resourceVersion: this.#resourceVersion,
            objects: [...this.#objects.values()],
            notes: Object.fromEntries(this.#notes),
        };
        const text = JSON.stringify(contents);
        try {
            await writeAtomically(this.#file, text);
        } catch (error) {
            this.#dirty = true;
            throw error;
        }
    }
}

/** Replaces a file as a whole; readable by this user only, since it holds keys. */
export async function writeAtomically(file: string, text: string): Promise<void> {
    const unfinished = `${file}.new`;
    const handle = await open(unfinished, "w", 0o600);
    try {
        await handle.writeFile(text);
        await handle.sync();
    } finally {
        await handle.close();
    }
    await rename(unfinished, file);
}

function key(kind: Kind, namespace: string | undefined, name: string): string {
    return `${kind.plural}/${namespace ?? ""}/${name}`;
}
