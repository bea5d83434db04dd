/**
 * The sample application as it is registered. That its images run these scripts, under any user id, is shown by
 * the lab suite.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { children, cluster, inCluster } from "./support/cluster";
import { Registered, registered, secret } from "./support/mocks";

const load = () => import("../../components/application");

const parent = "crossing:application:SampleApplication::application";
const password = "random:index/randomPassword:RandomPassword::application-password";
const namespace = "kubernetes:core/v1:Namespace::application";
const credentials = "kubernetes:core/v1:Secret::application";
const scripts = "kubernetes:core/v1:ConfigMap::application";
const volume = "kubernetes:core/v1:PersistentVolumeClaim::application";
const database = "kubernetes:apps/v1:Deployment::application-database";
const web = "kubernetes:apps/v1:Deployment::application-web";
const databaseService = "kubernetes:core/v1:Service::application-database";
const webService = "kubernetes:core/v1:Service::application-web";

const text = (name: string) =>
    readFileSync(join(__dirname, "../../components/application", name), "utf8");

describe("SampleApplication", () => {
    const postgresImage = { postgresImage: "postgres:17" };
    const run = async (
        preview = false,
        image: { postgresImage: string } | { mariadbImage: string } = postgresImage,
    ) => {
        const { SampleApplication } = await load();
        return children(
            await registered(
                () =>
                    new SampleApplication("application", {
                        cluster: cluster(),
                        namespace: "shop",
                        storage: "1Gi",
                        nginxImage: "nginx:1",
                        ...image,
                    }),
                { preview },
            ),
        );
    };
    let all: Record<string, Omit<Registered, "type" | "name">>;
    before(async () => {
        all = await run();
    });

    it("is these resources and no others, all of them in the cluster", () => {
        const inside = [
            ...[database, web, scripts, namespace, volume, credentials],
            ...[databaseService, webService],
        ].sort();
        assert.deepEqual(Object.keys(all).sort(), [...inside, parent, password].sort());
        for (const key of inside) {
            const { provider, deletedWith, parent: above } = all[key];
            assert.deepEqual({ provider, deletedWith }, inCluster, key);
            assert.equal(above, parent, key);
        }
        assert.equal(all[password]?.parent, parent);
    });

    it("is the same resources in a preview", async () => {
        const preview = await run(true);
        assert.deepEqual(Object.keys(preview), Object.keys(all));
        // The volume has no identity before it is made.
        assert.deepEqual(preview[parent]?.outputs, {});
        assert.deepEqual(preview[database], all[database]);
        assert.deepEqual(preview[web], all[web]);
    });

    it("tells the volume by its identity: another volume is empty again", () => {
        assert.deepEqual(all[parent]?.outputs, { volumeUid: "uid of application" });
    });

    it("has a password of its own, in a Secret that is secret in the state, too", () => {
        assert.deepEqual(all[password]?.inputs, { length: 24, special: false });
        assert.deepEqual(all[credentials]?.inputs, {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "database", namespace: "shop" },
            stringData: secret({
                USERNAME: "shop",
                PASSWORD: "result of application-password",
            }),
        });
    });

    it("has its scripts from the files beside it", () => {
        assert.deepEqual(all[scripts]?.inputs["data"], {
            "postgres.sh": text("postgres.sh"),
            "query.sh": text("postgres-query.sh"),
            "page.sh": text("page.sh"),
            "nginx.conf": text("nginx.conf"),
        });
    });

    it("asks for a volume of the size that is configured, of the cluster's own class", () => {
        assert.deepEqual(all[volume]?.inputs["spec"], {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "1Gi" } },
        });
    });

    const databaseLabels = { "app.kubernetes.io/name": "database" };
    const webLabels = { "app.kubernetes.io/name": "web" };
    const scriptsVolume = { name: "scripts", configMap: { name: "scripts" } };
    const scriptsMount = { name: "scripts", mountPath: "/scripts", readOnly: true };
    const envFrom = [{ secretRef: { name: "database" } }];

    it("has one database server, never two on one volume, whose pod names no user ids", () => {
        assert.deepEqual(all[database]?.inputs["spec"], {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: databaseLabels },
            template: {
                metadata: { labels: databaseLabels },
                spec: {
                    containers: [
                        {
                            name: "postgres",
                            image: "postgres:17",
                            command: ["bash", "/scripts/postgres.sh"],
                            env: [
                                { name: "VOLUME", value: "/data" },
                                { name: "PGHOST", value: "/tmp" },
                                { name: "PGUSER", value: "shop" },
                            ],
                            envFrom,
                            ports: [{ containerPort: 5432 }],
                            readinessProbe: {
                                exec: { command: ["pg_isready", "--quiet"] },
                                periodSeconds: 1,
                                failureThreshold: 120,
                            },
                            volumeMounts: [scriptsMount, { name: "data", mountPath: "/data" }],
                        },
                    ],
                    volumes: [
                        scriptsVolume,
                        { name: "data", persistentVolumeClaim: { claimName: "database" } },
                    ],
                },
            },
        });
    });

    it("has a page over it, whose pod names no user ids", () => {
        assert.deepEqual(all[web]?.inputs["spec"], {
            replicas: 1,
            selector: { matchLabels: webLabels },
            template: {
                metadata: { labels: webLabels },
                spec: {
                    containers: [
                        {
                            name: "nginx",
                            image: "nginx:1",
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
                            image: "postgres:17",
                            command: ["bash", "/scripts/page.sh"],
                            envFrom,
                            volumeMounts: [scriptsMount, { name: "www", mountPath: "/www" }],
                        },
                    ],
                    volumes: [scriptsVolume, { name: "www", emptyDir: {} }],
                },
            },
        });
    });

    it("has Services that nobody waits for: what is behind them is there already", () => {
        for (const [service, name, labels, port, dependencies] of [
            [databaseService, "database", databaseLabels, 5432, [namespace]],
            [webService, "web", webLabels, 8080, [web, namespace]],
        ] as const) {
            assert.deepEqual(all[service]?.inputs, {
                apiVersion: "v1",
                kind: "Service",
                metadata: {
                    name,
                    namespace: "shop",
                    annotations: { "pulumi.com/skipAwait": "true" },
                },
                spec: { selector: labels, ports: [{ port }] },
            });
            assert.deepEqual(all[service]?.dependencies, [...dependencies].sort());
        }
    });

    it("asks for its database's name once there is one: a cluster's DNS remembers that there was none", () => {
        assert.ok(all[web]?.dependencies?.includes(databaseService));
    });

    it("runs under any user id: no pod of it asks for one", () => {
        const specs = JSON.stringify([database, web].map(key => all[key]?.inputs["spec"]));
        assert.doesNotMatch(
            specs,
            /securityContext|runAsUser|runAsGroup|fsGroup|supplementalGroups|privileged|hostPath/,
        );
    });

    describe("over MariaDB", () => {
        let other: typeof all;
        before(async () => {
            other = await run(false, { mariadbImage: "mariadb:11" });
        });

        it("is the same resources, and differs in its scripts, its server, its image and its port alone", () => {
            const differ = Object.keys(all).filter(
                key => JSON.stringify(all[key]) !== JSON.stringify(other[key]),
            );
            assert.deepEqual(Object.keys(other), Object.keys(all));
            assert.deepEqual(
                differ.sort(),
                [parent, database, databaseService, web, scripts].sort(),
            );
            assert.deepEqual(other[scripts]?.inputs["data"], {
                "mariadb.sh": text("mariadb.sh"),
                "query.sh": text("mariadb-query.sh"),
                "page.sh": text("page.sh"),
                "nginx.conf": text("nginx.conf"),
            });
            assert.deepEqual(other[databaseService]?.inputs["spec"], {
                selector: databaseLabels,
                ports: [{ port: 3306 }],
            });
        });

        it("has one server, whose pod names no user ids and no password", () => {
            const expected = structuredClone(all[database]?.inputs["spec"]) as {
                template: { spec: { containers: object[] } };
            };
            const { containers } = expected.template.spec;
            containers[0] = {
                ...containers[0],
                name: "mariadb",
                image: "mariadb:11",
                command: ["bash", "/scripts/mariadb.sh"],
                env: [
                    { name: "VOLUME", value: "/data" },
                    {
                        name: "MYSQL_PWD",
                        valueFrom: { secretKeyRef: { name: "database", key: "PASSWORD" } },
                    },
                ],
                ports: [{ containerPort: 3306 }],
                readinessProbe: {
                    exec: {
                        command: [
                            ...["mariadb", "--no-defaults", "--socket=/tmp/mariadb.sock"],
                            ...["--user=shop", "--execute=SELECT 1"],
                        ],
                    },
                    periodSeconds: 1,
                    failureThreshold: 120,
                },
            };
            assert.deepEqual(other[database]?.inputs["spec"], expected);
            assert.doesNotMatch(JSON.stringify(expected), /securityContext|runAs|fsGroup/);
        });

        it("has a page by a client of the same image", () => {
            assert.deepEqual(
                JSON.stringify(other[web]?.inputs["spec"]),
                JSON.stringify(all[web]?.inputs["spec"]).replace("postgres:17", "mariadb:11"),
            );
        });

        it("does not fill itself, either", () => {
            assert.doesNotMatch(JSON.stringify(other), /INSERT|CREATE TABLE|initContainers/i);
        });
    });

    it("does not fill itself: what is restored can only come from the backup", () => {
        const everything = JSON.stringify(all);
        assert.doesNotMatch(everything, /INSERT|CREATE TABLE|COPY |generate_series|pg_restore/i);
        assert.doesNotMatch(everything, /initContainers|postStart/);
    });
});

describe("where the sample application is asked", () => {
    it("is where it is made: the same labels, container, Service and user", async () => {
        const { sampleRefs } = await load();
        assert.deepEqual(sampleRefs("shop"), {
            database: {
                namespace: "shop",
                labels: { "app.kubernetes.io/name": "database" },
                container: "postgres",
                database: "postgres",
                user: "shop",
            },
            page: { service: "web", port: 8080, path: "index.html", same: "sentinel" },
        });
    });

    it("is another container and database over MariaDB, and it says so", async () => {
        const { sampleRefs } = await load();
        const { database, page } = sampleRefs("shop");
        assert.deepEqual(sampleRefs("shop", "postgres"), { database, page });
        assert.deepEqual(sampleRefs("shop", "mariadb"), {
            database: { ...database, kind: "mariadb", container: "mariadb", database: "shop" },
            page,
        });
    });
});

describe("Seed", () => {
    it("is a dynamic resource whose kubeconfig is secret", async () => {
        const { Seed, sampleRefs } = await load();
        const inputs = {
            volumeUid: "v",
            database: sampleRefs("shop").database,
            runId: "1",
            runToken: "t",
            rows: 10,
            timeout: 300,
        };
        const all = await registered(
            () => new Seed("seed", { ...inputs, kubeconfig: pulumi.secret("k") }),
        );
        assert.deepEqual(all, [
            {
                type: "pulumi-nodejs:dynamic/application:Seed",
                name: "seed",
                inputs: { ...inputs, kubeconfig: secret("k") },
                additionalSecretOutputs: ["kubeconfig"],
                hideDiffs: ["__provider"],
            },
        ]);
    });
});
