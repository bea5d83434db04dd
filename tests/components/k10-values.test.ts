/** What the chart is installed with, value by value. That Kasten's chart heeds them is not shown here. */
import assert from "node:assert/strict";
import { helmValues, merge, ValuesArgs } from "../../components/k10/values";

const own = {
    clusterName: "crossing-test-source",
    auth: { tokenAuth: { enabled: true } },
    scc: { create: false },
};

const valuesOf = (more: Partial<ValuesArgs> = {}) =>
    helmValues({
        ...{ version: "9.0.4", clusterName: own.clusterName, openshift: false, values: {} },
        ...more,
    });

const matchLabels = { "k10/injectGenericVolumeBackupSidecar": "true" };
const openshift = {
    type: "openshift",
    dashboardUrl: "https://k10.apps.example.com/k10/",
    openshiftUrl: "https://api.example.com:6443",
} as const;
const allLimits = {
    ...{ executorReplicas: 1, executorThreads: 2, csiSnapshotsPerCluster: 3 },
    ...{ snapshotExportsPerAction: 4, snapshotExportsPerCluster: 5 },
    ...{ genericVolumeBackupsPerCluster: 6, volumeRestoresPerCluster: 7 },
};
const sidecarValues = { catalog: "1200m", memory: "800Mi" };

