/**
 * Each cause of the program's table is produced: by the K10 stand-in as it is, by one of its knobs, or by a fixture that
 * is broken in that way; and the program's own actions explain it. Cluster, store and K10 are stand-ins in this process:
 * what Kubernetes itself says is shown on a real cluster by causes.test.ts.
 */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo, Server } from "node:net";
import { causes } from "crossing-actions/dist/explain/causes/index.js";
import { keysOf } from "crossing-actions/dist/store/errors.js";
import { at, type KubeObject } from "../../../lab/k10/server/json.ts";
import { withSidecar } from "../../../lab/k10/server/sidecar.ts";
import { authority } from "../k10/support/certificates.ts";
import type { Loose } from "../k10/support/kube.ts";
import { catalogue, simulateBlueprints, type Database } from "../k10/support/kanister.ts";
import { OWN, ownBackup, passphrase } from "../k10/support/own-backup.ts";
import { failureOf, Program } from "../k10/support/program.ts";
import { FakeS3 } from "../k10/support/s3.ts";
import { Side } from "../k10/support/side.ts";
import { Snapshots } from "../k10/support/snapshots.ts";
import { until } from "../k10/support/world.ts";

const produced = new Set<string>();

/** The keys that a fix names: those of the store, or of the locations that the profiles here are called by. */
const keys = [undefined, "broken", "minio"].map(keysOf);

/** Asserts that a message explains this cause and no other, and says what was said before it. */
function explains(id: string, message: string, said = ""): void {
    const cause = causes.find(each => each.id === id);
    assert.ok(cause, `there is no cause ${id}`);
    const found = causes.filter(({ reason, fix }) =>
        keys
            .map(each => (typeof fix === "string" ? fix : fix(each)))
            .some(text =>
                message.includes(` Probably ${reason}. ${text}, then run \`pulumi up\` again`),
            ),
    );
    assert.deepEqual([found.map(each => each.id), message.includes(said)], [[id], true], message);
    assert.match(message, / Details: kubectl [^;\n]+$/);
    produced.add(id);
}

const core = "/api/v1/namespaces/shop";
const deployments = "/apis/apps/v1/namespaces/shop/deployments";
const blueprintsPath = "/apis/cr.kanister.io/v1alpha1/namespaces/kasten-io/blueprints";
const snapshotClass = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses";

