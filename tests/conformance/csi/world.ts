/** A storage class with snapshots on a cluster, and the volumes that many behaviours look at: made once, when asked for. */
import type {
    CoreV1Event,
    V1PersistentVolume,
    V1PersistentVolumeClaim,
    V1Pod,
    V1StorageClass,
} from "@kubernetes/client-node";
import { type Kind, Cluster, scratchLabels, until } from "../support/cluster.ts";
import {
    bytes,
    claimOf,
    type Content,
    podOf,
    type Snapshot,
    snapshotApi,
    type SnapshotClass,
    snapshotOf,
    type Source,
    type Use,
} from "./objects.ts";

export interface Settings {
    storageClass: string;
    snapshotClass: string;
    /** With `sh`, `cat`, `stat`, `dd`. */
    image: string;
    /** Of each volume, as Kubernetes writes quantities. */
    size: string;
}

/** A claim that is bound, and its volume. */
export interface Bound {
    claim: V1PersistentVolumeClaim;
    volume: V1PersistentVolume;
}

export interface Ready {
    snapshot: Kind<Snapshot>;
    content: Kind<Content>;
}

export class Storage {
    readonly kube: Cluster;
    readonly settings: Settings;
    readonly storageClass: V1StorageClass;
    readonly snapshotClass: Kind<SnapshotClass>;
    readonly namespace: string;
    readonly #steps = new Map<string, Promise<unknown>>();

    private constructor(
        kube: Cluster,
        settings: Settings,
        classes: [V1StorageClass, Kind<SnapshotClass>],
    ) {
        this.kube = kube;
        this.settings = settings;
        [this.storageClass, this.snapshotClass] = classes;
        this.namespace = `crossing-conformance-${Date.now()}`;
    }

    /** @throws when one of the classes is not there */
    static async start(kube: Cluster, settings: Settings): Promise<Storage> {
        const find = async <T extends object>(apiVersion: string, kind: string, name: string) => {
            const found = await kube.find<T>({ apiVersion, kind, metadata: { name } });
            if (!found) {
                throw new Error(`The cluster has no ${kind} \`${name}\`: name another one.`);
            }
            return found;
        };
        const { storageClass, snapshotClass } = settings;
        const world = new Storage(kube, settings, [
            await find<V1StorageClass>("storage.k8s.io/v1", "StorageClass", storageClass),
            await find<SnapshotClass>(snapshotApi, "VolumeSnapshotClass", snapshotClass),
        ]);
        const metadata = { name: world.namespace, labels: scratchLabels };
        await kube.create({ apiVersion: "v1", kind: "Namespace", metadata });
        return world;
    }

    /** Until all volumes and snapshots of the run are gone, too. */
    async close(): Promise<void> {
        const namespace = { ...{ apiVersion: "v1", kind: "Namespace" }, metadata: this.named() };
        await this.kube.remove(namespace);
        const gone = async () => ((await this.kube.find(namespace)) ? undefined : true);
        await until(`Namespace \`${this.namespace}\` to go`, gone, 300);
        await until(
            "the volumes of the run to go",
            async () => ((await this.volumes()).length === 0 ? true : undefined),
            300,
        );
    }

    /** The PersistentVolumes of the run that its class deletes. */
    async volumes(): Promise<V1PersistentVolume[]> {
        const all = await this.kube.list<V1PersistentVolume>("v1", "PersistentVolume");
        return all.filter(
            ({ spec }) =>
                spec?.claimRef?.namespace === this.namespace &&
                spec.persistentVolumeReclaimPolicy === "Delete",
        );
    }

    private named() {
        return { name: this.namespace };
    }

    readonly in = (name: string) => ({ name, namespace: this.namespace });

    readonly reference = (kind: "Pod" | "PersistentVolumeClaim", name: string) => ({
        ...{ apiVersion: "v1", kind, metadata: this.in(name) },
    });

    claim(name: string, more: Parameters<typeof claimOf>[3] & { size?: string } = {}) {
        const { storageClass, size } = this.settings;
        return this.kube.create(claimOf(this.in(name), storageClass, more.size ?? size, more));
    }

    pod(name: string, claim: string, script: string, use?: Use): Promise<V1Pod> {
        return this.kube.create(podOf(this.in(name), this.settings.image, claim, script, use));
    }

    /** Runs a script with a claim, and gives the lines that it printed. */
    async run(name: string, claim: string, script: string, use?: Use): Promise<string[]> {
        await this.pod(name, claim, script, use);
        const phase = await until(`pod \`${name}\` to end`, () => this.ended(name), 240);
        const printed = (await this.kube.logs(this.namespace, name)).trim();
        if (phase === "Failed") {
            throw new Error(`pod \`${name}\` failed: ${printed}`);
        }
        return printed.split("\n");
    }

    /** How a pod has ended, undefined while it has not. */
    async ended(name: string): Promise<"Succeeded" | "Failed" | undefined> {
        const pod = await this.kube.find<V1Pod>(this.reference("Pod", name));
        const { phase } = pod?.status ?? {};
        return phase === "Succeeded" || phase === "Failed" ? phase : undefined;
    }

