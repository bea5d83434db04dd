/**
 * The images that an application runs. One that no registry has is not pulled anywhere else: its pods wait in
 * `ImagePullBackOff` unless the other cluster's nodes were given it, too.
 */
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../kube/client";
import { ask } from "../kube/poll";

export interface ObservedImage {
    /** As the container names it. */
    image: string;
    /** As the node knows it: with a name before its digest, it came from that registry. Empty where no node has it. */
    id: string;
}

/** An image of the baseline, and what the target runs by that name. */
export interface RestoredImage {
    image: string;
    /** `sha256:…` */
    digest: string;
    /** Whether the target runs the same, another one by that name, or none. */
    restored: "same" | "other" | "none";
}

/** What pods of a namespace run, each image once, by name. */
export async function observeImages(
    cluster: Cluster,
    { namespace, timeout }: { namespace: string; timeout: number },
    report: (line: string) => void,
): Promise<ObservedImage[]> {
    const pods = await ask(
        { what: `the pods of namespace \`${namespace}\``, timeout, report },
        () => cluster.request(cluster.core.listNamespacedPod({ namespace })),
    );
    return imagesOf(pods.items);
}

export function imagesOf(pods: V1Pod[]): ObservedImage[] {
    const all = pods.flatMap(({ spec, status }) => {
        const statuses: V1ContainerStatus[] = [
            ...(status?.initContainerStatuses ?? []),
            ...(status?.containerStatuses ?? []),
        ];
        const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
        return containers.map(({ name, image = "" }) => ({
            image,
            id: statuses.find(each => each.name === name)?.imageID ?? "",
        }));
    });
    const byName = new Map<string, string>();
    for (const { image, id } of all) {
        byName.set(image, byName.get(image) || id);
    }
    return [...byName].map(([image, id]) => ({ image, id })).sort(byImage);
}

const byImage = (a: ObservedImage, b: ObservedImage) => (a.image < b.image ? -1 : 1);

/** Images that a node was given without a registry: `kind load`, `docker build`, `ctr images import`. */
export const ofNoRegistry = (images: ObservedImage[]): string[] =>
    images.filter(({ id }) => id !== "" && !id.includes("@")).map(({ image }) => image);

const digestOf = (id: string) => id.slice(id.indexOf("@") + 1);

export function compareImages(expected: ObservedImage[], actual: ObservedImage[]): RestoredImage[] {
    return expected.map(({ image, id }) => {
        const found = actual.find(each => each.image === image);
        const same = found && digestOf(found.id) === digestOf(id);
        return {
            ...{ image, digest: digestOf(id) },
            restored: !found || found.id === "" ? "none" : same ? "same" : "other",
        };
    });
}
