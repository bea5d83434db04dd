/** What K10 is told of each type of location, and the profiles as they are registered. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { Location } from "../../components/k10";
import { locationSecret, locationSpec } from "../../components/k10/locations";
import { children, cluster, inCluster } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const ref = { apiVersion: "v1", kind: "Secret", name: "keys", namespace: "kasten-io" };
const aws = {
    type: "secrets.kanister.io/aws",
    stringData: { aws_access_key_id: "AKIA", aws_secret_access_key: "hunter2" },
};
const s3Keys = { accessKey: "AKIA", secretKey: "hunter2" };
const s3Spec = (objectStore: object) => ({
    type: "ObjectStore",
    credential: { secretType: "AwsAccessKey", secret: ref },
    objectStore: { objectStoreType: "S3", name: "backups", skipSSLVerify: false, ...objectStore },
});

describe("K10 is told of a location", () => {
    const table: [Location, Record<string, string>, object | undefined, object][] = [
        [
            { type: "s3", bucket: "backups", region: "eu-central-1" },
            s3Keys,
            aws,
            s3Spec({ region: "eu-central-1" }),
        ],
        [
            {
                ...{ type: "s3", bucket: "backups", region: "us-east-1" },
                ...{ endpoint: "https://minio:9000", protectionPeriod: "240h" },
            },
            s3Keys,
            aws,
            s3Spec({
                ...{ region: "us-east-1", endpoint: "https://minio:9000" },
                protectionPeriod: "240h",
            }),
        ],
        [
            { type: "rgw", bucket: "backups", region: "default", endpoint: "http://rgw" },
            s3Keys,
            aws,
            s3Spec({ region: "default", endpoint: "http://rgw" }),
        ],
        [
            {
                ...{ type: "cos", bucket: "backups-1250000000", region: "ap-guangzhou" },
                endpoint: "https://cos.ap-guangzhou.myqcloud.com",
            },
            s3Keys,
            aws,
            s3Spec({
                ...{ name: "backups-1250000000", region: "ap-guangzhou" },
                endpoint: "https://cos.ap-guangzhou.myqcloud.com",
            }),
        ],
        [
            { type: "azure", container: "backups", account: "shop1" },
            { storageKey: "hunter2" },
            {
                type: "secrets.kanister.io/azure",
                stringData: { azure_storage_account_id: "shop1", azure_storage_key: "hunter2" },
            },
            {
                type: "ObjectStore",
                credential: { secretType: "AzStorageAccount", secret: ref },
                objectStore: { objectStoreType: "AZ", name: "backups" },
            },
        ],
        [
            { type: "azure", container: "b", account: "shop1", environment: "AzureChinaCloud" },
            { storageKey: "hunter2" },
            {
                type: "secrets.kanister.io/azure",
                stringData: {
                    azure_storage_account_id: "shop1",
                    azure_storage_key: "hunter2",
                    azure_storage_environment: "AzureChinaCloud",
                },
            },
            {
                type: "ObjectStore",
                credential: { secretType: "AzStorageAccount", secret: ref },
                objectStore: { objectStoreType: "AZ", name: "b" },
            },
        ],
        [
            { type: "gcs", bucket: "backups", project: "shop", region: "europe-west3" },
            { serviceAccount: "{}" },
            {
                type: "Opaque",
                stringData: { "project-id": "shop", "service-account.json": "{}" },
            },
            {
                type: "ObjectStore",
                credential: { secretType: "GcpServiceAccountKey", secret: ref },
                objectStore: {
                    ...{ objectStoreType: "GCS", name: "backups" },
                    region: "europe-west3",
                },
            },
        ],
        [
            { type: "gcs", bucket: "backups", project: "shop" },
            { serviceAccount: "{}" },
            {
                type: "Opaque",
                stringData: { "project-id": "shop", "service-account.json": "{}" },
            },
            {
                type: "ObjectStore",
                credential: { secretType: "GcpServiceAccountKey", secret: ref },
                objectStore: { objectStoreType: "GCS", name: "backups" },
            },
        ],
        [
            { type: "nfs", claimName: "share" },
            {},
            undefined,
            { type: "FileStore", fileStore: { claimName: "share" } },
        ],
        [
            { type: "nfs", claimName: "share", path: "shop" },
            {},
            undefined,
            { type: "FileStore", fileStore: { claimName: "share", path: "shop" } },
        ],
        [
            { type: "vbr", server: "vbr.example.com", port: 9419, repository: "Repository 1" },
            { username: "backup", password: "hunter2" },
            { type: "Opaque", stringData: { vbr_user: "backup", vbr_password: "hunter2" } },
            {
                type: "VBR",
                credential: { secretType: "VBRKey", secret: ref },
                vbr: {
                    ...{ serverAddress: "vbr.example.com", serverPort: 9419 },
                    ...{ repoName: "Repository 1", skipSSLVerify: false },
                },
            },
        ],
    ];
    for (const [location, secrets, expected, spec] of table) {
        it(JSON.stringify(location), () => {
            assert.deepEqual(locationSecret(location, secrets), expected);
            assert.deepEqual(locationSpec(location, "keys"), {
                type: "Location",
                locationSpec: spec,
            });
        });
    }
});

describe("LocationProfile", () => {
    const parent = "crossing:k10:LocationProfile::source-location-tape";
    const profile = "kubernetes:config.kio.kasten.io/v1alpha1:Profile::source-location-tape";
    const id = "random:index/randomId:RandomId::source-location-tape-keys";
    const keys = "kubernetes:core/v1:Secret::source-location-tape";
    const run = async (
        location: Location,
        secrets: Record<string, pulumi.Input<string>>,
        preview: boolean,
    ) => {
        const { LocationProfile } = await import("../../components/k10");
        const program = () =>
            new LocationProfile("source-location-tape", {
                cluster: cluster(),
                profileName: "tape",
                location,
                secrets,
                timeout: 180,
            });
        return children(await registered(program, { preview }));
    };
    const metadata = { name: "tape", namespace: "kasten-io" };
    const vbr = { type: "vbr", server: "vbr", port: 9419, repository: "r" } as const;

    for (const preview of [false, true]) {
        it(`is a Profile with a Secret of its own, and has a name once K10 has validated it (${preview ? "preview" : "up"})`, async () => {
            const secrets = { username: "backup", password: pulumi.secret("hunter2") };
            const { [parent]: component, ...all } = await run(vbr, secrets, preview);
            assert.deepEqual(component?.outputs, { profileName: preview ? unknown : "tape" });
            const stringData = secret({ vbr_user: "backup", vbr_password: "hunter2" });
            const name = preview ? unknown : "tape-hex of source-location-tape-keys";
            assert.deepEqual(all, {
                [id]: { inputs: { byteLength: 4, keepers: stringData }, parent },
                [keys]: {
                    inputs: {
                        apiVersion: "v1",
                        kind: "Secret",
                        metadata: { name, namespace: "kasten-io" },
                        type: "Opaque",
                        stringData,
                    },
                    parent,
                    ...inCluster,
                    dependencies: [id],
                    additionalSecretOutputs: ["data", "stringData"],
                },
                [profile]: {
                    inputs: {
                        apiVersion: "config.kio.kasten.io/v1alpha1",
                        kind: "Profile",
                        metadata,
                        spec: locationSpec(vbr, name),
                    },
                    parent,
                    ...inCluster,
                    dependencies: [keys],
                },
                "pulumi-nodejs:dynamic/k10:Validated::source-location-tape": {
                    inputs: {
                        kubeconfig: secret("kubeconfig of cluster"),
                        kind: "Profile",
                        ...metadata,
                        version: preview
                            ? unknown
                            : `uid of source-location-tape ${name} ${JSON.stringify(vbr)}`,
                        timeout: 180,
                    },
                    parent,
                    deletedWith: inCluster.deletedWith,
                    dependencies: [profile, keys],
                    additionalSecretOutputs: ["kubeconfig"],
                    hideDiffs: ["__provider"],
                },
            });
        });
    }

    it("has no Secret where nothing has to be opened", async () => {
        const all = await run({ type: "nfs", claimName: "share" }, {}, false);
        assert.equal(keys in all, false);
        assert.deepEqual(all[profile]?.inputs["spec"], {
            type: "Location",
            locationSpec: { type: "FileStore", fileStore: { claimName: "share" } },
        });
    });
});
