/** What the configuration leaves open: which kind of cluster and store. Every choice gives the same outputs. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, CrcCluster, ExistingCluster, KindCluster } from "../components/cluster";
import { K10, merge, Profile } from "../components/k10";
import { OpenShiftKinds, OpenShiftRules, Route, Router } from "../components/openshift";
import { findSupport, nothing, owner, Snapshots } from "../components/snapshot";
import {
    addresses,
    ExistingStore,
    MinioInCluster,
    MinioStore,
    Probe,
    Store,
} from "../components/store";
import type { DiagnosticsInputs, PageRef, RestoreChoices, SnapshotSupport } from "crossing-actions";
import { Config, k10Of, storeLocation, StoreSettings } from "../config";
import { certificatesOf, makeLocations, Profiles } from "./locations";
import { storeOfStack } from "./references";

export type Side = "source" | "target";

/** What the sides of a crossing stand on. */
export interface Ground {
    store: Store;
    /** The Docker network of kind clusters and MinIO, if there are any. */
    network?: pulumi.Input<string>;
    /** The cluster that the store runs in, where that is one of the crossing's. */
    home?: { side: Side; cluster: Cluster; rehearsal: Rehearsal };
}

/** The store of this stack or of another one, and the network that goes with it. */
export async function makeGround(config: Config, sides: Side[]): Promise<Ground> {
    const { store } = config;
    if (store.type === "stack") {
        const found = await storeOfStack(store.stack, config.timeouts.store);
        return { ...found, network: found.network ?? makeNetwork(config, sides) };
    }
    const network = makeNetwork(config, sides);
    if (store.type === "minio-in-cluster") {
        const home = makeHome(config, store, network);
        return { network, home, store: makeMinioInCluster(config, store, home) };
    }
    return {
        store:
            store.type === "minio"
                ? makeMinio(config, store, network!)
                : useExisting(config, store),
        network,
    };
}

function makeNetwork(config: Config, sides: Side[]): pulumi.Output<string> | undefined {
    const kind = sides.some(side => config[side].type === "kind");
    if (!kind && config.store.type !== "minio") {
        return undefined;
    }
    const { subnet } = config.network;
    const { gateway, ipRange } = addresses(subnet);
    const network = new docker.Network("network", {
        name: config.name,
        driver: "bridge",
        ipamConfigs: [{ subnet, gateway, ipRange }],
    });
    return network.name;
}

function makeMinio(
    config: Config,
    settings: Extract<StoreSettings, { type: "minio" }>,
    network: pulumi.Input<string>,
): Store {
    return new MinioStore("store", {
        ...settings,
        onDestroy: settings.onDestroy ?? (config.role === "all" ? "delete" : "refuse"),
        containerName: `${config.name}-minio`,
        network,
        address: addresses(config.network.subnet).store,
        timeout: config.timeouts.store,
    });
}

/** What the store runs in is made before the store, and so before what else is in it. */
function makeHome(
    config: Config,
    { cluster: side }: Extract<StoreSettings, { type: "minio-in-cluster" }>,
    network: pulumi.Input<string> | undefined,
): Ground["home"] {
    if (side === "other") {
        return undefined;
    }
    const cluster = newCluster(side, config, network);
    return {
        side,
        cluster,
        rehearsal: side === "target" ? newRehearsal(config, cluster) : none,
    };
}

function makeMinioInCluster(
    config: Config,
    settings: Extract<StoreSettings, { type: "minio-in-cluster" }>,
    home: Ground["home"],
): Store {
    const { kubeconfig = "", context, cluster: _, allowSource: __, ...rest } = settings;
    const cluster =
        home?.cluster ??
        new ExistingCluster("store", { kubeconfig, context, key: "crossing:store" });
    const platform = home ? config[home.side].platform : settings.platform;
    return new MinioInCluster(
        "store",
        {
            ...rest,
            cluster,
            side: home?.side,
            namespace: `${config.name}-store`,
            openshift: platform === "openshift",
            onDestroy: settings.onDestroy ?? (config.role === "all" ? "delete" : "refuse"),
            timeout: config.timeouts.store,
        },
        { dependsOn: home?.rehearsal.first },
    );
}

function useExisting(
    config: Config,
    {
        endpoint,
        caFile,
        protectionPeriod: period,
        ...settings
    }: Extract<StoreSettings, { type: "existing" }>,
): Store {
    return new ExistingStore("store", {
        ...settings,
        endpoint: { ...endpoint, program: endpoint.program ?? endpoint.source },
        // The configuration is not accepted without them.
        accessKey: config.storeAccessKey ?? pulumi.secret(""),
        secretKey: config.storeSecretKey ?? pulumi.secret(""),
        ...(caFile && { certificates: caFile }),
        ...(period && { protection: { period, timeout: config.timeouts.store } }),
    });
}

export const makeCluster = (side: Side, config: Config, { network, home }: Ground): Cluster =>
    home?.side === side ? home.cluster : newCluster(side, config, network);

