/** `crossing:snapshots`: how a cluster takes snapshots. What can be said of both clusters can be said of one, too. */
import * as v from "valibot";
import { flag, oneOf, text } from "./fields";

const snapshotter = "https://raw.githubusercontent.com/kubernetes-csi/external-snapshotter/v8.6.0";

/** What may differ between the clusters. */
const site = {
    /** Paths (`*` stands for any name) or URLs: the snapshot CRDs and the snapshot-controller, of one version. */
    manifests: v.optional(v.array(text), [
        ...["volumesnapshotclasses", "volumesnapshotcontents", "volumesnapshots"].map(
            name => `${snapshotter}/client/config/crd/snapshot.storage.k8s.io_${name}.yaml`,
        ),
        ...["rbac", "setup"].map(
            name =>
                `${snapshotter}/deploy/kubernetes/snapshot-controller/${name}-snapshot-controller.yaml`,
        ),
    ]),
    /** The CSI driver of the volumes. */
    driver: text,
    /** A StorageClass of that driver. */
    storageClass: text,
    /** Parameters of the VolumeSnapshotClass, as the driver wants them. */
    parameters: v.optional(v.record(v.string(), v.string()), {}),
    /** What K10 finds the class by: an annotation of the class, or one of the StorageClass, which names it. */
    bind: v.optional(oneOf(["driver", "storageClass"]), "driver"),
    /** For `bind: storageClass`: a VolumeSnapshotClass that is there. Absent: the stack makes one. */
    snapshotClass: v.optional(text),
    /** Whether K10 may export the StorageClass's volumes in block mode, if there are such. */
    blockModeExports: v.optional(flag, false),
};

const oneSite = v.strictObject({
    /** Whether anything is done about snapshots there: a restore of what was exported needs none. */
    enabled: v.optional(flag, true),
    ...v.partial(v.strictObject(site)).entries,
});

export const snapshots = v.strictObject({
    ...site,
    /** What is otherwise on the source, and on the target. */
    source: v.optional(oneSite),
    target: v.optional(oneSite),
});

type SnapshotSettings = v.InferOutput<typeof snapshots>;
type Side = "source" | "target";

/** The settings of one cluster, if anything is done about snapshots there. Another driver has other classes. */
export function snapshotsOf(settings: SnapshotSettings | undefined, side: Side) {
    if (!settings) {
        return undefined;
    }
    const { source, target, ...both } = settings;
    const { enabled, ...own } = { source, target }[side] ?? { enabled: true };
    const { parameters: _, snapshotClass: __, ...anyDriver } = both;
    const { driver = both.driver } = own as Partial<typeof both>;
    const common = driver === both.driver ? both : { ...anyDriver, parameters: {} };
    return enabled ? { ...common, ...own } : undefined;
}

/** What is wrong with it on these clusters. */
export function snapshotMistakes(
    settings: SnapshotSettings | undefined,
    sides: readonly Side[],
): string[] {
    return sides.flatMap(side => {
        const here = snapshotsOf(settings, side);
        const prefix = settings?.[side]?.snapshotClass ? `${side}.` : "";
        return here?.snapshotClass && here.bind === "driver"
            ? [
                  `\`crossing:snapshots.${prefix}snapshotClass\` is of no use without \`crossing:snapshots.bind: storageClass\`: add that, or remove it.`,
              ]
            : [];
    });
}
