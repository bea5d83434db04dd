/** What a crossing stands on: the store, the network and the clusters. Every choice gives the same outputs. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, CrcCluster, ExistingCluster, KindCluster } from "../components/cluster";
import { OpenShiftKinds, OpenShiftRules, Router } from "../components/openshift";
import { addresses, ExistingStore, MinioInCluster, MinioStore, Store } from "../components/store";
import type { Config, StoreSettings } from "../config";
import type { Side } from "./choices";
import { requireOwn, storeNamespace, type Uids } from "./namespaces";
import { storeOfStack } from "./references";

/** What the sides of a crossing stand on. */
export interface Ground {
    store: Store;
    /** The Docker network of kind clusters and MinIO, if there are any. */
    network?: pulumi.Input<string>;
    /** The cluster that the store runs in, where that is one of the crossing's. */
    home?: { side: Side; cluster: Cluster; rehearsal: Rehearsal };
    uids: Uids;
}

/** The store of this stack or of another one, and the network that goes with it. */
export async function makeGround(config: Config, sides: Side[]): Promise<Ground> {
    const uids = await requireOwn(config, sides);
    const { store } = config;
    if (store.type === "stack") {
        const found = await storeOfStack(store.stack, config.timeouts.store);
        return { ...found, network: found.network ?? makeNetwork(config, sides), uids };
    }
    const network = makeNetwork(config, sides);
    if (store.type === "minio-in-cluster") {
        const home = makeHome(config, store, network, uids);
        return { network, home, uids, store: makeMinioInCluster(config, store, home, uids.store) };
    }
    return {
        store:
            store.type === "minio"
                ? makeMinio(config, store, network!)
                : useExisting(config, store),
        ...{ network, uids },
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
        onDestroy: endOf(config, settings),
        containerName: `${config.name}-minio`,
        network,
        address: addresses(config.network.subnet).store,
        timeout: config.timeouts.store,
    });
}

/** What the end of the stack means for a store of its own: others may still need one that is a stack by itself. */
export const endOf = (
    { role }: Config,
    { onDestroy }: { onDestroy?: "refuse" | "delete" },
): "refuse" | "delete" => onDestroy ?? (role === "all" || role === "drill" ? "delete" : "refuse");

/** What the store runs in is made before the store, and so before what else is in it. */
function makeHome(
    config: Config,
    { cluster: side }: Extract<StoreSettings, { type: "minio-in-cluster" }>,
    network: pulumi.Input<string> | undefined,
    uids: Uids,
): Ground["home"] {
    if (side === "other") {
        return undefined;
    }
    const cluster = newCluster(side, config, { network, uids });
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
    uid: string | undefined,
): Store {
    const { kubeconfig, context, cluster: _, allowSource: __, ...rest } = settings;
    const contents = config.kubeconfigs.store;
    const cluster =
        home?.cluster ??
        new ExistingCluster("store", { kubeconfig, contents, context, uid, key: "crossing:store" });
    const platform = home ? config[home.side].platform : settings.platform;
    return new MinioInCluster(
        "store",
        {
            ...rest,
            cluster,
            side: home?.side,
            namespace: storeNamespace(config),
            openshift: platform === "openshift",
            onDestroy: endOf(config, settings),
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

export const makeCluster = (side: Side, config: Config, ground: Ground): Cluster =>
    ground.home?.side === side ? ground.home.cluster : newCluster(side, config, ground);

function newCluster(
    side: Side,
    config: Config,
    { network, uids }: Pick<Ground, "network" | "uids">,
): Cluster {
    const settings = config[side];
    const key = `crossing:${side}`;
    switch (settings.type) {
        case "existing":
            return new ExistingCluster(side, {
                ...{ ...settings, key, uid: uids[side] },
                contents: config.kubeconfigs[side],
            });
        case "crc":
            return new CrcCluster(side, { key, from: settings, uid: uids[side] });
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
