/** Whose namespaces are, and how they go. Server-side apply takes what is there for its own, and a destroy would delete it. */
import { Cluster } from "./client";
import { unless } from "./errors";
import { poll } from "./poll";

/** Stands on a namespace that a stack made: `project/stack`. */
export const ownerAnnotation = "crossing/owner";

/** What a cluster says of itself before anything is made in it. */
export interface Foreign {
    /** The UID of namespace `kube-system`, if the kubeconfig's user may see it. */
    uid?: string;
    /** Those of the names that are there, and not of the owner. */
    namespaces: string[];
}

export async function foreignNamespaces(
    kubeconfig: string,
    names: readonly string[],
    owner: string,
): Promise<Foreign> {
    const cluster = await Cluster.connect(kubeconfig);
    const [system, ...found] = await Promise.all([
        // That it may not be seen is said, with what to do, where the cluster is connected to.
        cluster.namespace("kube-system").catch(() => undefined),
        ...names.map(name => cluster.namespace(name)),
    ]);
    const namespaces = found.flatMap(namespace => {
        const { name, annotations } = namespace?.metadata ?? {};
        return name === undefined || annotations?.[ownerAnnotation] === owner ? [] : [name];
    });
    const uid = system?.metadata?.uid;
    return { namespaces, ...(uid && { uid }) };
}

/** Deletes a namespace with all in it, and waits until it is gone: volumes and snapshots are deleted by their drivers. */
export async function deleteNamespace(
    cluster: Cluster,
    name: string,
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    await unless(404, cluster.request(cluster.core.deleteNamespace({ name })));
    const hint = `Details: kubectl get namespace ${name} -o yaml`;
    await poll({ what: `namespace \`${name}\` to be gone`, timeout, hint, report }, async () =>
        (await cluster.namespace(name))
            ? { done: false, seen: "it is being deleted" }
            : { done: true, value: undefined },
    );
}
