/** What becomes of things when others are deleted. Asked last: it takes away what the other behaviours look at. */
import assert from "node:assert/strict";
import { until } from "../support/cluster.ts";
import { behaviour, docs, spec } from "./behaviour.ts";

export const ends = [
    behaviour(
        "With its claim a volume of reclaim policy Delete goes.",
        docs("Persistent Volumes", "Reclaiming: Delete"),
        async world => {
            if ((world.storageClass.reclaimPolicy ?? "Delete") !== "Delete") {
                return `skipped: the class's reclaim policy is ${world.storageClass.reclaimPolicy}`;
            }
            const { volume } = await world.cloned();
            await world.kube.remove(world.reference("Pod", "cloned-reader"));
            await world.kube.remove(world.reference("PersistentVolumeClaim", "cloned"));
            await until(
                "the volume to go",
                async () => ((await world.volume(volume.metadata?.name ?? "")) ? undefined : true),
                120,
            );
        },
    ),
    behaviour(
        "A snapshot is usable when the volume that it was taken of is gone.",
        spec("DeleteVolume, paragraph on snapshots"),
        async world => {
            await world.changed();
            const { claim, volume } = await world.written();
            for (const pod of ["writer", "changer", "looker", "unchanged"]) {
                await world.kube.remove(world.reference("Pod", pod));
            }
            await world.kube.remove(
                world.reference("PersistentVolumeClaim", claim.metadata?.name ?? ""),
            );
            const gone = await until(
                "the volume to go",
                async () => ((await world.volume(volume.metadata?.name ?? "")) ? undefined : true),
                60,
            ).catch(() => false);
            if (!gone) {
                return "skipped: the driver keeps a volume as long as there are snapshots of it";
            }
            const { snapshot } = await world.taken();
            await world.claim("again", {
                source: { kind: "VolumeSnapshot", name: "taken" },
                size: snapshot.status?.restoreSize,
            });
            assert.deepEqual(await world.run("again-reader", "again", "cat /data/file"), ["first"]);
        },
    ),
];
