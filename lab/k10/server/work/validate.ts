/**
 * ValidateAction (K10 documentation, API "ValidateActions"): whether what a restore point describes can be read. Its
 * data is not read, as with `verifyFilesPercent` 0.
 */
import type { Body } from "../action.ts";
import { Failure } from "../failure.ts";
import type { KubeObject } from "../json.ts";
import { kindOf } from "../kinds.ts";
import type { VolumeRecord } from "../layout.ts";
import { requireSnapshot } from "../snapshots.ts";
import { loadManifest, withStore, type PointNote, type World } from "../world.ts";

const CONTENT = kindOf("RestorePointContent");

/** @throws Failure for the first volume that is not where the restore point says. */
async function requireVolumes(world: World, { app, profile }: PointNote, volumes: VolumeRecord[]) {
    for (const { claim, snapshot } of volumes) {
        if (snapshot) {
            await requireSnapshot(world, app.namespace, snapshot.name).catch((cause: unknown) => {
                throw new Failure(`Failed to validate PVC ${claim}`, { cause, retry: false });
            });
        }
    }
    const stored = volumes.filter(({ object }) => object !== "");
    if (stored.length === 0 || !profile) {
        return;
    }
    await withStore(world, profile, async store => {
        for (const { claim, object } of stored) {
            if (!(await store.keys(object)).includes(object)) {
                const cause = new Failure(`${object} is not in bucket ${store.bucket}`);
                throw new Failure(`Failed to validate PVC ${claim}`, { cause, retry: false });
            }
        }
    });
}

/** The body of a ValidateAction of the restore point of this content. */
export function validate(world: World, content: KubeObject): Body {
    return async run => {
        await run.phase("Validating restore point", async () => {
            const { name, uid = "" } = content.metadata;
            const note = world.catalog.note<PointNote>(uid);
            if (!note || !world.catalog.get(CONTENT, undefined, name)) {
                throw new Failure("The restore point has no content", { retry: false });
            }
            const { volumes } = await loadManifest(world, note);
            await requireVolumes(world, note, volumes);
        });
    };
}
