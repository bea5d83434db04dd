import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DataMode, SnapshotSupport } from "crossing-actions";
import type { Cluster } from "../components/cluster";
import { Export, ExportPolicy, k10Namespace, newestOf, Validation } from "../components/k10";
import { Evidence, sourceEvidence, sourceTimings } from "../components/proof";
import { Remains } from "../components/store";
import { Config, k10Of, operatorOf, storeLocation } from "../config";
import { makeBlueprints } from "./blueprints";
import { actionChoices, diagnostics, retirement } from "./choices";
import { makeFindings } from "./findings";
import { exportTo, Profiles } from "./locations";
import { Ground, makeCluster, makeGround } from "./ground";
import { bucketRef, findSnapshots, makeK10, makeReport, makeSnapshots } from "./parts";
import { makeBlueprintBindings, makePolicies, makePresets, Presets, withNames } from "./policies";
import { makeOwnBackup } from "./recovery";
import { ApplicationRefs, SourceApplication, sourceApplication } from "./source-application";

/** What the source hands over to the target. */
export interface HandOff {
    runId: string;
    /** What is unique to the run. */
    runToken: pulumi.Input<string>;
    clusterUid: pulumi.Input<string>;
    k10Version: string;
    /** The location that the applications were exported to. */
    exportLocation: string;
    applications: ApplicationHandOff[];
}

/** What the source hands over of one application. */
export interface ApplicationHandOff extends ApplicationRefs {
    /** When the backup began (RFC 3339): what is older is of another run. */
    backupStartTime: pulumi.Input<string>;
    /** Where the baseline lies in the bucket, and its SHA-256. */
    baseline: { key: pulumi.Input<string>; digest: pulumi.Input<string> };
    /** The name of the policy that exported it. */
    exportPolicy: string;
    /** Secret. */
    receiveString: pulumi.Input<string>;
    /** What has to be there before the target begins. */
    ready: pulumi.Resource[];
}

/** An application that is exported, with what is told of it. */
interface Crossed extends ApplicationHandOff {
    exported: Export;
    evidence: pulumi.Output<Evidence>;
    /** How each claim got into the backup, where K10 injects its sidecar. */
    dataModes?: pulumi.Output<DataMode[]>;
}

/** The source alone: the applications are backed up and exported, and the hand-off lies in the outputs. */
export async function source(config: Config) {
    const found = await findSnapshots(config, "source");
    const ground = await makeGround(config, ["source"]);
    return sourceSide(config, ground, found).outputs;
}

export function sourceSide(config: Config, ground: Ground, found: SnapshotSupport) {
    const { runId } = config;
    const { store } = ground;

    // The world: a cluster that takes snapshots and reaches the store, and K10 on it.
    const cluster = makeCluster("source", config, ground);
    const snapshots = makeSnapshots("source", config, cluster, found);
    const installed = makeK10("source", config, cluster, store);
    const { k10, probe, token } = installed;
    const ownBackup = makeOwnBackup(config, cluster, store, installed);
    const { disasterRecovery, recovery, profiles } = ownBackup;

    // The applications, and what is in them in this run.
    const runToken = new random.RandomId("run", { byteLength: 16, keepers: { runId } }).hex;
    const applications = config.applications.map(application =>
        sourceApplication(
            config,
            ground,
            cluster,
            application,
            { runId, runToken },
            { probe, k10, ...(snapshots && { snapshots }) },
        ),
    );

    // Backup and export.
    const presets = makePresets("source", config, cluster, profiles);
    makePolicies(
        "source",
        config,
        cluster,
        { profiles, presets },
        config.applications.map(({ namespace }) => namespace),
    );
    const bindings = [
        ...makeBlueprintBindings("source", config, cluster, k10),
        ...makeBlueprints("source", config, cluster, k10, { runId, applications }),
    ];
    const groups =
        config.policyPer === "crossing"
            ? [{ name: "crossing", members: applications }]
            : applications.map(each => ({ name: each.namespace, members: [each] }));
    const remains = makeRemains(config, ground, cluster);
    const crossed = groups.flatMap(group =>
        exportOf(config, cluster, { profiles, presets }, group, runToken, [
            ...bindings,
            ...(snapshots ? [snapshots] : []),
            ...remains,
        ]),
    );
    const handOff: HandOff = {
        ...{ runId, runToken, clusterUid: cluster.uid, k10Version: config.k10.version },
        exportLocation: config.exportLocation,
        applications: crossed.map(({ exported: _, evidence: __, dataModes: ___, ...each }) => each),
    };
    const report = makeReport(
        "source",
        config,
        cluster,
        { runId, runToken, applications: crossed.map(({ namespace }) => namespace) },
        crossed.flatMap(({ ready }) => ready),
    );
    const [only] = crossed.length === 1 ? crossed : [];
    const outputs = {
        ...{ runId, runToken },
        bucket: store.bucket,
        exportLocation: config.exportLocation,
        applications: byNamespace(
            crossed,
            ({ receiveString: _, ready: __, exported, ...each }) => ({
                ...each,
                timings: sourceTimings(exported.result),
            }),
        ),
        receiveStrings: pulumi.secret(byNamespace(crossed, each => each.receiveString)),
        // Where there is one application, what is of it stands flat as well.
        applicationNamespace: only?.namespace,
        backupStartTime: only?.backupStartTime,
        baselineKey: only?.baseline.key,
        baselineDigest: only?.baseline.digest,
        receiveString: only?.receiveString,
        timings: only && sourceTimings(only.exported.result),
        evidence: only?.evidence,
        sourceServer: cluster.server,
        sourceClusterUid: cluster.uid,
        sourceKubernetesVersion: cluster.version,
        sourceK10Version: versionOf(config, crossed),
        sourceK10Dashboard: k10.dashboard,
        sourceK10Token: token,
        sourceK10Footprint: k10.footprint,
        sourceK10Report: report?.result,
        sourceKubeconfig: cluster.kubeconfig,
        sourceStoreEndpoint: store.endpoint.source,
        sourceSnapshots: snapshots?.canary.result,
        findings: makeFindings("source", config, { k10, snapshots }),
        disasterRecovery: disasterRecovery?.record,
        disasterRecoveryPassphrase: disasterRecovery && ownBackup.passphrase,
        disasterRecoveryClusterId: disasterRecovery?.clusterId,
        recovery: recovery?.result.apply(point => ({
            ...point,
            clusterId: config.k10.recovery?.clusterId,
        })),
    };
    return { handOff, outputs, cluster, k10 };
}