describe("explained, with stand-ins: the source", function () {
    this.timeout(60_000);

    let s3: FakeS3;
    let source: Program;
    const servers: Server[] = [];

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        source = await Program.start("uid-of-source", s3);
        await source.side.application();
        source.side.exportPolicy("shop-export");
        await source.side.validated("policies", "shop-export");
    });
    afterEach(async () => {
        await source.stop();
        s3.stop();
        servers.splice(0).forEach(server => server.close());
    });

    const kube = () => source.side.lab.kube;
    const exported = () => failureOf(source.exports());

    /** What becomes of a profile with this endpoint, bucket and Secret. */
    async function profile(endpoint = s3.endpoint, bucket = "backups", keys = "s3") {
        source.side.profile("broken", { endpoint }, bucket, keys);
        return await failureOf(source.validated("Profile", "broken"));
    }

    async function listening(server: Server): Promise<string> {
        servers.push(server);
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    describe("the store of a profile", () => {
        it("a name that nobody resolves", async () => {
            explains("store-dns", await profile("http://minio.source.invalid:9000"));
        });

        it("nothing listens", async () => {
            const server = createServer();
            const address = await listening(server);
            await new Promise(resolve => server.close(resolve));
            explains("store-refused", await profile(`http://${address}`));
        });

        it("an address from which nothing comes back", async () => {
            source.side.faults({ storeTimeout: "backups" });
            explains("store-timeout", await profile());
        });

        it("a self-signed certificate", async () => {
            const server = createTlsServer(authority("store"));
            server.on("tlsClientError", () => undefined);
            explains("store-tls", await profile(`https://${await listening(server)}`));
        });

        it("https for a store without a certificate", async () => {
            explains("store-scheme", await profile(s3.endpoint.replace("http:", "https:")));
        });

        it("an access key that it does not know", async () => {
            const encode = (text: string) => Buffer.from(text).toString("base64");
            kube().put("/api/v1/namespaces/kasten-io/secrets/wrong", {
                data: {
                    aws_access_key_id: encode("stranger"),
                    aws_secret_access_key: encode("secret"),
                },
            });
            explains("store-access-key", await profile(s3.endpoint, "backups", "wrong"));
        });

        it("no Secret", async () => {
            explains("store-secret", await profile(s3.endpoint, "backups", "gone"));
        });

        it("no bucket", async () => {
            explains("store-bucket", await profile(s3.endpoint, "nowhere"), 'bucket "nowhere"');
        });

        it("a profile of which K10 says nothing more", async () => {
            // Seen on a live K10, for an endpoint that only the other cluster reaches.
            const path = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/profiles/minio";
            const { metadata, spec } = kube().get(path) as KubeObject;
            source.side.lab.kube.put(path, {
                ...{ metadata, spec: spec! },
                status: {
                    ...source.side.config("profiles", "minio")?.status,
                    ...{ validation: "Failed", error: ["Could not find profile bucket"] },
                },
            });
            explains(
                "store-unreachable",
                await failureOf(source.validated("Profile", "minio")),
                "K10 does not accept Profile `kasten-io/minio`: Could not find profile bucket.",
            );
        });

        for (const [id, code, message] of [
            ["store-secret-key", "SignatureDoesNotMatch", "The signature does not match."],
            ["store-denied", "AccessDenied", "Access Denied."],
            ["store-region", "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong"],
            ["clock-skew", "RequestTimeTooSkewed", "The difference is too large."],
            ["store-lock", "ObjectLockConfigurationNotFoundError", "There is no object lock."],
        ]) {
            it(`answers ${code}`, async () => {
                s3.refusal = { code, message };
                explains(id, await profile(), message);
            });
        }
    });

    describe("the policy", () => {
        it("a profile that K10 cannot use", async () => {
            await profile(s3.endpoint, "nowhere");
            source.side.exportPolicy("other", { name: "broken", namespace: "kasten-io" });
            explains("profile-invalid", await failureOf(source.validated("Policy", "other")));
        });

        it("a profile that is not there", async () => {
            source.side.exportPolicy("other", { name: "gone", namespace: "kasten-io" });
            explains("profile-missing", await failureOf(source.validated("Policy", "other")));
        });

        it("a policy that K10 has yet to validate", async () => {
            source.side.faults({ staleValidation: "20" });
            source.side.profile("second", s3, "backups");
            await source.side.validated("profiles", "second");
            source.side.exportPolicy("shop-export", { name: "second", namespace: "kasten-io" });
            explains(
                "policy-invalid",
                await failureOf(source.exports({ validationTimeout: 1 })),
                "Cannot execute action for an invalid policy: Policy kasten-io/shop-export has changed",
            );
        });

        it("a namespace that nobody has", async () => {
            kube().objects.delete(core);
            explains("nothing-selected", await exported());
        });

        it("a namespace that is being deleted", async () => {
            kube().put(core, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } });
            explains("namespace-going", await exported());
        });
    });

    describe("the store of an export", () => {
        for (const [id, code, message, status] of [
            ["store-slow", "SlowDown", "Please reduce your request rate.", 503],
            ["store-full", "XMinioStorageFull", "minimum free drive threshold", 507],
        ] as const) {
            it(`answers ${code}`, async () => {
                s3.refusal = { code, message, status };
                explains(id, await exported(), message);
            });
        }

        it("keys that have expired meanwhile", async () => {
            source.side.faults({ credentialsExpired: "backups" });
            explains("store-expired", await exported(), "ExpiredToken: The provided token");
        });
    });

    describe("what is in K10's parts that are not here", () => {
        for (const [text, id, said] of [
            ["BackupAction.snapshot-class", "snapshot-class-missing", "annotation in the cluster."],
            ["ExportAction.clock-skew", "clock-skew", "by more than allowed 5m0s."],
            ["ExportAction.repository", "store-repository", "invalid repository password."],
            ["ExportAction.worker-pod", "k10-worker", "timed out waiting for the condition."],
            ["ExportAction.export-unsupported", "export-unsupported", "does not support export."],
            ["ExportAction.no-artifacts", "no-artifacts", "No artifacts provided."],
            ["RunAction.licence", "licence", "License is invalid: node limit exceeded."],
        ]) {
            it(text, async () => {
                source.side.faults({ actionFailsLike: text });
                explains(id, await exported(), said);
            });
        }
    });

    describe("K10's sidecar", () => {
        const injector = "/api/v1/namespaces/kasten-io/services/injector";
        const slice = "/apis/discovery.k8s.io/v1/namespaces/kasten-io/endpointslices/injector-1";
        const configuration =
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/k10-sidecar-injector";
        const image = { image: "stand-in", imagePullPolicy: "Never" };
        const workload = (kind = "Deployment") => ({
            ...{ apiVersion: "apps/v1", kind, metadata: { name: "web" } },
            spec: {
                ...{ replicas: 1, selector: { matchLabels: { app: "web" } } },
                template: {
                    spec: {
                        containers: [
                            { name: "web", volumeMounts: [{ name: "v", mountPath: "/data" }] },
                        ],
                        volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }],
                    },
                },
            },
        });
        const configured = (caBundle: string) =>
            kube().put(configuration, {
                webhooks: [
                    {
                        clientConfig: {
                            ...(caBundle !== "" && { caBundle }),
                            service: { namespace: "kasten-io", name: "injector" },
                        },
                    },
                ],
            });
        const served = (endpoints: object[]) =>
            kube().put(slice, {
                metadata: { labels: { "kubernetes.io/service-name": "injector" } },
                endpoints,
            });
        const web = (changed: object = workload()) =>
            kube().put(`${deployments}/web`, { ...changed });
        /** What the stand-in's webhook makes of it. */
        const injected = () => withSidecar(workload(), image)!;
        const uncovered = () => failureOf(source.covers());

        beforeEach(() => {
            kube().put(core, { metadata: { labels: { backup: "sidecar" } } });
            kube().put(injector, {});
            configured("Y2E=");
            served([{ conditions: { ready: true } }]);
            web();
            kube().admit = (_, object) => withSidecar(object, image) ?? object;
        });

        it("a workload that is older than the webhook", async () => {
            explains("sidecar-before-webhook", await uncovered());
        });

        it("no webhook", async () => {
            kube().objects.delete(configuration);
            explains("sidecar-webhook-missing", await uncovered());
        });

        it("no CA bundle", async () => {
            configured("");
            explains("sidecar-webhook-certificate", await uncovered());
        });

        it("nobody behind the webhook", async () => {
            served([]);
            explains("sidecar-webhook-endpoints", await uncovered(), "which has no endpoint");
            kube().objects.delete(injector);
            explains("sidecar-webhook-endpoints", await uncovered(), "which does not exist");
        });

        it("a webhook that does not answer", async () => {
            kube().admit = (_, object) => object;
            explains("sidecar-webhook-unreachable", await uncovered());
        });

        it("a namespace without the label", async () => {
            kube().put(core, {});
            explains("sidecar-labels", await uncovered(), "`backup=sidecar`");
        });

        it("a DaemonSet", async () => {
            kube().objects.delete(`${deployments}/web`);
            kube().put("/apis/apps/v1/namespaces/shop/daemonsets/web", workload("DaemonSet"));
            explains("sidecar-kind", await uncovered(), "DaemonSet web has PVC `data`");
        });

        it("a claim that the sidecar does not mount", async () => {
            const containers = at(injected(), "spec", "template", "spec", "containers");
            const spec = { ...workload().spec.template.spec, containers };
            const more = { name: "w", mountPath: "/logs" };
            (containers as [{ volumeMounts: object[] }])[0].volumeMounts.push(more);
            spec.volumes.push({ name: "w", persistentVolumeClaim: { claimName: "logs" } });
            web({ ...injected(), spec: { ...workload().spec, template: { spec } } });
            explains("sidecar-parity", await uncovered(), "PVC `logs`");
        });

        it("a sidecar without the annotation", async () => {
            web({ ...injected(), metadata: {} });
            explains("sidecar-annotation", await uncovered());
        });

        it("capabilities that an SCC refuses", async () => {
            web(injected());
            kube().put(`${core}/events/e`, {
                ...{ type: "Warning", reason: "FailedCreate" },
                involvedObject: { kind: "ReplicaSet", name: "web-1" },
                message:
                    'Error creating: pods "web-1-" is forbidden: unable to validate against any security context constraint: [provider restricted-v2: .containers[1].capabilities.add: Invalid value: "CHOWN": capability may not be added]',
            });
            explains("sidecar-capabilities", await uncovered(), "has 0 of 1 pods ready");
        });
    });

    describe("the volumes of a backup", () => {
        const claim = (storageClassName: string) =>
            kube().put(`${core}/persistentvolumeclaims/data`, {
                spec: { storageClassName, volumeName: "pv" },
                status: { phase: "Bound" },
            });
        const annotated = { "k10.kasten.io/is-snapshot-class": "true" };
        let snapshots: Snapshots;

        beforeEach(() => {
            snapshots = new Snapshots(source.side.lab);
            snapshots.offer();
            claim("csi");
            source.side.lab.world.config.genericBackup.token = false;
        });

        it("of a provisioner that makes no snapshots", async () => {
            claim("standard");
            explains("volume-no-csi", await exported(), "for driver rancher.io/local-path");
        });

        it("no VolumeSnapshotClass of the driver", async () => {
            kube().objects.delete(`${snapshotClass}/snap`);
            explains("snapshot-class-missing", await exported(), "for driver csi.example.com");
        });

        it("two VolumeSnapshotClasses of the driver", async () => {
            kube().put(`${snapshotClass}/second`, {
                ...{ metadata: { annotations: annotated }, driver: "csi.example.com" },
            });
            explains("snapshot-class-several", await exported(), "second, snap");
        });

        it("a StorageClass that names a VolumeSnapshotClass that is not there", async () => {
            kube().put("/apis/storage.k8s.io/v1/storageclasses/csi", {
                metadata: { annotations: { "k10.kasten.io/volume-snapshot-class": "rbd" } },
                provisioner: "csi.example.com",
            });
            explains("snapshot-class-named", await exported(), '"rbd" not found');
        });

        it("no snapshot CRDs", async () => {
            kube().intercept = (method, path) =>
                method === "POST" && path.endsWith("/volumesnapshots")
                    ? [404, { message: 'no matches for kind "VolumeSnapshot" in version "v1"' }]
                    : undefined;
            explains("snapshot-api-missing", await exported());
        });

        it("no snapshot-controller", async () => {
            snapshots.errors.set("data", "");
            explains("snapshot-controller", await exported());
        });

        it("no csi-snapshotter", async () => {
            snapshots.errors.set("data", "");
            const { onCreate } = kube();
            kube().onCreate = (path, object) => {
                onCreate(path, object);
                if (object.kind === "VolumeSnapshot") {
                    const status = { boundVolumeSnapshotContentName: "content" };
                    kube().put(path, { ...object, status });
                }
            };
            explains("snapshot-handle", await exported());
        });

        it("a driver that refuses", async () => {
            const error =
                'Failed to check and update snapshot content: failed to take snapshot of the volume pv: "rpc error: code = ResourceExhausted desc = pool is full"';
            snapshots.errors.set("data", error);
            explains("snapshot-driver", await exported(), `${error}.`);
        });

        it("a snapshot that somebody deletes before the export", async () => {
            source.side.lab.world.config.seconds.export = 0.4;
            const work = exported();
            await until("a backup", () =>
                source.side
                    .actions("BackupAction")
                    .find(each => each.status?.["state"] === "Complete"),
            );
            for (const path of [...kube().objects.keys()]) {
                if (path.includes("/volumesnapshots/")) {
                    kube().objects.delete(path);
                }
            }
            explains("snapshot-gone", await work);
        });

        it("a workload that wants generic volume backup, without its token", async () => {
            const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "data" } }];
            kube().put(`${deployments}/web`, {
                metadata: { annotations: { "k10.kasten.io/forcegenericbackup": "true" } },
                spec: { replicas: 1, template: { spec: { volumes } } },
            });
            explains("generic-backup", await exported());
        });
    });

    describe("the Blueprint of a database", () => {
        const deployment = `${deployments}/web`;
        const login = 'FATAL: password authentication failed for user "shop"';

        /** The application's volume is backed up by a Blueprint, if there is one of that name. */
        const dumped = (database: Partial<Database>, exists = true) => {
            simulateBlueprints(source.side.lab, { content: "", ran: [], ...database });
            const found = kube().get(deployment)!;
            const annotations = { "kanister.kasten.io/blueprint": "shop-database" };
            kube().put(deployment, { ...found, metadata: { ...found.metadata, annotations } });
            if (exists) {
                kube().put(`${blueprintsPath}/shop-database`, { kind: "Blueprint", ...catalogue });
            }
            return exported();
        };

        it("a password that the database does not know", async () => {
            explains("dump-login", await dumped({ refusal: login }), login);
        });

        it("programs that are older than the server", async () => {
            const refusal = "pg_dump: error: aborting because of server version mismatch";
            explains("dump-version", await dumped({ refusal }), refusal);
        });

        it("a key that the Secret does not have", async () => {
            const message = "couldn't find key PASS in Secret shop/database";
            const waiting = { reason: "CreateContainerConfigError", message };
            explains("secret-key", await dumped({ waiting }), message);
        });

        it("no such Blueprint", async () => {
            explains("blueprint-missing", await dumped({}, false));
        });
    });

    describe("K10 itself", () => {
        const service = (group: string, status: string, message = "") =>
            kube().put(
                `/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.${group}.kio.kasten.io`,
                { status: { conditions: [{ type: "Available", status, message }] } },
            );

        beforeEach(() => void service("actions", "True"));

        for (const [id, message] of [
            [
                "k10-no-endpoints",
                'endpoints for service/aggregatedapis-svc in "kasten-io" have no addresses with port name "https"',
            ],
            [
                "k10-no-answer",
                "failing or missing response from https://10.0.0.1:443/apis: Get: context deadline exceeded",
            ],
        ]) {
            it(id, async () => {
                service("apps", "False", message);
                explains(id, await failureOf(source.ready()), message);
            });
        }

        it("no APIService", async () => {
            const message = await failureOf(source.ready());
            explains("k10-missing", message, "v1alpha1.apps.kio.kasten.io does not exist.");
        });

        it("pods of K10 that do not run say more than its APIService", async () => {
            service("apps", "False", "endpoints for service/x have no addresses");
            kube().put("/api/v1/namespaces/kasten-io/pods/aggregatedapis-svc-1", {
                status: {
                    phase: "Pending",
                    containerStatuses: [
                        { state: { waiting: { reason: "ErrImagePull", message: "denied" } } },
                    ],
                },
            });
            explains(
                "image-pull",
                await failureOf(source.ready()),
                "In namespace `kasten-io`: Pod aggregatedapis-svc-1: ErrImagePull: denied.",
            );
        });

        it("an aggregated API that is away", async () => {
            source.side.faults({ apiUnavailable: "*" });
            explains("k10-away", await failureOf(source.exports({ timeout: 0.5 })));
        });

        it("rights that K10 lacks", async () => {
            const message =
                'persistentvolumeclaims is forbidden: User "system:serviceaccount:kasten-io:k10-k10" cannot list resource "persistentvolumeclaims" in API group "" in the namespace "shop"';
            kube().intercept = (method, path) =>
                method === "GET" && path === `${core}/persistentvolumeclaims`
                    ? [403, { reason: "Forbidden", message }]
                    : undefined;
            explains("rights", await exported(), `${message}.`);
        });
    });

    it("an import on the cluster that exported", async () => {
        const { receiveString } = await source.exports();
        source.side.importPolicy("shop-import", receiveString);
        await source.side.validated("policies", "shop-import");
        explains("import-same-cluster", await failureOf(source.imports()));
    });
});

