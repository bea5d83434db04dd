/** The transforms of a restore with all their operations: those of TransformSets are K10's to keep. */
import { k10Namespace, TransformSet, transformSets } from "../k10/api";
import type { Transform } from "../k10/restore-spec";
import { Cluster } from "../kube/client";
import { ask } from "../kube/poll";
import type { KnownTransform } from "./expected";

/** Each transform with its operations. A TransformSet that is gone, or has none, is not known. */
export async function knownTransforms(
    kubeconfig: string,
    transforms: readonly Transform[],
    timeout: number,
    report: (line: string) => void,
): Promise<KnownTransform[]> {
    const known = transforms.map(async each => {
        if (!("transformSetRef" in each)) {
            return [each];
        }
        const { name, namespace = k10Namespace } = each.transformSetRef;
        const found = await ask(
            { what: `TransformSet \`${namespace}/${name}\``, timeout, report },
            async () =>
                (await Cluster.connect(kubeconfig)).get<TransformSet>(
                    transformSets,
                    name,
                    namespace,
                ),
        );
        return found?.spec?.transforms ?? [{ unknown: `${namespace}/${name}` }];
    });
    return (await Promise.all(known)).flat();
}
