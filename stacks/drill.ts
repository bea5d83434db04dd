import { ExportedPoint, k10Namespace } from "../components/k10";
import type { Config } from "../config";
import { bothSides } from "./all";
import { arrivedOutputs } from "./arrived";
import { diagnostics } from "./choices";
import { makeGround } from "./ground";
import { collectResources, guardStore } from "./guard";
import { makeStored } from "./locations";
import { findSnapshots } from "./parts";
import { makeTransformSets } from "./policies";
import { ApplicationHandOff, sourceSide } from "./source";
import { Arrival, Brought, restoreAll } from "./target-application";

/** Backup and restore on one cluster: what was exported is restored beside the application, or over it, and proven. */
export async function drill(config: Config) {
    const found = await findSnapshots(config, "source");
    const resources = collectResources();
    const ground = await makeGround(config, ["source"]);
    const { handOff, outputs, cluster, k10 } = sourceSide(config, ground, found);
    const arrival: Arrival = {
        ...{ config, ground, cluster, handOff },
        openshift: config.source.platform === "openshift",
        rehearsal: { first: [], router: [] },
        before: makeTransformSets(config, cluster, k10),
        stored: makeStored(config, handOff),
    };
    const arrived = restoreAll(arrival, application => exported(arrival, application));
    guardStore(config, ground, resources);
    return bothSides(outputs, arrivedOutputs(arrived));
}

/** K10 imports on another cluster only: this one knows what it has exported. */
function exported(
    { config, cluster, handOff }: Arrival,
    { namespace, exportPolicy, backupStartTime, ready }: ApplicationHandOff,
): Brought {
    const { runId, runToken } = handOff;
    const { restorePoint } = config.restore;
    const point = new ExportedPoint(
        `${namespace}-exported-point`,
        {
            ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
            ...diagnostics(config),
            ...{ namespace: k10Namespace, policy: exportPolicy, runId, runToken },
            ...{ applicationNamespace: namespace, backupStartTime },
            ...(restorePoint !== "latest" && { restorePoint }),
        },
        { dependsOn: ready, deletedWith: cluster.owner },
    );
    return { restorePointContent: point.restorePointContent, by: point };
}
