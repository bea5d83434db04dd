/** Where a volume that is made from a snapshot can be, for drivers whose volumes lie on one node. */
import { listAt, textAt, type Fields, type KubeObject } from "./json.ts";
import { NODES, pathOf } from "./resources.ts";
import { meets } from "./selectors.ts";
import type { World } from "./world.ts";

/** On a claim: the node whose provisioner is to make the volume. The scheduler writes it, and respects what is there. */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** Whether a node meets a NodeSelector: one of its terms, and of that everything. A term that says nothing means none. */
export function meetsNodeSelector({ metadata }: KubeObject, selector: Fields): boolean {
    return listAt(selector, "nodeSelectorTerms").some(term => {
        const matchExpressions = listAt(term, "matchExpressions");
        const matchFields = listAt(term, "matchFields");
        return (
            matchExpressions.length + matchFields.length > 0 &&
            meets(metadata.labels, { matchExpressions }) &&
            meets({ "metadata.name": metadata.name }, { matchExpressions: matchFields })
        );
    });
}

/**
 * Sends a claim that is made from a snapshot to the node of the snapshot, if there is only one: the scheduler knows
 * nothing of snapshots, and might send the first pod that uses the claim to another node again and again.
 */
export async function placed(
    { cluster }: World,
    claim: KubeObject,
    nodeAffinity: Fields | undefined,
): Promise<KubeObject> {
    if (!nodeAffinity) {
        return claim;
    }
    const { items } = await cluster.list(pathOf(NODES));
    const [node, ...others] = items.filter(each => meetsNodeSelector(each, nodeAffinity));
    if (!node || others.length > 0) {
        return claim;
    }
    const annotations = {
        ...claim.metadata.annotations,
        [SELECTED_NODE]: textAt(node, "metadata", "name"),
    };
    return { ...claim, metadata: { ...claim.metadata, annotations } };
}
