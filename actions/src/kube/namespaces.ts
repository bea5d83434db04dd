/** Whose namespaces are, and how they go. Server-side apply takes what is there for its own, and a destroy would delete it. */
import { Cluster } from "./client";
import { poll } from "./poll";

/** Stands on a namespace that a stack made: `project/stack`. */
export const ownerAnnotation = "crossing/owner";

/** @returns those of the names that are there, and not of the owner */
export async function foreignNamespaces(
    kubeconfig: string,
    names: readonly string[],
    owner: string,
): Promise<string[]> {
    const cluster = await Cluster.connect(kubeconfig);
    const found = await Promise.all(names.map(name => cluster.namespace(name)));
    return found.flatMap(namespace => {
        const { name, annotations } = namespace?.metadata ?? {};
        return name === undefined || annotations?.[ownerAnnotation] === owner ? [] : [name];
    });
}

/** Deletes a namespace with all in it, and waits until it is gone: volumes and snapshots are deleted by their drivers. */
export async function deleteNamespace(
    cluster: Cluster,
    name: string,
    timeout: number,
    report: (line: string) => void,
): Promise<void> {
    await cluster.request(cluster.core.deleteNamespace({ name }));
    const hint = `Details: kubectl get namespace ${name} -o yaml`;
    await poll({ what: `namespace \`${name}\` to be gone`, timeout, hint, report }, async () =>
        (await cluster.namespace(name))
            ? { done: false, seen: "it is being deleted" }
            : { done: true, value: undefined },
    );
}
