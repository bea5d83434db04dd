/** `crossing:k10`: how K10 is installed. What can be said of both clusters can be said of one, too. */
import { coerce, lt } from "semver";
import * as v from "valibot";
import { count, dnsLabel, dnsName, durationFrom, flag, oneOf, text } from "./fields";
import { install, installMistakes, unusedOperator } from "./k10-install";

/** Labels of namespaces or workloads, as the chart's selectors take them. */
const selector = v.strictObject({ matchLabels: v.record(v.string(), v.string("give a text")) });

/** Credentials have no place in it: Helm keeps its values in clear. */
const proxyUrl = v.pipe(
    v.string("give a text"),
    v.regex(/^https?:\/\/[^/\s@]+\/?$/, "write a URL such as `http://proxy.example.com:3128`"),
);

/** A page of a cluster. */
const pageUrl = v.pipe(
    v.string("give a text"),
    v.regex(/^https:\/\/[^\s@]+$/, "write a URL such as `https://k10.example.com/k10/`"),
);

const auth = v.variant(
    "type",
    [
        v.strictObject({ type: v.literal("token") }),
        /** By OpenShift's own accounts. */
        v.strictObject({
            type: v.literal("openshift"),
            /** Where K10's dashboard is reached. */
            dashboardUrl: pageUrl,
            /** The API server, as people reach it. */
            openshiftUrl: pageUrl,
        }),
    ],
    "use `token` or `openshift`",
);

const dashboardToken = v.strictObject({
    /** How long it is good. It is made anew when less than a third of that is left. */
    for: durationFrom(600, "give `10 minutes` or more, which Kubernetes wants at least"),
    /** Whose it is: that of K10's pods. Veeam Backup & Replication takes one of `dashboardbff-svc`. */
    serviceAccount: v.optional(
        v.pipe(
            text,
            v.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "give the name of a ServiceAccount"),
        ),
        "k10-k10",
    ),
});

/** Users and groups as the cluster names them, and ServiceAccounts with their namespaces. */
const grant = v.pipe(
    v.strictObject({
        role: oneOf(["admin", "basic"]),
        users: v.optional(v.array(text)),
        groups: v.optional(v.array(text)),
        serviceAccounts: v.optional(
            v.array(
                v.pipe(
                    v.string("give a text"),
                    v.regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, "write `namespace/name`"),
                ),
            ),
        ),
        /** Of `basic`: the namespaces that may be backed up and restored. They must exist. */
        namespaces: v.optional(v.array(dnsLabel(63))),
    }),
    v.check(
        ({ users = [], groups = [], serviceAccounts = [] }) =>
            users.length + groups.length + serviceAccounts.length > 0,
        "name at least one of `users`, `groups` or `serviceAccounts`",
    ),
    v.check(
        ({ role, namespaces = [] }) => (role === "basic") === namespaces.length > 0,
        "give `namespaces` for `basic`, which is a role within them, and for nothing else",
    ),
);

/** What may differ between the clusters. */
const site = {
    ...install,
    /** Whether namespace `kasten-io` is there already, and stays, as claims of shares in it need. */
    existingNamespace: v.optional(flag),
    /** Whether K10 reports on itself after the run: what is compliant, and what its licence says. */
    report: v.optional(flag),
    /** The StorageClass of K10's own volumes. The cluster's default if it is not given. */
    storageClass: v.optional(text),
    /** How people log in to the dashboard. */
    auth: v.optional(auth),
    /** Who may do everything there, beside the service account. */
    adminUsers: v.optional(v.array(text)),
    adminGroups: v.optional(v.array(text)),
    /** A token to log in with, as an output. Without it there is only the command that makes one. */
    dashboardToken: v.optional(dashboardToken),
    /** Who gets one of K10's roles. */
    access: v.optional(v.array(grant, "give a list of roles with who gets them")),
    /** An Ingress to the dashboard. `tlsSecret` is a Secret in K10's namespace; without it there is no TLS. */
    ingress: v.optional(
        v.strictObject({
            host: dnsName,
            class: v.optional(text),
            tlsSecret: v.optional(text),
        }),
    ),
    /** A Route to the dashboard, on OpenShift. The cluster chooses a host if none is given. */
    route: v.optional(v.strictObject({ host: v.optional(dnsName), tls: v.optional(flag, true) })),
    /** Generic volume backup: a sidecar in the workloads that the selectors mean. */
    sidecar: v.optional(
        v.strictObject({
            enabled: v.optional(flag, true),
            namespaceSelector: v.optional(selector),
            objectSelector: v.optional(selector),
        }),
    ),
    /** What K10's pods ask for: the chart's own requests, or less, for small clusters. */
    profile: v.optional(oneOf(["default", "lean"])),
    /** What leads out of the cluster. `no` lists what is reached without it. */
    proxy: v.optional(
        v.strictObject({
            http: v.optional(proxyUrl),
            https: v.optional(proxyUrl),
            no: v.optional(v.array(text)),
        }),
    ),
    /** A registry that holds Kasten's images. */
    imageRegistry: v.optional(text),
    /** How much K10 does at the same time, by the chart's names of today. */
    limiter: v.optional(
        v.strictObject({
            executorReplicas: v.optional(count),
            executorThreads: v.optional(count),
            csiSnapshotsPerCluster: v.optional(count),
            snapshotExportsPerAction: v.optional(count),
            snapshotExportsPerCluster: v.optional(count),
            genericVolumeBackupsPerCluster: v.optional(count),
            volumeRestoresPerCluster: v.optional(count),
        }),
    ),
};

