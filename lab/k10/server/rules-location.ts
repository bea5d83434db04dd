/**
 * Locations other than S3 (K10 documentation, API "Profiles", "Profile Secret Types"): their shape, and what has to be in
 * the cluster. Nobody asks whether they can be reached, and nothing is written to them.
 */
import { at, refAt, textAt, type Fields, type Ref } from "./json.ts";

export type LocationKind = "S3" | "GCS" | "AZ" | "FileStore" | "VBR";

const KINDS: LocationKind[] = ["S3", "GCS", "AZ"];

/** The kind of a Profile's location; undefined where the stand-in does not know it. */
export function locationKind(spec: Fields | undefined): LocationKind | undefined {
    const location = at(spec, "locationSpec");
    const type = at(location, "type");
    if (type === "FileStore" || type === "VBR") {
        return type;
    }
    const store = at(location, "objectStore", "objectStoreType");
    return type === "ObjectStore" ? KINDS.find(kind => kind === store) : undefined;
}

interface Opened {
    secretType: string;
    /** Keys of the Secret that must not be empty. */
    keys: string[];
}

/** What opens a location. */
const OPENED: Partial<Record<LocationKind, Opened>> = {
    GCS: { secretType: "GcpServiceAccountKey", keys: ["project-id", "service-account.json"] },
    AZ: {
        secretType: "AzStorageAccount",
        keys: ["azure_storage_account_id", "azure_storage_key"],
    },
    // The keys are those of public scripts: the documentation does not name them.
    VBR: { secretType: "VBRKey", keys: ["vbr_user", "vbr_password"] },
};

const show = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));

/** The errors that the spec of such a location has by itself. */
export function locationErrors(spec: Fields | undefined, kind: LocationKind): string[] {
    const location = at(spec, "locationSpec");
    const errors = [...shapeErrors(location, kind)];
    const opened = OPENED[kind];
    if (opened) {
        const credential = at(location, "credential");
        const type = at(credential, "secretType");
        if (type !== opened.secretType) {
            errors.push(
                `spec.locationSpec.credential.secretType must be ${opened.secretType} for ${kind}, found ${show(type)}`,
            );
        }
        const secret = refAt(credential, "secret");
        if (!secret || secret.namespace === "") {
            errors.push("spec.locationSpec.credential.secret needs name and namespace");
        }
    }
    return errors;
}

function shapeErrors(location: unknown, kind: LocationKind): string[] {
    const missing = (field: string, what: string) =>
        textAt(location, ...field.split(".")) === ""
            ? [`spec.locationSpec.${field} is required: ${what}`]
            : [];
    switch (kind) {
        case "FileStore":
            return missing("fileStore.claimName", "the name of the PersistentVolumeClaim");
        case "VBR":
            return [
                ...missing("vbr.serverAddress", "the address of the backup server"),
                ...missing("vbr.repoName", "the name of the backup repository"),
            ];
        default:
            return missing("objectStore.name", "the name of the bucket");
    }
}

/** What such a location needs in the cluster: a Secret with these keys, or a claim in K10's namespace. */
export function locationNeeds(
    spec: Fields | undefined,
    kind: LocationKind,
): { secret?: { ref: Ref; keys: string[] }; claim?: string } {
    const location = at(spec, "locationSpec");
    const opened = OPENED[kind];
    const ref = refAt(location, "credential", "secret");
    return {
        ...(opened && ref && { secret: { ref, keys: opened.keys } }),
        ...(kind === "FileStore" && { claim: textAt(location, "fileStore", "claimName") }),
    };
}

/** @param data the Secret's, undefined where there is none */
export function secretErrors(
    { name, namespace }: Ref,
    keys: string[],
    data: Record<string, string> | undefined,
): string[] {
    if (!data) {
        return [
            "Could not get credentials",
            `secrets "${name}" not found in namespace ${namespace}`,
        ];
    }
    const missing = keys.filter(key => !data[key]);
    return missing.length === 0
        ? []
        : [`Could not get credentials: Secret ${name} has no ${missing.join(" and no ")}`];
}
