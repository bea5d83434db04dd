/** The specs of K10's profiles, as K10's API reference describes them ("Profiles"). Those of policies: policy-specs.ts. */
import type { Input } from "@pulumi/pulumi";

/** The namespace of Kasten's own instructions. */
export const k10Namespace = "kasten-io";

/** An object in K10's namespace, as specs refer to it. */
export const ref = (name: Input<string>) => ({ name, namespace: k10Namespace });

/** A location in an S3 store. An endpoint by plain HTTP is fine; certificates are always checked. */
export function profileSpec(location: {
    secret: Input<string>;
    /** Absent: Amazon's own. */
    endpoint?: Input<string>;
    bucket: Input<string>;
    region: Input<string>;
    /** For how long objects cannot be deleted, such as `240h`. */
    protectionPeriod?: string;
}) {
    const { endpoint, protectionPeriod } = location;
    return {
        type: "Location",
        locationSpec: {
            type: "ObjectStore",
            credential: { secretType: "AwsAccessKey", secret: secretRef(location.secret) },
            objectStore: {
                objectStoreType: "S3",
                name: location.bucket,
                region: location.region,
                ...(endpoint !== undefined && { endpoint }),
                skipSSLVerify: false,
                ...(protectionPeriod && { protectionPeriod }),
            },
        },
    };
}

/** A Secret in K10's namespace, as profiles refer to it. */
export const secretRef = (name: Input<string>) => ({
    ...{ apiVersion: "v1", kind: "Secret" },
    ...ref(name),
});

/** Where an export goes, by the names of profiles. */
export interface ExportLocation {
    /** Takes everything, or what is no volume if there is a `blockModeProfile`. */
    profile: Input<string>;
    /** Takes the volumes, block by block: a repository of Veeam Backup & Replication. */
    blockModeProfile?: Input<string>;
}
