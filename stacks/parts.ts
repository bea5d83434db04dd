/** What both sides have of snapshots and K10, and what leads to what was restored. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../components/cluster";
import {
    Access,
    DashboardToken,
    K10,
    k10Namespace,
    merge,
    Profile,
    Report,
    sealed,
} from "../components/k10";
import { Route } from "../components/openshift";
import { owner } from "../components/owner";
import { findSupport, nothing, Snapshots } from "../components/snapshot";
import { Probe, Store } from "../components/store";
import type { PageRef, SnapshotSupport } from "crossing-actions";
import { Config, k10Of, operatorOf, snapshotsOf, storeLocation } from "../config";
import { actionChoices, diagnostics, Side } from "./choices";
import { certificatesOf, makeLocations, Profiles } from "./locations";

/** What a cluster brings for snapshots: one that is there is asked before the first resource. */
export async function findSnapshots(config: Config, side: Side): Promise<SnapshotSupport> {
    const settings = config[side];
    if (!snapshotsOf(config.snapshots, side) || settings.type === "kind") {
        return nothing;
    }
    return settings.type === "crc" && settings.start
        ? // OpenShift ships the CRDs and the controller.
          { ...nothing, installed: true }
        : findSupport({
              ...{ ...settings, key: `crossing:${side}` },
              contents: config.kubeconfigs[side],
          });
}

/** Snapshots of a cluster's volumes, if the configuration asks for them there. */
export function makeSnapshots(
    side: Side,
    config: Config,
    cluster: Cluster,
    found: SnapshotSupport,
    after: pulumi.Resource[] = [],
): Snapshots | undefined {
    const settings = snapshotsOf(config.snapshots, side);
    return (
        settings &&
        new Snapshots(
            `${side}-snapshots`,
            {
                ...settings,
                ...{ cluster, found, owner: owner() },
                image: config.images.postgres,
                timeout: config.timeouts.snapshot,
                ...diagnostics(config),
            },
            { dependsOn: after },
        )
    );
}

/** K10 on one side, with profiles of the store, which has been probed from there, and of further locations. */
export function makeK10(
    side: Side,
    config: Config,
    cluster: Cluster,
    store: Store,
    after: pulumi.Resource[] = [],
): { k10: K10; profiles: Profiles; probe: Probe; token?: pulumi.Output<string> } {
    const { timeouts, images } = config;
    const bucket = bucketRef(store, side);
    const here = k10Of(config.k10, side);
    const probe = new Probe(
        `${side}-store`,
        { cluster, ...bucket, image: images.curl, proxy: here.proxy },
        { dependsOn: store.ready },
    );
    const {
        disasterRecovery: _,
        recovery: _____,
        install: __,
        report: ____,
        dashboardToken,
        access,
        ...more
    } = here;
    const { values, ownValues, ...settings } = more;
    const operator = operatorOf(here);
    const merged = merge(values, ownValues);
    const certificates = certificatesOf(config, side, store);
    const k10 = new K10(
        `${side}-k10`,
        {
            ...{ ...settings, operator },
            values: config.k10HasSecrets ? sealed(merged) : merged,
            encryptionPassphrase: config.k10EncryptionPassphrase,
            imagePullSecret: config.k10ImagePullSecret,
            ...(certificates && { certificates }),
            cluster,
            clusterName: `${config.name}-${side}`,
            openshift: config[side].platform === "openshift",
            timeout: timeouts.install,
            ...diagnostics(config),
        },
        { dependsOn: after },
    );
    const { certificates: ___, ...location } = bucket;
    const profile = new Profile(
        `${side}-profile`,
        {
            ...{ cluster, ...location, profileName: storeLocation, ...diagnostics(config) },
            ...(store.protectionPeriod && { protectionPeriod: store.protectionPeriod }),
            timeout: timeouts.validation,
        },
        { dependsOn: [k10, probe] },
    );
    const others = makeLocations(side, config, cluster, [k10]);
    if (access && access.length > 0) {
        new Access(`${side}-k10-access`, { cluster, grants: access }, { dependsOn: [k10] });
    }
    const token = dashboardToken && makeToken(side, config, cluster, k10, dashboardToken);
    return {
        ...{ k10, profiles: { [storeLocation]: profile.profileName, ...others }, probe },
        ...(token && { token }),
    };
}

function makeToken(
    side: Side,
    config: Config,
    cluster: Cluster,
    k10: K10,
    { for: seconds, serviceAccount }: NonNullable<Config["k10"]["dashboardToken"]>,
): pulumi.Output<string> {
    return new DashboardToken(
        `${side}-dashboard-token`,
        { cluster, serviceAccount, seconds, ...diagnostics(config) },
        { dependsOn: [k10] },
    ).token;
}

/** The bucket, as a cluster or this program reaches it. */
export const bucketRef = (store: Store, from: Side | "program") => ({
    endpoint: store.endpoint[from],
    region: store.region,
    bucket: store.bucket,
    accessKey: store.accessKey,
    secretKey: store.secretKey,
    ...(store.certificates && { certificates: store.certificates }),
});

/** K10's report on itself once all is done, if one is wanted. */
export function makeReport(
    side: Side,
    config: Config,
    cluster: Cluster,
    run: { runId: string; runToken: pulumi.Input<string>; applications: pulumi.Input<string>[] },
    after: pulumi.Resource[],
): Report | undefined {
    return k10Of(config.k10, side).report
        ? new Report(
              `${side}-report`,
              {
                  ...{ ...run, applications: pulumi.all(run.applications) },
                  ...{ ...diagnostics(config), ...actionChoices(config) },
                  ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
                  ...{ namespace: k10Namespace, timeout: config.timeouts.validation },
              },
              { dependsOn: after, deletedWith: cluster.owner },
          )
        : undefined;
}

/** A Route to the restored application, where the target serves Routes and one is wanted. */
export function makeRoute(
    config: Config,
    cluster: Cluster,
    {
        namespace,
        restoredNamespace,
        page,
    }: { namespace: string; restoredNamespace: pulumi.Input<string>; page: PageRef },
    restorePoint: pulumi.Output<string>,
    after: pulumi.Resource[],
): Route | undefined {
    const { route, timeouts } = config;
    return route.enabled
        ? new Route(
              `${namespace}-route`,
              {
                  ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid, owner: owner() },
                  ...{ namespace: restoredNamespace, name: restoredNamespace, restorePoint },
                  ...{ service: page.service, port: page.port, host: route.host ?? "" },
                  ...{ timeout: timeouts.application, ...diagnostics(config) },
              },
              { dependsOn: after, deletedWith: cluster.owner },
          )
        : undefined;
}
