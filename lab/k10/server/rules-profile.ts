/** What makes a Profile valid (K10 documentation, API "Profiles"), as far as no bucket has to be asked. */
import { at, refAt, textAt, type Fields } from "./json.ts";
import { locationErrors, locationKind } from "./rules-location.ts";
import { periodErrors } from "./rules-lock.ts";
import { normalPath } from "./seal.ts";

/** A Profile's store, and the Secret that opens it. */
export interface ProfileStore {
    bucket: string;
    region: string;
    /** Undefined: AWS itself. */
    endpoint: string | undefined;
    skipSSLVerify: boolean;
    /** As written in the spec; empty where the server has still to generate it. */
    path: string;
    /** For how long objects cannot be deleted, as Go writes it. */
    protectionPeriod?: string;
    secret: { name: string; namespace: string };
}

/** The errors that a spec has by itself; none means that `profileStore` may be called. */
export function profileErrors(spec: Fields | undefined): string[] {
    if (at(spec, "type") !== "Location") {
        return [
            `spec.type must be Location: the K10 stand-in knows no other, found ${show(at(spec, "type"))}`,
        ];
    }
    const location = at(spec, "locationSpec");
    const type = at(location, "type");
    if (type !== "ObjectStore" && type !== "FileStore" && type !== "VBR") {
        return [
            `spec.locationSpec.type must be ObjectStore, FileStore or VBR, found ${show(type)}`,
        ];
    }
    const kind = locationKind(spec);
    if (kind && kind !== "S3") {
        return locationErrors(spec, kind);
    }
    const errors: string[] = [];
    const store = at(location, "objectStore");
    if (kind === undefined) {
        errors.push(
            `spec.locationSpec.objectStore.objectStoreType must be S3, GCS or AZ: the K10 stand-in knows no other, found ${show(at(store, "objectStoreType"))}`,
        );
    }
    if (textAt(store, "name") === "") {
        errors.push("spec.locationSpec.objectStore.name is required: the name of the bucket");
    }
    const endpoint = textAt(store, "endpoint");
    if (endpoint !== "" && !/^https?:\/\/[^/]+\/?$/.test(endpoint)) {
        errors.push(
            `spec.locationSpec.objectStore.endpoint must be a URL like http://host:9000, found ${show(endpoint)}`,
        );
    }
    if (normalPath(textAt(store, "path")).split("/").includes("..")) {
        errors.push("spec.locationSpec.objectStore.path must not contain ..");
    }
    const pathType = at(store, "pathType");
    if (pathType !== undefined && pathType !== "" && pathType !== "Directory") {
        errors.push(
            `spec.locationSpec.objectStore.pathType must be Directory, found ${show(pathType)}`,
        );
    }
    errors.push(...periodErrors(at(store, "protectionPeriod")));
    const credential = at(location, "credential");
    if (at(credential, "secretType") !== "AwsAccessKey") {
        errors.push(
            `spec.locationSpec.credential.secretType must be AwsAccessKey for S3, found ${show(at(credential, "secretType"))}`,
        );
    }
    const secret = refAt(credential, "secret");
    if (!secret || secret.namespace === "") {
        errors.push("spec.locationSpec.credential.secret needs name and namespace");
    }
    return errors;
}

function show(value: unknown): string {
    return value === undefined ? "nothing" : JSON.stringify(value);
}

/** Reads the store from a spec that has no errors. */
export function profileStore(spec: Fields | undefined): ProfileStore {
    const store = at(spec, "locationSpec", "objectStore");
    const endpoint = textAt(store, "endpoint");
    const protectionPeriod = textAt(store, "protectionPeriod");
    return {
        bucket: textAt(store, "name"),
        region: textAt(store, "region") || "us-east-1",
        endpoint: endpoint === "" ? undefined : endpoint,
        skipSSLVerify: at(store, "skipSSLVerify") === true,
        path: normalPath(textAt(store, "path")),
        ...(protectionPeriod !== "" && { protectionPeriod }),
        secret: refAt(spec, "locationSpec", "credential", "secret") ?? { name: "", namespace: "" },
    };
}

/** The access key of an S3 Secret (K10 documentation, "Secrets": type `secrets.kanister.io/aws`). */
export interface AccessKey {
    id: string;
    secret: string;
}

/**
 * Reads the keys of a Secret's `data`.
 * @returns the errors instead, where a key is missing or empty.
 */
export function accessKey(
    name: string,
    data: Record<string, string> | undefined,
): AccessKey | string[] {
    const read = (key: string) => Buffer.from(data?.[key] ?? "", "base64").toString();
    const id = read("aws_access_key_id");
    const secret = read("aws_secret_access_key");
    const missing = [
        ...(id === "" ? ["aws_access_key_id"] : []),
        ...(secret === "" ? ["aws_secret_access_key"] : []),
    ];
    return missing.length === 0
        ? { id, secret }
        : [`Could not get credentials: Secret ${name} has no ${missing.join(" and no ")}`];
}

/** What validation says when the store answers with an error. `code` is S3's or the system's. */
export function storeErrors(bucket: string, code: string, message: string): string[] {
    // Seen on a live K10: this is also what it says of an address at which nothing listens.
    const outer = "Could not find profile bucket";
    switch (code) {
        case "NoSuchBucket":
        case "NotFound":
            return [outer, `NoSuchBucket: bucket "${bucket}" does not exist`];
        case "InvalidAccessKeyId":
        case "SignatureDoesNotMatch":
        case "AccessDenied":
        case "ExpiredToken":
        case "Forbidden":
            return ["Could not access profile bucket", withCode(code, message)];
        default:
            return [outer, withCode(code, message)];
    }
}

function withCode(code: string, message: string): string {
    return message.includes(code) ? message : `${code}: ${message}`;
}