describe("explained, with stand-ins: the target", function () {
    this.timeout(60_000);

    let s3: FakeS3;
    let target: Program;
    let receiveString: string;
    let original: (path: string, object: KubeObject) => void;

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        const source = await Program.start("uid-of-source", s3);
        await source.side.application();
        source.side.exportPolicy("shop-export");
        await source.side.validated("policies", "shop-export");
        ({ receiveString } = await source.exports());
        await source.stop();
        target = await Program.start("uid-of-target", s3);
        original = target.side.lab.kube.onCreate;
    });
    afterEach(async () => {
        await target.stop();
        s3.stop();
    });

    const kube = () => target.side.lab.kube;

    async function importing(text = receiveString): Promise<void> {
        target.side.importPolicy("shop-import", text);
        await target.side.validated("policies", "shop-import");
    }
    async function imported(): Promise<string> {
        await importing();
        return (await target.imports()).restorePointContent;
    }
    const restored = async () => await failureOf(target.restores(await imported(), "1"));

    describe("the hand-off", () => {
        it("a receive string of another policy", async () => {
            const other = receiveString.slice(0, -20) + "A".repeat(20);
            await importing(other);
            explains("receive-string", await failureOf(target.imports()));
        });

        it("in K10's own words", async () => {
            target.side.faults({ actionFailsLike: "ImportAction.receive-string" });
            await importing();
            explains(
                "receive-string",
                await failureOf(target.imports()),
                ": chacha20poly1305: message authentication failed.",
            );
        });

        it("an import that brings nothing", async () => {
            target.side.faults({ actionFailed: "ImportAction", failureHidden: "ImportAction" });
            await importing();
            explains("import-nothing", await failureOf(target.imports({ timeout: 0.5 })));
        });

        it("objects that are gone from the bucket", async () => {
            for (const key of [...s3.objects.keys()].filter(each => each.endsWith(".manifest"))) {
                s3.objects.delete(key);
            }
            await importing();
            explains("store-data-missing", await failureOf(target.imports()));
        });
    });

    describe("volumes", () => {
        it("a StorageClass that the target does not have", async () => {
            kube().objects.delete("/apis/storage.k8s.io/v1/storageclasses/standard");
            explains("storage-class-missing", await restored(), '"standard" not found.');
        });

        it("a volume that is full", async () => {
            target.side.faults({ actionFailsLike: "RestoreAction.volume-full" });
            explains("volume-full", await restored(), "no space left on device.");
        });

        /** A mover that does not start, and what the cluster says of its claim or pod. */
        function stuck(about: "PersistentVolumeClaim" | "Pod", message: string): void {
            target.side.lab.world.config.seconds.moverStart = 0.2;
            kube().onCreate = (path, { kind, metadata: { name } }) => {
                if (kind === "PersistentVolumeClaim") {
                    kube().put(path, { status: { phase: "Pending" } });
                }
                if (kind === about) {
                    kube().put(`${core}/events/${name}`, {
                        ...{ type: "Warning", reason: "Failed", message },
                        involvedObject: { kind, name },
                    });
                }
                if (kind === "Pod") {
                    // The mover's pod is gone when the restore has ended; the application's is not.
                    kube().put(`${core}/pods/web-1`, { status: { phase: "Pending" } });
                    kube().put(`${core}/events/web-1`, {
                        ...{ type: "Warning", reason: "Failed", message },
                        involvedObject: { kind, name: "web-1" },
                    });
                }
            };
        }

        it("no default StorageClass", async () => {
            stuck(
                "PersistentVolumeClaim",
                "no persistent volumes available for this claim and no storage class is set",
            );
            explains("storage-class-default", await restored(), "PVC data: no persistent volumes");
        });

        it("a provisioner without room", async () => {
            stuck(
                "PersistentVolumeClaim",
                'failed to provision volume with StorageClass "standard": rpc error: code = ResourceExhausted desc = not enough space',
            );
            explains("volume-provision", await restored(), "PVC data: failed to provision");
        });

        it("a volume that the node cannot mount", async () => {
            stuck("Pod", 'MountVolume.MountDevice failed for volume "pv": no such device');
            explains("volume-mount", await restored(), "Pod web-1: MountVolume.MountDevice");
        });
    });

    it("a namespace that goes while K10 restores into it", async () => {
        target.side.lab.world.config.seconds.restore = 0.4;
        const work = restored();
        await until("a restore", () => target.side.actions("RestoreAction")[0]);
        kube().objects.delete(core);
        explains("namespace-missing", await work);
    });

    describe("objects that the API server refuses", () => {
        for (const [id, plural, code, message] of [
            [
                "webhook",
                "deployments",
                500,
                'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://gone.default.svc:443/?timeout=10s": service "gone" not found',
            ],
            [
                "node-port",
                "configmaps",
                422,
                'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
            ],
            [
                "cluster-ip",
                "configmaps",
                422,
                'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.1.2.3"]: failed to allocate IP 10.1.2.3: the provided IP is not in the valid range.',
            ],
            [
                "immutable",
                "configmaps",
                422,
                'ConfigMap "settings" is invalid: data: Forbidden: field is immutable when `immutable` is set',
            ],
            ["kind-missing", "configmaps", 404, "the server could not find the requested resource"],
        ] as const) {
            it(id, async () => {
                kube().intercept = (method, path) =>
                    method === "POST" && path.endsWith(`/namespaces/shop/${plural}`)
                        ? [code, { message }]
                        : undefined;
                explains(id, await restored(), message);
            });
        }
    });

    describe("workloads that do not become ready", () => {
        const status = (state: object, lastState = {}): Loose => ({
            status: { phase: "Pending", containerStatuses: [{ state, lastState }] },
        });
        const waiting = (reason: string, message: string, lastState = {}) =>
            status({ waiting: { reason, message } }, lastState);
        const unscheduled = (message: string): Loose => ({
            status: {
                phase: "Pending",
                conditions: [{ type: "PodScheduled", status: "False", message }],
            },
        });

        /** A Deployment whose pods have this trouble, in a namespace in which K10 sees none. */
        async function troubled(pod: Loose | undefined, refusal?: string): Promise<string> {
            kube().onCreate = (path, object) => {
                if (object.kind !== "Deployment") {
                    return original(path, object);
                }
                if (pod) {
                    kube().put(`${core}/pods/web-1`, pod);
                }
                if (refusal !== undefined) {
                    kube().put(`${core}/events/web`, {
                        ...{ type: "Warning", reason: "FailedCreate", message: refusal },
                        involvedObject: { kind: "ReplicaSet", name: "web-1" },
                    });
                }
            };
            return await restored();
        }

        for (const [id, pod] of [
            ["image-pull", waiting("ImagePullBackOff", 'Back-off pulling image "shop/web:1"')],
            [
                "run-as-root",
                waiting(
                    "CreateContainerConfigError",
                    "container has runAsNonRoot and image will run as root",
                ),
            ],
            ["config-missing", waiting("CreateContainerConfigError", 'secret "db" not found')],
            [
                "crash-loop",
                waiting("CrashLoopBackOff", "back-off 10s", { terminated: { exitCode: 1 } }),
            ],
            [
                "out-of-memory",
                waiting("CrashLoopBackOff", "back-off 10s", {
                    terminated: { exitCode: 137, reason: "OOMKilled" },
                }),
            ],
            [
                "unschedulable-resources",
                unscheduled("0/1 nodes are available: 1 Insufficient memory."),
            ],
            [
                "unschedulable-placement",
                unscheduled(
                    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
                ),
            ],
            [
                "volume-unbound",
                unscheduled(
                    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                ),
            ],
        ] as [string, Loose][]) {
            it(id, async () => {
                explains(id, await troubled(pod), "In namespace `shop`: Pod web-1: ");
            });
        }

        const forbidden = 'Error creating: pods "web-1-" is forbidden: ';
        for (const [id, refusal] of [
            [
                "scc",
                'unable to validate against any security context constraint: [provider "restricted-v2": .spec.containers[0].runAsUser: Invalid value: 0]',
            ],
            [
                "pod-security",
                'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
            ],
            ["quota", "exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0"],
            ["limit-range", "maximum memory usage per Container is 64Mi, but limit is 128Mi"],
        ]) {
            it(id, async () => {
                const message = await troubled(undefined, forbidden + refusal);
                explains(id, message, `In namespace \`shop\`: ReplicaSet web-1: ${forbidden}`);
            });
        }

        it("a restore that takes too long is explained, too", async () => {
            target.side.lab.world.config.seconds.workloadReady = 10;
            const content = await imported();
            kube().onCreate = (path, object) =>
                object.kind === "Deployment"
                    ? void kube().put(
                          `${core}/pods/web-1`,
                          waiting("ErrImagePull", "not in this registry"),
                      )
                    : original(path, object);
            const message = await failureOf(target.restores(content, "1", 1));
            explains(
                "image-pull",
                message,
                "Waited 1s in vain for Restore `shop/restore-shop-1-1` to be Complete; last seen: Running. In namespace `shop`: Pod web-1: ErrImagePull: not in this registry. Probably",
            );
            assert.match(
                message,
                /, then run `pulumi up` again, which goes on waiting\. Details: /,
            );
        });
    });
});

