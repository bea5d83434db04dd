/** Which version of K10 runs: OLM upgrades it by itself. That K10 does not tell undoes nothing of what is Complete. */
import type { Cluster } from "../kube/client";

/** Public scripts read it there; it is not documented. */
const configMap = "k10-config";

export async function installedVersion(
    cluster: Cluster,
    namespace: string,
): Promise<string | undefined> {
    try {
        const { data } = await cluster.request(
            cluster.core.readNamespacedConfigMap({ name: configMap, namespace }),
        );
        return data?.["version"] || undefined;
    } catch {
        return undefined;
    }
}
