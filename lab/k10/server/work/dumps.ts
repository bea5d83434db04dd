/** What Blueprints dump in place of volumes (K10 documentation, "Phase Lifecycle Reference"). */
import type { Run } from "../action.ts";
import type { Application } from "../capture.ts";
import { Failure, deepest } from "../failure.ts";
import { textAt, type KubeObject, type Ref } from "../json.ts";
import { runAction } from "../kanister/action.ts";
import { blueprintOf, boundObjects, hasAction, type Bound } from "../kanister/bound.ts";
import type { KandoProfile } from "../kanister/kando.ts";
import { dumpPrefix, type Captured, type DumpRecord } from "../layout.ts";
import { log } from "../log.ts";
import { NAMESPACES, pathOf } from "../resources.ts";
import { Store } from "../s3.ts";
import { newKey } from "../seal.ts";
import { storeAccess, usableProfile, withStore, type World } from "../world.ts";
import { isWorkload } from "../workloads.ts";
import type { Chosen } from "./restore-volumes.ts";
import { usesClaim } from "./volume-plan.ts";

/** `.Profile` as the stand-in for kando takes it. */
async function kandoProfile(
    world: World,
    ref: Ref,
    { prefix, key }: Pick<DumpRecord, "prefix" | "key">,
): Promise<KandoProfile> {
    const store = await storeAccess(world, await usableProfile(world, ref));
    return { standIn: "k10", store, folder: prefix, key };
}

/** Runs an action of the Blueprints that have it. */
export async function runHooks(
    world: World,
    run: Run,
    namespace: string,
    bound: Bound[],
    action: string,
): Promise<void> {
    for (const each of bound.filter(one => hasAction(one, action))) {
        await runAction(world, run, {
            ...{ blueprint: each.blueprint, action, object: each.captured, namespace },
        });
    }
}

/** The objects of an application with Blueprints. */
export const boundIn = (world: World, { objects, namespace }: Application): Promise<Bound[]> =>
    boundObjects(world, namespace.metadata.name, objects);

/** The claims that dumped workloads use, and no other one. */
function claimsOf({ captured }: Bound, dumped: Bound[], application: Application): string[] {
    const isDumped = ({ kind, metadata }: KubeObject) =>
        dumped.some(
            ({ captured: { object } }) =>
                object.kind === kind && object.metadata.name === metadata.name,
        );
    return application.claims
        .map(({ metadata }) => metadata.name)
        .filter(claim => usesClaim(captured.object, claim))
        .filter(claim =>
            application.workloads.filter(each => usesClaim(each, claim)).every(isDumped),
        );
}

/** Dumps every workload whose Blueprint has a `backup`. */
export async function dumpAll(
    world: World,
    run: Run,
    profile: Ref | undefined,
    application: Application,
    bound: Bound[],
    backup: string,
): Promise<DumpRecord[]> {
    const { name: namespace } = application.namespace.metadata;
    const dumped = bound.filter(each => hasAction(each, "backup"));
    const records: DumpRecord[] = [];
    for (const each of dumped) {
        const { captured, blueprint } = each;
        const { group, resource, object } = captured;
        if (!profile) {
            // Documented: an application with a Blueprint needs a location profile. The words are ours.
            throw new Failure(
                `${object.kind} ${object.metadata.name} is backed up by Blueprint ${blueprint.metadata.name}, and the policy's backup action names no profile for it (backupParameters.profile)`,
                { retry: false },
            );
        }
        const { path } = await storeAccess(world, await usableProfile(world, profile));
        const folder = `${object.kind.toLowerCase()}-${object.metadata.name}`;
        const place = {
            prefix: `${dumpPrefix(path, application.uid, backup)}${folder}/`,
            key: newKey(),
        };
        const artifacts = await runAction(world, run, {
            ...{ blueprint, action: "backup", object: captured, namespace },
            profile: await kandoProfile(world, profile, place),
        });
        records.push({
            workload: { group, resource, kind: object.kind, name: object.metadata.name },
            ...{ blueprint: blueprint.metadata.name, artifacts, ...place },
            claims: claimsOf(each, dumped, application),
            bytes: bytesOf(artifacts),
        });
    }
    return records;
}

