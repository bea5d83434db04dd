/** The Helm values of Kasten's chart, from what people set. Names and defaults: the chart's values.yaml. */
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { coerce, lt } from "semver";

/** Helm values, or a part of them. */
export type Values = Record<string, unknown>;

interface Selector {
    matchLabels: Record<string, string>;
}

/** What people set of K10. What is not given stays as the chart has it. */
export interface K10Settings {
    /** Who accepts Kasten's licence agreement. */
    eula?: { accept: boolean; company: string; email: string };
    /** The StorageClass of K10's own volumes. @default the cluster's default */
    storageClass?: string;
    /** How people log in to the dashboard. @default token */
    auth?: { type: "token" } | { type: "openshift"; dashboardUrl: string; openshiftUrl: string };
    /** Who may do everything there, beside the service account. */
    adminUsers?: readonly string[];
    adminGroups?: readonly string[];
    /** An Ingress to the dashboard, with TLS if there is a Secret for it. */
    ingress?: { host: string; class?: string; tlsSecret?: string };
    /** A Route to the dashboard. @default host: the cluster chooses one */
    route?: { host?: string; tls: boolean };
    /** Generic volume backup by a sidecar, in what both selectors mean. */
    sidecar?: { enabled: boolean; namespaceSelector?: Selector; objectSelector?: Selector };
    /** What K10's pods ask for: as the chart has it, or less. @default default */
    profile?: "default" | "lean";
    /** What leads out of the cluster, since chart 9.0.11. */
    proxy?: { http?: string; https?: string; no?: readonly string[] };
    /** A registry that holds Kasten's images, as an air-gapped installation has it. */
    imageRegistry?: string;
    /** How much K10 does at the same time, by the names of chart 7.5 and newer. */
    limiter?: Partial<Record<keyof typeof olderLimits, number>>;
}

export interface ValuesArgs extends K10Settings {
    /** The chart's version. One that is no version counts as new. */
    version: string;
    clusterName: string;
    /** Whether the cluster has SecurityContextConstraints. */
    openshift: boolean;
    /** A Secret that images are pulled with. */
    imagePullSecret?: string;
    /** A ConfigMap with certificates of authorities to trust. */
    certificates?: pulumi.Input<string>;
    /** Further values, which go before all others. */
    values: Values;
}

/** The first chart with today's names (values.yaml of 7.5.0, where the older ones are called deprecated). */
const renamed = "7.5.0";

/** What the limits were called before: paths in the values of chart 7.0. */
const olderLimits = {
    executorReplicas: "executorReplicas",
    executorThreads: "services.executor.workerCount",
    csiSnapshotsPerCluster: "limiter.csiSnapshots",
    snapshotExportsPerAction: "limiter.concurrentSnapConversions",
    snapshotExportsPerCluster: "limiter.genericVolumeCopies",
    genericVolumeBackupsPerCluster: "limiter.genericVolumeSnapshots",
    volumeRestoresPerCluster: "limiter.genericVolumeRestores",
} as const;

/**
 * Less of what the chart asks for: one executor instead of three, and requests of the two containers that ask for most
 * without using it in rest. Limits stay. Prometheus stays too: Kasten does not support K10 without it.
 */
const lean = {
    limits: { executorReplicas: 1 },
    values: {
        gateway: { resources: { requests: { cpu: "20m", memory: "100Mi" } } },
        resources: {
            "catalog-svc": {
                "kanister-sidecar": {
                    requests: { cpu: "10m", memory: "100Mi" },
                    limits: { cpu: "1200m", memory: "800Mi" },
                },
            },
        },
    },
};

/** What the chart is installed with. A default of ours gives way as a whole to a value of that name; all else is merged. */
export function helmValues(args: ValuesArgs): Values {
    const defaults: Values = {
        clusterName: args.clusterName,
        auth: { tokenAuth: { enabled: true } },
        scc: { create: args.openshift },
    };
    const own = Object.entries(defaults).filter(([key]) => !(key in args.values));
    return [settingsValues(args), args.values].reduce(merge, Object.fromEntries(own));
}

