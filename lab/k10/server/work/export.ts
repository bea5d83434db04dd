/** ExportAction, of data and of metadata (K10 documentation, API "ExportActions", usage "Policy-Based Exports"). */
import { setTimeout as sleep } from "node:timers/promises";
import { labels, suffix } from "../constants.ts";
import type { Body, Run } from "../action.ts";
import { Failure } from "../failure.ts";
import { textAt, type KubeObject, type Ref } from "../json.ts";
import { kindOf } from "../kinds.ts";
import { indexKey, manifestKey, type IndexEntry, type Manifest } from "../layout.ts";
import { contentName, contentOf, createPoint } from "../points.ts";
import { sealManifest, type HandOff } from "../seal.ts";
import { loadManifest, namesOf, withStore, type PointNote, type World } from "../world.ts";
import { exportDumps } from "./dumps.ts";
import { exportVolumes } from "./export-volumes.ts";

export const EXPORT = kindOf("ExportAction");
const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

export interface ExportOptions {
    /** The restore point to export. */
    point: Ref;
    profile: Ref;
    /** Whether the volumes' data goes along (`exportData.enabled`). */
    data: boolean;
    handOff: HandOff;
}

/** What a data export leaves for the metadata export. */
export interface Exported {
    content: string;
    entry: IndexEntry;
}

function localPoint(
    world: World,
    { namespace, name }: Ref,
): { note: PointNote; point: KubeObject } {
    const point = world.catalog.get(POINT, namespace, name);
    const found = point && contentOf(world, point);
    if (!point || !found) {
        // What K10 says of the export of an empty restore point.
        throw new Failure("No artifacts provided.", { retry: false });
    }
    return { note: found.note, point };
}

/** Seals the manifest of a restore point into the bucket and creates the exported point. */
async function exportPoint(world: World, run: Run, options: ExportOptions): Promise<Exported> {
    const { note, point } = localPoint(world, options.point);
    const manifest = await run.phase("Exporting application specification", async () => {
        await sleep(world.config.seconds.export * 1000);
        return await loadManifest(world, note);
    });
    return await withStore(world, options.profile, async (store, { path }) => {
        const volumes = await run.phase("Exporting volume data", async () =>
            options.data ? await exportVolumes(world, run, options.profile, note) : [],
        );
        const { dumps = [] } = note;
        if (dumps.length > 0) {
            await run.phase("Exporting dumps", () =>
                exportDumps(world, options.profile, note.profile, dumps),
            );
        }
        return await run.phase("Creating exported restore point", async () => {
            const { namespace } = options.point;
            const name = `${options.point.name}${suffix(5)}`;
            const object = manifestKey(path, note.app.namespaceUID, name);
            const exported: Manifest = { ...manifest, volumes };
            await store.put(object, sealManifest(exported, options.handOff.dataKey));
            const own = exportLabels(options);
            const pointLabels = { ...point.metadata.labels, ...own };
            const { dataKey } = options.handOff;
            const actionTime = textAt(point, "status", "actionTime");
            createPoint(
                world,
                { namespace, name, labels: pointLabels, actionTime, scheduledTime: null },
                {
                    ...{ profile: options.profile, app: note.app, volumes },
                    ...(dumps.length > 0 && { dumps }),
                    ...{ manifest: { object, dataKey }, objects: namesOf(manifest.objects) },
                },
            );
            const entry: IndexEntry = {
                version: 1,
                restorePoint: name,
                appName: note.app.name,
                appNamespace: note.app.namespace,
                actionTime,
                manifest: object,
                labels: pointLabels,
            };
            return { content: contentName(namespace, name), entry };
        });
    });
}

/** The labels of exports and of what they make (seen: inventory and janitor tools read them). */
export function exportLabels({ profile, data }: { profile: Ref; data: boolean }) {
    return {
        [labels.exportProfile]: profile.name,
        [labels.exportType]: data ? "portableAppData" : "appConfigOnly",
    };
}

/** The body of a data export that belongs to a run; `done` receives what the metadata export needs. */
export function exportData(
    world: World,
    options: ExportOptions,
    done: (exported: Exported) => void,
): Body {
    return async run => {
        run.status({ progress: 0 });
        done(await exportPoint(world, run, options));
    };
}

/** Writes the list entries by which other clusters find the points: before, nothing can be imported. */
async function writeIndex(world: World, profile: Ref, handOff: HandOff, points: Exported[]) {
    await withStore(world, profile, async (store, { path }) => {
        for (const { content, entry } of points) {
            const key = indexKey(path, handOff.id, entry.actionTime, entry.restorePoint);
            await store.put(key, sealManifest(entry, handOff.dataKey));
            const object = world.catalog.get(CONTENT, undefined, content);
            const uid = object?.metadata.uid ?? "";
            const note = world.catalog.note<PointNote>(uid);
            if (note) {
                world.catalog.setNote(uid, { ...note, index: key });
            }
        }
    });
}

/** The body of the metadata export of a run. */
export function exportMetadata(
    world: World,
    profile: Ref,
    handOff: HandOff,
    points: Exported[],
): Body {
    return async run => {
        run.status({ progress: 0 });
        await run.phase("Exporting metadata", () => writeIndex(world, profile, handOff, points));
    };
}

/** The body of an export that a user created: data and metadata in one. */
export function exportManually(world: World, options: ExportOptions): Body {
    return async run => {
        run.status({ progress: 0 });
        const exported = await exportPoint(world, run, options);
        await run.phase("Exporting metadata", () =>
            writeIndex(world, options.profile, options.handOff, [exported]),
        );
    };
}
