/** Whose namespaces are. Server-side apply takes what is there for its own, and a destroy would delete it. */
import { Cluster } from "./client";

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
