import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseRef, PageRef } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { ownNamespace } from "../cluster/namespace";
import { SampleDatabase, servers, user } from "./databases";

export interface SampleSettings {
    cluster: Cluster;
    /** The application's namespace. */
    namespace: string;
    /** The size of its volume, for example `1Gi`. */
    storage: pulumi.Input<string>;
    /** nginx. */
    nginxImage: pulumi.Input<string>;
    /** Labels that K10's selectors ask for, of the namespace and of the workload with the volume. @default none */
    sidecar?: { namespaceLabels?: Labels; workloadLabels?: Labels };
}

type Labels = Record<string, string>;

export interface PostgresImage {
    /** PostgreSQL 15 or newer, with bash, initdb and psql on the PATH, and libnss_wrapper. */
    postgresImage: pulumi.Input<string>;
}

export interface MariaDbImage {
    /** MariaDB 10.11 or newer, with bash, mariadb-install-db, mariadbd and mariadb on the PATH, and a user `mysql`. */
    mariadbImage: pulumi.Input<string>;
}

/** The image that is given says what its database is. */
export type SampleApplicationArgs = SampleSettings & (PostgresImage | MariaDbImage);

/** What is behind a Service has been waited for already; Pulumi would watch its endpoints for another ten seconds. */
const settled = { "pulumi.com/skipAwait": "true" };
const databaseLabels = { "app.kubernetes.io/name": "database" };
const webLabels = { "app.kubernetes.io/name": "web" };

const labelled = (labels: Labels | undefined) => (labels ? { labels } : {});

/** Where to ask the application for its rows and its page, on either cluster. */
export function sampleRefs(
    namespace: string,
    database: SampleDatabase = "postgres",
): { database: DatabaseRef; page: PageRef } {
    return {
        database: { namespace, labels: databaseLabels, ...servers[database].ref, user },
        page: { service: "web", port: 8080, path: "index.html", same: "sentinel" },
    };
}

/** How the application's database is dumped, on either cluster. */
export const sampleBlueprint = {
    database: "postgres",
    workload: { kind: "Deployment", name: "database" },
    server: { service: "database" },
    secret: { name: "database", username: "USERNAME", password: "PASSWORD" },
} as const;

/**
 * A shop: a page over a database on a volume. It names no user ids, so that it runs under those that OpenShift gives.
 * It does not fill itself with data: what is restored can only come from the backup.
 */
export class SampleApplication extends pulumi.ComponentResource {
    /** The UID of the database's volume claim. */
    readonly volumeUid: pulumi.Output<string>;

    constructor(name: string, args: SampleApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:application:SampleApplication", name, args, opts);
        const here = inside(args.cluster, { parent: this });
        const [server, image] =
            "mariadbImage" in args
                ? [servers.mariadb, args.mariadbImage]
                : [servers.postgres, args.postgresImage];

        const namespace = ownNamespace(
            name,
            { name: args.namespace, ...labelled(args.sidecar?.namespaceLabels) },
            here,
        );
        const metadata = (object: string) => ({
            name: object,
            namespace: namespace.metadata.name,
        });
        const password = new random.RandomPassword(
            `${name}-password`,
            { length: 24, special: false },
            { parent: this },
        );
        const credentials = new k8s.core.v1.Secret(
            name,
            {
                metadata: metadata("database"),
                stringData: { USERNAME: user, PASSWORD: password.result },
            },
            here,
        );
        const config = new k8s.core.v1.ConfigMap(
            name,
            { metadata: metadata("scripts"), data: server.scripts },
            here,
        );
        const volume = new k8s.core.v1.PersistentVolumeClaim(
            name,
            {
                metadata: metadata("database"),
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    resources: { requests: { storage: args.storage } },
                },
            },
            here,
        );

        const scriptsVolume = { name: "scripts", configMap: { name: config.metadata.name } };
        const scriptsMount = { name: "scripts", mountPath: "/scripts", readOnly: true };
        const envFrom = [{ secretRef: { name: credentials.metadata.name } }];

        new k8s.apps.v1.Deployment(
            `${name}-database`,
            {
                metadata: {
                    ...metadata("database"),
                    ...labelled(args.sidecar?.workloadLabels),
                },
                spec: {
                    replicas: 1,
                    // Two servers on one volume would destroy it.
                    strategy: { type: "Recreate" },
                    selector: { matchLabels: databaseLabels },
                    template: {
                        metadata: { labels: databaseLabels },
                        spec: {
                            containers: [
                                {
                                    name: server.container,
                                    image,
                                    command: ["bash", `/scripts/${server.start}`],
                                    env: [
                                        { name: "VOLUME", value: "/data" },
                                        ...server.env("database"),
                                    ],
                                    envFrom,
                                    ports: [{ containerPort: server.port }],
                                    readinessProbe: {
                                        exec: { command: server.probe },
                                        periodSeconds: 1,
                                        failureThreshold: 120,
                                    },
                                    volumeMounts: [
                                        scriptsMount,
                                        { name: "data", mountPath: "/data" },
                                    ],
                                },
                            ],
                            volumes: [
                                scriptsVolume,
                                {
                                    name: "data",
                                    persistentVolumeClaim: { claimName: volume.metadata.name },
                                },
                            ],
                        },
                    },
                },
            },
            here,
        );
        const databaseService = new k8s.core.v1.Service(
            `${name}-database`,
            {
                metadata: { ...metadata("database"), annotations: settled },
                spec: { selector: databaseLabels, ports: [{ port: server.port }] },
            },
            here,
        );
        const web = new k8s.apps.v1.Deployment(
            `${name}-web`,
            {
                metadata: metadata("web"),
                spec: {
                    replicas: 1,
                    selector: { matchLabels: webLabels },
                    template: {
                        metadata: { labels: webLabels },
                        spec: {
                            containers: [
                                {
                                    name: "nginx",
                                    image: args.nginxImage,
                                    command: ["nginx"],
                                    args: ["-c", "/scripts/nginx.conf", "-g", "daemon off;"],
                                    ports: [{ containerPort: 8080 }],
                                    volumeMounts: [
                                        scriptsMount,
                                        { name: "www", mountPath: "/www", readOnly: true },
                                    ],
                                },
                                {
                                    name: "page",
                                    image,
                                    command: ["bash", "/scripts/page.sh"],
                                    envFrom,
                                    volumeMounts: [
                                        scriptsMount,
                                        { name: "www", mountPath: "/www" },
                                    ],
                                },
                            ],
                            volumes: [scriptsVolume, { name: "www", emptyDir: {} }],
                        },
                    },
                },
            },
            // Whoever asks for the name of a Service before there is one is told so for another 30 seconds.
            { ...here, dependsOn: [databaseService] },
        );
        new k8s.core.v1.Service(
            `${name}-web`,
            {
                metadata: { ...metadata("web"), annotations: settled },
                spec: { selector: webLabels, ports: [{ port: 8080 }] },
            },
            { ...here, dependsOn: [web] },
        );

        this.volumeUid = volume.metadata.uid;
        this.registerOutputs({ volumeUid: this.volumeUid });
    }
}
