/** A snapshot-controller and a CSI driver for a fake cluster: snapshots and clones are copies of folders. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { textAt, type KubeObject } from "../../../../lab/k10/server/json.ts";
import { volume } from "./movers.ts";
import type { Lab } from "./world.ts";

const GROUP = "/apis/snapshot.storage.k8s.io/v1";

export class Snapshots {
    /** What happened, in order: `snapshot <claim>`, `clone`, `remove …`. */
    readonly events: string[] = [];
    /** What the driver says instead of taking a snapshot, by claim. Empty: nothing at all. */
    readonly errors = new Map<string, string>();
    /** Milliseconds until a snapshot is ready. */
    delay = 0;
    readonly #lab: Lab;

    /** Follows what is created and removed from now on, before what already follows it. */
    constructor(lab: Lab) {
        this.#lab = lab;
        const { kube } = lab;
        const { onCreate } = kube;
        kube.onCreate = (path, object) => {
            if (object.kind === "VolumeSnapshot") {
                this.#take(path, object);
            }
            if (object.kind === "PersistentVolumeClaim") {
                this.#provide(path, object);
            }
            onCreate(path, object);
        };
        kube.onRemove = (_, object) => this.#remove(object);
    }

    /** An annotated class for the driver of class `csi`, and that class. */
    offer(driver = "csi.example.com"): void {
        this.#lab.kube.put("/apis/storage.k8s.io/v1/storageclasses/csi", { provisioner: driver });
        this.#lab.kube.put(`${GROUP}/volumesnapshotclasses/snap`, {
            metadata: { annotations: { "k10.kasten.io/is-snapshot-class": "true" } },
            driver,
            deletionPolicy: "Retain",
        });
    }

    #folder(snapshot: string): string {
        return join(this.#lab.folder, "snapshots", snapshot);
    }

    #take(path: string, object: KubeObject): void {
        const { name, namespace = "" } = object.metadata;
        const { kube } = this.#lab;
        const claim = textAt(object, "spec", "source", "persistentVolumeClaimName");
        const error = this.errors.get(claim);
        if (error !== undefined) {
            const status = error === "" ? {} : { error: { message: error } };
            kube.put(path, { ...object, status });
            return;
        }
        cpSync(volume(this.#lab, namespace, claim), this.#folder(name), { recursive: true });
        this.events.push(`snapshot ${claim}`);
        const content = `snapcontent-${name}`;
        kube.put(`${GROUP}/volumesnapshotcontents/${content}`, {
            spec: { deletionPolicy: "Retain", volumeSnapshotRef: { name, namespace } },
            status: { snapshotHandle: name },
        });
        setTimeout(() => {
            const status = {
                boundVolumeSnapshotContentName: content,
                readyToUse: true,
                restoreSize: "2Gi",
            };
            if (kube.get(path)) {
                kube.put(path, { ...object, status });
            }
        }, this.delay);
    }

    #provide(path: string, object: KubeObject): void {
        const { name, namespace = "" } = object.metadata;
        const source = textAt(object, "spec", "dataSource", "name");
        if (source === "") {
            return;
        }
        const target = volume(this.#lab, namespace, name);
        mkdirSync(target, { recursive: true });
        cpSync(this.#folder(source), target, { recursive: true });
        this.events.push(`clone ${name.replace(/-[a-z0-9]{5}$/, "")}`);
        this.#lab.kube.put(path, { ...object, status: { phase: "Bound" } });
    }

    #remove({ kind, metadata }: KubeObject): void {
        const { kube } = this.#lab;
        const content = `${GROUP}/volumesnapshotcontents/snapcontent-${metadata.name}`;
        if (kind === "VolumeSnapshot") {
            const policy = textAt(kube.get(content), "spec", "deletionPolicy");
            this.events.push(`remove snapshot ${policy}`);
            if (policy === "Delete") {
                kube.objects.delete(content);
                rmSync(this.#folder(metadata.name), { recursive: true });
            }
        }
    }
}
