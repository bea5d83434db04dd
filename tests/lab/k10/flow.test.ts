/**
 * From a policy on one cluster to the restored application on another, in one process: the server's code as it
 * is, the clusters and the store faked. It does not prove that pods start or that rights suffice.
 */
import assert from "node:assert/strict";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Api } from "../../../lab/k10/server/api.ts";
import { Engine } from "../../../lab/k10/server/engine.ts";
import { textAt, type KubeObject } from "../../../lab/k10/server/json.ts";
import { Validator } from "../../../lab/k10/server/validation.ts";
import { simulate, volume } from "./support/movers.ts";
import { FakeS3 } from "./support/s3.ts";
import { lab, until, type Lab } from "./support/world.ts";

const CONFIG = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io";
const ACTIONS = "/apis/actions.kio.kasten.io/v1alpha1";
const APPS = "/apis/apps.kio.kasten.io/v1alpha1";
const profileRef = { name: "minio", namespace: "kasten-io" };

interface Side extends Lab {
    api: Api;
    validator: Validator;
}

async function side(uid: string, s3: FakeS3): Promise<Side> {
    const base = await lab(uid);
    simulate(base);
    const engine = new Engine(base.world.catalog, 0.01);
    const validator = new Validator(base.world);
    validator.start();
    const encode = (text: string) => Buffer.from(text).toString("base64");
    base.kube.put("/api/v1/namespaces/kasten-io/secrets/s3", {
        data: { aws_access_key_id: encode("access"), aws_secret_access_key: encode("secret") },
    });
    const made = { ...base, api: new Api(base.world, engine), validator };
    profile(made, "minio", s3, "backups");
    return made;
}

function profile(where: Side, name: string, s3: FakeS3, bucket: string): void {
    where.kube.put(`${CONFIG}/profiles/${name}`, {
        spec: {
            type: "Location",
            locationSpec: {
                type: "ObjectStore",
                credential: {
                    secretType: "AwsAccessKey",
                    secret: { name: "s3", namespace: "kasten-io" },
                },
                objectStore: { objectStoreType: "S3", name: bucket, endpoint: s3.endpoint },
            },
        },
    });
}

async function call(
    where: Side,
    method: string,
    path: string,
    body?: unknown,
): Promise<KubeObject> {
    const [pathname, query] = path.split("?");
    const { body: answer } = await where.api.handle({
        method,
        path: pathname,
        query: new URLSearchParams(query),
        accept: "application/json",
        body,
    });
    return answer as KubeObject;
}

const items = async (where: Side, path: string) =>
    (await call(where, "GET", path))["items"] as KubeObject[];

