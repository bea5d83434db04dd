import type { SnapshotSupport } from "crossing-actions";
import { sampleRefs } from "../components/application";
import { Import, ImportPolicy, k10Namespace, requireNotOlder, Restore } from "../components/k10";
import { FetchedBaseline, targetTimings, Verification } from "../components/proof";
import type { Config } from "../config";
import { bucketRef, diagnostics, findSnapshots, Ground, makeCluster, makeGround } from "./parts";
import { makeK10, makeRehearsal, makeRoute, makeSnapshots } from "./parts";
import { makeBlueprintBindings, makePolicies } from "./policies";
import { handOffOfStack } from "./references";
import type { HandOff } from "./source";

/** The target alone: what another stack exported is imported, restored and proven. */
export async function target(config: Config) {
    // The configuration is not accepted without it.
    const handOff = await handOffOfStack(config.sourceStack ?? "");
    requireNotOlder(config.k10.version, handOff.k10Version);
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
    const { timeouts } = config;
    const { store } = ground;
    const { runId, applicationNamespace } = handOff;
    const refs = sampleRefs(applicationNamespace);

    // The world: a cluster with OpenShift's rules that takes snapshots and reaches the store, and K10 on it.
    const cluster = makeCluster("target", config, ground);
    const rehearsal = makeRehearsal(config, cluster);
    const snapshots = makeSnapshots("target", config, cluster, found, rehearsal.first);
    const { k10, profile } = makeK10("target", config, cluster, store, rehearsal.first);

    // What the application held, as the source wrote it down.
    const baseline = new FetchedBaseline("fetched-baseline", {
        ...{ ...bucketRef(store, "program"), ...handOff.baseline, timeout: timeouts.store },
    });
    const { runToken, observation } = baseline.document;

    // Import and restore.
    makePolicies("target", config, cluster, profile);
    const bindings = makeBlueprintBindings("target", config, cluster, k10);
    const on = {
        ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
        ...diagnostics(config),
    };
    const policy = new ImportPolicy("import-policy", {
        cluster,
        policyName: `${applicationNamespace}-import`,
        profile: profile.profileName,
        receiveString: handOff.receiveString,
        settings: config.importPolicy,
    });
    const imported = new Import(
        "import",
        {
            ...{ ...on, runId, namespace: k10Namespace, policy: policy.policyName },
            ...{ timeout: timeouts.import, validationTimeout: timeouts.validation },
            sourceClusterUid: handOff.clusterUid,
            applicationNamespace,
            backupStartTime: handOff.backupStartTime,
        },
        { deletedWith: cluster.owner },
    );
    const restored = new Restore(
        "restore",
        {
            ...{ ...on, runId, runToken, targetNamespace: applicationNamespace },
            ...{ onConflict: config.onConflict, restored: config.restored },
            restorePointContent: imported.restorePointContent,
            timeout: timeouts.restore,
        },
        { dependsOn: bindings, deletedWith: cluster.owner },
    );

    // How it is reached: beside the proof, and not a part of it.
    const route = makeRoute(
        config,
        cluster,
        { namespace: applicationNamespace, page: refs.page },
        restored.restorePoint,
        rehearsal.router,
    );

    // The proof.
    const proof = new Verification(
        "verification",
        {
            ...{ ...on, ...refs, runId, runToken, baseline: observation },
            ...{ restorePoint: restored.restorePoint, timeout: timeouts.application },
        },
        { deletedWith: cluster.owner },
    );

    return {
        runId,
        applicationNamespace,
        bucket: store.bucket,
        verification: proof.verification,
        restorePoint: restored.restorePoint,
        applicationUrl: route?.url,
        targetServer: cluster.server,
        targetClusterUid: cluster.uid,
        targetKubernetesVersion: cluster.version,
        targetK10Version: config.k10.version,
        targetK10Dashboard: k10.dashboard,
        targetK10Footprint: k10.footprint,
        targetKubeconfig: cluster.kubeconfig,
        targetStoreEndpoint: store.endpoint.target,
        targetSnapshots: snapshots?.canary.result,
        timings: targetTimings(
            handOff.backupStartTime,
            imported.result,
            restored.result,
            proof.verification,
        ),
    };
}
