import type { SnapshotSupport } from "crossing-actions";
import { KubeconfigSource, readKubeconfig } from "../cluster/kubeconfig";
import { mistake } from "../mistake";
import { owner } from "../owner";

/** What a cluster brings that this stack makes. */
export const nothing: SnapshotSupport = {
    installed: false,
    drivers: [],
    bound: {},
    blockModeExports: [],
};

/**
 * What an existing cluster brings for snapshots. Read before the first resource, so that a preview shows what `up`
 * will do, and so that nothing is installed a second time.
 * @throws pulumi.RunError where the cluster cannot be asked
 */
export async function findSupport(source: KubeconfigSource): Promise<SnapshotSupport> {
    try {
        const { findSnapshotSupport } = await import("crossing-actions");
        return await findSnapshotSupport(readKubeconfig(source), owner());
    } catch (error) {
        throw mistake(
            `What the cluster of \`${source.key}\` brings for snapshots cannot be found out: ${(error as Error).message}`,
        );
    }
}
