/** How each volume of an application is backed up: by a snapshot, or by generic volume backup. */
import { claimNames, type Application } from "../capture.ts";
import { Failure } from "../failure.ts";
import { listAt, textAt, type KubeObject, type Ref } from "../json.ts";
import { meets } from "../selectors.ts";
import { FORCE_GENERIC, hasSidecar, SIDECAR, sidecarMounts } from "../sidecar.ts";
import { snapshotClassOf } from "../snapshot-class.ts";
import type { World } from "../world.ts";

export interface VolumePlan {
    claim: KubeObject;
    /** The VolumeSnapshotClass; absent: generic volume backup. */
    snapshotClass?: string;
}

/** Whether a workload's pods mount a claim, also one that a StatefulSet makes for each of them. */
export function usesClaim(workload: KubeObject, claim: string): boolean {
    const made = listAt(workload, "spec", "volumeClaimTemplates").map(
        template => `${textAt(template, "metadata", "name")}-${workload.metadata.name}-`,
    );
    return (
        claimNames(workload).includes(claim) ||
        made.some(prefix => claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length)))
    );
}

interface Circumstances {
    namespace: string;
    namespaceLabels: Record<string, string>;
    profile: Ref | undefined;
}

/** Why a workload's volumes are backed up generically, also where snapshots are possible; or undefined. */
function whyForced(workload: KubeObject): string | undefined {
    const what = `${workload.kind} ${workload.metadata.name}`;
    if (workload.metadata.annotations?.[FORCE_GENERIC] === "true") {
        return `${what} has annotation ${FORCE_GENERIC}: "true"`;
    }
    return hasSidecar(workload) ? `${what} has container ${SIDECAR}` : undefined;
}

/** Why generic volume backup cannot take a volume, or undefined. */
function hindrance(
    { config }: World,
    { namespace, namespaceLabels, profile }: Circumstances,
    claim: string,
    users: KubeObject[],
    forced: boolean,
): string | undefined {
    const { token, injected, namespaceSelector, objectSelector } = config.genericBackup;
    if (!profile) {
        return "the policy's backup action names no profile for generic volume backup (backupParameters.profile)";
    }
    if (!token || !(injected || forced)) {
        return "generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)";
    }
    if (users.some(each => sidecarMounts(each, claim))) {
        return undefined;
    }
    const [user] = users;
    if (forced && user) {
        return `no container ${SIDECAR} of ${user.kind} ${user.metadata.name} mounts the volume`;
    }
    if (!meets(namespaceLabels, namespaceSelector)) {
        return `injectGenericVolumeBackupSidecar.namespaceSelector does not select namespace ${namespace}`;
    }
    const selected = users.find(each => meets(each.metadata.labels, objectSelector));
    if (selected) {
        return `${selected.kind} ${selected.metadata.name} has no container ${SIDECAR}: it was made before the webhook that injects it, or the webhook was not asked`;
    }
    // A volume that nobody uses needs no sidecar, unless workloads are selected one by one.
    return users.length === 0 && Object.keys(objectSelector).length === 0
        ? undefined
        : "injectGenericVolumeBackupSidecar.objectSelector selects no workload that uses the volume";
}

async function planOne(
    world: World,
    circumstances: Circumstances,
    claim: KubeObject,
    workloads: KubeObject[],
): Promise<VolumePlan> {
    if (textAt(claim, "spec", "volumeMode") === "Block") {
        throw new Failure(
            "The K10 stand-in copies file systems: it cannot back up volumeMode Block",
            { retry: false },
        );
    }
    const { name } = claim.metadata;
    const users = workloads.filter(each => usesClaim(each, name));
    const forced = users.map(whyForced).find(Boolean);
    let whyGeneric = forced ?? "";
    if (forced === undefined) {
        try {
            return { claim, snapshotClass: await snapshotClassOf(world, claim) };
        } catch (error) {
            if (!(error instanceof Failure)) {
                throw error;
            }
            whyGeneric = error.message;
        }
    }
    const against = hindrance(world, circumstances, name, users, forced !== undefined);
    if (against !== undefined) {
        throw new Failure(`${whyGeneric}, and ${against}`);
    }
    return { claim };
}

/**
 * Decides for all claims before anything is done.
 * @param failed Makes the failure that a claim leads to.
 */
export async function planVolumes(
    world: World,
    application: Application,
    claims: KubeObject[],
    profile: Ref | undefined,
    failed: (claim: KubeObject, cause: unknown) => Failure,
): Promise<VolumePlan[]> {
    const { name: namespace, labels = {} } = application.namespace.metadata;
    const circumstances = {
        namespace,
        // Every namespace has it; a backup leaves it out.
        namespaceLabels: { ...labels, "kubernetes.io/metadata.name": namespace },
        profile,
    };
    const plans: VolumePlan[] = [];
    for (const claim of claims) {
        try {
            plans.push(await planOne(world, circumstances, claim, application.workloads));
        } catch (cause) {
            throw failed(claim, cause);
        }
    }
    return plans;
}