    /** What was said about a claim, by whoever works on it. */
    async events(claim: string): Promise<CoreV1Event[]> {
        const all = await this.kube.list<CoreV1Event>("v1", "Event", this.namespace);
        return all.filter(
            ({ involvedObject: { kind, name } }) =>
                kind === "PersistentVolumeClaim" && name === claim,
        );
    }

    event(claim: string, reason: string): Promise<CoreV1Event> {
        return until(
            `the event ${reason} of claim \`${claim}\``,
            async () => (await this.events(claim)).find(event => event.reason === reason),
            120,
        );
    }

    async bound(name: string): Promise<Bound> {
        const claim = await until(
            `claim \`${name}\` to be bound`,
            async () => {
                const found = await this.kube.find<V1PersistentVolumeClaim>(
                    this.reference("PersistentVolumeClaim", name),
                );
                return found?.status?.phase === "Bound" ? found : undefined;
            },
            240,
        );
        const volume = await this.volume(claim.spec?.volumeName ?? "");
        if (!volume) {
            throw new Error(`claim \`${name}\` is bound to a volume that is not there`);
        }
        return { claim: claim, volume };
    }

    async volume(name: string): Promise<V1PersistentVolume | undefined> {
        return this.kube.find<V1PersistentVolume>({
            ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } },
        });
    }

    async snapshot(
        name: string,
        source: Parameters<typeof snapshotOf>[2],
        className: string | undefined = this.settings.snapshotClass,
    ): Promise<Ready> {
        await this.kube.create(snapshotOf(this.in(name), className, source));
        const snapshot = await until(
            `VolumeSnapshot \`${name}\` to be ready`,
            async () => {
                const found = await this.findSnapshot(name);
                return found?.status?.readyToUse ? found : undefined;
            },
            240,
        );
        const content = await this.content(snapshot.status?.boundVolumeSnapshotContentName ?? "");
        if (!content) {
            throw new Error(`VolumeSnapshot \`${name}\` is bound to a content that is not there`);
        }
        return { snapshot, content };
    }

    findSnapshot(name: string): Promise<Kind<Snapshot> | undefined> {
        return this.kube.find(this.snapshotReference(name));
    }

    readonly snapshotReference = (name: string) => ({
        ...{ apiVersion: snapshotApi, kind: "VolumeSnapshot", metadata: this.in(name) },
    });

    content(name: string): Promise<Kind<Content> | undefined> {
        return this.kube.find(this.contentReference(name));
    }

    readonly contentReference = (name: string) => ({
        ...{ apiVersion: snapshotApi, kind: "VolumeSnapshotContent", metadata: { name } },
    });

    /** A volume into which `first` was written. */
    readonly written = () =>
        this.#once("written", async () => {
            await this.claim("original");
            const [group] = await this.run(
                ...(["writer", "original"] as const),
                "echo first > /data/file && sync && stat -c %g /data",
            );
            const pod = (await this.kube.find<V1Pod>(this.reference("Pod", "writer"))) as V1Pod;
            return { ...(await this.bound("original")), group, pod };
        });

    /** A snapshot of it. */
    readonly taken = () =>
        this.#once("taken", async () => {
            await this.written();
            return this.snapshot("taken", { persistentVolumeClaimName: "original" });
        });

    /** What another pod found in the volume after that, before it wrote `second` into it. */
    readonly changed = () =>
        this.#once("changed", async () => {
            await this.taken();
            const script = "cat /data/file && echo second > /data/file && sync";
            return this.run("changer", "original", script);
        });

    /** What a third pod found that has the claim read-only, and what it was told when it wrote. */
    readonly looked = () =>
        this.#once("looked", async () => {
            await this.changed();
            const script = "cat /data/file; touch /data/other 2>&1 || true";
            return this.run("looker", "original", script, "read-only");
        });

    /** A volume made of the snapshot, after the source had changed; what was in it; `mine` was written into it. */
    readonly restored = () => this.#copied("restored", { kind: "VolumeSnapshot", name: "taken" });

    /** The same of the volume itself. */
    readonly cloned = () =>
        this.#copied("cloned", { kind: "PersistentVolumeClaim", name: "original" });

    #copied(name: string, source: Source) {
        return this.#once(name, async () => {
            // A claim that is cloned must not be in use.
            await this.looked();
            const { snapshot } = await this.taken();
            const { size } = this.settings;
            const restoreSize = snapshot.status?.restoreSize;
            const larger = bytes(restoreSize) > bytes(size) ? restoreSize : size;
            await this.claim(name, { source, size: larger });
            const script = "cat /data/file && echo mine > /data/file && sync";
            const found = await this.run(`${name}-reader`, name, script);
            return { ...(await this.bound(name)), found };
        });
    }

    /** Makes something that several behaviours look at, for the first of them. */
    #once<T>(name: string, make: () => Promise<T>): Promise<T> {
        const made = (this.#steps.get(name) as Promise<T> | undefined) ?? make();
        this.#steps.set(name, made);
        return made;
    }
}