function settingsValues(args: ValuesArgs): Values {
    const { eula, storageClass, ingress, route, profile, proxy, imageRegistry } = args;
    const isOld = lt(coerce(args.version) ?? renamed, renamed);
    const limits = { ...(profile === "lean" ? lean.limits : {}), ...args.limiter };
    return [
        eula ? { eula } : {},
        storageClass ? { global: { persistence: { storageClass } } } : {},
        authValues(args),
        ingress ? { ingress: ingressValues(ingress) } : {},
        route ? { route: routeValues(route) } : {},
        sidecarValues(args.sidecar, isOld),
        profile === "lean" ? lean.values : {},
        limiterValues(limits, isOld),
        proxy ? { global: { proxy: proxyValues(proxy) } } : {},
        imageRegistry ? { global: { airgapped: { repository: imageRegistry } } } : {},
        args.certificates ? { cacertconfigmap: { name: args.certificates } } : {},
        args.imagePullSecret ? { global: { imagePullSecret: args.imagePullSecret } } : {},
    ].reduce(merge, {});
}

function authValues({ auth, adminUsers, adminGroups }: K10Settings): Values {
    const of = {
        ...(auth?.type === "token" ? { tokenAuth: { enabled: true } } : {}),
        ...(auth?.type === "openshift"
            ? {
                  // One way of logging in; a token is accepted beside it anyway.
                  tokenAuth: { enabled: false },
                  openshift: {
                      enabled: true,
                      dashboardURL: auth.dashboardUrl,
                      openshiftURL: auth.openshiftUrl,
                  },
              }
            : {}),
        ...(adminUsers ? { k10AdminUsers: adminUsers } : {}),
        ...(adminGroups ? { k10AdminGroups: adminGroups } : {}),
    };
    return Object.keys(of).length > 0 ? { auth: of } : {};
}

const ingressValues = ({ host, class: name, tlsSecret }: NonNullable<K10Settings["ingress"]>) => ({
    create: true,
    host,
    ...(name ? { class: name } : {}),
    ...(tlsSecret ? { tls: { enabled: true, secretName: tlsSecret } } : {}),
});

const routeValues = ({ host, tls }: NonNullable<K10Settings["route"]>) => ({
    enabled: true,
    ...(host ? { host } : {}),
    tls: { enabled: tls },
});

function sidecarValues(sidecar: K10Settings["sidecar"], isOld: boolean): Values {
    const name = isOld ? "injectKanisterSidecar" : "injectGenericVolumeBackupSidecar";
    return sidecar ? { [name]: sidecar } : {};
}

function limiterValues(limits: NonNullable<K10Settings["limiter"]>, isOld: boolean): Values {
    const paths = Object.entries(limits).map(([name, limit]) => {
        const older = olderLimits[name as keyof typeof olderLimits];
        return nested(isOld ? older.split(".") : ["limiter", name], limit);
    });
    return paths.reduce(merge, {});
}

const proxyValues = ({ http, https, no }: NonNullable<K10Settings["proxy"]>) => ({
    ...(http ? { httpProxy: http } : {}),
    ...(https ? { httpsProxy: https } : {}),
    ...(no ? { noProxy: no.join(",") } : {}),
});

/** `["a", "b"]` and 3 as `{a: {b: 3}}`. */
const nested = (path: string[], value: unknown): Values =>
    path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;

/** Objects are merged, everything else of the second goes before. */
export function merge(one: Values, other: Values): Values {
    const both = Object.entries(other).map(([key, value]) => {
        const before = one[key];
        return [key, isObject(before) && isObject(value) ? merge(before, value) : value] as const;
    });
    return { ...one, ...Object.fromEntries(both) };
}

/** The same values, with every text a secret of its own: what else there is can still be read in a preview. */
export const sealed = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, seal(value)]));

function seal(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(seal);
    }
    return isObject(value)
        ? sealed(value)
        : typeof value === "string"
          ? pulumi.secret(value)
          : value;
}

const isObject = (value: unknown): value is Values =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !pulumi.Output.isInstance(value);

/** What changes with a text and says nothing of it. */
export const digest = (text: string): string =>
    createHash("sha256").update(text).digest("hex").slice(0, 8);
