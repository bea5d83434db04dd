/** KastenDRReview and KastenDRRestore (K10 documentation, API "KastenDR"): looking through K10's own backups, restoring one. */
import { now } from "../action.ts";
import type { NewObject } from "../catalog.ts";
import { deepest, Failure, statusError } from "../failure.ts";
import { fieldsAt, textAt, type Fields, type KubeObject, type Ref } from "../json.ts";
import { kindOf, type Kind } from "../kinds.ts";
import { log } from "../log.ts";
import type { World } from "../world.ts";
import { ownBackups, restoreItself, type OwnBackup } from "./own-backup.ts";

const REVIEW = kindOf("KastenDRReview");
const RESTORE = kindOf("KastenDRRestore");

/** Stores a new one and begins its work; undefined where the name is taken. */
export function beginRecovery(
    world: World,
    creation: NewObject & { kind: Kind },
): KubeObject | undefined {
    const { kind, ...what } = creation;
    const status = { state: "running", phase: "Looking for restore points", startTime: now() };
    const object = world.catalog.create(kind, { ...what, status });
    if (object) {
        const work = kind === REVIEW ? review : restore;
        void work(world, object)
            .then(more => end(world, object, { state: "success", ...more }))
            .catch((error: unknown) => fail(world, object, error));
    }
    return object;
}

/** Ends what a former server left unfinished. */
export async function endInterrupted(world: World): Promise<void> {
    const all = [REVIEW, RESTORE].flatMap(kind => world.catalog.list(kind));
    for (const object of all.filter(each => textAt(each, "status", "state") === "running")) {
        await fail(world, object, new Failure("The server of the K10 stand-in was restarted"));
    }
}

async function fail(world: World, object: KubeObject, error: unknown): Promise<void> {
    log(`${object.kind} ${object.metadata.name}: failed: ${deepest(error)}`);
    const { message, cause } = statusError(error);
    await end(world, object, { state: "failed", error: message, cause });
}

async function end(world: World, object: KubeObject, status: Fields): Promise<void> {
    show(world, object, { phase: "Done", ...status, endTime: now() });
    await world.catalog.flush();
}

function show(world: World, object: KubeObject, fields: Fields): void {
    world.catalog.update(object, stored => {
        stored.status = { ...stored.status, ...fields };
    });
}

interface Source {
    profile: Ref;
    clusterUID: string;
}

const sourceOf = ({ config }: World, spec: unknown): Source => ({
    profile: {
        name: textAt(spec, "sourceClusterInfo", "profileName"),
        namespace: config.namespace,
    },
    clusterUID: textAt(spec, "sourceClusterInfo", "sourceClusterID"),
});

/** Snapshots of the catalogue are neither taken nor exported. */
const listed = ({ id, created }: OwnBackup) => ({
    ...{ id, version: "v3", createdTime: created, localSnapshotTaken: false },
    ...{ validSnapshotAvailable: false, exportedCatalogAvailable: false },
});

async function review(world: World, { spec }: KubeObject): Promise<Fields> {
    const { profile, clusterUID } = sourceOf(world, spec);
    const found = await ownBackups(world, profile, clusterUID);
    const restorePointList = found.map(listed);
    return { restorePoints: { count: restorePointList.length, restorePointList } };
}

async function restore(world: World, object: KubeObject): Promise<Fields> {
    const { spec } = object;
    const details = fieldsAt(spec, "kastenDRReviewDetails");
    const id = textAt(details, "id");
    const from = id === "" ? object : reviewOf(world, details);
    const { profile, clusterUID } = sourceOf(world, from.spec);
    const all = await ownBackups(world, profile, clusterUID);
    const backup = id === "" ? all.at(-1) : all.find(each => each.id === id);
    if (!backup) {
        throw new Failure("Could not find the restore point", {
            cause: new Failure(`KastenDRReview ${from.metadata.name} lists no ${id}`),
        });
    }
    show(world, object, { phase: "Restoring" });
    await restoreItself(world, backup, textAt(spec, "skipResources").split(","));
    return {};
}

function reviewOf(world: World, details: Fields): KubeObject {
    const name = textAt(details, "kastenDRReviewRef", "name");
    const namespace = textAt(details, "kastenDRReviewRef", "namespace");
    const found = world.catalog.get(REVIEW, namespace, name);
    if (!found || textAt(found, "status", "state") !== "success") {
        throw new Failure("Could not find the restore point", {
            cause: new Failure(`KastenDRReview ${namespace}/${name} is not there, or no success`),
        });
    }
    return found;
}
