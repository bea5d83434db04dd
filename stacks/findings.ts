/** The list of what was looked at, as an output; its warnings are told in previews, too. */
import * as pulumi from "@pulumi/pulumi";
import type { K10 } from "../components/k10";
import type { Snapshots } from "../components/snapshot";
import { Config, k10Of, liesInSource, storeLocation } from "../config";
import { clusterFindings, Facts, Finding, findings, Reached, sentence } from "../preflight";
import type { Side } from "./choices";
import { endpointsOf } from "./locations";

/** What is known once the cluster of a side is there. */
export interface Found {
    k10: K10;
    snapshots?: Snapshots;
}

export function makeFindings(
    side: Side,
    config: Config,
    { k10, snapshots }: Found,
): pulumi.Output<Finding[]> {
    const facts = factsOf(side, config);
    const known = findings(facts);
    for (const finding of known.filter(({ level }) => level === "warn")) {
        void pulumi.log.warn(sentence(finding));
    }
    return pulumi
        .all([k10.footprint, snapshots?.canary.result])
        .apply(([{ nodes, freeLicenceNodes }, snapshot]) => [
            ...known,
            ...clusterFindings({
                ...{ side, nodes, freeLicenceNodes, licensed: facts.licensed },
                ...(snapshot && { snapshotClass: snapshot.snapshotClass }),
            }),
        ]);
}

/** What preflight's rules ask of the configuration. */
export function factsOf(side: Side, config: Config): Facts {
    const { ingress, route, dashboardToken } = k10Of(config.k10, side);
    return {
        side,
        reached: reachedFrom(side, config),
        plainDashboard: (ingress && !ingress.tlsSecret) || route?.tls === false,
        ...(dashboardToken && { tokenSeconds: dashboardToken.for }),
        beyondFree: beyondFree(side, config),
        licensed: isLicensed(side, config),
        ...(side === "source"
            ? { copy: copyOf(config) }
            : { scheduled: scheduledOn("target", config) }),
        // A drill restores where it has backed up.
        ...((side === "target" || config.role === "drill") && {
            verified: config.restore.restorePoint === "latest",
        }),
    };
}

/** The chart's value for it (K10 documentation, "Licenses"). */
const isLicensed = (side: Side, { k10 }: Config): boolean =>
    "license" in { ...k10.values, ...k10[side]?.values };

function copyOf(config: Config): NonNullable<Facts["copy"]> {
    const { exportLocation, k10, policy } = config;
    const scheduled = scheduledOn("source", config);
    return {
        where: exportLocation === storeLocation ? "the store" : `\`${exportLocation}\``,
        inSource: liesInSource(config, exportLocation),
        scheduled: [...(runsByItself(policy?.frequency) ? ["crossing:policy"] : []), ...scheduled],
        ownBackup: k10.disasterRecovery !== undefined,
    };
}

/** Keys of the policies beside the crossing's own that K10 runs by itself. */
const scheduledOn = (side: Side, { policies = {} }: Config): string[] =>
    Object.entries(policies)
        .filter(([, { on, frequency }]) => on === side && runsByItself(frequency))
        .map(([name]) => `crossing:policies.${name}`);

const runsByItself = (frequency = "@onDemand") => frequency !== "@onDemand";

function reachedFrom(side: Side, config: Config): Reached[] {
    const others = endpointsOf(config, side).map(([name, url]) => ({ what: `\`${name}\``, url }));
    return [...reachedStore(side, config), ...others];
}

/** A MinIO of ours speaks HTTP. What another stack's store speaks is told by that stack. */
function reachedStore(side: Side, config: Config): Reached[] {
    const { store } = config;
    const what = "the store";
    switch (store.type) {
        case "existing":
            return [{ what, url: store.endpoint[side] }];
        case "minio":
            return [{ what, url: "http://MinIO", local: config[side].type === "kind" }];
        case "minio-in-cluster":
            return [{ what, url: "http://MinIO", local: store.cluster === side }];
        case "stack":
            return [];
    }
}

function beyondFree(side: Side, config: Config): string[] {
    const k10 = k10Of(config.k10, side);
    const roles = (["access", "adminGroups", "adminUsers"] as const).filter(
        key => (k10[key] ?? []).length > 0,
    );
    const locked = Object.entries(config.locations).flatMap(([name, location]) =>
        "protectionPeriod" in location && location.protectionPeriod && location.sides.includes(side)
            ? [`crossing:locations.${name}.protectionPeriod`]
            : [],
    );
    return [
        ...roles.map(key => `crossing:k10.${key}`),
        ...("protectionPeriod" in config.store && config.store.protectionPeriod
            ? ["crossing:store.protectionPeriod"]
            : []),
        ...locked,
    ];
}
