/** All objects of one kind, kept up to date by a watch. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeApi } from "./kube";
import { log } from "./log";

interface KubeObject {
    metadata: { name?: string; namespace?: string; resourceVersion?: string };
}

interface WatchEvent<T> {
    type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
    object: T;
}

const keyOf = ({ metadata: { namespace, name = "" } }: KubeObject) =>
    namespace ? `${namespace}/${name}` : name;

export class Cache<T extends KubeObject> {
    private readonly objects = new Map<string, T>();
    private stale = true;

    constructor(
        private readonly api: KubeApi,
        /** Of the collection: `/api/v1/namespaces`. */
        private readonly path: string,
        /** Called after each change. */
        private readonly changed: () => void = () => undefined,
    ) {}

    list(): T[] {
        return [...this.objects.values()];
    }

    /** @param key its name, or `namespace/name` of what is in one. */
    get(key: string): T | undefined {
        return this.objects.get(key);
    }

    /** Whether the objects have been listed. */
    get synced(): boolean {
        return !this.stale;
    }

    /** Until `signal` aborts. Each reconnection lists anew, so that nothing is missed. */
    async follow(signal: AbortSignal): Promise<void> {
        while (!signal.aborted) {
            try {
                const version = await this.relist();
                await this.watch(version, signal);
            } catch (error) {
                if (!signal.aborted) {
                    log(`watching ${this.path}: ${String(error)}; again in a second`);
                    await sleep(1_000);
                }
            }
        }
    }

    private async relist(): Promise<string> {
        const { items, metadata } = await this.api.get<{
            items: T[];
            metadata?: { resourceVersion?: string };
        }>(this.path);
        this.objects.clear();
        for (const item of items) {
            this.objects.set(keyOf(item), item);
        }
        this.stale = false;
        this.changed();
        return metadata?.resourceVersion ?? "";
    }

    private async watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
        // The server ends it before `fetch` takes silence for a fault.
        const query = new URLSearchParams({
            watch: "true",
            resourceVersion,
            timeoutSeconds: "240",
        });
        for await (const line of this.api.lines(`${this.path}?${query}`, signal)) {
            const { type, object } = line as WatchEvent<T>;
            if (type === "ERROR") {
                // Too old a version, mostly.
                return;
            }
            if (type === "DELETED") {
                this.objects.delete(keyOf(object));
            } else {
                this.objects.set(keyOf(object), object);
            }
            this.changed();
        }
    }
}
