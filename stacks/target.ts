import type { SnapshotSupport } from "crossing-actions";
import { Import, ImportPolicy, k10Namespace, requireNotOlder } from "../components/k10";
import { Config, storeLocation } from "../config";
import { makeBlueprints } from "./blueprints";
import { makeFindings } from "./findings";
import { exportTo, makeStored, requireSameLocation } from "./locations";
import { Ground, makeCluster, makeGround, makeRehearsal } from "./ground";
import { findSnapshots, makeK10, makeReport, makeSnapshots } from "./parts";
import { requireFit } from "./handed-over";
import { handOffOfStack } from "./references";
import { makeBlueprintBindings, makePolicies, makePresets, makeTransformSets } from "./policies";
import { arrivedOutputs } from "./arrived";
import { actionChoices, diagnostics } from "./choices";
import type { ApplicationHandOff, HandOff } from "./source";
import { Arrival, Brought, restoreAll } from "./target-application";

/** The target alone: what another stack exported is imported, restored and proven. */
export async function target(config: Config) {
    // The configuration is not accepted without it.
    const handOff = await handOffOfStack(config.sourceStack ?? "");
    requireNotOlder(config.k10.version, handOff.k10Version);
    requireSameLocation(config, handOff);
    requireFit(config, handOff);
    const found = await findSnapshots(config, "target");
    const ground = await makeGround(config, ["target"]);
    return targetSide(config, ground, found, handOff);
}

export function targetSide(
    config: Config,
    ground: Ground,
    found: SnapshotSupport,
    handOff: HandOff,
) {
    const { store } = ground;

    // The world: a cluster with OpenShift's rules that takes snapshots and reaches the store, and K10 on it.
    const cluster = makeCluster("target", config, ground);
    const rehearsal = makeRehearsal(config, cluster, ground);
    const snapshots = makeSnapshots("target", config, cluster, found, rehearsal.first);
    const { k10, profiles, token } = makeK10("target", config, cluster, store, rehearsal.first);

    const presets = makePresets("target", config, cluster, profiles);
    const before = [
        ...makeBlueprintBindings("target", config, cluster, k10),
        ...makeBlueprints("target", config, cluster, k10, handOff),
        ...makeTransformSets(config, cluster, k10),
    ];

    // An import for each export, and what it brought.
    const arrival: Arrival = {
        ...{ config, ground, cluster, rehearsal, handOff, before },
        openshift: config.target.platform === "openshift",
        stored: makeStored(config, handOff),
    };
    const policies = new Map<string, ImportPolicy>();
    const arrived = restoreAll(arrival, application => {
        const { exportPolicy, receiveString } = application;
        const name = exportPolicy.replace(/-export$/, "-import");
        const policy =
            policies.get(name) ??
            new ImportPolicy(`${name}-policy`, {
                ...{ cluster, receiveString },
                profile: exportTo(config, profiles)?.profile ?? profiles[storeLocation],
                policyName: name,
                settings: config.importPolicy,
            });
        policies.set(name, policy);
        return importOf(arrival, application, policy);
    });
    const namespaces = arrived.map(({ restoredNamespace }) => restoredNamespace);
    makePolicies("target", config, cluster, { profiles, presets }, namespaces);
    const { runId, runToken } = handOff;
    const report = makeReport(
        "target",
        config,
        cluster,
        { runId, runToken, applications: namespaces },
        arrived.map(({ proof, restored }) => proof ?? restored),
    );
    return {
        runId,
        bucket: store.bucket,
        ...arrivedOutputs(arrived),
        targetServer: cluster.server,
        targetClusterUid: cluster.uid,
        targetKubernetesVersion: cluster.version,
        targetK10Version: config.k10.version,
        targetK10Dashboard: k10.dashboard,
        targetK10Token: token,
        targetK10Footprint: k10.footprint,
        targetK10Report: report?.result,
        targetKubeconfig: cluster.kubeconfig,
        targetStoreEndpoint: store.endpoint.target,
        targetSnapshots: snapshots?.canary.result,
        findings: makeFindings("target", config, { k10, snapshots }),
    };
}

/** Imports what was exported with an application's policy. */
function importOf(
    { config, cluster, handOff }: Arrival,
    { namespace, exportPolicy, backupStartTime, ready }: ApplicationHandOff,
    policy: ImportPolicy,
): Brought {
    const { timeouts, restore } = config;
    const { runId, runToken } = handOff;
    const imported = new Import(
        `${namespace}-import`,
        {
            ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
            ...{ ...diagnostics(config), ...actionChoices(config) },
            ...{ namespace: k10Namespace, policy: policy.policyName },
            ...{ runId, runToken },
            ...{ timeout: timeouts.import, validationTimeout: timeouts.validation },
            ...{ sourceClusterUid: handOff.clusterUid, applicationNamespace: namespace },
            ...{ backupStartTime, exportPolicy },
            ...(restore.restorePoint !== "latest" && { restorePoint: restore.restorePoint }),
        },
        { dependsOn: ready, deletedWith: cluster.owner },
    );
    const { restorePointContent, result } = imported;
    return { restorePointContent, by: imported, imported: result };
}
