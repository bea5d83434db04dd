/** What every part of the server works with. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readFile, rm } from "node:fs/promises";
import { writeAtomically, type Catalog } from "./catalog.ts";
import type { ServerConfig } from "./config.ts";
import { CONFIG_GROUP, VERSION } from "./constants.ts";
import { Failure } from "./failure.ts";
import type { Faults } from "./faults/faults.ts";
import { storeFault } from "./faults/store.ts";
import type { KubeObject, Ref } from "./json.ts";
import { textAt } from "./json.ts";
import { type Cluster } from "./kube.ts";
import { pathOf, SECRETS } from "./resources.ts";
import type { Captured, DumpRecord, Manifest, VolumeRecord } from "./layout.ts";
import { locationKind } from "./rules-location.ts";
import { accessKey, profileStore } from "./rules-profile.ts";
import { openManifest } from "./seal.ts";
import { Store, type StoreAccess } from "./s3.ts";

export interface World {
    config: ServerConfig;
    cluster: Cluster;
    catalog: Catalog;
    /** The folder of the catalog: manifests of local restore points lie beside it. */
    folder: string;
    /** UID of namespace `default`: K10's identity of a cluster in bucket paths. */
    clusterUID: string;
    /** The version of Kubernetes, as `/version` gives it. */
    kubernetes: string;
    version: string;
    /** Authorities that stores are trusted by beside the known ones, in PEM form. */
    authorities?: string;
    /** What is to go wrong on purpose; usually nothing. */
    faults: Faults;
}

/** What the catalog knows of a restore point content and does not show. */
export interface PointNote {
    /** The Profile whose bucket holds the bytes. */
    profile: Ref | undefined;
    app: { name: string; namespace: string; namespaceUID: string };
    /** Where the manifest is: a file beside the catalog, or an object in the bucket with its key. */
    manifest: { file: string } | { object: string; dataKey: string };
    volumes: VolumeRecord[];
    /** What Blueprints dumped. Notes of older servers lack it. */
    dumps?: DumpRecord[];
    /** What the manifest holds, for the details. Notes of older servers lack it. */
    objects?: ObjectName[];
    /** The index entry in the bucket, of exported points only. */
    index?: string;
    /** Set on imported points: the receiveString's id. Their bytes belong to the exporting cluster. */
    importedBy?: string;
}

export interface ObjectName {
    kind: string;
    name: string;
}

/** The objects of a manifest by their names. */
export const namesOf = (objects: Captured[]): ObjectName[] =>
    objects.map(({ object }) => ({ kind: object.kind ?? "", name: object.metadata.name }));

/** The resource of a kind of config.kio.kasten.io, by its plural. */
export const configResource = (resource: string) => ({
    group: CONFIG_GROUP,
    version: VERSION,
    resource,
});

const PROFILES = configResource("profiles");

/** A Profile that K10 may use. @throws Failure when it is missing or not validated. */
export async function usableProfile(world: World, ref: Ref): Promise<KubeObject> {
    const namespace = ref.namespace || world.config.namespace;
    const profile = await world.cluster.find(pathOf(PROFILES, namespace, ref.name));
    if (!profile) {
        throw new Failure("No profile found", {
            cause: new Failure(`profiles.${CONFIG_GROUP} "${ref.name}" not found`),
        });
    }
    if (textAt(profile, "status", "validation") !== "Success") {
        throw new Failure("Profile is invalid", {
            cause: new Failure(`Profile ${namespace}/${ref.name} has not been validated`),
        });
    }
    return profile;
}

/** Bucket and keys of a profile's spec. @throws Failure when the Secret is missing or incomplete. */
export async function storeAccess(world: World, profile: KubeObject): Promise<StoreAccess> {
    const kind = locationKind(profile.spec);
    if (kind !== "S3") {
        throw new Failure("The location cannot be used", {
            cause: new Failure(
                `Profile ${profile.metadata.name} is of type ${kind}: the K10 stand-in reads and writes S3 locations only`,
            ),
            retry: false,
        });
    }
    const store = profileStore(profile.spec);
    const { name, namespace } = store.secret;
    const secret = await world.cluster.find(pathOf(SECRETS, namespace, name));
    if (!secret) {
        throw new Failure("Could not get credentials", {
            cause: new Failure(`secrets "${name}" not found in namespace ${namespace}`),
        });
    }
    const key = accessKey(name, secret["data"] as Record<string, string> | undefined);
    if (Array.isArray(key)) {
        throw new Failure(key.join("; "));
    }
    const fault = await storeFault(world.faults, store.bucket);
    const { authorities } = world;
    return {
        ...{ ...store, key },
        ...(authorities !== undefined && { authorities }),
        ...(fault && { fault }),
    };
}

/** Runs something with the store of a valid profile. */
export async function withStore<T>(
    world: World,
    ref: Ref,
    work: (store: Store, access: StoreAccess) => Promise<T>,
): Promise<T> {
    const access = await storeAccess(world, await usableProfile(world, ref));
    const store = new Store(access);
    try {
        return await work(store, access);
    } finally {
        store.close();
    }
}

/** Keeps the manifest of a local point beside the catalog, and says where. */
export async function keepManifest(world: World, manifest: Manifest): Promise<{ file: string }> {
    const file = `point-${randomUUID()}.json`;
    await writeAtomically(join(world.folder, file), JSON.stringify(manifest));
    return { file };
}

/** Forgets the manifest of a local point. */
export async function dropManifest(world: World, file: string): Promise<void> {
    await rm(join(world.folder, file), { force: true });
}

/** The manifest of any point: from the catalog's folder or from the bucket. */
export async function loadManifest(world: World, note: PointNote): Promise<Manifest> {
    const { manifest, profile } = note;
    if ("file" in manifest) {
        return JSON.parse(await readFile(join(world.folder, manifest.file), "utf8")) as Manifest;
    }
    if (!profile) {
        throw new Failure("No profile found", { retry: false });
    }
    return await withStore(world, profile, async store => {
        try {
            return openManifest(await store.get(manifest.object), manifest.dataKey) as Manifest;
        } catch (cause) {
            throw new Failure(`Could not read ${manifest.object} from bucket ${store.bucket}`, {
                cause,
            });
        }
    });
}