describe("explained, with stand-ins: the recovery of K10", function () {
    this.timeout(60_000);

    let s3: FakeS3;
    let lost: Side;
    let fresh: Program;
    before(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        lost = await Side.start("uid-of-lost", s3);
        await ownBackup(lost);
        passphrase(lost, "hunter2");
        await lost.run(OWN, "own-1");
    });
    beforeEach(async () => {
        fresh = await Program.start("uid-of-new", s3);
    });
    afterEach(() => fresh.stop());
    after(async () => {
        await lost.stop();
        s3.stop();
    });

    it("without the Secret", async () => {
        explains("recovery-no-secret", await failureOf(fresh.recovers()));
    });

    it("with another passphrase", async () => {
        passphrase(fresh.side, "hunter3");
        explains("recovery-passphrase", await failureOf(fresh.recovers()));
    });

    it("of a cluster that nobody backed up", async () => {
        passphrase(fresh.side, "hunter2");
        const message = await failureOf(fresh.recovers({ clusterId: "another" }));
        explains("recovery-unknown-cluster", message);
    });
});

describe("explained, with stand-ins: all of it", () => {
    it("every cause of the table was produced", function () {
        if (produced.size < 10) {
            this.skip();
        }
        const missing = causes.map(({ id }) => id).filter(id => !produced.has(id));
        assert.deepEqual(missing, []);
    });
});
