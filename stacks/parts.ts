/** What the configuration leaves open: which kind of cluster and store. Every choice gives the same outputs. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, ExistingCluster, KindCluster } from "../components/cluster";
import { findSupport, nothing, owner, Snapshots } from "../components/snapshot";
import { addresses, ExistingStore, MinioStore, Store } from "../components/store";
import type { DiagnosticsInputs, SnapshotSupport } from "crossing-actions";
import type { Config } from "../config";

export type Side = "source" | "target";

/** The Docker network of this stack, if anything of the stack lives on Docker. */
export function makeNetwork(config: Config): docker.Network | undefined {
    const onDocker = [config.source.type, config.target.type, config.store.type];
    if (onDocker.every(type => type === "existing")) {
        return undefined;
    }
    const { subnet } = config.network;
    const { gateway, ipRange } = addresses(subnet);
    return new docker.Network("network", {
        name: config.name,
        driver: "bridge",
        ipamConfigs: [{ subnet, gateway, ipRange }],
    });
}

export function makeCluster(side: Side, config: Config, network?: docker.Network): Cluster {
    const settings = config[side];
    const key = `crossing:${side}`;
    return settings.type === "existing"
        ? new ExistingCluster(side, { ...settings, key })
        : new KindCluster(side, {
              clusterName: `${config.name}-${side}`,
              nodeImage: settings.nodeImage,
              workers: settings.workers,
              extraMounts: settings.extraMounts,
              network: network!.name,
              key,
          });
}

export function makeStore(config: Config, network?: docker.Network): Store {
    const { store } = config;
    return store.type === "existing"
        ? new ExistingStore("store", {
              ...store,
              // The configuration is not accepted without them.
              accessKey: config.storeAccessKey ?? pulumi.secret(""),
              secretKey: config.storeSecretKey ?? pulumi.secret(""),
          })
        : new MinioStore("store", {
              ...store,
              containerName: `${config.name}-minio`,
              network: network!.name,
              address: addresses(config.network.subnet).store,
          });
}

/** Where an action that fails writes its diagnostics, if the configuration asks for them. */
export function diagnostics({ diagnostics: wanted }: Config): { diagnostics?: DiagnosticsInputs } {
    return wanted?.onFailure ? { diagnostics: { folder: wanted.folder } } : {};
}

/** What both clusters bring for snapshots: existing ones are asked before the first resource. */
export async function findSnapshots(config: Config): Promise<Record<Side, SnapshotSupport>> {
    const find = (side: Side) => {
        const settings = config[side];
        return config.snapshots && settings.type === "existing"
            ? findSupport({ ...settings, key: `crossing:${side}` })
            : nothing;
    };
    const [source, target] = await Promise.all([find("source"), find("target")]);
    return { source, target };
}

/** Snapshots of a cluster's volumes, if the configuration asks for them. */
export function makeSnapshots(
    side: Side,
    config: Config,
    cluster: Cluster,
    found: SnapshotSupport,
    after: pulumi.Resource[],
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