/** As far as kando tells. */
function bytesOf(artifacts: DumpRecord["artifacts"]): number {
    return Object.values(artifacts).reduce((sum, { kopiaSnapshot }) => {
        try {
            const { logicalSize } = JSON.parse(kopiaSnapshot ?? "{}") as { logicalSize?: number };
            return sum + (logicalSize ?? 0);
        } catch {
            return sum;
        }
    }, 0);
}

/** Removes what a backup that failed has dumped; a failure here must not hide its cause. */
export async function discardDumps(
    world: World,
    profile: Ref | undefined,
    namespaceUID: string,
    backup: string,
): Promise<void> {
    if (profile) {
        await withStore(world, profile, async (store, { path }) =>
            store.removeAll(await store.keys(dumpPrefix(path, namespaceUID, backup))),
        ).catch((error: unknown) =>
            log(`could not remove the dumps of an action that failed: ${deepest(error)}`),
        );
    }
}

/**
 * Restores dumps into workloads that are ready. The Blueprint is the one that is bound here, or else the one of the same
 * name as at the backup (unconfirmed).
 */
export async function restoreDumps(
    world: World,
    run: Run,
    namespace: string,
    profile: Ref | undefined,
    dumps: DumpRecord[],
    objects: Chosen[],
): Promise<void> {
    for (const dump of dumps) {
        const captured = objects.find(
            each =>
                each.group === dump.workload.group &&
                each.resource === dump.workload.resource &&
                each.origin === dump.workload.name,
        );
        if (!captured) {
            continue;
        }
        if (!profile) {
            throw new Failure("No profile found", { retry: false });
        }
        const object = await live(world, namespace, captured);
        const [bound] = await boundObjects(world, namespace, [object]);
        const blueprint = bound?.blueprint ?? (await blueprintOf(world, dump.blueprint));
        if (!hasAction({ captured, blueprint }, "restore")) {
            throw new Failure(`Blueprint ${blueprint.metadata.name} has no action restore`, {
                retry: false,
            });
        }
        await runAction(world, run, {
            ...{ blueprint, action: "restore", object, namespace, artifacts: dump.artifacts },
            profile: await kandoProfile(world, profile, dump),
        });
    }
}

/** Runs `restorePosthook` for what was restored. */
export async function afterRestore(
    world: World,
    run: Run,
    namespace: string,
    objects: Captured[],
): Promise<void> {
    const restored: Captured[] = [];
    for (const each of objects.filter(isWorkload)) {
        restored.push(await live(world, namespace, each));
    }
    const bound = await boundObjects(world, namespace, restored);
    await runHooks(world, run, namespace, bound, "restorePosthook");
}

/** An object as it is in the cluster. */
async function live(world: World, namespace: string, captured: Captured): Promise<Captured> {
    const { name } = captured.object.metadata;
    return { ...captured, object: await world.cluster.get(pathOf(captured, namespace, name)) };
}

/** Brings dumps into the bucket of a profile; they lie there already if it is that of the backup. */
export async function exportDumps(
    world: World,
    profile: Ref,
    own: Ref | undefined,
    dumps: DumpRecord[],
): Promise<void> {
    if (dumps.length === 0 || !own) {
        return;
    }
    const [source, target] = [
        await storeAccess(world, await usableProfile(world, own)),
        await storeAccess(world, await usableProfile(world, profile)),
    ];
    if (source.bucket === target.bucket && source.endpoint === target.endpoint) {
        return;
    }
    const [reader, writer] = [new Store(source), new Store(target)];
    try {
        for (const { prefix, bytes } of dumps) {
            for (const key of await reader.keys(prefix)) {
                await writer.write(key, await reader.read(key), bytes);
            }
        }
    } finally {
        reader.close();
        writer.close();
    }
}

/** Runs `delete` of a dump's Blueprint, in the application's namespace or, where it is gone, in K10's (unconfirmed). */
export async function retireDump(
    world: World,
    run: Run,
    profile: Ref,
    namespace: string,
    dump: DumpRecord,
): Promise<void> {
    const blueprint = await blueprintOf(world, dump.blueprint);
    if (!hasAction({ blueprint } as Bound, "delete")) {
        return;
    }
    const there = await world.cluster.find(pathOf(NAMESPACES, undefined, namespace));
    const isThere = there !== undefined && textAt(there, "status", "phase") !== "Terminating";
    await runAction(world, run, {
        ...{ blueprint, action: "delete", artifacts: dump.artifacts },
        namespace: isThere ? namespace : world.config.namespace,
        profile: await kandoProfile(world, profile, dump),
    });
}
