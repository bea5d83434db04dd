/** The specs of K10's profiles, as K10's API reference describes them ("Profiles"). Those of policies: policy-specs.ts. */
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
