/** Why a snapshot never becomes ready: what people of this field look for, in the order in which it explains most. */
import {
    k10BindingAnnotation,
    k10ClassAnnotation,
    Snapshot,
    SnapshotClass,
    SnapshotContent,
    StorageClass,
    Workload,
} from "./api";

export interface Evidence {
    driver: string;
    classes: SnapshotClass[];
    snapshot: Snapshot | undefined;
    content: SnapshotContent | undefined;
    /** Deployments, DaemonSets and StatefulSets of the whole cluster. */
    workloads: Workload[];
}

/** The class to take snapshots of a StorageClass's volumes with. @returns a sentence instead where K10 would find none, or several */
export function classOf(
    storageClass: StorageClass,
    classes: SnapshotClass[],
): SnapshotClass | string {
    const { provisioner: driver, metadata } = storageClass;
    const named = metadata?.annotations?.[k10BindingAnnotation];
    if (!named) {
        return classFor(driver, classes);
    }
    const found = classes.find(each => each.metadata?.name === named);
    const names = `StorageClass \`${metadata?.name}\` names VolumeSnapshotClass \`${named}\` by annotation \`${k10BindingAnnotation}\``;
    if (!found) {
        return `${names}, which does not exist: name one that does.`;
    }
    return found.driver === driver
        ? found
        : `${names}, which is for driver \`${found.driver}\`, and the StorageClass is of \`${driver}\`: name a class of that driver.`;
}

/** The class to take a driver's snapshots with. @returns a sentence instead where K10 would find none, or several */
export function classFor(driver: string, classes: SnapshotClass[]): SnapshotClass | string {
    const ofDriver = classes.filter(each => each.driver === driver);
    const annotated = ofDriver.filter(
        each => each.metadata?.annotations?.[k10ClassAnnotation] === "true",
    );
    const names = (all: SnapshotClass[]) =>
        all.map(each => `\`${each.metadata?.name}\``).join(", ");
    const [only, ...others] = annotated;
    if (only && others.length === 0) {
        return only;
    }
    if (only) {
        return `Driver \`${driver}\` has several VolumeSnapshotClasses with annotation \`${k10ClassAnnotation}\` (${names(annotated)}), and K10 needs exactly one: remove the annotation from the others, or name one by \`crossing:snapshots.snapshotClass\`.`;
    }
    return ofDriver.length > 0
        ? `No VolumeSnapshotClass of driver \`${driver}\` has annotation \`${k10ClassAnnotation}: "true"\`: annotate one of ${names(ofDriver)}.`
        : `There is no VolumeSnapshotClass for driver \`${driver}\`: make one with annotation \`${k10ClassAnnotation}: "true"\`, or set \`crossing:snapshots\`.`;
}

/** What explains that a snapshot is not ready, each as a sentence. Empty where nothing is known. */
export function reasons(evidence: Evidence): string[] {
    const { driver, snapshot, content, workloads } = evidence;
    const found: string[] = [];
    const errors = [snapshot?.status?.error?.message, content?.status?.error?.message];
    for (const message of new Set(errors.filter(text => text !== undefined))) {
        found.push(`The driver says: ${message}.`);
    }
    const containers = workloads.flatMap(
        workload => workload.spec?.template?.spec?.containers ?? [],
    );
    // Distributions name images by digest alone; then the container's name tells.
    const called = (name: string) =>
        containers
            .filter(each => each.name === name || named(each.image ?? "", name))
            .map(each => each.image ?? "");
    const controllers = called("snapshot-controller");
    const sidecars = called("csi-snapshotter");
    if (!content && controllers.length === 0) {
        found.push("No snapshot-controller runs in this cluster: install it.");
    }
    if (content && !content.status?.snapshotHandle) {
        found.push(
            sidecars.length === 0
                ? `The content has no snapshot handle, and no csi-snapshotter runs beside driver \`${driver}\`: install a driver that brings it.`
                : "The content has no snapshot handle: the driver has not made the snapshot.",
        );
    }
    for (const image of unique(containers.map(each => each.image ?? "").filter(moving))) {
        found.push(
            `The image \`${image}\` is not a release: canary and latest images are known to make no snapshots; pin one.`,
        );
    }
    const controller = unique(controllers.map(minor)).filter(Boolean);
    for (const image of unique(sidecars)) {
        const version = minor(image);
        if (version && controller.length > 0 && !controller.includes(version)) {
            found.push(
                `The sidecar \`${image}\` is of another version than the snapshot-controller (${controller.join(", ")}): they should be equal.`,
            );
        }
    }
    return found;
}

const unique = (texts: string[]) => [...new Set(texts)].sort();

const named = (image: string, name: string) => new RegExp(`(^|/)${name}(:|@|$)`).test(image);

/** A tag that is another image tomorrow, of something of CSI. */
const moving = (image: string) => /csi/.test(image) && /:(canary|latest)(@|$)/.test(image);

/** `v8.6` of `registry/csi-snapshotter:v8.6.0`; empty where a tag tells no version. */
const minor = (image: string) => /:(v?\d+\.\d+)/.exec(image)?.[1]?.replace(/^v?/, "v") ?? "";
