/** How each volume of an application is backed up: by a snapshot, or by generic volume backup. */
import { claimNames, type Application } from "../capture.ts";
import { Failure } from "../failure.ts";
import { fieldsAt, listAt, textAt, type KubeObject, type Ref } from "../json.ts";
import { meets } from "../selectors.ts";
import { snapshotClassOf } from "../snapshot-class.ts";
import type { World } from "../world.ts";

/** On a workload: its volumes are backed up generically, also where snapshots are possible. */
const FORCE_GENERIC = "k10.kasten.io/forcegenericbackup";
/** The container that K10 or its tools put into a workload's pods; with it goes the annotation (documentation). */
const SIDECAR = "kanister-sidecar";

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
function whyForced(
    { config }: World,
    { namespaceLabels }: Circumstances,
    workload: KubeObject,
): string | undefined {
    const { injected, namespaceSelector, objectSelector } = config.genericBackup;
    const { name, annotations, labels } = workload.metadata;
    const what = `${workload.kind} ${name}`;
    if (annotations?.[FORCE_GENERIC] === "true") {
        return `${what} has annotation ${FORCE_GENERIC}: "true"`;
    }
    const spec =
        workload.kind === "Pod" ? workload.spec : fieldsAt(workload, "spec", "template", "spec");
    if (listAt(spec, "containers").some(each => textAt(each, "name") === SIDECAR)) {
        return `${what} has container ${SIDECAR}`;
    }
    return injected && meets(namespaceLabels, namespaceSelector) && meets(labels, objectSelector)
        ? `injectGenericVolumeBackupSidecar selects ${what}`
        : undefined;
}

/** Why generic volume backup cannot take a volume, or undefined. */
function hindrance(
    { config }: World,
    { namespace, namespaceLabels, profile }: Circumstances,
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
    if (forced) {
        return undefined;
    }
    if (!meets(namespaceLabels, namespaceSelector)) {
        return `injectGenericVolumeBackupSidecar.namespaceSelector does not select namespace ${namespace}`;
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
    const users = workloads.filter(each => usesClaim(each, claim.metadata.name));
    const forced = users.map(each => whyForced(world, circumstances, each)).find(Boolean);
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
    const against = hindrance(world, circumstances, users, forced !== undefined);
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
