/** ImportAction (K10 documentation, API "ImportActions", usage "Importing Applications"). */
import { setTimeout as sleep } from "node:timers/promises";
import type { Body } from "../action.ts";
import { Failure } from "../failure.ts";
import type { KubeObject, Ref } from "../json.ts";
import { kindOf } from "../kinds.ts";
import { defaultPath, indexPrefix, type IndexEntry, type Manifest } from "../layout.ts";
import { contentName, createContent, unbind } from "../points.ts";
import { openHandOff, openManifest, SealError, type HandOff } from "../seal.ts";
import type { Store } from "../s3.ts";
import { namesOf, withStore, type PointNote, type World } from "../world.ts";

export const IMPORT = kindOf("ImportAction");
const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

export interface ImportOptions {
    profile: Ref;
    receiveString: string;
}

/**
 * Opens a receiveString beside the importing profile. K10 generates another path for the profile of each
 * cluster, so the generated paths of all clusters that export into this bucket are tried too.
 */
async function open(receiveString: string, store: Store): Promise<HandOff> {
    const clusters = await store.folders("k10/");
    for (const path of new Set([store.path, ...clusters.map(defaultPath)])) {
        try {
            return openHandOff(receiveString, { bucket: store.bucket, path });
        } catch (error) {
            if (!(error instanceof SealError)) {
                throw error;
            }
        }
    }
    throw new Failure("Failed to decode the receive string", {
        cause: new Failure("Failed to decrypt the export's migration data", {
            cause: new SealError(),
        }),
        retry: false,
    });
}

async function importPoint(
    world: World,
    store: Store,
    options: ImportOptions,
    handOff: HandOff,
    index: string,
): Promise<KubeObject | undefined> {
    const entry = openManifest(await store.get(index), handOff.dataKey) as IndexEntry;
    const { appNamespace, restorePoint, actionTime } = entry;
    if (world.catalog.get(CONTENT, undefined, contentName(appNamespace, restorePoint))) {
        return undefined;
    }
    const manifest = openManifest(await store.get(entry.manifest), handOff.dataKey) as Manifest;
    return createContent(
        world,
        {
            namespace: appNamespace,
            name: restorePoint,
            labels: entry.labels,
            actionTime,
            scheduledTime: null,
        },
        {
            profile: options.profile,
            app: manifest.app,
            manifest: { object: entry.manifest, dataKey: handOff.dataKey },
            volumes: manifest.volumes,
            ...(manifest.dumps && { dumps: manifest.dumps }),
            objects: namesOf(manifest.objects),
            index,
            importedBy: handOff.id,
        },
    );
}

/** Removes contents whose point is gone from the bucket: retired by the exporting cluster. */
function dropRetired(world: World, handOff: HandOff, present: string[]): void {
    for (const content of world.catalog.list(CONTENT)) {
        const note = world.catalog.note<PointNote>(content.metadata.uid ?? "");
        if (note?.importedBy === handOff.id && !present.includes(note.index ?? "")) {
            const { name } = content.metadata;
            world.catalog
                .list(POINT)
                .filter(point => pointsTo(point, name))
                .forEach(point => unbind(world, point));
            world.catalog.remove(content);
        }
    }
}

function pointsTo(point: KubeObject, content: string): boolean {
    const ref = point.spec?.["restorePointContentRef"] as { name?: string } | undefined;
    return ref?.name === content;
}

/** The body of an ImportAction: contents for all points of the string that are not known yet, newest last. */
export function importPoints(world: World, options: ImportOptions): Body {
    return async run => {
        await run.phase("Importing application metadata", async () => {
            await sleep(world.config.seconds.import * 1000);
            await withStore(world, options.profile, async store => {
                const handOff = await open(options.receiveString, store);
                if (handOff.clusterUID === world.clusterUID) {
                    throw new Failure(
                        "Cannot import into the cluster that the data was exported from",
                        {
                            fields: { clusterUID: world.clusterUID },
                            retry: false,
                        },
                    );
                }
                const present = await store.keys(indexPrefix(handOff.profilePath, handOff.id));
                for (const index of present) {
                    await importPoint(world, store, options, handOff, index);
                }
                dropRetired(world, handOff, present);
                const newest = present.at(-1);
                const content = world.catalog
                    .list(CONTENT)
                    .find(each => noteOf(world, each)?.index === newest && newest !== undefined);
                if (content) {
                    run.status({ restorePointContent: { name: content.metadata.name } });
                }
            });
        });
    };
}

function noteOf(world: World, content: KubeObject): PointNote | undefined {
    return world.catalog.note<PointNote>(content.metadata.uid ?? "");
}
