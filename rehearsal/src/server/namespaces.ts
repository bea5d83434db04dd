/** Gives each namespace its ids, one after the other, so that no two get the same. */
import { setTimeout as sleep } from "node:timers/promises";
import { mcsAnnotation, uidRangeAnnotation } from "../annotations";
import { annotationsFor, freeIndex, indexOf, lacksRange } from "../ranges";
import type { Namespace } from "../types";
import { Cache } from "./cache";
import { hasCode, KubeApi } from "./kube";
import { log } from "./log";

const path = "/api/v1/namespaces";

export class Namespaces {
    private readonly cache: Cache<Namespace>;
    /** Given away, while the cache may not know it yet. */
    private readonly given = new Set<number>();
    /** Versions of namespaces that have been dealt with. */
    private readonly seen = new WeakSet<Namespace>();
    private working = false;

    constructor(private readonly api: KubeApi) {
        this.cache = new Cache(api, path, () => void this.allocate());
    }

    get synced(): boolean {
        return this.cache.synced;
    }

    follow(signal: AbortSignal): Promise<void> {
        return this.cache.follow(signal);
    }

    /** The namespace with its ids. A new one may have to wait for them: ten seconds at most, as on OpenShift. */
    async ready(name: string, seconds = 10): Promise<Namespace> {
        const end = Date.now() + seconds * 1_000;
        for (;;) {
            const found = this.cache.get(name);
            const annotations = found?.metadata.annotations ?? {};
            const complete = uidRangeAnnotation in annotations && mcsAnnotation in annotations;
            if (found && (complete || Date.now() > end)) {
                return found;
            }
            if (Date.now() > end) {
                return { metadata: { name } };
            }
            await sleep(100);
        }
    }

    private async allocate(): Promise<void> {
        if (this.working) {
            return;
        }
        this.working = true;
        const next = () => this.cache.list().find(each => lacksRange(each) && !this.seen.has(each));
        for (let namespace = next(); namespace; namespace = next()) {
            this.seen.add(namespace);
            await this.give(namespace);
        }
        this.working = false;
    }

    private async give(namespace: Namespace): Promise<void> {
        const { name = "", resourceVersion } = namespace.metadata;
        const taken = this.cache.list().flatMap(each => indexOf(each) ?? []);
        const index = freeIndex(new Set([...taken, ...this.given]));
        this.given.add(index);
        const annotations = annotationsFor(index, namespace);
        try {
            // With the version: who has written ids in the meantime wins.
            await this.api.patch(`${path}/${name}`, { metadata: { annotations, resourceVersion } });
            log(`namespace ${name}: ${annotations[uidRangeAnnotation]}`);
        } catch (error) {
            this.given.delete(index);
            // Gone, or changed: then the watch brings its new version.
            if (!hasCode(error, 404) && !hasCode(error, 409)) {
                log(`namespace ${name} gets no ids: ${String(error)}; again in a second`);
                await sleep(1_000);
                this.seen.delete(namespace);
            }
        }
    }
}
