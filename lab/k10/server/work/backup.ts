/** BackupAction (K10 documentation, API "BackupActions"). */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Body, Run } from "../action.ts";
import { capture, type Application } from "../capture.ts";
import { Failure } from "../failure.ts";
import { at, type KubeObject } from "../json.ts";
import { kindOf } from "../kinds.ts";
import type { DumpRecord, Manifest, VolumeRecord } from "../layout.ts";
import { createPoint } from "../points.ts";
import { keepManifest, namesOf, type World } from "../world.ts";
import { backUpVolumes, discardVolumes, show, type BackupOptions } from "./backup-volumes.ts";
import { boundIn, discardDumps, dumpAll, runHooks } from "./dumps.ts";

export const BACKUP = kindOf("BackupAction");

/** The body of a BackupAction: capture the objects, copy the volumes, create the restore point. */
export function backup(world: World, options: BackupOptions): Body {
    const { namespace } = options;
    return async run => {
        const actionTime = new Date().toISOString();
        run.status({ progress: 0 });
        const application = await run.phase("Capturing application specification", async () => {
            await sleep(world.config.seconds.backup * 1000);
            return await capture(world.cluster, namespace, options.filters);
        });
        application.exceptions.forEach(text => run.exception(text));
        show(run, options, 10);
        const id = randomBytes(8).toString("hex");
        try {
            const bound = await boundIn(world, application);
            await runHooks(world, run, namespace, bound, "backupPrehook");
            const { profile } = options;
            const dumps = await dumpAll(world, run, profile, application, bound, id);
            const dumped = dumps.flatMap(({ claims }) => claims);
            const claims = application.claims.filter(
                ({ metadata }) => !dumped.includes(metadata.name),
            );
            const volumes = await run.phase("Snapshotting application volumes", () =>
                backUpVolumes(world, run, options, { ...application, claims }, id),
            );
            await runHooks(world, run, namespace, bound, "backupPosthook");
            const data = { volumes, dumps };
            await run.phase("Creating restore point", () =>
                createRestorePoint(world, run, options, application, data, actionTime),
            );
        } catch (error) {
            await discardDumps(world, options.profile, application.uid, id);
            await discardVolumes(world, options.profile, application.uid, id);
            throw error;
        }
        options.onProgress?.(100);
    };
}

/** Keeps the manifest and creates the restore point with its content. */
async function createRestorePoint(
    world: World,
    run: Run,
    options: BackupOptions,
    application: Application,
    { volumes, dumps }: { volumes: VolumeRecord[]; dumps: DumpRecord[] },
    actionTime: string,
): Promise<void> {
    const { namespace, restorePoint } = options;
    const app = { name: namespace, namespace, namespaceUID: application.uid };
    const manifest: Manifest = {
        version: 1,
        app,
        source: {
            clusterUID: world.clusterUID,
            kubernetes: world.kubernetes,
            standIn: world.version,
        },
        actionTime,
        namespace: application.namespace,
        objects: application.objects,
        volumes,
        ...(dumps.length > 0 && { dumps }),
    };
    const file = await keepManifest(world, manifest);
    const size = [...volumes, ...dumps].reduce((sum, { bytes }) => sum + bytes, 0);
    const scheduledTime = at(run.object, "spec", "scheduledTime");
    const created = createPoint(
        world,
        {
            namespace,
            name: restorePoint,
            labels: pointLabels(run.object),
            actionTime,
            scheduledTime: typeof scheduledTime === "string" ? scheduledTime : null,
            logicalSizeBytes: size,
            physicalSizeBytes: size,
        },
        {
            ...{ profile: options.profile, app, manifest: file, volumes },
            ...(dumps.length > 0 && { dumps }),
            objects: namesOf(application.objects),
        },
    );
    if (!created) {
        throw new Failure(`RestorePoint ${namespace}/${restorePoint} already exists`);
    }
    run.status({ restorePoint: { name: restorePoint, namespace } });
}

/** A point carries the labels of the action that made it, without those of the run. */
function pointLabels(action: KubeObject): Record<string, string> {
    const own = Object.entries(action.metadata.labels ?? {});
    return Object.fromEntries(own.filter(([key]) => !/\/(runAction|isRunNow)/.test(key)));
}