/** What the target asks for before it imports. OLM upgrades K10 by itself: then it is what the exports were made by. */
function versionOf({ k10 }: Config, crossed: Crossed[]): pulumi.Input<string> {
    return operatorOf(k10Of(k10, "source"))
        ? pulumi
              .all(crossed.map(({ exported }) => exported.result))
              // A resource that has failed is recorded without one.
              .apply(results =>
                  newestOf(
                      results.map(each => each?.k10Version),
                      k10.version,
                  ),
              )
        : k10.version;
}

/** A store that outlives the stack keeps what was exported: the end of the source says so, after the end of its exports. */
function makeRemains(config: Config, { store }: Ground, cluster: Cluster): Remains[] {
    const { exportLocation } = config;
    return config.store.type === "existing" || config.store.type === "stack"
        ? [
              new Remains("source-remains", {
                  ...{ ...bucketRef(store, "program"), clusterUid: cluster.uid },
                  kubeconfig: cluster.kubeconfig,
                  ...(exportLocation !== storeLocation && { exportLocation }),
              }),
          ]
        : [];
}

/** Exports applications by one policy. */
function exportOf(
    config: Config,
    cluster: Cluster,
    { profiles, presets }: { profiles: Profiles; presets: Presets },
    { name, members }: { name: string; members: SourceApplication[] },
    runToken: pulumi.Output<string>,
    after: pulumi.Resource[],
): Crossed[] {
    const { runId, timeouts } = config;
    const exportsTo = exportTo(config, profiles);
    const policy = new ExportPolicy(`${name}-export-policy`, {
        cluster,
        policyName: `${name}-export`,
        profile: profiles[storeLocation],
        ...(exportsTo && { exportTo: exportsTo }),
        settings: config.policy && withNames(config.policy, profiles, presets),
        applicationNamespaces: members.map(({ namespace }) => namespace),
    });
    const run = {
        ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
        ...{ runId, runToken, namespace: k10Namespace, policy: policy.policyName },
        ...{ ...diagnostics(config), ...actionChoices(config) },
    };
    const exported = new Export(
        `${name}-export`,
        {
            ...{ ...run, ...retirement(config) },
            ...{ timeout: timeouts.export, validationTimeout: timeouts.validation },
            receiveStringGiven: config.receiveString !== undefined,
        },
        {
            dependsOn: [...members.map(({ kept }) => kept), ...after],
            // What lies in the store does not go with the cluster.
            deletedWith: retirement(config).restorePoints ? undefined : cluster.owner,
        },
    );
    // One for each application: K10 validates one restore point at a time.
    const validationOf = (namespace: string) =>
        config.validateExport
            ? new Validation(
                  `${namespace}-export-validation`,
                  {
                      ...{ ...run, runAction: exported.result.runAction },
                      ...(config.policyPer === "crossing" && { applicationNamespace: namespace }),
                      timeout: timeouts.export,
                  },
                  { deletedWith: cluster.owner },
              )
            : undefined;
    return members.map(({ kept, sidecars, ...refs }) => {
        const validation = validationOf(refs.namespace);
        return {
            ...{ ...refs, exported, exportPolicy: `${name}-export` },
            backupStartTime: exported.result.runAction.startTime,
            baseline: { key: kept.key, digest: kept.digest },
            receiveString: config.receiveString ?? exported.receiveString,
            ready: [exported, ...(validation ? [validation] : [])],
            evidence: sourceEvidence(refs.namespace, exported.result, validation?.result),
            ...(sidecars && { dataModes: sidecars.dataModes }),
        };
    });
}

/** A map by namespace. */
export function byNamespace<T extends { namespace: string }, V>(
    applications: T[],
    value: (application: T) => V,
): Record<string, V> {
    return Object.fromEntries(applications.map(each => [each.namespace, value(each)]));
}
