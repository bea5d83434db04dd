/** The specs of K10's objects, as K10's API reference describes them ("Profiles", "Policies"). */
import type { Input } from "@pulumi/pulumi";

/** A location in an S3 store. An endpoint by plain HTTP is fine; certificates are always checked. */
export function profileSpec(location: {
    secret: Input<string>;
    endpoint: Input<string>;
    bucket: Input<string>;
    region: Input<string>;
}) {
    return {
        type: "Location",
        locationSpec: {
            type: "ObjectStore",
            credential: {
                secretType: "AwsAccessKey",
                secret: {
                    ...{ apiVersion: "v1", kind: "Secret" },
                    ...{ name: location.secret, namespace: "kasten-io" },
                },
            },
            objectStore: {
                objectStoreType: "S3",
                name: location.bucket,
                region: location.region,
                endpoint: location.endpoint,
                skipSSLVerify: false,
            },
        },
    };
}

/** Backs namespaces up and exports them with their data, on demand. */
export function exportPolicySpec(policy: {
    profile: Input<string>;
    applicationNamespaces: string[];
}) {
    const profile = { name: policy.profile, namespace: "kasten-io" };
    return {
        frequency: "@onDemand",
        actions: [
            { action: "backup", backupParameters: { profile } },
            {
                action: "export",
                exportParameters: {
                    frequency: "@onDemand",
                    profile,
                    exportData: { enabled: true },
                },
            },
        ],
        selector: {
            matchExpressions: [
                {
                    key: "k10.kasten.io/appNamespace",
                    operator: "In",
                    values: policy.applicationNamespaces,
                },
            ],
        },
    };
}

/** Imports what another cluster exported. An import policy has no selector. */
export function importPolicySpec(policy: { profile: Input<string>; receiveString: Input<string> }) {
    return {
        frequency: "@onDemand",
        actions: [
            {
                action: "import",
                importParameters: {
                    profile: { name: policy.profile, namespace: "kasten-io" },
                    receiveString: policy.receiveString,
                },
            },
        ],
    };
}
