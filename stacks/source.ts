import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SnapshotSupport } from "crossing-actions";
import { SampleApplication, sampleRefs, Seed } from "../components/application";
import { Export, ExportPolicy, k10Namespace } from "../components/k10";
import { Baseline, KeptBaseline, sourceTimings } from "../components/proof";
import type { Config } from "../config";
import { bucketRef, diagnostics, findSnapshots, Ground, makeCluster, makeGround } from "./parts";
import { makeK10, makeSnapshots } from "./parts";
import { makeBlueprintBindings, makePolicies } from "./policies";

/** What the source hands over to the target. */
export interface HandOff {
    runId: string;
    applicationNamespace: string;
    /** The bucket that it exported to. */
    bucket: pulumi.Input<string>;
    /** When the backup began (RFC 3339): what is older is of another run. */
    backupStartTime: pulumi.Input<string>;
    clusterUid: pulumi.Input<string>;
    k10Version: string;
    /** Where the baseline lies in the bucket, and its SHA-256. */
    baseline: { key: pulumi.Input<string>; digest: pulumi.Input<string> };
    /** Secret. */
    receiveString: pulumi.Input<string>;
}

/** The source alone: the application is backed up and exported, and the hand-off lies in the outputs. */
export async function source(config: Config) {
    const found = await findSnapshots(config, "source");
    const ground = await makeGround(config, ["source"]);
    return sourceSide(config, ground, found).outputs;
}

export function sourceSide(config: Config, ground: Ground, found: SnapshotSupport) {
    const { runId, timeouts, images } = config;
    const { store } = ground;
    const applicationNamespace = config.sample.namespace;
    const refs = sampleRefs(applicationNamespace);

    // The world: a cluster that takes snapshots and reaches the store, and K10 on it.
    const cluster = makeCluster("source", config, ground);
    const snapshots = makeSnapshots("source", config, cluster, found);
    const { k10, profile, probe } = makeK10("source", config, cluster, store);

    // The application, and what is in it in this run.
    const runToken = new random.RandomId("run", { byteLength: 16, keepers: { runId } }).hex;
    const sample = new SampleApplication("application", {
        ...config.sample,
        cluster,
        postgresImage: images.postgres,
        nginxImage: images.nginx,
    });
    const run = { runId, runToken, ...diagnostics(config) };
    const on = { kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid };
    const seed = new Seed(
        "seed",
        {
            ...{ ...run, kubeconfig: cluster.kubeconfig, volumeUid: sample.volumeUid },
            ...{ database: refs.database, rows: config.sample.rows },
            timeout: timeouts.application,
        },
        { dependsOn: [sample], deletedWith: cluster.owner },
    );
    const baseline = new Baseline(
        "baseline",
        { ...run, ...on, ...refs, timeout: timeouts.application },
        { dependsOn: [seed], deletedWith: cluster.owner },
    );
    const kept = new KeptBaseline(
        "baseline",
        {
            ...{
                ...run,
                ...bucketRef(store, "program"),
                applicationNamespace,
                clusterUid: cluster.uid,
            },
            ...{ baseline: baseline.baseline, timeout: timeouts.store },
        },
        { dependsOn: [probe] },
    );

    // Backup and export.
    makePolicies("source", config, cluster, profile);
    const bindings = makeBlueprintBindings("source", config, cluster, k10);
    const policy = new ExportPolicy("export-policy", {
        cluster,
        policyName: `${applicationNamespace}-export`,
        profile: profile.profileName,
        applicationNamespace,
        settings: config.policy,
    });
    const exported = new Export(
        "export",
        {
            ...{ ...on, runId, namespace: k10Namespace, policy: policy.policyName },
            ...diagnostics(config),
            ...{ timeout: timeouts.export, validationTimeout: timeouts.validation },
            receiveStringGiven: config.receiveString !== undefined,
        },
        {
            dependsOn: [kept, ...bindings, ...(snapshots ? [snapshots] : [])],
            deletedWith: cluster.owner,
        },
    );

    const handOff: HandOff = {
        runId,
        applicationNamespace,
        bucket: store.bucket,
        backupStartTime: exported.result.runAction.startTime,
        clusterUid: cluster.uid,
        k10Version: config.k10.version,
        baseline: { key: kept.key, digest: kept.digest },
        receiveString: config.receiveString ?? exported.receiveString,
    };
    const outputs = {
        runId,
        applicationNamespace,
        bucket: store.bucket,
        backupStartTime: handOff.backupStartTime,
        baselineKey: kept.key,
        baselineDigest: kept.digest,
        receiveString: handOff.receiveString,
        sourceServer: cluster.server,
        sourceClusterUid: cluster.uid,
        sourceKubernetesVersion: cluster.version,
        sourceK10Version: config.k10.version,
        sourceK10Dashboard: k10.dashboard,
        sourceK10Footprint: k10.footprint,
        sourceKubeconfig: cluster.kubeconfig,
        sourceStoreEndpoint: store.endpoint.source,
        sourceSnapshots: snapshots?.canary.result,
        timings: sourceTimings(exported.result),
    };
    return { handOff, outputs };
}
