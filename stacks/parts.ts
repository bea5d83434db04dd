/** What the configuration leaves open: which kind of cluster and store. Every choice gives the same outputs. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, ExistingCluster, KindCluster } from "../components/cluster";
import { K10, merge, Profile } from "../components/k10";
import { OpenShiftKinds, OpenShiftRules, Route, Router } from "../components/openshift";
import { findSupport, nothing, owner, Snapshots } from "../components/snapshot";
import { addresses, ExistingStore, MinioStore, Probe, Store } from "../components/store";
import type { DiagnosticsInputs, PageRef, SnapshotSupport } from "crossing-actions";
import { Config, k10Of, StoreSettings } from "../config";
import { storeOfStack } from "./references";

export type Side = "source" | "target";

/** What the sides of a crossing stand on. */
export interface Ground {
    store: Store;
    /** The Docker network of kind clusters and MinIO, if there are any. */
    network?: pulumi.Input<string>;
}

/** The store of this stack or of another one, and the network that goes with it. */
export async function makeGround(config: Config, sides: Side[]): Promise<Ground> {
    const { store } = config;
    if (store.type === "stack") {
        const found = await storeOfStack(store.stack);
        return { ...found, network: found.network ?? makeNetwork(config, sides) };
    }
    const network = makeNetwork(config, sides);
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

function useExisting(
    config: Config,
    { endpoint, ...settings }: Extract<StoreSettings, { type: "existing" }>,
): Store {
    return new ExistingStore("store", {
        ...settings,
        endpoint: { ...endpoint, program: endpoint.program ?? endpoint.source },
        // The configuration is not accepted without them.
        accessKey: config.storeAccessKey ?? pulumi.secret(""),
        secretKey: config.storeSecretKey ?? pulumi.secret(""),
    });
}

export function makeCluster(side: Side, config: Config, { network }: Ground): Cluster {
    const settings = config[side];
    const key = `crossing:${side}`;
    return settings.type === "existing"
        ? new ExistingCluster(side, { ...settings, key })
        : new KindCluster(side, {
              clusterName: `${config.name}-${side}`,
              nodeImage: settings.nodeImage,
              workers: settings.workers,
              extraMounts: settings.extraMounts,
              network: network!,
              key,
          });
}

/** Where an action that fails writes its diagnostics, if the configuration asks for them. */
export function diagnostics({ diagnostics: wanted }: Config): { diagnostics?: DiagnosticsInputs } {
    return wanted?.onFailure ? { diagnostics: { folder: wanted.folder } } : {};
}

/** What a cluster brings for snapshots: an existing one is asked before the first resource. */
export async function findSnapshots(config: Config, side: Side): Promise<SnapshotSupport> {
    const settings = config[side];
    return config.snapshots && settings.type === "existing"
        ? findSupport({ ...settings, key: `crossing:${side}` })
        : nothing;
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

/** K10 on one side, with a profile of the store that has been probed from there. */
export function makeK10(
    side: Side,
    config: Config,
    cluster: Cluster,
    store: Store,
    after: pulumi.Resource[] = [],
): { k10: K10; profile: Profile; probe: Probe } {
    const { timeouts, images } = config;
    const { values, ownValues, ...settings } = k10Of(config.k10, side);
    const location = { cluster, ...bucketRef(store, side) };
    const probe = new Probe(
        `${side}-store`,
        { ...location, image: images.curl },
        { dependsOn: store.ready },
    );
    const k10 = new K10(
        `${side}-k10`,
        {
            ...settings,
            values: merge(values, ownValues),
            encryptionPassphrase: config.k10EncryptionPassphrase,
            imagePullSecret: config.k10ImagePullSecret,
            cluster,
            clusterName: `${config.name}-${side}`,
            openshift: config[side].platform === "openshift",
            timeout: timeouts.install,
            ...diagnostics(config),
        },
        { dependsOn: after },
    );
    const profile = new Profile(
        `${side}-profile`,
        {
            ...{ ...location, profileName: "crossing", ...diagnostics(config) },
            timeout: timeouts.validation,
        },
        { dependsOn: [k10, probe] },
    );
    return { k10, profile, probe };
}

/** The bucket, as a cluster or this program reaches it. */
export const bucketRef = (store: Store, from: Side | "program") => ({
    endpoint: store.endpoint[from],
    region: store.region,
    bucket: store.bucket,
    accessKey: store.accessKey,
    secretKey: store.secretKey,
});

/** What a plain target lacks of OpenShift, where it is to be rehearsed. */
export interface Rehearsal {
    /** What has to be there before anything is installed. */
    first: pulumi.Resource[];
    /** What has to be there before a Route is admitted. */
    router: pulumi.Resource[];
}

export function makeRehearsal(config: Config, cluster: Cluster): Rehearsal {
    const { target, images, route } = config;
    if (target.type === "existing" || target.platform === "kubernetes") {
        return { first: [], router: [] };
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
    { namespace, page }: { namespace: string; page: PageRef },
    restorePoint: pulumi.Output<string>,
    after: pulumi.Resource[],
): Route | undefined {
    return platform === "openshift" && route.enabled
        ? new Route(
              "route",
              {
                  ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid, owner: owner() },
                  ...{ namespace, name: namespace, restorePoint },
                  ...{ service: page.service, port: page.port, host: route.host ?? "" },
                  timeout: timeouts.application,
              },
              { dependsOn: after, deletedWith: cluster.owner },
          )
        : undefined;
}
