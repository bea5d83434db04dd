/** What the configuration may say: types, defaults and, for mistakes, what to do instead. */
import * as v from "valibot";
import { blueprints } from "./blueprints";
import { caFile } from "./certificates";
import {
    bucket,
    count,
    dnsLabel,
    dnsName,
    duration,
    endpoint,
    flag,
    oneOf,
    port,
    text,
} from "./fields";
import { k10 } from "./k10";
import { locations, protectionPeriod } from "./locations";
import { blueprintBindings, importPolicy, policies, policy } from "./policy";
import { presets } from "./presets";
import { restore } from "./restore";
import { snapshots } from "./snapshots";
import { transformSets } from "./transforms";

/** The namespace of an application: K10's names of what it does with it are made of it. */
const applicationName = dnsLabel(40);

/** What a cluster is like. `openshift` on a kind cluster installs OpenShift's admission rules there. */
const platform = oneOf(["kubernetes", "openshift"]);

const absolutePath = v.pipe(
    v.string("give a text"),
    v.regex(/^\//, "write a path that begins with `/`"),
);

const extraMount = v.strictObject({
    hostPath: absolutePath,
    containerPath: absolutePath,
    readOnly: v.optional(flag, false),
});

const kindCluster = v.strictObject({
    type: v.literal("kind"),
    /** The node image, pinned by digest. */
    nodeImage: v.optional(
        text,
        "kindest/node:v1.36.1@sha256:3489c7674813ba5d8b1a9977baea8a6e553784dab7b84759d1014dbd78f7ebd5",
    ),
    platform: v.optional(platform, "kubernetes"),
    /** Nodes beside the control plane. Without any, the control plane runs everything. */
    workers: v.optional(
        v.pipe(
            v.number("give a number"),
            v.integer("give a whole number"),
            v.minValue(0, "give 0 or more"),
            v.maxValue(9, "give at most 9"),
        ),
        0,
    ),
    /** Folders of this machine that every node sees. */
    extraMounts: v.optional(v.array(extraMount), []),
});

const existingCluster = v.strictObject({
    type: v.literal("existing"),
    /**
     * The path of a kubeconfig: relative to the program, absolute, or beginning with `~/`. It is read, never written.
     * The secrets `sourceKubeconfig` and `targetKubeconfig` take its place.
     */
    kubeconfig: v.optional(text),
    /** A context of that kubeconfig. The current one if it is not given. */
    context: v.optional(text),
    platform: v.optional(platform, "kubernetes"),
});

const needsStart = v.optional(v.never("set `start: true` beside it, or remove it"));
const atLeast = (least: number) =>
    v.pipe(
        v.number("give a number"),
        v.integer("give a whole number"),
        v.minValue(least, `give at least ${least}, which OpenShift Local needs`),
    );
const crc = {
    type: v.literal("crc"),
    platform: v.optional(v.literal("openshift", "remove it: a CRC is an OpenShift"), "openshift"),
};

/** OpenShift Local (CRC) as it is: nothing of it is altered. */
const adoptedCrc = v.strictObject({
    ...crc,
    start: v.optional(v.literal(false), false),
    /** Where CRC writes it, if nothing else is said. It is read, never written. */
    kubeconfig: v.optional(text, "~/.crc/machines/crc/kubeconfig"),
    cpus: needsStart,
    memory: needsStart,
    disk: needsStart,
    pullSecretFile: needsStart,
    onDestroy: needsStart,
});

/** OpenShift Local (CRC), started by the stack. The least that it takes: CRC's documentation, system requirements. */
const startedCrc = v.strictObject({
    ...crc,
    start: v.literal(true),
    kubeconfig: v.optional(v.never("remove it: a CRC that is started writes its own")),
    cpus: v.optional(atLeast(4), 6),
    /** MiB. K10 needs some beside OpenShift's own. */
    memory: v.optional(atLeast(10_752), 16_384),
    /** GiB. */
    disk: v.optional(atLeast(31), 60),
    /** The path of the pull secret: relative to the program, absolute, or beginning with `~/`. CRC alone reads it. */
    pullSecretFile: text,
    /** What `pulumi destroy` does with the machine. */
    onDestroy: v.optional(oneOf(["keep", "stop", "delete"]), "stop"),
});

const cluster = v.variant(
    "type",
    [kindCluster, existingCluster, v.variant("start", [adoptedCrc, startedCrc])],
    issue =>
        issue.path?.at(-1)?.key === "start"
            ? "use `true` or `false`"
            : "use `kind`, `existing` or `crc`",
);

const madeStore = {
    image: v.optional(
        text,
        "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z@sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e",
    ),
    bucket: v.optional(bucket, "crossing"),
    /** Whether the store may go with what is in it: by default only where the same stack holds both clusters. */
    onDestroy: v.optional(oneOf(["refuse", "delete"])),
};

const minioStore = v.strictObject({
    type: v.literal("minio"),
    ...madeStore,
    /** A port of 127.0.0.1, for machines that do not reach containers by their address, as with Docker Desktop. */
    port: v.optional(port),
    /** Whether the bucket is made with object lock, which it can only get when it is made. */
    objectLock: v.optional(flag),
    protectionPeriod: v.optional(protectionPeriod),
});

const existingStore = v.strictObject({
    type: v.literal("existing"),
    /** The bucket. It must exist. */
    bucket,
    region: v.optional(text, "us-east-1"),
    /** Where each cluster reaches the store, and this program: as the source does, if nothing else is said. */
    endpoint: v.strictObject({
        source: endpoint,
        target: endpoint,
        program: v.optional(endpoint),
    }),
    /** Certificates of the authority that vouches for the endpoints, if it is one's own. */
    caFile: v.optional(caFile),
    protectionPeriod: v.optional(protectionPeriod),
});

const minioInClusterStore = v.strictObject({
    type: v.literal("minio-in-cluster"),
    ...madeStore,
    /** The cluster that it runs in: one of the crossing's, or another one by `kubeconfig`. */
    cluster: oneOf(["target", "source", "other"]),
    /** Whether it may run in the source: a copy that goes with the source is no backup. */
    allowSource: v.optional(flag, false),
    /** Of another cluster: as those of an existing one. The secret `storeKubeconfig` takes the place of the path. */
    kubeconfig: v.optional(text),
    context: v.optional(text),
    platform: v.optional(platform),
    /** The size of its volume. */
    storage: v.optional(text, "10Gi"),
    /** The StorageClass of its volume. The cluster's default if it is not given. */
    storageClass: v.optional(text),
    /** How it is reached from outside of its cluster. */
    service: v.optional(oneOf(["NodePort", "LoadBalancer"]), "NodePort"),
    /** Where it is reached, if not at the Service's address: within its cluster by name, from outside as published. */
    endpoint: v.optional(
        v.strictObject({
            source: v.optional(endpoint),
            target: v.optional(endpoint),
            program: v.optional(endpoint),
        }),
        {},
    ),
});

/** What a ServiceAccount of a restored application may use on OpenShift beyond what everybody may. */
const grant = v.strictObject({
    /** The namespace of an application that crosses. */
    application: applicationName,
    serviceAccount: v.optional(text, "default"),
    /** A SecurityContextConstraints, for example `nonroot-v2`. */
    scc: text,
});

/** The name of another stack as Pulumi's StackReference takes it. */
const stackName = v.pipe(
    v.string("give a text"),
    v.regex(
        /^[^/\s]+\/[^/\s]+\/[^/\s]+$/,
        "write `organization/project/stack`: with a backend of your own `organization/crossing/<stack>`",
    ),
);

const storeOfStack = v.strictObject({
    type: v.literal("stack"),
    /** The stack with `role: store`. */
    stack: stackName,
});

const store = v.variant(
    "type",
    [minioStore, minioInClusterStore, existingStore, storeOfStack],
    "use `minio`, `minio-in-cluster`, `existing` or `stack`",
);

const sample = v.strictObject({
    /** The application's namespace, the same on both clusters. */
    namespace: v.optional(applicationName, "shop"),
    /** What its database is. */
    database: v.optional(oneOf(["postgres", "mariadb"]), "postgres"),
    /** Orders in its database. */
    rows: v.optional(count, 1_000),
    /** The size of its volume. */
    storage: v.optional(text, "1Gi"),
    /** How its database is backed up: by a `dump`, or with its volume, if nothing is said. */
    backup: v.optional(oneOf(["snapshot", "dump"])),
});

const http = v.strictObject({
    service: dnsLabel(63),
    port,
    /** Without the slash that it begins with. */
    path: v.optional(v.string("give a text"), ""),
    /** What has to be the same after the restore. */
    same: v.optional(oneOf(["status", "content"]), "status"),
});

/** Either a sample, which the stack makes, or a namespace that is there, which is only read. */
const application = v.pipe(
    v.strictObject({
        sample: v.optional(sample),
        namespace: v.optional(applicationName),
        /** A page of an application of one's own. */
        http: v.optional(http),
        /** Namespaces of applications that have to be proven on the target before this one is restored. */
        after: v.optional(v.array(applicationName, "give a list of namespaces"), []),
    }),
    v.check(
        ({ sample, namespace }) => (sample === undefined) !== (namespace === undefined),
        "give either `sample` or `namespace`",
    ),
    v.check(
        ({ sample, http }) => sample === undefined || http === undefined,
        "leave `http` out: the sample's page is known",
    ),
    v.transform(({ sample, namespace = sample?.namespace ?? "", http, after }) => ({
        ...{ namespace, after },
        ...(sample && { sample }),
        ...(http && { http }),
    })),
);

const images = v.strictObject({
    postgres: v.optional(
        text,
        "docker.io/library/postgres:17.6@sha256:00bc86618629af00d2937fdc5a5d63db3ff8450acf52f0636ec813c7f4902929",
    ),
    /** MariaDB 10.11 or newer, with bash and a user `mysql`, for samples over it. */
    mariadb: v.optional(
        text,
        "docker.io/library/mariadb:11.8.6@sha256:78a5047d3ba33975f183f183c2464cc7f1eab13ec8667e57cc9a5821d6da7577",
    ),
    nginx: v.optional(
        text,
        "docker.io/nginxinc/nginx-unprivileged:1.28.0@sha256:4adeed9e12f0ce19d42c3f66dcfc0cbaee6872e1762f390c9f97a5dc1f3502f3",
    ),
    curl: v.optional(
        text,
        "docker.io/curlimages/curl:8.11.1@sha256:c1fe1679c34d9784c1b0d1e5f62ac0a79fca01fb6377cdd33e90473c6f9f9a69",
    ),
    /** Kanister's tools, with kando: they bring dumps into the location. */
    kanister: v.optional(text, "ghcr.io/kanisterio/kanister-tools:0.118.0"),
    /** Node.js 22 or newer: OpenShift's rules and router on a kind cluster run on it. */
    node: v.optional(
        text,
        "docker.io/library/node:22.22.0-alpine3.23@sha256:e4bf2a82ad0a4037d28035ae71529873c069b13eb0455466ae0bc13363826e34",
    ),
    /** HAProxy 2.6 or newer: the router on a kind cluster works by it. */
    haproxy: v.optional(
        text,
        "docker.io/library/haproxy:3.2.24-alpine3.24@sha256:686211da34aba401814bb109c813db6a579491bc8753bfd81b78cce7d1e02f7c",
    ),
});

const network = v.strictObject({
    /** The addresses of the Docker network of this stack. */
    subnet: v.optional(
        v.pipe(
            v.string(),
            v.regex(
                /^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}0\/24$/,
                "write an IPv4 network such as `172.30.77.0/24`",
            ),
        ),
        "172.30.77.0/24",
    ),
});

