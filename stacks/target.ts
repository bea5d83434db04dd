import * as pulumi from "@pulumi/pulumi";
import type { SnapshotSupport } from "crossing-actions";
import { sampleRefs } from "../components/application";
import { Import, ImportPolicy, k10Namespace, requireNotOlder } from "../components/k10";
import { Restore, SafetyBackup } from "../components/k10";
import { FetchedBaseline, targetTimings, Verification } from "../components/proof";
import type { Config } from "../config";
import { actionChoices, bucketRef, diagnostics, findSnapshots, Ground } from "./parts";
import { makeCluster, makeGround, makeK10, makeRehearsal, makeRoute } from "./parts";
import { makeSnapshots, restoreChoices, retirement } from "./parts";
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
    const { restorePoint } = config.restore;
    const targetNamespace = config.restore.targetNamespace ?? applicationNamespace;

    // The world: a cluster with OpenShift's rules that takes snapshots and reaches the store, and K10 on it.
    const cluster = makeCluster("target", config, ground);
    const rehearsal = makeRehearsal(config, cluster);
    const snapshots = makeSnapshots("target", config, cluster, found, rehearsal.first);
    const { profile } = makeK10("target", config, cluster, store, rehearsal.first);

    // What the application held, as the source wrote it down.
    const baseline = new FetchedBaseline("fetched-baseline", {
        ...{ ...bucketRef(store, "program"), ...handOff.baseline, timeout: timeouts.store },
    });
    const { runToken, observation } = baseline.document;

    // Import and restore.
    const on = {
        ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
        ...diagnostics(config),
    };
    const policy = new ImportPolicy("import-policy", {
        cluster,
        policyName: `${applicationNamespace}-import`,
        profile: profile.profileName,
        receiveString: handOff.receiveString,
    });
    const imported = new Import(
        "import",
        {
            ...{ ...on, runId, namespace: k10Namespace, policy: policy.policyName },
            ...{ timeout: timeouts.import, validationTimeout: timeouts.validation },
            sourceClusterUid: handOff.clusterUid,
            applicationNamespace,
            backupStartTime: handOff.backupStartTime,
            ...(restorePoint !== "latest" && { restorePoint }),
            ...actionChoices(config),
        },
        { dependsOn: handOff.ready, deletedWith: cluster.owner },
    );
    const into = {
        ...{ ...on, runId, runToken, targetNamespace },
        ...{ ...restoreChoices(config), ...actionChoices(config), timeout: timeouts.restore },
    };
    const safety =
        config.safetyBackup &&
        new SafetyBackup(
            "safety-backup",
            { ...into, ...retirement(config) },
            { dependsOn: [imported], deletedWith: cluster.owner },
        );
    const restored = new Restore(
        "restore",
        {
            ...into,
            ...{ onConflict: config.onConflict, restored: config.restored },
            restorePointContent: imported.restorePointContent,
        },
        { dependsOn: safety ? [safety] : [], deletedWith: cluster.owner },
    );
    // Known before it is restored, unless it has to be looked for.
    const restoredNamespace =
        config.onConflict === "newName"
            ? restored.restoredNamespace
            : pulumi.output(targetNamespace);
    const { page } = sampleRefs(targetNamespace);
    const database = restoredNamespace.apply(namespace => sampleRefs(namespace).database);

    // How it is reached: beside the proof, and not a part of it.
    const route = makeRoute(
        config,
        cluster,
        { namespace: restoredNamespace, page },
        restored.restorePoint,
        rehearsal.router,
    );

    // The proof. A restore point of another run is not what the baseline of this run tells of.
    const proof =
        restorePoint === "latest"
            ? new Verification(
                  "verification",
                  {
                      ...{ ...on, database, page, runId, runToken, baseline: observation },
                      ...{ restorePoint: restored.restorePoint, timeout: timeouts.application },
                  },
                  { deletedWith: cluster.owner },
              )
            : undefined;
    if (!proof) {
        void pulumi.log.warn(
            "What is restored is not verified: `crossing:restore.restorePoint` names another restore point than that of this run.",
        );
    }

    return {
        runId,
        applicationNamespace,
        bucket: store.bucket,
        verification: proof?.verification,
        restorePoint: restored.restorePoint,
        restoredNamespace,
        safetyRestorePoint: safety ? safety.restorePoint : undefined,
        applicationUrl: route?.url,
        targetServer: cluster.server,
        targetClusterUid: cluster.uid,
        targetKubernetesVersion: cluster.version,
        targetK10Version: config.k10.version,
        targetKubeconfig: cluster.kubeconfig,
        targetStoreEndpoint: store.endpoint.target,
        targetSnapshots: snapshots?.canary.result,
        timings: targetTimings(
            handOff.backupStartTime,
            imported.result,
            restored.result,
            proof?.verification,
        ),
    };
}
