/** Backup by VolumeSnapshots and export from clones of them, with a snapshot-controller and a driver that are faked. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Body } from "../../../lab/k10/server/action.ts";
import { Engine } from "../../../lab/k10/server/engine.ts";
import { at, listAt, textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { kindOf } from "../../../lab/k10/server/kinds.ts";
import type { Manifest } from "../../../lab/k10/server/layout.ts";
import { removeLeftovers } from "../../../lab/k10/server/leftovers.ts";
import { meetsNodeSelector } from "../../../lab/k10/server/placement.ts";
import { bytesOf, larger } from "../../../lab/k10/server/quantity.ts";
import { newKey, openManifest, openVolume, type HandOff } from "../../../lab/k10/server/seal.ts";
import { withSidecar } from "../../../lab/k10/server/sidecar.ts";
import { chooseSnapshotClass } from "../../../lab/k10/server/snapshot-class.ts";
import { backup } from "../../../lab/k10/server/work/backup.ts";
import { exportManually } from "../../../lab/k10/server/work/export.ts";
import { restore } from "../../../lab/k10/server/work/restore.ts";
import { retire } from "../../../lab/k10/server/work/retire.ts";
import { usesClaim } from "../../../lab/k10/server/work/volume-plan.ts";
import { simulate, volume } from "./support/movers.ts";
import { FakeS3 } from "./support/s3.ts";
import { Snapshots } from "./support/snapshots.ts";
import { lab, type Lab } from "./support/world.ts";

const CORE = "/api/v1/namespaces/shop";
const SNAPSHOTS = "/apis/snapshot.storage.k8s.io/v1";
const DRIVER = "csi.example.com";
const CONTENT = kindOf("RestorePointContent");
const profile = { name: "minio", namespace: "kasten-io" };
const NO_CLASS = `no VolumeSnapshotClass with annotation k10.kasten.io/is-snapshot-class: "true" for driver ${DRIVER}`;
const CHAIN = ["Failed to snapshot volumes of application shop", "Failed to back up PVC data"];

/** A VolumeSnapshotClass. */
const snapshotClass = (name: string, annotated: string | undefined, driver = DRIVER) =>
    ({
        metadata: {
            name,
            ...(annotated !== undefined && {
                annotations: { "k10.kasten.io/is-snapshot-class": annotated },
            }),
        },
        driver,
    }) as unknown as KubeObject;

describe("K10 stand-in: choice of the VolumeSnapshotClass", () => {
    const good = snapshotClass("good", "true");
    const plain = snapshotClass("plain", undefined);
    const foreign = snapshotClass("foreign", "true", "other.example.com");
    const cases: [string, string, KubeObject[], string | RegExp][] = [
        ["the annotated one of the driver", "", [plain, foreign, good], "good"],
        ["the one that the StorageClass names", "plain", [plain, good], "plain"],
        ["none at all", "", [], RegExp(`^${NO_CLASS}$`)],
        ["one that is not annotated", "", [plain], RegExp(`^${NO_CLASS}$`)],
        ["one with another value", "", [snapshotClass("no", "false")], RegExp(`^${NO_CLASS}$`)],
        ["one of another driver", "", [foreign], RegExp(`^${NO_CLASS}$`)],
        [
            "two",
            "",
            [snapshotClass("zeta", "true"), good],
            /^2 VolumeSnapshotClasses with annotation .* for driver csi\.example\.com: good, zeta$/,
        ],
        [
            "a name that does not exist",
            "typo",
            [good],
            /^volumesnapshotclasses\.snapshot\.storage\.k8s\.io "typo" not found$/,
        ],
        [
            "a name of another driver",
            "foreign",
            [good, foreign],
            /^VolumeSnapshotClass foreign is for driver other\.example\.com, and the volume is of driver csi\.example\.com$/,
        ],
    ];
    for (const [what, named, classes, expected] of cases) {
        it(what, () => {
            const choose = () => chooseSnapshotClass(DRIVER, named, classes);
            if (typeof expected === "string") {
                assert.equal(choose(), expected);
            } else {
                assert.throws(choose, { message: expected });
            }
        });
    }

    it("sizes are compared as quantities", () => {
        const sizes = ["1Gi", "2G", "500M", "1.5k", "5e3", "7", ""].map(bytesOf);
        assert.deepEqual(sizes, [2 ** 30, 2e9, 5e8, 1500, 5000, 7, 0]);
        assert.equal(larger("900Mi", "1Gi"), "1Gi");
        assert.equal(larger("1024Mi", "1Gi"), "1024Mi");
        assert.equal(larger("1Gi", ""), "1Gi");
    });

    it("a StatefulSet uses the claims that are made for its pods", () => {
        const set = {
            apiVersion: "apps/v1",
            kind: "StatefulSet",
            metadata: { name: "db" },
            spec: { volumeClaimTemplates: [{ metadata: { name: "data" } }] },
        };
        const used = ["data-db-0", "data-db-12", "data-db", "data-db-x-1"].map(claim =>
            usesClaim(set, claim),
        );
        assert.deepEqual(used, [true, true, false, false]);
    });
});

