/** What a cluster brings for snapshots: asked before the first resource, so that a preview knows of it. */
import { Cluster, KubeObject } from "../kube/client";
import { k10ClassAnnotation, SnapshotClass, snapshotClasses } from "./api";

export interface SnapshotSupport {
    /** Whether CRDs and controller are there, and not of the asking stack. */
    installed: boolean;
    /** Drivers with a class for K10 that is not of the asking stack. */
    drivers: string[];
}

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
    if (!definition) {
        return { installed: false, drivers: [] };
    }
    const maps = await cluster.request(
        cluster.core.listNamespacedConfigMap({
            namespace: "kube-system",
            fieldSelector: "metadata.name=crossing-snapshots",
        }),
    );
    const ours = maps.items.some(map => map.data?.["owner"] === owner);
    const classes = await cluster.list<SnapshotClass>(snapshotClasses);
    return {
        installed: !ours,
        drivers: classes
            .filter(each => each.metadata?.annotations?.[k10ClassAnnotation] === "true")
            .filter(each => !(ours && each.metadata?.name === `crossing-${each.driver}`))
            .map(each => each.driver)
            .sort(),
    };
}