const route = v.strictObject({
    /** Whether a Route leads to the restored application, where the target is OpenShift. */
    enabled: v.optional(flag, true),
    /** The name under which the application answers. The cluster chooses one if it is not given. */
    host: v.optional(dnsName),
    /** What such names end with on a kind cluster. An OpenShift has its own. */
    domain: v.optional(dnsName, "apps.crossing.test"),
});

const timeouts = v.strictObject({
    /** The store answering this program. */
    store: v.optional(duration, "2 minutes"),
    /** Installing K10, until it serves its APIs. */
    install: v.optional(duration, "15 minutes"),
    /** K10 validating a profile or policy. */
    validation: v.optional(duration, "3 minutes"),
    /** Backup and export together. */
    export: v.optional(duration, "1 hour"),
    import: v.optional(duration, "30 minutes"),
    restore: v.optional(duration, "1 hour"),
    /** Each step of trying a snapshot. */
    snapshot: v.optional(duration, "5 minutes"),
    /** The application answering, before the backup and after the restore. */
    application: v.optional(duration, "5 minutes"),
});

const onDestroy = v.strictObject({
    /** What becomes of the restore points that the run made in K10, and of what they hold in the store. */
    restorePoints: v.optional(oneOf(["keep", "retire"]), "keep"),
});

