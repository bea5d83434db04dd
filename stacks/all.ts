import * as random from "@pulumi/random";
import { SampleApplication, sampleRefs, Seed } from "../components/application";
import { Export, ExportPolicy, Import, ImportPolicy } from "../components/k10";
import { K10, k10Namespace, Profile, Restore } from "../components/k10";
import { OpenShiftRules } from "../components/openshift";
import { Baseline, timings, Verification } from "../components/proof";
import { Probe } from "../components/store";
import type { Config } from "../config";
import {
    diagnostics,
    findSnapshots,
    makeCluster,
    makeNetwork,
    makeSnapshots,
    makeStore,
    Side,
} from "./parts";

/** Both sides of the crossing, and the store between them, in one stack. */
export async function all(config: Config) {
    const found = await findSnapshots(config);

    const { runId, timeouts, images } = config;
    const application = config.sample.namespace;
    const refs = sampleRefs(application);

    const diagnosed = diagnostics(config);

    // The world: two clusters and a store that both reach.
    const network = makeNetwork(config);
    const source = makeCluster("source", config, network);
    const target = makeCluster("target", config, network);
    const store = makeStore(config, network);
    const rehearsed = config.target.type === "kind" && config.target.platform === "openshift";
    const rules = rehearsed
        ? [new OpenShiftRules("target-rules", { cluster: target, image: images.node })]
        : [];

    const location = (side: Side) => ({
        cluster: side === "source" ? source : target,
        endpoint: store.endpoint[side],
        bucket: store.bucket,
        region: store.region,
        accessKey: store.accessKey,
        secretKey: store.secretKey,
    });
    const probe = (side: Side, makeBucket: boolean, after: Probe[]) =>
        new Probe(
            `${side}-store`,
            { ...location(side), makeBucket, image: images.curl },
            { dependsOn: after },
        );
    const sourceProbe = probe("source", config.store.type === "minio", []);
    const targetProbe = probe("target", false, [sourceProbe]);

    // Snapshots of their volumes, tried before anything relies on them.
    const snapshots = {
        source: makeSnapshots("source", config, source, found.source, []),
        target: makeSnapshots("target", config, target, found.target, rules),
    };

    // K10 on both, with a profile of the store.
    const k10 = (side: Side) =>
        new K10(
            `${side}-k10`,
            {
                ...config.k10,
                cluster: side === "source" ? source : target,
                clusterName: `${config.name}-${side}`,
                openshift: config[side].platform === "openshift",
                timeout: timeouts.install,
                ...diagnosed,
            },
            { dependsOn: side === "target" ? rules : [] },
        );
    const profile = (side: Side, after: (K10 | Probe)[]) =>
        new Profile(
            `${side}-profile`,
            {
                ...{ ...location(side), profileName: "crossing", ...diagnosed },
                timeout: timeouts.validation,
            },
            { dependsOn: after },
        );
    const sourceProfile = profile("source", [k10("source"), sourceProbe]);
    const targetProfile = profile("target", [k10("target"), targetProbe]);

    // The application, and what is in it in this run.
    const runToken = new random.RandomId("run", { byteLength: 16, keepers: { runId } }).hex;
    const sample = new SampleApplication("application", {
        ...config.sample,
        cluster: source,
        postgresImage: images.postgres,
        nginxImage: images.nginx,
    });
    const run = { runId, runToken, ...diagnosed };
    const onSource = { kubeconfig: source.kubeconfig, clusterUid: source.uid };
    const onTarget = { kubeconfig: target.kubeconfig, clusterUid: target.uid };
    const seed = new Seed(
        "seed",
        {
            ...{ ...run, kubeconfig: source.kubeconfig, volumeUid: sample.volumeUid },
            ...{ database: refs.database, rows: config.sample.rows },
            timeout: timeouts.application,
        },
        { dependsOn: [sample], deletedWith: source.owner },
    );
    const baseline = new Baseline(
        "baseline",
        { ...run, ...onSource, ...refs, timeout: timeouts.application },
        { dependsOn: [seed], deletedWith: source.owner },
    );

    // The crossing.
    const exportPolicy = new ExportPolicy("export-policy", {
        cluster: source,
        policyName: `${application}-export`,
        profile: sourceProfile.profileName,
        applicationNamespace: application,
    });
    const exported = new Export(
        "export",
        {
            ...{ ...onSource, runId, namespace: k10Namespace, policy: exportPolicy.policyName },
            ...diagnosed,
            ...{ timeout: timeouts.export, validationTimeout: timeouts.validation },
            receiveStringGiven: config.receiveString !== undefined,
        },
        {
            dependsOn: [baseline, ...(snapshots.source ? [snapshots.source] : [])],
            deletedWith: source.owner,
        },
    );
    const receiveString = config.receiveString ?? exported.receiveString;
    const importPolicy = new ImportPolicy("import-policy", {
        cluster: target,
        policyName: `${application}-import`,
        profile: targetProfile.profileName,
        receiveString,
    });
    const imported = new Import(
        "import",
        {
            ...{ ...onTarget, runId, namespace: k10Namespace, policy: importPolicy.policyName },
            ...diagnosed,
            ...{ timeout: timeouts.import, validationTimeout: timeouts.validation },
            applicationNamespace: application,
            backupStartTime: exported.result.runAction.startTime,
        },
        { deletedWith: target.owner },
    );
    const restored = new Restore(
        "restore",
        {
            ...{ ...onTarget, ...run, targetNamespace: application },
            ...{ onConflict: config.onConflict, restored: config.restored },
            restorePointContent: imported.restorePointContent,
            timeout: timeouts.restore,
        },
        { deletedWith: target.owner },
    );

    // The proof.
    const proof = new Verification(
        "verification",
        {
            ...{ ...run, ...onTarget, ...refs },
            ...{ baseline: baseline.baseline, restorePoint: restored.restorePoint },
            timeout: timeouts.application,
        },
        { deletedWith: target.owner },
    );

    return {
        runId,
        applicationNamespace: application,
        verification: proof.verification,
        restorePoint: restored.restorePoint,
        timings: timings(exported.result, imported.result, restored.result, proof.verification),
        sourceServer: source.server,
        sourceClusterUid: source.uid,
        sourceKubeconfig: source.kubeconfig,
        targetServer: target.server,
        targetClusterUid: target.uid,
        targetKubeconfig: target.kubeconfig,
        sourceStoreEndpoint: store.endpoint.source,
        targetStoreEndpoint: store.endpoint.target,
        bucket: store.bucket,
        sourceSnapshots: snapshots.source?.canary.result,
        targetSnapshots: snapshots.target?.canary.result,
        storeAccessKey: store.accessKey,
        storeSecretKey: store.secretKey,
        receiveString,
    };
}
