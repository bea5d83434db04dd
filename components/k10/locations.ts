/** What K10 is told of a location, by its type: K10's API reference, "Profiles" and "Profile Secret Types". */
import type { Input } from "@pulumi/pulumi";
import { profileSpec, secretRef } from "./specs";

/** A location as one cluster reaches it. */
export type Location =
    | {
          type: "s3" | "rgw" | "cos";
          bucket: string;
          region: string;
          /** Absent: Amazon's own. */
          endpoint?: string;
          /** For how long objects cannot be deleted, such as `240h`. */
          protectionPeriod?: string;
      }
    | { type: "azure"; container: string; account: string; environment?: string }
    | { type: "gcs"; bucket: string; region?: string; project: string }
    | { type: "nfs"; claimName: string; path?: string }
    | { type: "vbr"; server: string; port: number; repository: string };

/** What opens a location: fields by the names that the configuration has for them. */
export type Secrets = Record<string, Input<string>>;

/** The Secret that a profile of the location refers to. An NFS share needs none. */
export function locationSecret(
    location: Location,
    secrets: Secrets,
): { type: string; stringData: Record<string, Input<string>> } | undefined {
    const of = (field: string) => secrets[field] ?? "";
    switch (location.type) {
        case "s3":
        case "rgw":
        case "cos":
            return {
                type: "secrets.kanister.io/aws",
                stringData: {
                    aws_access_key_id: of("accessKey"),
                    aws_secret_access_key: of("secretKey"),
                },
            };
        case "azure":
            return {
                type: "secrets.kanister.io/azure",
                stringData: {
                    azure_storage_account_id: location.account,
                    azure_storage_key: of("storageKey"),
                    ...(location.environment && {
                        azure_storage_environment: location.environment,
                    }),
                },
            };
        case "gcs":
            return {
                type: "Opaque",
                stringData: {
                    "project-id": location.project,
                    "service-account.json": of("serviceAccount"),
                },
            };
        case "nfs":
            return undefined;
        case "vbr":
            return {
                type: "Opaque",
                stringData: { vbr_user: of("username"), vbr_password: of("password") },
            };
    }
}

/** The spec of the location's Profile. */
export function locationSpec(location: Location, secret: Input<string>): Record<string, unknown> {
    const of = (locationSpec: Record<string, unknown>) => ({ type: "Location", locationSpec });
    switch (location.type) {
        case "s3":
        case "rgw":
        case "cos": {
            const { bucket, region, endpoint, protectionPeriod } = location;
            return profileSpec({ secret, bucket, region, endpoint, protectionPeriod });
        }
        case "azure":
            return of({
                type: "ObjectStore",
                credential: { secretType: "AzStorageAccount", secret: secretRef(secret) },
                // Working manifests have `AZ`, where the type's page says `Azure`.
                objectStore: { objectStoreType: "AZ", name: location.container },
            });
        case "gcs":
            return of({
                type: "ObjectStore",
                credential: { secretType: "GcpServiceAccountKey", secret: secretRef(secret) },
                objectStore: {
                    ...{ objectStoreType: "GCS", name: location.bucket },
                    ...(location.region && { region: location.region }),
                },
            });
        case "nfs":
            return of({
                type: "FileStore",
                fileStore: {
                    claimName: location.claimName,
                    ...(location.path && { path: location.path }),
                },
            });
        case "vbr":
            return of({
                type: "VBR",
                credential: { secretType: "VBRKey", secret: secretRef(secret) },
                vbr: {
                    ...{ serverAddress: location.server, serverPort: location.port },
                    ...{ repoName: location.repository, skipSSLVerify: false },
                },
            });
    }
}
