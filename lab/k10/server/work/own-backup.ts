/**
 * K10's backup of itself (K10 documentation, "Veeam Kasten Disaster Recovery"): what the catalog knows of exported restore
 * points, policies and profiles, sealed with the passphrase. Volumes are where exports have put them.
 */
import { SELF_POLICY, suffix } from "../constants.ts";
import { now } from "../action.ts";
import { Failure } from "../failure.ts";
import type { Fields, KubeObject, Ref } from "../json.ts";
import { textAt } from "../json.ts";
import { kindOf } from "../kinds.ts";
import { ownBackupKey, ownBackupPrefix } from "../layout.ts";
import { contentName, createContent } from "../points.ts";
import { pathOf, SECRETS } from "../resources.ts";
import { openWithPassphrase, SealError, sealWithPassphrase } from "../seal.ts";
import type { Store } from "../s3.ts";
import { configResource, withStore, type PointNote, type World } from "../world.ts";

const CONTENT = kindOf("RestorePointContent");
const SECRET = "k10-dr-secret";

/** The kinds of config.kio.kasten.io that are in it. */
const CONFIGS = ["profiles", "policies"] as const;

interface KeptPoint {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    actionTime: string;
    note: PointNote;
}

export interface OwnBackup {
    version: 1;
    id: string;
    /** RFC 3339. */
    created: string;
    points: KeptPoint[];
    configs: Record<(typeof CONFIGS)[number], { name: string; spec?: Fields }[]>;
}

/** @throws Failure where nobody has set a passphrase. */
async function passphraseOf(world: World): Promise<string> {
    const secret = await world.cluster.find(pathOf(SECRETS, world.config.namespace, SECRET));
    const key = textAt(secret, "data", "key");
    if (key === "") {
        const why = secret ? `secret "${SECRET}" has no key` : `secrets "${SECRET}" not found`;
        throw new Failure("Could not get the passphrase", { cause: new Failure(why) });
    }
    return Buffer.from(key, "base64").toString();
}

/** Writes a backup to a profile's bucket. */
export async function backUpItself(world: World, profile: Ref): Promise<void> {
    const passphrase = await passphraseOf(world);
    const backup = await contentsOf(world);
    const key = ownBackupKey(world.clusterUID, backup.created, backup.id);
    const sealed = sealWithPassphrase(backup, passphrase);
    await withStore(world, profile, store => store.put(key, sealed));
}

async function contentsOf(world: World): Promise<OwnBackup> {
    const points = world.catalog.list(CONTENT).flatMap((content): KeptPoint[] => {
        const note = world.catalog.note<PointNote>(content.metadata.uid ?? "");
        // Snapshots go with their cluster.
        return note && "object" in note.manifest ? [keptOf(content, note)] : [];
    });
    const lists = CONFIGS.map(async plural => {
        const path = pathOf(configResource(plural), world.config.namespace);
        const { items } = await world.cluster.list(path);
        const all = items.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
        return [plural, all.filter(({ name }) => name !== SELF_POLICY)] as const;
    });
    const configs = Object.fromEntries(await Promise.all(lists)) as OwnBackup["configs"];
    return { version: 1, id: suffix(16), created: now(), points, configs };
}

function keptOf(content: KubeObject, note: PointNote): KeptPoint {
    const { namespace } = note.app;
    return {
        ...{ namespace, name: content.metadata.name.slice(contentName(namespace, "").length) },
        labels: content.metadata.labels ?? {},
        actionTime: textAt(content, "status", "actionTime"),
        note,
    };
}

/** The backups of a cluster in a profile's bucket, oldest first. @throws Failure where they cannot be opened. */
export async function ownBackups(
    world: World,
    profile: Ref,
    clusterUID: string,
): Promise<OwnBackup[]> {
    const passphrase = await passphraseOf(world);
    return await withStore(world, profile, async store => {
        const keys = await store.keys(ownBackupPrefix(clusterUID));
        if (keys.length === 0) {
            throw unopened("repository not initialized in the provided storage");
        }
        return await Promise.all(keys.map(key => openBackup(store, key, passphrase)));
    });
}

async function openBackup(store: Store, key: string, passphrase: string): Promise<OwnBackup> {
    try {
        return openWithPassphrase(await store.get(key), passphrase) as OwnBackup;
    } catch (error) {
        throw error instanceof SealError ? unopened("invalid repository password") : error;
    }
}

/** The causes are Kopia's, with which K10 keeps its backups; the level above is ours. */
const unopened = (why: string) =>
    new Failure("Failed to open the repository of K10's own backups", { cause: new Failure(why) });

/** Brings back what is not there. */
export async function restoreItself(
    world: World,
    { points, configs }: OwnBackup,
    skip: string[],
): Promise<void> {
    for (const { note, ...point } of points) {
        createContent(world, { ...point, scheduledTime: null }, note);
    }
    for (const plural of CONFIGS.filter(each => !skip.includes(each))) {
        const path = pathOf(configResource(plural), world.config.namespace);
        for (const { name, spec } of configs[plural]) {
            if (!(await world.cluster.find(`${path}/${name}`))) {
                const kind = plural === "policies" ? "Policy" : "Profile";
                const apiVersion = "config.kio.kasten.io/v1alpha1";
                await world.cluster.create(path, { apiVersion, kind, metadata: { name }, spec });
            }
        }
    }
    await world.catalog.flush();
}