describe("the values of K10's chart", () => {
    /** What is set, and what that adds to or changes of the program's own. */
    const table: [string, Partial<ValuesArgs>, Record<string, unknown>][] = [
        ["nothing", {}, {}],
        ["OpenShift", { openshift: true }, { scc: { create: true } }],
        [
            "the licence agreement",
            { eula: { accept: true, company: "Example", email: "you@example.com" } },
            { eula: { accept: true, company: "Example", email: "you@example.com" } },
        ],
        [
            "a StorageClass",
            { storageClass: "fast" },
            { global: { persistence: { storageClass: "fast" } } },
        ],
        ["tokens", { auth: { type: "token" } }, {}],
        [
            "OpenShift's accounts",
            { auth: openshift, openshift: true },
            {
                auth: {
                    tokenAuth: { enabled: false },
                    openshift: {
                        enabled: true,
                        dashboardURL: "https://k10.apps.example.com/k10/",
                        openshiftURL: "https://api.example.com:6443",
                    },
                },
                scc: { create: true },
            },
        ],
        [
            "administrators",
            { adminUsers: ["ann"], adminGroups: ["backup"] },
            {
                auth: {
                    tokenAuth: { enabled: true },
                    k10AdminUsers: ["ann"],
                    k10AdminGroups: ["backup"],
                },
            },
        ],
        [
            "an Ingress without TLS",
            { ingress: { host: "k10.example.com" } },
            { ingress: { create: true, host: "k10.example.com" } },
        ],
        [
            "an Ingress with TLS",
            { ingress: { host: "k10.example.com", class: "nginx", tlsSecret: "k10-tls" } },
            {
                ingress: {
                    ...{ create: true, host: "k10.example.com", class: "nginx" },
                    tls: { enabled: true, secretName: "k10-tls" },
                },
            },
        ],
        [
            "a Route, whose host the cluster chooses",
            { route: { tls: true } },
            { route: { enabled: true, tls: { enabled: true } } },
        ],
        [
            "a Route of a host",
            { route: { host: "k10.example.com", tls: false } },
            { route: { enabled: true, host: "k10.example.com", tls: { enabled: false } } },
        ],
        [
            "a sidecar",
            { sidecar: { enabled: true, namespaceSelector: { matchLabels } } },
            {
                injectGenericVolumeBackupSidecar: {
                    enabled: true,
                    namespaceSelector: { matchLabels },
                },
            },
        ],
        [
            "a sidecar in the first chart with today's name",
            { version: "7.5.0", sidecar: { enabled: true, objectSelector: { matchLabels } } },
            {
                injectGenericVolumeBackupSidecar: {
                    enabled: true,
                    objectSelector: { matchLabels },
                },
            },
        ],
        [
            "a sidecar in an older chart",
            { version: "7.0.14", sidecar: { enabled: true, objectSelector: { matchLabels } } },
            { injectKanisterSidecar: { enabled: true, objectSelector: { matchLabels } } },
        ],
        [
            "a sidecar in a chart whose version is no version",
            { version: "latest", sidecar: { enabled: false } },
            { injectGenericVolumeBackupSidecar: { enabled: false } },
        ],
        ["the chart's own requests", { profile: "default" }, {}],
        [
            "lean requests",
            { profile: "lean" },
            {
                limiter: { executorReplicas: 1 },
                gateway: { resources: { requests: { cpu: "20m", memory: "100Mi" } } },
                resources: {
                    "catalog-svc": {
                        "kanister-sidecar": {
                            requests: { cpu: "10m", memory: "100Mi" },
                            limits: { cpu: sidecarValues.catalog, memory: sidecarValues.memory },
                        },
                    },
                },
            },
        ],
        ["limits", { limiter: allLimits }, { limiter: allLimits }],
        [
            "limits in an older chart",
            { version: "7.0.14", limiter: allLimits },
            {
                executorReplicas: 1,
                services: { executor: { workerCount: 2 } },
                limiter: {
                    csiSnapshots: 3,
                    concurrentSnapConversions: 4,
                    genericVolumeCopies: 5,
                    genericVolumeSnapshots: 6,
                    genericVolumeRestores: 7,
                },
            },
        ],
        [
            "a proxy",
            {
                version: "9.0.11",
                proxy: {
                    http: "http://proxy:3128",
                    https: "http://proxy:3129",
                    no: ["10.0.0.0/8", ".example.com"],
                },
            },
            {
                global: {
                    proxy: {
                        httpProxy: "http://proxy:3128",
                        httpsProxy: "http://proxy:3129",
                        noProxy: "10.0.0.0/8,.example.com",
                    },
                },
            },
        ],
        [
            "a registry with an account, and a StorageClass",
            { imageRegistry: "mirror.example.com/k10", imagePullSecret: "pull", storageClass: "f" },
            {
                global: {
                    airgapped: { repository: "mirror.example.com/k10" },
                    imagePullSecret: "pull",
                    persistence: { storageClass: "f" },
                },
            },
        ],
    ];
    for (const [what, args, more] of table) {
        it(`of ${what}`, () => {
            assert.deepEqual(valuesOf(args), { ...own, ...more });
        });
    }

    it("are lean, but for a limit that is given", () => {
        const { limiter } = valuesOf({ profile: "lean", limiter: { executorReplicas: 2 } });
        assert.deepEqual(limiter, { executorReplicas: 2 });
    });

    it("give way to further values, and are merged with them", () => {
        const values = {
            clusterName: "mine",
            global: { persistence: { size: "5Gi", storageClass: "slow" } },
            eula: { company: "Other" },
        };
        const eula = { accept: true, company: "Example", email: "you@example.com" };
        assert.deepEqual(valuesOf({ storageClass: "fast", eula, values }), {
            ...own,
            clusterName: "mine",
            eula: { ...eula, company: "Other" },
            global: { persistence: { size: "5Gi", storageClass: "slow" } },
        });
    });

    it("leave a key of our defaults to further values as a whole", () => {
        const values = { auth: { basicAuth: { enabled: true } }, scc: { priority: 5 } };
        assert.deepEqual(valuesOf({ openshift: true, values }), {
            clusterName: own.clusterName,
            ...values,
        });
    });

    it("are merged without a change to either side; lists are replaced", () => {
        const one = { a: { b: 1, list: [1, 2] }, c: 1 };
        const other = { a: { list: [3], d: null }, c: { e: 2 } };
        assert.deepEqual(merge(one, other), { a: { b: 1, list: [3], d: null }, c: { e: 2 } });
        assert.deepEqual(one, { a: { b: 1, list: [1, 2] }, c: 1 });
    });
});
