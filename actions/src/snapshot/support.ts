/** What a cluster brings for snapshots: asked before the first resource, so that a preview knows of it. */
import { Cluster, KubeObject } from "../kube/client";
import {
    k10BindingAnnotation,
    k10BlockExportAnnotation,
    k10ClassAnnotation,
    SnapshotClass,
    snapshotClasses,
    StorageClass,
    storageClasses,
} from "./api";

export interface SnapshotSupport {
    /** Whether CRDs and controller are there, and not of the asking stack. */
    installed: boolean;
    /** Drivers with a class for K10 that is not of the asking stack. */
    drivers: string[];
    /** StorageClasses that name a VolumeSnapshotClass, and which, where the asking stack did not annotate them. */
    bound: Record<string, string>;
    /** StorageClasses with leave to export in block mode that the asking stack did not give. */
    blockModeExports: string[];
}

/** On the marker: the StorageClass that the stack annotated itself, with the one annotation and with the other. */
const madeAnnotations = {
    bound: "crossing/bound-storage-class",
    blockModeExports: "crossing/block-mode-exports",
} as const;
export type MadeAnnotation = (typeof madeAnnotations)[keyof typeof madeAnnotations];

const definitions = {
    group: "apiextensions.k8s.io",
    version: "v1",
    plural: "customresourcedefinitions",
};

/** @param owner who asks: what it made itself does not count */
export async function findSnapshotSupport(
    kubeconfig: string,
    owner: string,
): Promise<SnapshotSupport> {
    const cluster = await Cluster.connect(kubeconfig);
    const definition = await cluster.get<KubeObject>(
        definitions,
        "volumesnapshots.snapshot.storage.k8s.io",
    );
    const maps = await cluster.request(
        cluster.core.listNamespacedConfigMap({
            namespace: "kube-system",
            fieldSelector: "metadata.name=crossing-snapshots",
        }),
    );
    const marker = maps.items.find(map => map.data?.["owner"] === owner);
    const ours = marker !== undefined;
    const all = await cluster.list<StorageClass>(storageClasses);
    const annotated = (annotation: string, madeKey: string) =>
        all
            .map(({ metadata }): [string, string] => [
                metadata?.name ?? "",
                metadata?.annotations?.[annotation] ?? "",
            ])
            .filter(([name, value]) => value && name !== marker?.metadata?.annotations?.[madeKey]);
    const exporting = annotated(k10BlockExportAnnotation, madeAnnotations.blockModeExports);
    const found = {
        bound: Object.fromEntries(annotated(k10BindingAnnotation, madeAnnotations.bound)),
        blockModeExports: exporting.map(([name]) => name).sort(),
    };
    if (!definition) {
        return { installed: false, drivers: [], ...found };
    }
    const classes = await cluster.list<SnapshotClass>(snapshotClasses);
    return {
        ...found,
        installed: !ours,
        drivers: classes
            .filter(each => each.metadata?.annotations?.[k10ClassAnnotation] === "true")
            .filter(each => !(ours && each.metadata?.name === `crossing-${each.driver}`))
            .map(each => each.driver)
            .sort(),
    };
}
