import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../mistake";
import { owner } from "../owner";
import { KubeconfigSource, readKubeconfig } from "./kubeconfig";

/** The key of `ownerAnnotation` in `crossing-actions`, which the program does not load for it. */
const ownerAnnotation = "crossing/owner";

/** A namespace that this stack makes, and that says so. */
export function ownNamespace(
    name: string,
    metadata: { name: pulumi.Input<string>; labels?: Record<string, string> },
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
    const annotations = { [ownerAnnotation]: owner() };
    return new k8s.core.v1.Namespace(name, { metadata: { ...metadata, annotations } }, opts);
}

/**
 * Makes sure that nobody else has a namespace that this stack is about to make on an existing cluster: Pulumi's provider
 * would take it for its own, change what is in it, and delete it at the end. Read before the first resource, so that a
 * preview tells.
 * @param names by namespace: what to do where it is somebody else's
 * @returns the UID of the cluster's namespace `kube-system`, if it may be seen
 * @throws pulumi.RunError where one is, or the cluster cannot be asked
 */
export async function requireOwnNamespaces(
    source: KubeconfigSource,
    names: Record<string, string>,
): Promise<string | undefined> {
    const { foreignNamespaces } = await import("crossing-actions");
    const asked = foreignNamespaces(readKubeconfig(source), Object.keys(names), owner());
    const { uid, namespaces: foreign } = await asked.catch((error: unknown) => {
        throw mistake(
            `Whether the cluster of \`${source.key}\` has namespaces of the stack's names cannot be found out: ${(error as Error).message}`,
        );
    });
    if (foreign.length > 0) {
        const all = foreign.map(
            name =>
                `Namespace \`${name}\` of \`${source.key}\` is there, and not of this stack, which would change and at the end delete it: ${names[name]}`,
        );
        throw mistake(
            `${all.join("\n")}\nWhere an earlier version of this stack made it, say so once: kubectl annotate namespace ${foreign.join(" ")} ${ownerAnnotation}=${owner()}`,
        );
    }
    return uid;
}
