/** Which VolumeSnapshotClass a claim's volume is snapshotted with (K10 documentation, install "Storage"). */
import { Failure } from "./failure.ts";
import { textAt, type KubeObject } from "./json.ts";
import type { List } from "./kube.ts";
import { pathOf, SNAPSHOT_CLASSES, STORAGE_CLASSES, VOLUMES } from "./resources.ts";
import type { World } from "./world.ts";

/** On a VolumeSnapshotClass: K10 uses it for the volumes of its driver. */
const IS_SNAPSHOT_CLASS = "k10.kasten.io/is-snapshot-class";
/** On a StorageClass: the name of the VolumeSnapshotClass for its volumes. */
const SNAPSHOT_CLASS = "k10.kasten.io/volume-snapshot-class";

/**
 * Chooses among the classes of a cluster.
 * @param named What the StorageClass's annotation says; empty: nothing.
 * @throws Failure when there is none, or more than one where exactly one is needed.
 */
export function chooseSnapshotClass(driver: string, named: string, classes: KubeObject[]): string {
    if (named !== "") {
        const found = classes.find(each => each.metadata.name === named);
        if (!found) {
            throw new Failure(`volumesnapshotclasses.snapshot.storage.k8s.io "${named}" not found`);
        }
        const other = textAt(found, "driver");
        if (other !== driver) {
            throw new Failure(
                `VolumeSnapshotClass ${named} is for driver ${other}, and the volume is of driver ${driver}`,
            );
        }
        return named;
    }
    const usable = classes
        .filter(each => each.metadata.annotations?.[IS_SNAPSHOT_CLASS] === "true")
        .filter(each => textAt(each, "driver") === driver)
        .map(each => each.metadata.name);
    const annotated = `with annotation ${IS_SNAPSHOT_CLASS}: "true" for driver ${driver}`;
    if (usable.length === 0) {
        throw new Failure(`no VolumeSnapshotClass ${annotated}`);
    }
    if (usable.length > 1) {
        const names = usable.sort().join(", ");
        throw new Failure(`${usable.length} VolumeSnapshotClasses ${annotated}: ${names}`);
    }
    return usable[0];
}

/**
 * The class for a bound claim. A cluster without the snapshot CRDs is one without classes.
 * @throws Failure that says why there is none.
 */
export async function snapshotClassOf({ cluster }: World, claim: KubeObject): Promise<string> {
    const name = textAt(claim, "spec", "storageClassName");
    const storageClass =
        name === "" ? undefined : await cluster.find(pathOf(STORAGE_CLASSES, undefined, name));
    const volume = textAt(claim, "spec", "volumeName");
    const driver =
        textAt(storageClass, "provisioner") ||
        // A volume that somebody made by hand needs no StorageClass.
        textAt(
            await cluster.find(pathOf(VOLUMES, undefined, volume)),
            "spec",
            ...["csi", "driver"],
        ) ||
        `of StorageClass ${name}`;
    const named = storageClass?.metadata.annotations?.[SNAPSHOT_CLASS] ?? "";
    const classes = await cluster.find<List>(pathOf(SNAPSHOT_CLASSES));
    return chooseSnapshotClass(driver, named, classes?.items ?? []);
}