describe("K10 stand-in: nodes for volumes", () => {
    const node = {
        ...{ apiVersion: "v1", kind: "Node" },
        metadata: { name: "a", labels: { host: "a" } },
    };
    const named = (...values: string[]) => [{ key: "metadata.name", operator: "In", values }];
    const cases: [string, object[], boolean][] = [
        [
            "by a label",
            [{ matchExpressions: [{ key: "host", operator: "In", values: ["a"] }] }],
            true,
        ],
        ["by its name", [{ matchFields: named("a") }], true],
        [
            "by one of several terms",
            [{ matchFields: named("b") }, { matchFields: named("a") }],
            true,
        ],
        [
            "not by half of a term",
            [{ matchExpressions: [{ key: "gpu", operator: "Exists" }], matchFields: named("a") }],
            false,
        ],
        ["not by a term without conditions", [{}], false],
        ["not without terms", [], false],
    ];
    for (const [how, nodeSelectorTerms, expected] of cases) {
        it(`are met ${how}`, () => {
            assert.equal(meetsNodeSelector(node, { nodeSelectorTerms }), expected);
        });
    }
});

describe("K10 stand-in: backup by snapshots", function () {
    this.timeout(10_000);

    let s3: FakeS3;
    let here: Lab;
    let engine: Engine;
    let snapshots: Snapshots;
    let count = 0;

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        here = await lab("uid");
        here.world.config.genericBackup.injected = false;
        simulate(here);
        snapshots = new Snapshots(here);
        snapshots.offer();
        engine = new Engine(here.world.catalog, 0.001);
        const { kube } = here;
        const encode = (text: string) => Buffer.from(text).toString("base64");
        kube.put("/api/v1/namespaces/kasten-io/secrets/s3", {
            data: { aws_access_key_id: encode("access"), aws_secret_access_key: encode("secret") },
        });
        const secret = { name: "s3", namespace: "kasten-io" };
        const objectStore = {
            ...{ objectStoreType: "S3", name: "backups", endpoint: s3.endpoint },
            path: "k10/uid/migration",
        };
        kube.put("/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io/profiles/minio", {
            spec: {
                type: "Location",
                locationSpec: {
                    type: "ObjectStore",
                    credential: { secretType: "AwsAccessKey", secret },
                    objectStore,
                },
            },
            status: { validation: "Success" },
        });
        kube.put("/api/v1/namespaces/shop", { metadata: { labels: { tier: "prod" } } });
        await claim("data", "at the moment");
        kube.put("/apis/apps/v1/namespaces/shop/deployments/web", {
            metadata: { labels: { app: "web" } },
            spec: {
                template: {
                    spec: {
                        containers: [
                            { name: "web", volumeMounts: [{ name: "v", mountPath: "/data" }] },
                        ],
                        volumes: [mount("data")],
                    },
                },
            },
            status: { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 },
        });
    });
    afterEach(async () => {
        await here.world.catalog.flush();
        await here.stop();
        s3.stop();
    });

    const mount = (claimName: string) => ({ name: "v", persistentVolumeClaim: { claimName } });

    /** A bound claim of class `csi` whose volume holds one file and is on node a. */
    async function claim(name: string, text: string, storageClassName = "csi"): Promise<void> {
        here.kube.put(`/api/v1/persistentvolumes/pv-${name}`, {
            spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ on: "a" }] } } },
        });
        here.kube.put(`${CORE}/persistentvolumeclaims/${name}`, {
            spec: {
                storageClassName,
                volumeName: `pv-${name}`,
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: "1Gi" } },
            },
            status: { phase: "Bound", capacity: { storage: "1Gi" } },
        });
        await mkdir(volume(here, "shop", name), { recursive: true });
        await writeFile(join(volume(here, "shop", name), "rows"), text);
    }

    async function run(kind: string, body: Body, spec = {}): Promise<KubeObject> {
        const name = `${kind.toLowerCase()}-${++count}`;
        const namespace = kind === "RetireAction" ? {} : { namespace: "shop" };
        engine.begin(kindOf(kind), { name, ...namespace, spec }, body);
        return await ended(kind, "shop", name);
    }

    async function ended(kind: string, namespace: string | undefined, name: string) {
        for (let tries = 0; tries < 500; tries++) {
            const object = here.world.catalog.get(kindOf(kind), namespace, name)!;
            const state = textAt(object, "status", "state");
            if (["Complete", "Failed", "Cancelled", "Skipped"].includes(state)) {
                return object;
            }
            await new Promise(resolve => setTimeout(resolve, 5));
        }
        throw new Error(`${kind} ${name} never ended`);
    }

    /** Backs up into restore point `p`. */
    const backUp = (options: object = {}) =>
        run(
            "BackupAction",
            backup(here.world, {
                ...{ namespace: "shop", profile: undefined, filters: undefined },
                ...{ restorePoint: "p", ...options },
            }),
        );

    const handOff: HandOff = {
        ...{ version: 1, clusterUID: "uid", policy: profile, profilePath: "k10/uid/migration" },
        ...{ id: "id", dataKey: newKey() },
    };
    const exportPoint = () =>
        run(
            "ExportAction",
            exportManually(here.world, {
                ...{ point: { name: "p", namespace: "shop" }, profile, data: true },
                handOff,
            }),
        );

    /** Error messages of an action, outermost first. */
    function messages(action: KubeObject): string[] {
        const result: string[] = [];
        let error = at(action, "status", "error") as { message: string; cause?: unknown };
        while (error) {
            result.push(error.message);
            error = (
                typeof error.cause === "string" ? JSON.parse(error.cause) : error.cause
            ) as typeof error;
        }
        return result;
    }

    const state = (action: KubeObject) => textAt(action, "status", "state");
    const left = (part: string) =>
        [...here.kube.objects.keys()].filter(path => path.includes(`/${part}/`));

    /** The tar streams that the exported restore point names. */
    function exported(): string[] {
        const found = [...s3.objects].find(([key]) => key.endsWith(".manifest"))!;
        const { volumes } = openManifest(found[1], handOff.dataKey) as Manifest;
        assert.ok(volumes.every(each => each.snapshot === undefined));
        return volumes.map(each =>
            openVolume(s3.objects.get(`backups/${each.object}`)!, each).toString("latin1"),
        );
    }

    it("snapshots come first, the bytes are those of their moment, clones do not stay", async () => {
        await claim("more", "more at the moment");
        await claim("plain", "copied", "standard");
        const { kube } = here;
        const containers = [
            { name: "old", volumeMounts: [{ name: "v", mountPath: "/data" }] },
            { name: "kanister-sidecar", volumeMounts: [{ name: "v", mountPath: "/v/data" }] },
        ];
        kube.put("/apis/apps/v1/namespaces/shop/deployments/old", {
            metadata: { annotations: { "k10.kasten.io/forcegenericbackup": "true" } },
            spec: { template: { spec: { containers, volumes: [mount("plain")] } } },
        });
        const { onCreate } = kube;
        const order: string[] = [];
        let written = 0;
        const writer = setInterval(() => {
            if (order.includes("VolumeSnapshot")) {
                // At once: a file that is being written is empty for a moment.
                writeFileSync(join(volume(here, "shop", "data"), "rows"), `later ${++written}`);
            }
        }, 1);
        const pods: KubeObject[] = [];
        kube.onCreate = (path, object) => {
            onCreate(path, object);
            order.push(object.kind);
            if (object.kind === "Pod") {
                pods.push(object);
            }
        };
        snapshots.delay = 30;
        const action = await backUp({ profile });
        assert.equal(state(action), "Complete", JSON.stringify(action.status));
        assert.deepEqual(
            order.filter(kind => ["VolumeSnapshot", "Pod"].includes(kind)),
            ["VolumeSnapshot", "VolumeSnapshot", "Pod"],
        );
        const taken = left("volumesnapshots").map(path => kube.get(path)!);
        for (const { metadata, spec } of taken) {
            assert.match(metadata.name, /^k10-csi-snap-[a-z0-9]{16}$/);
            assert.equal(metadata.labels?.["k10.kasten.io/appNamespace"], "shop");
            assert.equal(metadata.annotations?.["crossing.lab/stand-in"], "k10");
            assert.equal(spec?.["volumeSnapshotClassName"], "snap");
        }
        const result = await exportPoint();
        clearInterval(writer);
        assert.equal(state(result), "Complete", JSON.stringify(result.status));
        assert.ok(written > 3, `${written}`);
        assert.match(await readFile(join(volume(here, "shop", "data"), "rows"), "utf8"), /later/);
        const [data, more, plain] = exported();
        assert.ok(data.includes("at the moment") && !data.includes("later"));
        assert.ok(more.includes("more at the moment"));
        assert.ok(plain.includes("copied"));
        // The clones were where the volumes are, and are gone.
        const nodes = { nodeSelectorTerms: [{ on: "a" }] };
        const pinned = {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: nodes },
        };
        assert.deepEqual(
            pods.map(pod => at(pod, "spec", "affinity")),
            [undefined, pinned, pinned],
        );
        assert.equal(left("persistentvolumeclaims").length, 3);
        assert.deepEqual([...left("pods"), ...left("secrets").slice(1)], []);
        assert.equal(left("volumesnapshots").length, 2);
        const bytes = at(result, "status", "progressDetails", "processedBytes");
        assert.equal(bytes, at(result, "status", "progressDetails", "totalBytes"));
    });

    it("without a usable class the BackupAction fails, also without the CRDs", async () => {
        here.kube.objects.delete(`${SNAPSHOTS}/volumesnapshotclasses/snap`);
        const expected = [
            ...CHAIN,
            `${NO_CLASS}, and generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)`,
        ];
        assert.deepEqual(messages(await backUp({ profile })), expected);
        here.kube.absentGroups.add("snapshot.storage.k8s.io");
        assert.deepEqual(messages(await backUp({ profile })), expected);
    });

    it("two classes fail, and the StorageClass's annotation settles it", async () => {
        const { apiVersion, kind, ...second } = snapshotClass("zeta", "true");
        here.kube.put(`${SNAPSHOTS}/volumesnapshotclasses/zeta`, second);
        assert.match(
            messages(await backUp({ profile })).at(-1)!,
            /^2 VolumeSnapshotClasses .*: snap, zeta, and generic volume backup is not activated/,
        );
        here.kube.put("/apis/storage.k8s.io/v1/storageclasses/csi", {
            provisioner: DRIVER,
            metadata: { annotations: { "k10.kasten.io/volume-snapshot-class": "zeta" } },
        });
        assert.equal(state(await backUp()), "Complete");
        const [path] = left("volumesnapshots");
        assert.equal(here.kube.get(path)?.spec?.["volumeSnapshotClassName"], "zeta");
    });

    it("the driver's error fails the backup, and no snapshot stays", async () => {
        await claim("more", "more");
        snapshots.errors.set("more", "rpc error: code = ResourceExhausted desc = no space");
        const failed = await backUp();
        const found = messages(failed);
        assert.deepEqual(
            [...found.slice(0, 2), found.at(-1)],
            [
                CHAIN[0],
                "Failed to back up PVC more",
                "rpc error: code = ResourceExhausted desc = no space",
            ],
        );
        assert.match(found[2], /^VolumeSnapshot shop\/k10-csi-snap-[a-z0-9]{16} failed$/);
        assert.deepEqual(left("volumesnapshots"), []);
        assert.deepEqual(left("volumesnapshotcontents"), []);
        assert.deepEqual(here.world.catalog.list(CONTENT), []);
    });

    it("a snapshot that nobody takes times out and says what is missing", async () => {
        snapshots.errors.set("data", "");
        const found = messages(await backUp());
        assert.match(found[2], /^VolumeSnapshot shop\/k10-\S+ is not ready to use after 0\.2 s$/);
        assert.equal(
            found[3],
            "it has no VolumeSnapshotContent, as if no snapshot-controller were running",
        );
        assert.deepEqual(left("volumesnapshots"), []);
    });

    describe("generic volume backup instead", () => {
        let movers: number;
        beforeEach(() => {
            movers = 0;
            const { onCreate } = here.kube;
            here.kube.onCreate = (path, object) => {
                movers += object.kind === "Pod" ? 1 : 0;
                onCreate(path, object);
            };
            here.world.config.genericBackup.injected = true;
        });
        const web = "/apis/apps/v1/namespaces/shop/deployments/web";
        const change = (what: (web: KubeObject) => void) => {
            const changed = structuredClone(here.kube.get(web)!);
            what(changed);
            here.kube.put(web, changed);
        };
        /** What the webhook does, and after it somebody else with the container. */
        const inject = (spoil: (sidecar: unknown) => void = () => undefined) => {
            const changed = withSidecar(here.kube.get(web)!, here.world.config);
            spoil(listAt(changed, "spec", "template", "spec", "containers").at(-1));
            here.kube.put(web, changed);
        };
        const withoutClass = () =>
            here.kube.objects.delete(`${SNAPSHOTS}/volumesnapshotclasses/snap`);
        const isGeneric = async () => {
            assert.equal(state(await backUp({ profile })), "Complete");
            assert.equal(movers, 1);
            assert.deepEqual(left("volumesnapshots"), []);
        };

        for (const possible of [true, false]) {
            const where = possible ? "also where snapshots are possible" : "without a class";
            it(`of what has the sidecar, ${where}`, async () => {
                inject();
                if (!possible) {
                    withoutClass();
                }
                await isGeneric();
            });
        }

        it("not of what the selectors mean and the webhook has not seen", async () => {
            assert.equal(state(await backUp({ profile })), "Complete");
            assert.equal(left("volumesnapshots").length, 1);
            withoutClass();
            assert.equal(
                messages(await backUp({ profile, restorePoint: "q" })).at(-1),
                `${NO_CLASS}, and Deployment web has no container kanister-sidecar: it was made before the webhook that injects it, or the webhook was not asked`,
            );
            assert.equal(movers, 0);
        });

        it("of a volume that nobody uses only without a class", async () => {
            here.kube.objects.delete(web);
            assert.equal(state(await backUp({ profile })), "Complete");
            assert.equal(left("volumesnapshots").length, 1);
            assert.equal(movers, 0);
            withoutClass();
            assert.equal(state(await backUp({ profile, restorePoint: "q" })), "Complete");
            assert.equal(movers, 1);
        });

        it("not of what they do not mean", async () => {
            const { genericBackup } = here.world.config;
            genericBackup.objectSelector = { matchLabels: { app: "db" } };
            assert.equal(state(await backUp()), "Complete");
            assert.equal(left("volumesnapshots").length, 1);
            withoutClass();
            assert.equal(
                messages(await backUp({ profile, restorePoint: "q" })).at(-1),
                `${NO_CLASS}, and injectGenericVolumeBackupSidecar.objectSelector selects no workload that uses the volume`,
            );
            genericBackup.namespaceSelector = { matchLabels: { tier: "test" } };
            assert.equal(
                messages(await backUp({ profile, restorePoint: "r" })).at(-1),
                `${NO_CLASS}, and injectGenericVolumeBackupSidecar.namespaceSelector does not select namespace shop`,
            );
            assert.equal(movers, 0);
        });

        it("fails where a workload asks for it and its sidecar does not mount the volume", async () => {
            here.world.config.genericBackup.injected = false;
            const reason = "and no container kanister-sidecar of Deployment web mounts the volume";
            const annotated = `Deployment web has annotation k10.kasten.io/forcegenericbackup: "true", ${reason}`;
            change(({ metadata }) => {
                metadata.annotations = { "k10.kasten.io/forcegenericbackup": "true" };
            });
            assert.deepEqual(messages(await backUp({ profile })), [...CHAIN, annotated]);
            inject(each => listAt(each, "volumeMounts").splice(0));
            assert.deepEqual(messages(await backUp({ profile })), [...CHAIN, annotated]);
            assert.deepEqual(left("volumesnapshots"), []);
        });

        it("where somebody put the sidecar into a workload", async () => {
            here.world.config.genericBackup.injected = false;
            inject();
            change(({ metadata }) => {
                metadata.annotations = {};
            });
            await isGeneric();
        });

        it("fails without a token or a profile, also where snapshots are possible", async () => {
            inject();
            assert.deepEqual(messages(await backUp()), [
                ...CHAIN,
                'Deployment web has annotation k10.kasten.io/forcegenericbackup: "true", and the policy\'s backup action names no profile for generic volume backup (backupParameters.profile)',
            ]);
            here.world.config.genericBackup.token = false;
            assert.deepEqual(messages(await backUp({ profile })), [
                ...CHAIN,
                'Deployment web has annotation k10.kasten.io/forcegenericbackup: "true", and generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)',
            ]);
            assert.deepEqual(left("volumesnapshots"), []);
        });
    });

    it("a failed export removes its clones and what it wrote, and keeps the snapshots", async () => {
        await claim("more", "more");
        await backUp();
        const { onCreate } = here.kube;
        here.kube.onCreate = (path, object) => {
            const claimed = textAt(object, "spec", "dataSource", "name");
            const source = here.kube.get(`${SNAPSHOTS}/namespaces/shop/volumesnapshots/${claimed}`);
            if (textAt(source, "spec", "source", "persistentVolumeClaimName") === "more") {
                here.kube.put(path, { ...object, status: { phase: "Pending" } });
                here.kube.put(`${CORE}/events/${object.metadata.name}.1`, {
                    type: "Warning",
                    involvedObject: { name: object.metadata.name },
                    message: "no topology fits",
                });
            } else if (object.kind === "Pod" && JSON.stringify(object).includes("export-data")) {
                const [mounted] = JSON.stringify(object).match(/export-data-[a-z0-9]+/)!;
                const bound = here.kube.get(`${CORE}/persistentvolumeclaims/${mounted}`);
                if (textAt(bound, "status", "phase") === "Bound") {
                    onCreate(path, object);
                }
            } else {
                onCreate(path, object);
            }
        };
        here.world.config.seconds.moverStart = 0.1;
        const failed = await exportPoint();
        const found = messages(failed);
        assert.equal(found[0], "Failed to export PVC more");
        assert.match(
            found[1],
            /^Clone shop\/export-data-\S+ of VolumeSnapshot k10-csi-\S+ failed$/,
        );
        assert.equal(found[2], "no topology fits");
        assert.deepEqual(left("persistentvolumeclaims").sort(), [
            `${CORE}/persistentvolumeclaims/data`,
            `${CORE}/persistentvolumeclaims/more`,
        ]);
        assert.deepEqual([...s3.objects.keys()], []);
        assert.equal(left("volumesnapshots").length, 2);
    });

    it("an export says so when the snapshot is gone", async () => {
        await backUp();
        const [path] = left("volumesnapshots");
        here.kube.objects.delete(path);
        assert.deepEqual(messages(await exportPoint()), [
            "Failed to export PVC data",
            `volumesnapshots.snapshot.storage.k8s.io "${path.split("/").at(-1)}" not found in namespace shop`,
        ]);
    });

    it("a retired point takes its snapshots along, also those that their class would keep", async () => {
        await backUp();
        await exportPoint();
        const content = here.world.catalog.get(CONTENT, undefined, "shop-p")!;
        retire(here.world, engine, content);
        const [{ metadata }] = here.world.catalog.list(kindOf("RetireAction"));
        const action = await ended("RetireAction", undefined, metadata.name);
        assert.equal(state(action), "Complete", JSON.stringify(action.status));
        assert.deepEqual(left("volumesnapshots"), []);
        assert.deepEqual(left("volumesnapshotcontents"), []);
        assert.equal(snapshots.events.at(-1), "remove snapshot Delete");
        assert.equal(exported().length, 1);
    });

    it("where the namespace is gone, the content that was left is removed", async () => {
        await backUp();
        here.kube.objects.delete(left("volumesnapshots")[0]);
        retire(here.world, engine, here.world.catalog.get(CONTENT, undefined, "shop-p")!);
        const [{ metadata }] = here.world.catalog.list(kindOf("RetireAction"));
        assert.equal(state(await ended("RetireAction", undefined, metadata.name)), "Complete");
        assert.deepEqual(left("volumesnapshotcontents"), []);
    });

    it("a new server removes clones and snapshots that no restore point names", async () => {
        await backUp();
        const [kept] = left("volumesnapshots");
        const metadata = { labels: { "crossing.lab/k10-mover": "true" } };
        here.kube.put(`${CORE}/persistentvolumeclaims/export-data-x`, { metadata });
        here.kube.put(`${SNAPSHOTS}/namespaces/shop/volumesnapshots/k10-csi-snap-x`, {
            metadata: { labels: { "crossing.lab/k10-backup": "x" } },
        });
        here.kube.put(`${SNAPSHOTS}/namespaces/shop/volumesnapshots/somebody's`);
        await removeLeftovers(here.world);
        assert.deepEqual(left("volumesnapshots"), [
            kept,
            `${SNAPSHOTS}/namespaces/shop/volumesnapshots/somebody's`,
        ]);
        assert.deepEqual(left("persistentvolumeclaims"), [`${CORE}/persistentvolumeclaims/data`]);
        here.kube.absentGroups.add("snapshot.storage.k8s.io");
        await removeLeftovers(here.world);
    });

    describe("a restore of the local point", () => {
        const restored = () => {
            const subject = { kind: "RestorePoint", name: "p", namespace: "shop" };
            return run("RestoreAction", restore(here.world, "shop"), { subject });
        };

        it("makes the claim from the snapshot", async () => {
            await backUp();
            await writeFile(join(volume(here, "shop", "data"), "rows"), "damaged");
            const action = await restored();
            assert.equal(state(action), "Complete", JSON.stringify(action.status));
            const { spec } = here.kube.get(`${CORE}/persistentvolumeclaims/data`)!;
            assert.equal(textAt(spec, "dataSource", "kind"), "VolumeSnapshot");
            assert.equal(textAt(spec, "resources", "requests", "storage"), "2Gi");
            const rows = join(volume(here, "shop", "data"), "rows");
            assert.equal(await readFile(rows, "utf8"), "at the moment");
        });

        it("makes it on the snapshot's node, where there is only one", async () => {
            const nodeOf = (claim: string) =>
                here.kube.get(`${CORE}/persistentvolumeclaims/${claim}`)?.metadata.annotations?.[
                    "volume.kubernetes.io/selected-node"
                ];
            const on = (key: string, value: string) => ({
                nodeSelectorTerms: [
                    { matchExpressions: [{ key, operator: "In", values: [value] }] },
                ],
            });
            for (const name of ["a", "b"]) {
                const labels = { host: name, zone: "z" };
                here.kube.put(`/api/v1/nodes/${name}`, { metadata: { labels } });
            }
            await claim("zonal", "anywhere in the zone");
            for (const [name, required] of [
                ["data", on("host", "b")],
                ["zonal", on("zone", "z")],
            ] as const) {
                here.kube.put(`/api/v1/persistentvolumes/pv-${name}`, {
                    spec: { nodeAffinity: { required } },
                });
            }
            await backUp();
            assert.equal(state(await restored()), "Complete");
            assert.deepEqual([nodeOf("data"), nodeOf("zonal")], ["b", undefined]);
        });

        it("touches nothing when the snapshot is gone", async () => {
            await backUp();
            const [path] = left("volumesnapshots");
            here.kube.objects.delete(path);
            const found = messages(await restored());
            assert.equal(found[0], "Failed to restore PVC data");
            assert.match(found[1], /not found in namespace shop$/);
            assert.ok(here.kube.get("/apis/apps/v1/namespaces/shop/deployments/web"));
        });

        it("is refused in another namespace", async () => {
            await backUp();
            here.kube.put("/api/v1/namespaces/other");
            const subject = { kind: "RestorePoint", name: "p", namespace: "shop" };
            const failed = await run("RestoreAction", restore(here.world, "other"), { subject });
            assert.match(
                messages(failed)[1],
                /^The K10 stand-in restores VolumeSnapshot shop\/k10-csi-snap-\S+ into its own namespace only: restore the exported restore point$/,
            );
        });
    });
});