/** K10's own backup: without it a lost cluster takes the catalogue of what was exported with it. */
const disasterRecovery = v.strictObject({
    /** The location that K10 writes its own data to. `crossing` is the store. */
    location: v.optional(text, "crossing"),
    frequency: v.optional(oneOf(["@hourly", "@daily", "@weekly", "@monthly", "@yearly"]), "@daily"),
    /** Whether K10 also takes a snapshot of its catalogue, which needs a StorageClass with snapshots. */
    catalogSnapshot: v.optional(flag, false),
});

/** Recovery from the backup that K10 made of itself on a cluster that is lost. */
const recovery = v.strictObject({
    /** The location that it lies in. `crossing` is the store. */
    location: text,
    /** How K10 names the lost cluster there. */
    clusterId: v.pipe(
        v.string("give a text"),
        v.regex(
            /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
            "give the UID of namespace `default` of the lost cluster",
        ),
    ),
    /** The id of a point. The newest one if it is not given. */
    point: v.optional(text),
    /** What is not restored. This program makes Secrets and profiles by itself. */
    skip: v.optional(v.array(oneOf(["secrets", "profiles"])), ["secrets", "profiles"]),
});

const values = v.record(v.string(), v.unknown());

const oneSite = v.strictObject({ ...site, values: v.optional(values) });

export const k10 = v.strictObject({
    /** A chart's name in `repository`, or the path of a chart. */
    chart: v.optional(text, "k10"),
    /** The chart's. With an operator it is what that one has to bring. */
    version: v.optional(text, "9.0.4"),
    /** A Helm repository. Empty for a chart by path. */
    repository: v.optional(v.string(), "https://charts.kasten.io/"),
    /** Who accepts Kasten's licence agreement. */
    eula: v.optional(v.strictObject({ accept: flag, company: text, email: text })),
    ...site,
    /** Further Helm values, for what has no key here. They go before all others. */
    values: v.optional(values, {}),
    /** K10's own backup on the source. Without it there is none. */
    disasterRecovery: v.optional(disasterRecovery),
    /** Recovery of K10 on the source, before it is given policies. Without it there is none. */
    recovery: v.optional(recovery),
    /** What is otherwise on the source, and on the target. */
    source: v.optional(oneSite),
    target: v.optional(oneSite),
});

export type K10Settings = v.InferOutput<typeof k10>;
type Side = "source" | "target";

/** The settings of one cluster: a key of its own goes before the same key of both; their values are kept apart. */
export function k10Of(settings: K10Settings, side: Side) {
    const { source, target, values, ...both } = settings;
    const { values: ownValues = {}, ...own } = { source, target }[side] ?? {};
    return { ...both, ...own, values, ownValues };
}

/** The first K10 whose documentation has the chart's proxy values (docs.kasten.io, "Configuring an HTTP(S) Proxy"). */
const firstWithProxy = "9.0.11";

/** What is wrong with it on one cluster. */
export function k10Mistakes(
    settings: K10Settings,
    side: Side,
    cluster: { type: string; platform: "kubernetes" | "openshift" },
): string[] {
    const here = k10Of(settings, side);
    const { platform } = cluster;
    const isOwn = (name: keyof typeof site) => settings[side]?.[name] !== undefined;
    const key = (name: keyof typeof site) =>
        `\`crossing:k10.${isOwn(name) ? `${side}.` : ""}${name}\``;
    const mistakes = [
        ...unusedOperator(settings),
        ...installMistakes(here, { side, cluster, key, isOwn }),
    ];
    const openshiftOnly = (name: "route" | "auth", instead: string) => {
        const where = isOwn(name)
            ? instead
            : `set it below \`crossing:k10.${side === "source" ? "target" : "source"}\` alone, or ${instead}`;
        mistakes.push(`${key(name)} needs OpenShift, which the ${side} is not: ${where}.`);
    };
    if (here.route && platform !== "openshift") {
        openshiftOnly("route", "use `ingress`");
    }
    if (here.auth?.type === "openshift" && platform !== "openshift") {
        openshiftOnly("auth", "use `type: token`");
    }
    if (here.route && here.ingress) {
        mistakes.push(
            `${key("ingress")} and ${key("route")} both lead to the dashboard of the ${side}: remove one of them.`,
        );
    }
    const { sidecar, proxy, version } = here;
    if (sidecar?.enabled && !hasLabels(sidecar.namespaceSelector, sidecar.objectSelector)) {
        mistakes.push(
            `${key("sidecar")} has no selector, so that K10 would put its sidecar into every new workload: give \`namespaceSelector\` or \`objectSelector\` with \`matchLabels\`.`,
        );
    }
    const found = coerce(version);
    if (proxy && found && lt(found, firstWithProxy)) {
        mistakes.push(
            `${key("proxy")} needs K10 ${firstWithProxy}, and the chart of \`${version}\` would not heed it: set \`crossing:k10.version\` to \`${firstWithProxy}\` or newer.`,
        );
    }
    return mistakes;
}

const hasLabels = (...selectors: (v.InferOutput<typeof selector> | undefined)[]) =>
    selectors.some(each => Object.keys(each?.matchLabels ?? {}).length > 0);
