/**
 * What it takes to bring K10 back once its cluster is gone, in one record, and the way of K10's documentation ("Veeam
 * Kasten Disaster Recovery"; API "KastenDRReview", "KastenDRRestore") as manifests in their order. `crossing:k10.recovery` does
 * the same in a stack of this program.
 */
import { Location, locationSecret, locationSpec } from "./locations";
import { k10Namespace } from "./specs";

/** K10 itself looks for this name. */
export const passphraseSecret = "k10-dr-secret";

export interface Recovery {
    /** The version that makes the backup. */
    k10Version: string;
    /** How K10 names the lost cluster in the location. */
    clusterId: string;
    /** What the backup is sealed with. */
    passphrase: string;
    /** The profile's name, and the location that it is of. */
    profileName: string;
    location: Location;
}

export interface RecoveryStep {
    /** What is to be done. */
    step: string;
    /** For `kubectl create --validate=false -f -`. */
    manifest?: object;
}

export interface RecoveryRecord extends Recovery {
    steps: RecoveryStep[];
}

/** What opens the location is kept elsewhere: it is nobody's to copy, and changes more often than this record. */
const placeholders = Object.fromEntries(
    [...["accessKey", "secretKey", "storageKey", "serviceAccount", "username", "password"]].map(
        field => [field, `<${field}>`],
    ),
);

export function recoveryRecord(recovery: Recovery): RecoveryRecord {
    const { k10Version, clusterId, passphrase, profileName, location } = recovery;
    const secret = locationSecret(location, placeholders);
    const secretName = `crossing-${profileName}`;
    const source = { sourceClusterInfo: { profileName, sourceClusterID: clusterId } };
    return {
        ...recovery,
        steps: [
            {
                step: `Install K10 ${k10Version} in namespace ${k10Namespace} of another cluster, and wait until it serves its APIs.`,
            },
            {
                step: "Give it the passphrase.",
                manifest: secretOf(passphraseSecret, {
                    type: "Opaque",
                    stringData: { key: passphrase },
                }),
            },
            ...(secret
                ? [
                      {
                          step: "Give it what opens the location, in place of what stands in angle brackets.",
                          manifest: secretOf(secretName, secret),
                      },
                  ]
                : [
                      {
                          step: "Make the PersistentVolumeClaim that the profile names, of the same share.",
                      },
                  ]),
            {
                step: "Make the profile, and wait until its status.validation is Success.",
                manifest: {
                    ...configOf("config.kio.kasten.io", "Profile", profileName),
                    spec: locationSpec(location, secretName),
                },
            },
            {
                step: "Have K10 look through its backups, and wait until status.state is success: status.restorePoints lists them.",
                manifest: {
                    ...configOf("dr.kio.kasten.io", "KastenDRReview", "crossing-review"),
                    spec: source,
                },
            },
            {
                step: "Restore the newest one, and wait until status.state is success. Another one is named by spec.kastenDRReviewDetails, {kastenDRReviewRef: {name, namespace}, id}, in place of spec.sourceClusterInfo.",
                manifest: {
                    ...configOf("dr.kio.kasten.io", "KastenDRRestore", "crossing-restore"),
                    spec: source,
                },
            },
        ],
    };
}

const configOf = (group: string, kind: string, name: string) => ({
    ...{ apiVersion: `${group}/v1alpha1`, kind },
    metadata: { name, namespace: k10Namespace },
});

const secretOf = (name: string, of: { type: string; stringData: object }) => ({
    ...{ apiVersion: "v1", kind: "Secret" },
    metadata: { name, namespace: k10Namespace },
    ...of,
});