function newCluster(
    side: Side,
    config: Config,
    network: pulumi.Input<string> | undefined,
): Cluster {
    const settings = config[side];
    const key = `crossing:${side}`;
    switch (settings.type) {
        case "existing":
            return new ExistingCluster(side, { ...settings, key });
        case "crc":
            return new CrcCluster(side, { key, from: settings });
        case "kind":
            return new KindCluster(side, {
                clusterName: `${config.name}-${side}`,
                nodeImage: settings.nodeImage,
                workers: settings.workers,
                extraMounts: settings.extraMounts,
                network: network!,
                key,
            });
    }
}

/** Where an action that fails writes its diagnostics, if the configuration asks for them. */
export function diagnostics({ diagnostics: wanted }: Config): { diagnostics?: DiagnosticsInputs } {
    return wanted?.onFailure ? { diagnostics: { folder: wanted.folder } } : {};
}

/** What the configuration chooses of K10's actions beyond the defaults. */
export function actionChoices({ cancelOnTimeout, exceptions }: Config): {
    cancelOnTimeout?: true;
    exceptions?: "fail";
} {
    return {
        ...(cancelOnTimeout && { cancelOnTimeout }),
        ...(exceptions === "fail" && { exceptions }),
    };
}

/** Whether what the run made in K10 goes when its resource is destroyed. */
export function retirement({ onDestroy }: Config): { restorePoints?: "retire" } {
    return onDestroy.restorePoints === "retire" ? { restorePoints: "retire" } : {};
}

/** What of a restore differs from the whole of this run. */
export function restoreChoices({ restore }: Config): { choices?: RestoreChoices } {
    const { restorePoint, dataOnly, filters, transforms } = restore;
    const choices: RestoreChoices = {
        ...(restorePoint !== "latest" && { restorePoint }),
        ...(dataOnly && { dataOnly }),
        ...(filters && { filters }),
        ...(transforms.length > 0 && { transforms }),
    };
    return Object.keys(choices).length > 0 ? { choices } : {};
}

/** What a cluster brings for snapshots: one that is there is asked before the first resource. */
export async function findSnapshots(config: Config, side: Side): Promise<SnapshotSupport> {
    const settings = config[side];
    if (!config.snapshots || settings.type === "kind") {
        return nothing;
    }
    return settings.type === "crc" && settings.start
        ? // OpenShift ships the CRDs and the controller.
          { ...nothing, installed: true }
        : findSupport({ ...settings, key: `crossing:${side}` });
}

/** Snapshots of a cluster's volumes, if the configuration asks for them. */
export function makeSnapshots(
    side: Side,
    config: Config,
    cluster: Cluster,
    found: SnapshotSupport,
    after: pulumi.Resource[] = [],
): Snapshots | undefined {
    return (
        config.snapshots &&
        new Snapshots(
            `${side}-snapshots`,
            {
                ...config.snapshots,
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
): { k10: K10; profiles: Profiles; probe: Probe } {
    const { timeouts, images } = config;
    const bucket = bucketRef(store, side);
    const probe = new Probe(
        `${side}-store`,
        { cluster, ...bucket, image: images.curl },
        { dependsOn: store.ready },
    );
    const { disasterRecovery: _, values, ownValues, ...settings } = k10Of(config.k10, side);
    const certificates = certificatesOf(config, side, store);
    const k10 = new K10(
        `${side}-k10`,
        {
            ...settings,
            values: merge(values, ownValues),
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
    const { certificates: __, ...location } = bucket;
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
    return { k10, profiles: { [storeLocation]: profile.profileName, ...others }, probe };
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

/** What a plain target lacks of OpenShift, where it is to be rehearsed. */
export interface Rehearsal {
    /** What has to be there before anything is installed. */
    first: pulumi.Resource[];
    /** What has to be there before a Route is admitted. */
    router: pulumi.Resource[];
}

const none: Rehearsal = { first: [], router: [] };

export const makeRehearsal = (config: Config, cluster: Cluster, { home }: Ground): Rehearsal =>
    home?.side === "target" ? home.rehearsal : newRehearsal(config, cluster);

function newRehearsal({ target, images, route }: Config, cluster: Cluster): Rehearsal {
    if (target.type !== "kind" || target.platform === "kubernetes") {
        return none;
    }
    const first = [
        new OpenShiftRules("target-rules", { cluster, image: images.node }),
        new OpenShiftKinds("target-kinds", { cluster }),
    ];
    const router = new Router(
        "target-router",
        { cluster, image: images.node, haproxy: images.haproxy, domain: route.domain },
        { dependsOn: first },
    );
    return { first, router: [router] };
}

/** A Route to the restored application, where the target serves Routes and one is wanted. */
export function makeRoute(
    { target: { platform }, route, timeouts }: Config,
    cluster: Cluster,
    {
        namespace,
        restoredNamespace,
        page,
    }: { namespace: string; restoredNamespace: pulumi.Input<string>; page: PageRef },
    restorePoint: pulumi.Output<string>,
    after: pulumi.Resource[],
): Route | undefined {
    return platform === "openshift" && route.enabled
        ? new Route(
              `${namespace}-route`,
              {
                  ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid, owner: owner() },
                  ...{ namespace: restoredNamespace, name: restoredNamespace, restorePoint },
                  ...{ service: page.service, port: page.port, host: route.host ?? "" },
                  timeout: timeouts.application,
              },
              { dependsOn: after, deletedWith: cluster.owner },
          )
        : undefined;
}