const diagnostics = v.strictObject({
    /** Where they are written: relative to the program, or absolute. */
    folder: text,
    /** Whether a failure writes them by itself. */
    onFailure: v.optional(flag, true),
});

/** The whole configuration. A key stands for `crossing:<key>`. */
export const schema = v.strictObject({
    /** Which part of the crossing the stack is. */
    role: v.optional(oneOf(["all", "store", "source", "target", "drill"]), "all"),
    /** For `role: target`: the stack with `role: source`. */
    sourceStack: v.optional(stackName),
    /** What the names of containers, networks and clusters begin with. `crossing-<stack>` if it is not given. */
    name: v.optional(dnsLabel(40)),
    /** Names one pass through the crossing. Another one makes another pass. */
    runId: v.optional(dnsLabel(20), "1"),
    source: v.optional(cluster, { type: "kind" }),
    target: v.optional(cluster, { type: "kind", platform: "openshift" }),
    network: v.optional(network, {}),
    store: v.optional(store, { type: "minio" }),
    /** What crosses: each in a namespace, of the same name on both clusters. */
    applications: v.optional(
        v.pipe(
            v.array(application, "give a list of applications"),
            v.minLength(1, "name at least one application"),
        ),
        [{ sample: {} }],
    ),
    /** Whether each application has policies of its own, or all have one. */
    policyPer: v.optional(oneOf(["application", "crossing"]), "application"),
    /** Security context constraints that restored applications need. */
    grants: v.optional(v.array(grant, "give a list of grants"), []),
    /** How many exports, imports and restores run at once, of each. */
    concurrency: v.optional(count, 5),
    /** Further locations, each a profile of that name. */
    locations: v.optional(locations, {}),
    /** The location that the backup is exported to and imported from. `crossing` is the store. */
    exportLocation: v.optional(text, "crossing"),
    k10: v.optional(k10, {}),
    /** How the crossing's own policy on the source backs up and exports. On demand if it is not given. */
    policy: v.optional(policy),
    /** How the crossing's own policy on the target imports. On demand if it is not given. */
    importPolicy: v.optional(importPolicy),
    /** Policies beside the crossing's own, by name. */
    policies: v.optional(policies),
    /** PolicyPresets, which policies name as their `preset`. */
    presets: v.optional(presets),
    blueprintBindings: v.optional(blueprintBindings),
    /** Databases that are backed up as dumps. */
    blueprints: v.optional(blueprints),
    images: v.optional(images, {}),
    /** How the restored application is reached on OpenShift. */
    route: v.optional(route, {}),
    /** CSI snapshots on both clusters. Without it nothing is done about them. */
    snapshots: v.optional(snapshots),
    /** What a namespace that is on the target already means. */
    onConflict: v.optional(oneOf(["fail", "replace", "newName"]), "fail"),
    restore: v.optional(restore, {}),
    /** TransformSets on the target, which `restore.transforms` refers to. */
    transformSets: v.optional(transformSets),
    /** Whether what `onConflict: replace` overwrites is backed up before, on the target. */
    safetyBackup: v.optional(flag, false),
    /** Whether K10 validates what was exported before it is imported. */
    validateExport: v.optional(flag, false),
    /** Whether K10 is asked to cancel what takes longer than `timeouts` says. */
    cancelOnTimeout: v.optional(flag, false),
    /** What it means that an action of K10 is Complete with exceptions. */
    exceptions: v.optional(oneOf(["warn", "fail"]), "warn"),
    /** What becomes of the restored namespace when the stack is destroyed and its cluster is not. */
    restored: v.optional(oneOf(["keep", "delete"]), "keep"),
    onDestroy: v.optional(onDestroy, {}),
    timeouts: v.optional(timeouts, {}),
    /** How many requests all waits together make, in a second. */
    requestsPerSecond: v.optional(count, 20),
    /** What explains a failure to somebody who was not there. Without it nothing is written. */
    diagnostics: v.optional(diagnostics),
});

/** Keys that are secret. They never pass through the schema, so that no message can show them. */
export const secretKeys = [
    ...(["storeAccessKey", "storeSecretKey", "receiveString"] as const),
    ...(["locationSecrets", "disasterRecoveryPassphrase"] as const),
    ...(["k10EncryptionPassphrase", "k10ImagePullSecret"] as const),
    ...(["sourceKubeconfig", "targetKubeconfig", "storeKubeconfig"] as const),
] as const;

export type Settings = v.InferOutput<typeof schema>;
export type ClusterSettings = v.InferOutput<typeof cluster>;
export type Role = Settings["role"];
export type StoreSettings = v.InferOutput<typeof store>;
export type ApplicationSettings = Settings["applications"][number];
