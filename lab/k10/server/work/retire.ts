/** RetireAction: what the deletion of a restore point content leads to (K10 documentation, API). */
import { suffix } from "../constants.ts";
import type { Body } from "../action.ts";
import type { Engine } from "../engine.ts";
import { textAt, type KubeObject } from "../json.ts";
import { kindOf } from "../kinds.ts";
import type { DumpRecord } from "../layout.ts";
import { unbind } from "../points.ts";
import { removeSnapshot } from "../snapshots.ts";
import { dropManifest, withStore, type PointNote, type World } from "../world.ts";
import { retireDump } from "./dumps.ts";

const RETIRE = kindOf("RetireAction");
const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

/** The objects in the bucket that no other point of this cluster still refers to. */
function garbage(world: World, note: PointNote): string[] {
    const kept = new Set(
        world.catalog
            .list(CONTENT)
            .flatMap(each => world.catalog.note<PointNote>(each.metadata.uid ?? "")?.volumes ?? [])
            .map(volume => volume.object),
    );
    const volumes = note.volumes
        .map(volume => volume.object)
        .filter(key => key !== "" && !kept.has(key));
    const manifest = "object" in note.manifest ? [note.manifest.object] : [];
    // The index entry goes first: a point whose bytes are gone must not be offered for import.
    return [...(note.index === undefined ? [] : [note.index]), ...manifest, ...volumes];
}

/** The dumps that no other point of this cluster still refers to. */
function unused(world: World, note: PointNote): DumpRecord[] {
    const kept = new Set(
        world.catalog
            .list(CONTENT)
            .flatMap(each => world.catalog.note<PointNote>(each.metadata.uid ?? "")?.dumps ?? [])
            .map(({ prefix }) => prefix),
    );
    return (note.dumps ?? []).filter(({ prefix }) => !kept.has(prefix));
}

function free(world: World, note: PointNote): Body {
    return async run => {
        const { profile, importedBy, app } = note;
        // What was imported belongs to the cluster that exported it.
        if (importedBy === undefined && profile) {
            for (const dump of unused(world, note)) {
                await retireDump(world, run, profile, app.namespace, dump);
            }
        }
        await run.phase("Retiring artifacts", async () => {
            for (const { snapshot } of note.volumes) {
                if (snapshot) {
                    await removeSnapshot(world, note.app.namespace, snapshot);
                }
            }
            if ("file" in note.manifest) {
                await dropManifest(world, note.manifest.file);
            }
            const keys = garbage(world, note);
            // What was imported belongs to the cluster that exported it.
            if (note.importedBy === undefined && note.profile && keys.length > 0) {
                await withStore(world, note.profile, store => store.removeAll(keys));
            }
        });
    };
}

/** Removes a content with the restore points bound to it, and frees its bytes by a RetireAction. */
export function retire(world: World, engine: Engine, content: KubeObject): void {
    const { name, uid = "", labels = {} } = content.metadata;
    const note = world.catalog.note<PointNote>(uid);
    for (const point of world.catalog.list(POINT)) {
        if (textAt(point, "spec", "restorePointContentRef", "name") === name) {
            unbind(world, point);
        }
    }
    world.catalog.remove(content);
    if (note) {
        const spec = { subject: { kind: "RestorePointContent", name } };
        engine.begin(
            RETIRE,
            { name: `retire-${name}-${suffix(5)}`, labels, spec },
            free(world, note),
        );
    }
}