async function ended(where: Side, path: string): Promise<KubeObject> {
    for (let tries = 0; tries < 500; tries++) {
        const object = await call(where, "GET", path);
        if (
            ["Complete", "Failed", "Cancelled", "Skipped"].includes(
                textAt(object, "status", "state"),
            )
        ) {
            return object;
        }
        await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error(`${path} never ended`);
}

let count = 0;
async function run(where: Side, policy: string): Promise<KubeObject> {
    const name = `run-${++count}`;
    await call(where, "POST", `${ACTIONS}/namespaces/kasten-io/runactions`, {
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "RunAction",
        metadata: { name },
        spec: { subject: { kind: "Policy", name: policy, namespace: "kasten-io" } },
    });
    return await ended(where, `${ACTIONS}/namespaces/kasten-io/runactions/${name}`);
}

function validated(where: Side, path: string, wanted = "Success"): Promise<KubeObject> {
    return until(`${path} ${wanted}`, () => {
        const object = where.kube.get(path);
        return textAt(object, "status", "validation") === wanted ? object : undefined;
    });
}

async function importPolicy(where: Side, name: string, receiveString: string): Promise<void> {
    where.kube.put(`${CONFIG}/policies/${name}`, {
        spec: {
            frequency: "@onDemand",
            actions: [
                { action: "import", importParameters: { profile: profileRef, receiveString } },
            ],
        },
    });
    await validated(where, `${CONFIG}/policies/${name}`);
}

/** The chain of messages of `status.error`. */
function messages(action: KubeObject): string[] {
    const error = action.status?.["error"] as { message: string; cause: string };
    const result = [error.message];
    for (
        let cause = JSON.parse(error.cause) as { message: string; cause?: never } | undefined;
        cause;
        cause = cause.cause
    ) {
        result.push(cause.message);
    }
    return result;
}

describe("K10 stand-in: a crossing in one process", function () {
    this.timeout(15_000);

    let s3: FakeS3;
    let source: Side;
    let target: Side;
    let receiveString: string;
    let content: string;

    before(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        source = await side("uid-of-source", s3);
        target = await side("uid-of-target", s3);
        source.kube.put("/api/v1/namespaces/shop", {
            metadata: { annotations: { team: "a", "openshift.io/sa.scc.uid-range": "1/1" } },
        });
        source.kube.put("/api/v1/namespaces/shop/configmaps/settings", {
            data: { colour: "blue" },
        });
        source.kube.put("/api/v1/namespaces/shop/configmaps/kube-root-ca.crt");
        source.kube.put("/api/v1/namespaces/shop/services/web", {
            spec: { clusterIP: "10.0.0.1", ports: [{ port: 80, nodePort: 30000 }] },
        });
        source.kube.put("/apis/apps/v1/namespaces/shop/deployments/web", {
            spec: { replicas: 1 },
            status: { readyReplicas: 1 },
        });
        source.kube.put("/api/v1/namespaces/shop/persistentvolumeclaims/data", {
            spec: { storageClassName: "standard", volumeName: "pv-1" },
            status: { phase: "Bound" },
        });
        source.kube.put("/api/v1/namespaces/shop/persistentvolumeclaims/never-used", {
            spec: { storageClassName: "standard" },
            status: { phase: "Pending" },
        });
        const data = volume(source, "shop", "data");
        await mkdir(data, { recursive: true });
        await writeFile(join(data, "rows"), "one two three");
        await chmod(join(data, "rows"), 0o640);
    });
    after(async () => {
        for (const each of [source, target]) {
            each.validator.stop();
            await each.world.catalog.flush();
            await each.stop();
        }
        s3.stop();
    });

    it("the profile is validated and gets its path", async () => {
        const { spec } = await validated(source, `${CONFIG}/profiles/minio`);
        assert.equal(
            textAt(spec, "locationSpec", "objectStore", "path"),
            "k10/uid-of-source/migration",
        );
        assert.equal(textAt(spec, "locationSpec", "objectStore", "pathType"), "Directory");
        await validated(target, `${CONFIG}/profiles/minio`);
    });

    it("the policy is validated and gets its receiveString, which stays", async () => {
        const path = `${CONFIG}/policies/nightly`;
        source.kube.put(path, {
            spec: {
                frequency: "@onDemand",
                selector: { matchLabels: { "k10.kasten.io/appNamespace": "shop" } },
                actions: [
                    { action: "backup", backupParameters: { profile: profileRef } },
                    {
                        action: "export",
                        exportParameters: { profile: profileRef, exportData: { enabled: true } },
                    },
                ],
            },
        });
        const policy = await validated(source, path);
        const parameters = (from: KubeObject | undefined) =>
            (from?.spec?.["actions"] as { exportParameters?: Record<string, unknown> }[])[1]
                .exportParameters!;
        receiveString = String(parameters(policy)["receiveString"]);
        assert.match(receiveString, /^bIzAPpoanm[A-Za-z0-9+/]{555,}$/);
        const token = parameters(policy)["migrationToken"] as { name: string; namespace: string };
        assert.match(token.name, /^export-[a-z0-9]{10}-migration-token$/);
        assert.equal(token.namespace, "kasten-io");
        assert.ok(source.kube.get(`/api/v1/namespaces/kasten-io/secrets/${token.name}`));
        assert.equal(typeof policy.spec?.["lastModifyHash"], "number");

        const blanked = structuredClone(policy);
        parameters(blanked)["receiveString"] = "";
        source.kube.put(path, blanked);
        await until(
            "it comes back",
            () => parameters(source.kube.get(path))["receiveString"] === receiveString || undefined,
        );
        assert.equal(textAt(source.kube.get(path), "status", "validation"), "Success");
    });

    it("a run leaves a backup, a data export and a metadata export, with K10's labels", async () => {
        const action = await run(source, "nightly");
        assert.equal(textAt(action, "status", "state"), "Complete");
        assert.equal(action.status?.["progress"], 100);
        const [backup] = await items(source, `${ACTIONS}/backupactions`);
        assert.match(backup.metadata.name, /^scheduled-[a-z0-9]{10}$/);
        assert.deepEqual(backup.metadata.labels, {
            "k10.kasten.io/appName": "shop",
            "k10.kasten.io/appNamespace": "shop",
            "k10.kasten.io/appType": "namespace",
            "k10.kasten.io/isRunNow": "true",
            "k10.kasten.io/policyName": "nightly",
            "k10.kasten.io/policyNamespace": "kasten-io",
            "k10.kasten.io/runActionName": action.metadata.name,
            "k10.kasten.io/runActionNamespace": "kasten-io",
        });
        const exports = await items(source, `${ACTIONS}/exportactions`);
        assert.deepEqual(
            exports.map(({ metadata, spec, status }) => [
                metadata.namespace,
                metadata.labels?.["k10.kasten.io/exportType"],
                metadata.labels?.["k10.kasten.io/isMetadataExport"],
                spec?.["receiveString"] === receiveString,
                status?.["progressDetails"] !== undefined,
            ]),
            [
                ["shop", "portableAppData", undefined, true, true],
                ["kasten-io", "portableAppData", "true", true, false],
            ],
        );
        const { updatedTime, ...progress } = exports[0].status?.["progressDetails"] as Record<
            string,
            unknown
        >;
        assert.ok(Date.parse(String(updatedTime)) > 0);
        const { totalBytes } = progress;
        assert.ok(Number(totalBytes) > 0);
        assert.deepEqual(progress, {
            ...{ totalBytes, readBytes: totalBytes, processedBytes: totalBytes },
            // The backup brought it to the same bucket already.
            ...{ transferredBytes: 0, totalVolumes: 1, completedVolumes: 1 },
        });
        const points = await items(source, `${APPS}/namespaces/shop/restorepoints`);
        const [local, exported] = points.map(point => point.metadata.name);
        assert.equal(exported.length, local.length + 5);
        assert.ok(exported.startsWith(local));
        const contents = await items(source, `${APPS}/restorepointcontents`);
        assert.deepEqual(
            contents.map(each => [each.metadata.name, each.status?.["state"]]),
            [
                [`shop-${local}`, "Bound"],
                [`shop-${exported}`, "Bound"],
            ],
        );
        const left = [...source.kube.objects.keys()].filter(path =>
            /backup-data|k10-mover/.test(path),
        );
        assert.deepEqual(left, []);
    });

    it("everything in the bucket lies below the profile's path and tells nothing", () => {
        const marker = "backups/k10/uid-of-source/migration/STAND-IN.txt";
        for (const [key, object] of s3.objects) {
            assert.ok(key.startsWith("backups/k10/uid-of-source/migration/"), key);
            assert.ok(!object.includes("two") && !object.includes("colour"), key);
            assert.equal(object.includes("stand-in for Veeam Kasten K10"), key === marker);
        }
        assert.equal(s3.objects.size, 4);
    });

    it("a wrong string is refused, a string of this cluster too", async () => {
        await importPolicy(
            target,
            "wrong",
            `${receiveString.slice(0, -1)}${receiveString.endsWith("A") ? "B" : "A"}`,
        );
        const failed = await run(target, "wrong");
        assert.equal(textAt(failed, "status", "state"), "Failed");
        assert.equal(messages(failed).at(-1), "cipher: message authentication failed");
        await importPolicy(source, "own", receiveString);
        const own = await run(source, "own");
        assert.equal(
            messages(own).at(-1),
            "Cannot import into the cluster that the data was exported from",
        );
    });

    it("an import gives one content for each point, once", async () => {
        await importPolicy(target, "import", receiveString);
        for (let times = 0; times < 2; times++) {
            const action = await run(target, "import");
            assert.equal(textAt(action, "status", "state"), "Complete");
            const contents = await items(target, `${APPS}/restorepointcontents`);
            assert.equal(contents.length, 1);
            content = contents[0].metadata.name;
            assert.equal(contents[0].status?.["state"], "Unbound");
            assert.equal(contents[0].metadata.labels?.["k10.kasten.io/exportProfile"], "minio");
            const imports = await items(
                target,
                `${ACTIONS}/importactions?labelSelector=k10.kasten.io/runActionName=${action.metadata.name}`,
            );
            assert.deepEqual(imports[0].status?.["restorePointContent"], { name: content });
        }
    });

    async function restore(spec: object): Promise<KubeObject> {
        const { metadata } = await call(
            target,
            "POST",
            `${ACTIONS}/namespaces/shop/restoreactions`,
            {
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "RestoreAction",
                metadata: { generateName: "restore-" },
                spec: { subject: { kind: "RestorePoint", name: "rp", namespace: "shop" }, ...spec },
            },
        );
        return await ended(target, `${ACTIONS}/namespaces/shop/restoreactions/${metadata.name}`);
    }

    it("a restore brings objects and bytes", async () => {
        target.kube.put("/api/v1/namespaces/shop", {
            metadata: { annotations: { "openshift.io/sa.scc.uid-range": "7/7" } },
        });
        await call(target, "POST", `${APPS}/namespaces/shop/restorepoints`, {
            apiVersion: "apps.kio.kasten.io/v1alpha1",
            kind: "RestorePoint",
            metadata: { name: "rp" },
            spec: { restorePointContentRef: { name: content } },
        });
        const { status } = await call(
            ...([target, "GET", `${APPS}/namespaces/shop/restorepoints/rp/details`] as const),
        );
        const { artifacts } = status?.["restorePointDetails"] as {
            artifacts: { kind: string; name: string; namespace: string }[];
        };
        assert.deepEqual(
            artifacts.map(({ kind, name, namespace }) => `${kind} ${namespace}/${name}`).sort(),
            [
                "ConfigMap shop/settings",
                "Deployment shop/web",
                "PersistentVolumeClaim shop/data",
                "PersistentVolumeClaim shop/never-used",
                "Service shop/web",
            ],
        );
        const action = await restore({ targetNamespace: "shop" });
        assert.equal(textAt(action, "status", "state"), "Complete");
        assert.deepEqual(action.status?.["exceptions"], [
            {
                message:
                    "PVC never-used: the restore point holds no data of it, so it was created empty",
            },
        ]);
        const rows = join(volume(target, "shop", "data"), "rows");
        assert.equal(await readFile(rows, "utf8"), "one two three");
        assert.equal((await stat(rows)).mode & 0o777, 0o640);
        const base = "/api/v1/namespaces/shop";
        assert.deepEqual(target.kube.get(`${base}/configmaps/settings`)?.["data"], {
            colour: "blue",
        });
        assert.equal(target.kube.get(`${base}/configmaps/kube-root-ca.crt`), undefined);
        assert.deepEqual(target.kube.get(`${base}/services/web`)?.spec, { ports: [{ port: 80 }] });
        assert.deepEqual(target.kube.get(`${base}/persistentvolumeclaims/data`)?.spec, {
            storageClassName: "standard",
        });
        assert.ok(target.kube.get("/apis/apps/v1/namespaces/shop/deployments/web"));
        const left = [...target.kube.objects.keys()].filter(path =>
            /restore-data|k10-mover/.test(path),
        );
        assert.deepEqual(left, []);
    });

    it("a second restore replaces volumes and workloads, other objects only when asked", async () => {
        const settings = "/api/v1/namespaces/shop/configmaps/settings";
        const rows = join(volume(target, "shop", "data"), "rows");
        target.kube.put(settings, { data: { colour: "red" } });
        await writeFile(rows, "changed");
        assert.equal(textAt(await restore({}), "status", "state"), "Complete");
        assert.equal(await readFile(rows, "utf8"), "one two three");
        assert.deepEqual(target.kube.get(settings)?.["data"], { colour: "red" });

        assert.equal(
            textAt(await restore({ overwriteExisting: true }), "status", "state"),
            "Complete",
        );
        assert.deepEqual(target.kube.get(settings)?.["data"], { colour: "blue" });
        assert.deepEqual(target.kube.get("/api/v1/namespaces/shop")?.metadata.annotations, {
            "openshift.io/sa.scc.uid-range": "7/7",
            team: "a",
        });
    });

    it("a restore of data only replaces volumes, and leaves every object as it is", async () => {
        const deployment = "/apis/apps/v1/namespaces/shop/deployments/web";
        const service = "/api/v1/namespaces/shop/services/web";
        const before = target.kube.get(deployment);
        const rows = join(volume(target, "shop", "data"), "rows");
        await writeFile(rows, "changed");
        target.kube.put(deployment, { ...before, spec: { ...before?.spec, paused: true } });
        target.kube.objects.delete(service);
        const action = await restore({ dataOnly: true });
        assert.equal(textAt(action, "status", "state"), "Complete", JSON.stringify(action.status));
        assert.equal(await readFile(rows, "utf8"), "one two three");
        assert.equal(target.kube.get(deployment)?.spec?.["paused"], true);
        assert.equal(target.kube.get(service), undefined);
        assert.equal(action.status?.["exceptions"], undefined);
    });

    it("a restore of data only needs the workloads that were backed up", async () => {
        const deployment = "/apis/apps/v1/namespaces/shop/deployments/web";
        const rows = join(volume(target, "shop", "data"), "rows");
        const kept = target.kube.get(deployment);
        target.kube.objects.delete(deployment);
        await writeFile(rows, "changed");
        assert.deepEqual(messages(await restore({ dataOnly: true })), [
            "A data-only restore needs the workloads of the backup",
            'deployments "web" not found',
        ]);
        assert.equal(await readFile(rows, "utf8"), "changed");
        target.kube.put(deployment, kept);
        assert.equal(
            textAt(await restore({ overwriteExisting: true }), "status", "state"),
            "Complete",
        );
    });

    it("a validation finds what a restore needs, and says what is missing", async () => {
        const points = await items(source, `${APPS}/namespaces/shop/restorepoints`);
        const exported = points.find(
            ({ metadata }) => metadata.labels?.["k10.kasten.io/exportProfile"],
        )!;
        let number = 0;
        const validation = async (subject: object) => {
            const name = `v-${++number}`;
            const collection = `${ACTIONS}/namespaces/kasten-io/validateactions`;
            await call(source, "POST", collection, {
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "ValidateAction",
                metadata: { name },
                spec: { subject },
            });
            return ended(source, `${collection}/${name}`);
        };
        const { name } = exported.metadata;
        const ofPoint = { kind: "RestorePoint", name, namespace: "shop" };
        const ofContent = { kind: "RestorePointContent", name: `shop-${name}` };
        for (const subject of [ofPoint, ofContent]) {
            assert.equal(textAt(await validation(subject), "status", "state"), "Complete");
        }
        const [key, bytes] = [...s3.objects].find(([each]) => each.endsWith("data.volume"))!;
        s3.objects.delete(key);
        assert.deepEqual(messages(await validation(ofPoint)), [
            "Failed to validate PVC data",
            `${key.replace("backups/", "")} is not in bucket backups`,
        ]);
        s3.objects.set(key, bytes);
        const refused = { kind: "Policy", name: "nightly" };
        await assert.rejects(validation(refused), {
            message:
                'ValidateAction.actions.kio.kasten.io "v-4" is invalid: spec.subject.kind: Invalid value: "Policy": must be RestorePoint or RestorePointContent',
        });
        await assert.rejects(validation({ ...ofPoint, name: "no" }), {
            message: 'restorepoints.apps.kio.kasten.io "no" not found',
        });
    });

    it("a report tells which applications are backed up, and of what the licence covers", async () => {
        source.kube.put("/api/v1/namespaces/idle");
        const collection = `${ACTIONS}/namespaces/kasten-io/reportactions`;
        const post = (name: string, spec: object) =>
            call(source, "POST", collection, {
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "ReportAction",
                metadata: { name },
                spec,
            });
        const subject = { name: "kasten-io", namespace: "kasten-io" };
        await assert.rejects(post("no-time", { subject }), {
            message:
                'ReportAction.actions.kio.kasten.io "no-time" is invalid: spec.statsIntervalDays: Invalid value: 0: must be more than nothing with hours',
        });
        await post("weekly", { subject, statsIntervalDays: 7 });
        const action = await ended(source, `${collection}/weekly`);
        assert.equal(textAt(action, "status", "state"), "Complete", JSON.stringify(action.status));
        const reports = "/apis/reporting.kio.kasten.io/v1alpha1/namespaces/kasten-io/reports";
        const [report] = [...source.kube.objects]
            .filter(([path]) => path.startsWith(`${reports}/`))
            .map(([, object]) => object);
        assert.match(report?.metadata.name ?? "", /^weekly-[a-z0-9]{5}$/);
        const results = report?.["results"] as Record<string, object>;
        assert.deepEqual(results["compliance"], {
            // Beside it `default` and the idle one.
            ...{ applicationCount: 3, compliantCount: 1 },
            ...{ nonCompliantCount: 0, unmanagedCount: 2 },
        });
        assert.deepEqual(Object.keys(results).sort(), [
            ...["compliance", "general", "licensing", "policies"],
        ]);
        source.kube.objects.delete("/api/v1/namespaces/idle");
    });

    it("a storage class that the cluster lacks fails the restore before anything is touched", async () => {
        const transforms = [
            {
                subject: { resource: "persistentvolumeclaims" },
                json: [{ op: "replace", path: "/spec/storageClassName", value: "fast" }],
            },
        ];
        const failed = await restore({ transforms });
        assert.deepEqual(messages(failed), [
            "Failed to restore PVC data",
            'storageclasses.storage.k8s.io "fast" not found',
        ]);
        assert.ok(target.kube.get("/apis/apps/v1/namespaces/shop/deployments/web"));
    });

    it("a workload that does not become ready fails the restore with its reason", async () => {
        const { onCreate } = target.kube;
        target.kube.onCreate = (path, object) => {
            if (object.kind === "Deployment") {
                const refusal = {
                    type: "ReplicaFailure",
                    status: "True",
                    message: "pods are forbidden",
                };
                target.kube.put(path, { ...object, status: { conditions: [refusal] } });
            } else {
                onCreate(path, object);
            }
        };
        const failed = await restore({});
        target.kube.onCreate = onCreate;
        assert.deepEqual(messages(failed), [
            "Deployment shop/web is not ready after 0.2 s",
            "pods are forbidden",
        ]);
        const skipped = await restore({ skipWaitForWorkloadReady: true });
        assert.equal(textAt(skipped, "status", "state"), "Complete");
    });

    it("volumes need a profile and the activation of generic backup", async () => {
        const chain = [
            "BackupAction shop/NAME ended Failed",
            "Failed to snapshot volumes of application shop",
            "Failed to back up PVC data",
        ];
        const attempt = async (parameters: object, name: string) => {
            source.kube.put(`${CONFIG}/policies/${name}`, {
                spec: {
                    frequency: "@onDemand",
                    selector: { matchLabels: { "k10.kasten.io/appNamespace": "shop" } },
                    actions: [{ action: "backup", backupParameters: parameters }],
                },
            });
            await validated(source, `${CONFIG}/policies/${name}`);
            const found = messages(await run(source, name));
            return found.map(text => text.replace(/scheduled-[a-z0-9]{10}/, "NAME"));
        };
        const none =
            'no VolumeSnapshotClass with annotation k10.kasten.io/is-snapshot-class: "true" for driver rancher.io/local-path';
        assert.deepEqual(await attempt({}, "no-profile"), [
            ...chain,
            `${none}, and the policy's backup action names no profile for generic volume backup (backupParameters.profile)`,
        ]);
        source.world.config.genericBackup.token = false;
        const refused = await attempt({ profile: profileRef }, "no-token");
        source.world.config.genericBackup.token = true;
        assert.deepEqual(refused, [
            ...chain,
            `${none}, and generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)`,
        ]);
        assert.equal(s3.objects.size, 4);
    });

    it("a policy that failed because of its profile heals with it", async () => {
        const path = `${CONFIG}/policies/early`;
        source.kube.put(path, {
            spec: {
                frequency: "@onDemand",
                selector: { matchLabels: { "k10.kasten.io/appNamespace": "shop" } },
                actions: [
                    {
                        action: "backup",
                        backupParameters: { profile: { ...profileRef, name: "late" } },
                    },
                ],
            },
        });
        const failed = await validated(source, path, "Failed");
        assert.deepEqual(failed.status?.["error"], [
            "backupParameters.profile: Profile kasten-io/late not found",
        ]);
        assert.equal(
            messages(await run(source, "early"))[0],
            "Cannot execute action for an invalid policy",
        );
        profile(source, "late", s3, "nowhere");
        const bad = await validated(source, `${CONFIG}/profiles/late`, "Failed");
        assert.deepEqual(bad.status?.["error"], [
            "Could not find profile bucket",
            'NoSuchBucket: bucket "nowhere" does not exist',
        ]);
        s3.buckets.add("nowhere");
        profile(source, "late", s3, "nowhere");
        await validated(source, path);
        assert.equal(source.kube.get(path)?.status?.["error"], undefined);
    });

    it("an export into another bucket takes the bytes along, also one by hand", async () => {
        s3.buckets.add("elsewhere");
        for (const each of [source, target]) {
            profile(each, "elsewhere", s3, "elsewhere");
            await validated(each, `${CONFIG}/profiles/elsewhere`);
        }
        const [point] = await items(source, `${APPS}/namespaces/shop/restorepoints`);
        const { name, namespace } = point.metadata;
        const manual = (spec: object) =>
            call(source, "POST", `${ACTIONS}/namespaces/shop/exportactions`, {
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "ExportAction",
                metadata: { name: "by-hand" },
                spec: { subject: { kind: "RestorePoint", name, namespace }, ...spec },
            });
        await assert.rejects(manual({ profile: { ...profileRef, name: "none" } }), {
            code: 422,
            message:
                'ExportAction.actions.kio.kasten.io "by-hand" is invalid: spec.profile: Invalid value: "none": profiles.config.kio.kasten.io "none" not found',
        });
        const created = await manual({ profile: { ...profileRef, name: "elsewhere" } });
        assert.notEqual(created.spec?.["receiveString"], receiveString);
        assert.equal(created.metadata.labels?.["k10.kasten.io/policyName"], undefined);
        const action = await ended(source, `${ACTIONS}/namespaces/shop/exportactions/by-hand`);
        assert.equal(textAt(action, "status", "state"), "Complete", JSON.stringify(action.status));
        const volumes = [...s3.objects].filter(([key]) => key.endsWith(".volume"));
        assert.deepEqual(
            volumes.map(([key]) => key.split("/")[0]),
            ["backups", "elsewhere"],
        );
        assert.deepEqual(volumes[0][1], volumes[1][1]);

        await importPolicy(target, "by-hand", textAt(action, "spec", "receiveString"));
        const wrongBucket = await run(target, "by-hand");
        assert.equal(messages(wrongBucket).at(-1), "cipher: message authentication failed");
        for (const each of await items(source, `${APPS}/restorepointcontents`)) {
            if (each.metadata.labels?.["k10.kasten.io/exportProfile"] === "elsewhere") {
                await call(source, "DELETE", `${APPS}/restorepointcontents/${each.metadata.name}`);
            }
        }
        await until(
            "its bytes go",
            () =>
                [...s3.objects.keys()].every(key => !/^elsewhere.*volume$/.test(key)) || undefined,
        );
        s3.objects.delete("elsewhere/k10/uid-of-source/migration/STAND-IN.txt");
    });

    it("a retired point goes from the bucket, and from the importing cluster at its next run", async () => {
        for (const each of await items(source, `${APPS}/restorepointcontents`)) {
            await call(source, "DELETE", `${APPS}/restorepointcontents/${each.metadata.name}`);
        }
        for (const each of await items(source, `${ACTIONS}/retireactions`)) {
            const retired = await ended(source, `${ACTIONS}/retireactions/${each.metadata.name}`);
            assert.equal(
                textAt(retired, "status", "state"),
                "Complete",
                JSON.stringify(retired.status),
            );
        }
        assert.deepEqual(
            [...s3.objects.keys()],
            ["backups/k10/uid-of-source/migration/STAND-IN.txt"],
        );
        assert.equal(textAt(await run(target, "import"), "status", "state"), "Complete");
        assert.deepEqual(await items(target, `${APPS}/restorepointcontents`), []);
        assert.deepEqual(await items(target, `${APPS}/restorepoints`), []);
    });
});
