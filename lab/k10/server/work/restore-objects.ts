/** Everything of a restore that is not a volume. */
import type { Run } from "../action.ts";
import { Failure } from "../failure.ts";
import { faultText } from "../faults/faults.ts";
import { fieldsAt, textAt, type KubeObject } from "../json.ts";
import { hasCode } from "../kube.ts";
import { NAMESPACES, pathOf, PODS } from "../resources.ts";
import type { Captured, Manifest } from "../layout.ts";
import { inOrder, isAwaited, isReady, isWorkload, whyNotReady } from "../workloads.ts";
import type { World } from "../world.ts";
import { pauses } from "../wait.ts";

/** What an existing object keeps when it is overwritten: the API server refuses to change it. */
function merged(existing: KubeObject, wanted: KubeObject): KubeObject {
    const metadata = {
        ...wanted.metadata,
        resourceVersion: existing.metadata.resourceVersion ?? "",
    };
    if (existing.kind !== "Service") {
        return { ...wanted, metadata };
    }
    const { clusterIP, clusterIPs } = fieldsAt(existing, "spec");
    return { ...wanted, metadata, spec: { ...wanted.spec, clusterIP, clusterIPs } };
}

/**
 * Creates one object. What exists stays, unless it is to be overwritten; ServiceAccounts always stay (K10
 * documentation, API "RestoreActions", `overwriteExisting`).
 */
async function restoreOne(
    world: World,
    namespace: string,
    captured: Captured,
    overwrite: boolean,
): Promise<void> {
    const { cluster } = world;
    const { object, group, version, resource } = captured;
    const { name } = object.metadata;
    const item = pathOf(captured, namespace, name);
    const existing = await cluster.find(item);
    const keeps = resource === "serviceaccounts" && group === "";
    if (existing && (keeps || !overwrite) && !isWorkload(captured)) {
        return;
    }
    try {
        if (existing && !isWorkload(captured)) {
            await cluster.replace(item, merged(existing, object));
        } else {
            await cluster.create(pathOf(captured, namespace), object);
        }
    } catch (cause) {
        // A controller may have been faster, e.g. with the default ServiceAccount.
        if (hasCode(cause, 409) && !isWorkload(captured)) {
            return;
        }
        const what = `${resource}${group && `.${group}`}/${version} ${name}`;
        throw new Failure(`Failed to restore ${what}`, { cause });
    }
}

/** Labels and annotations of the namespace: only with `overwriteExisting`, since the namespace exists. */
async function restoreNamespace(
    world: World,
    namespace: string,
    manifest: Manifest,
): Promise<void> {
    const { labels = {}, annotations = {} } = manifest.namespace.metadata;
    await world.cluster.merge(pathOf(NAMESPACES, undefined, namespace), {
        metadata: { labels, annotations },
    });
}

export interface ObjectRestore {
    namespace: string;
    manifest: Manifest;
    /** All objects after filters and transforms. */
    objects: Captured[];
    overwriteExisting: boolean;
}

/** Restores all objects but claims, workloads last. */
export async function restoreObjects(
    world: World,
    run: Run,
    restore: ObjectRestore,
): Promise<void> {
    const { namespace, objects, overwriteExisting, manifest } = restore;
    if (overwriteExisting) {
        await restoreNamespace(world, namespace, manifest);
    }
    for (const captured of inOrder(objects)) {
        run.check();
        await restoreOne(world, namespace, captured, overwriteExisting);
    }
}

/** Waits until all restored Deployments, StatefulSets and DeploymentConfigs are ready. */
export async function waitReady(
    world: World,
    run: Run,
    namespace: string,
    objects: Captured[],
): Promise<void> {
    const { workloadReady } = world.config.seconds;
    const never = await world.faults.strikes("restoreNeverReady", namespace);
    const deadline = Date.now() + workloadReady * 1000;
    const pause = pauses(400);
    for (const captured of objects.filter(isAwaited)) {
        const { name } = captured.object.metadata;
        for (;;) {
            run.check();
            const workload = await world.cluster.find(pathOf(captured, namespace, name));
            if (!workload) {
                throw new Failure(`${captured.object.kind} ${namespace}/${name} was deleted`);
            }
            if (isReady(workload) && !never) {
                break;
            }
            if (Date.now() > deadline) {
                const { items } = await world.cluster.list(pathOf(PODS, namespace));
                const why = never ? faultText("restoreNeverReady") : whyNotReady(workload, items);
                const cause = new Error(why);
                throw new Failure(
                    `${captured.object.kind} ${namespace}/${name} is not ready after ${workloadReady} s`,
                    // To delete and create it again would only hide the reason a second time.
                    { cause, retry: false },
                );
            }
            await pause();
        }
    }
}

/** The namespace to restore into. @throws Failure when it is missing or going. */
export async function requireNamespace(world: World, name: string): Promise<void> {
    const namespace = await world.cluster.find(pathOf(NAMESPACES, undefined, name));
    if (!namespace || textAt(namespace, "status", "phase") === "Terminating") {
        const state = namespace ? "is being deleted" : "not found";
        throw new Failure(`namespaces "${name}" ${state}`, { retry: false });
    }
}
