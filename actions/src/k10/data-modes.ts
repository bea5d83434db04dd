/**
 * How each claim of a namespace gets into the backup: by K10's sidecar, by a snapshot, or not at all. Whom the sidecar is
 * for say its selectors, as K10's documentation has them: labels of the namespace and of the workload, all of them.
 */
import { hasLabels, Labels } from "../kube/labels";
import { classOf } from "../snapshot/diagnosis";
import {
    claimsOf,
    forcedAnnotation,
    isReady,
    lacking,
    Owner,
    ownersOf,
    Scene,
    sidecarName,
    sidecarsOf,
    uncovered,
    whoIs,
} from "./claim-users";
import { intolerances } from "./intolerances";

/** Labels that are all needed. None of them: everything is meant. */
export interface Selectors {
    namespaceLabels?: Labels;
    workloadLabels?: Labels;
}

/** How claims of one workload are backed up. */
export interface DataMode {
    /** `Deployment web`. Absent: no pod uses the claims. */
    workload?: string;
    /** Names of PersistentVolumeClaims, sorted. */
    claims: string[];
    /** `generic`: copied without a sidecar, since nobody uses it. `none`: nothing that is known of. */
    mode: "sidecar" | "snapshot" | "generic" | "none";
    reason: string;
}

/** Why a claim is not covered, as far as the objects themselves tell. */
export interface Gap {
    owner: Owner;
    why: "kind" | "unselected" | "absent" | "parity" | "annotation" | "pods";
    /** Whether nothing is said to cover the claim at all: no selector, no annotation, no snapshot. */
    isOpen?: true;
    /** A clause: "has no container `kanister-sidecar`". */
    text: string;
}

export interface Verdict {
    modes: DataMode[];
    gaps: Gap[];
    /** Workloads that may not bear the sidecar, one sentence each. */
    warnings: string[];
}

/** Kinds that K10's webhook and its tools give the sidecar to (documentation, "k10tools"). */
const injectable = ["Deployment", "StatefulSet"];

const isForced = ({ annotations }: Owner) => annotations[forcedAnnotation] === "true";

/** Whether K10's selectors mean a workload. DaemonSets and pods by themselves are none of its webhook's. */
export const isSelected = (owner: Owner, { namespace }: Scene, selectors: Selectors): boolean =>
    injectable.includes(owner.kind) &&
    hasLabels(namespace.labels, selectors.namespaceLabels) &&
    hasLabels(owner.labels, selectors.workloadLabels);

/** Why the sidecar of a workload that has to have one does not serve, or undefined. */
function gapOf(owner: Owner): Gap | undefined {
    const gap = (why: Gap["why"], text: string): Gap => ({ owner, why, text });
    const lackingPods = owner.pods.filter(({ spec }) => !spec || sidecarsOf(spec).length === 0);
    if (sidecarsOf(owner.spec).length === 0) {
        return injectable.includes(owner.kind)
            ? gap("absent", `has no container \`${sidecarName}\``)
            : gap(
                  "kind",
                  `has no container \`${sidecarName}\`, which K10 gives to ${injectable.join("s and ")}s alone`,
              );
    }
    if (lackingPods.length > 0) {
        return gap(
            "pods",
            `has ${lackingPods.length === 1 ? "a pod" : `${lackingPods.length} pods`} without container \`${sidecarName}\``,
        );
    }
    const specs = [owner.spec, ...owner.pods.flatMap(({ spec }) => spec ?? [])];
    const missing = [...new Set(specs.flatMap(uncovered))];
    if (missing.length > 0) {
        const claims = missing.map(claim => `\`${claim}\``).join(", ");
        return gap(
            "parity",
            `has a container \`${sidecarName}\` that does not mount PVC ${claims}`,
        );
    }
    if (!isForced(owner)) {
        return gap(
            "annotation",
            `has container \`${sidecarName}\` and not the annotation \`${forcedAnnotation}: "true"\``,
        );
    }
    const ready = owner.pods.filter(isReady).length;
    const wanted = owner.object?.spec?.replicas ?? Math.max(1, owner.pods.length);
    return ready > 0 && ready >= wanted
        ? undefined
        : gap("pods", `has ${ready} of ${wanted} pods ready with container \`${sidecarName}\``);
}

/** Drivers whose volumes K10 can snapshot without a VolumeSnapshotClass (documentation, "Direct Provider Integration"). */
const integrated =
    /^((ebs|efs)\.csi\.aws\.com|disk\.csi\.azure\.com|cinder\.csi\.openstack\.org|csi\.vsphere\.vmware\.com|pd\.csi\.storage\.gke\.io|kubernetes\.io\/(aws-ebs|azure-disk|cinder|gce-pd|vsphere-volume))$/;

/** Whether K10 may read a claim by a pod of its own (documentation, "Shareable Volume Backup"). */
const isShareable = (claim: string, { claims }: Scene): boolean =>
    claims.some(
        ({ metadata, spec }) =>
            metadata?.name === claim && spec?.accessModes?.includes("ReadWriteMany"),
    );

/** Whether K10 copies a claim that nobody uses (documentation, "Generic Storage Backup … on Unmounted PVCs"). */
function isForcedByClass(claim: string, { claims, storageClasses }: Scene): boolean {
    const name = claims.find(({ metadata }) => metadata?.name === claim)?.spec?.storageClassName;
    const found = storageClasses.find(({ metadata }) => metadata?.name === name);
    return found?.metadata?.annotations?.[forcedAnnotation] === "true";
}

/** How a claim can be snapshotted, or why it cannot, as the reason of its mode. */
function snapshotOf(claim: string, scene: Scene): { possible: boolean; reason: string } {
    const found = scene.claims.find(({ metadata }) => metadata?.name === claim);
    const name = found?.spec?.storageClassName ?? "";
    const storageClass = scene.storageClasses.find(each => each.metadata?.name === name);
    const { provisioner = "" } = storageClass ?? {};
    if (integrated.test(provisioner)) {
        return { possible: true, reason: `K10 integrates driver \`${provisioner}\` by itself` };
    }
    if (!storageClass) {
        return { possible: false, reason: `StorageClass \`${name}\` of the claim does not exist.` };
    }
    const snapshotClass = classOf(storageClass, scene.snapshotClasses);
    return typeof snapshotClass === "string"
        ? { possible: false, reason: snapshotClass }
        : {
              possible: true,
              reason: `VolumeSnapshotClass \`${snapshotClass.metadata?.name}\` is for StorageClass \`${name}\``,
          };
}

/** Entries of a workload that has no sidecar of its own: a claim may be another's, too. */
function withoutSidecar(
    claims: string[],
    scene: Scene,
    coveredBy: Map<string, string>,
): Omit<DataMode, "workload">[] {
    const entries = claims.map(claim => {
        const other = coveredBy.get(claim);
        const { possible, reason } = snapshotOf(claim, scene);
        return other
            ? { claim, mode: "sidecar" as const, reason: `the sidecar of ${other} mounts it` }
            : { claim, mode: possible ? ("snapshot" as const) : ("none" as const), reason };
    });
    const keys = new Set(entries.map(({ mode, reason }) => `${mode} ${reason}`));
    return [...keys].map(key => {
        const same = entries.filter(({ mode, reason }) => `${mode} ${reason}` === key);
        const [{ mode, reason } = { mode: "none" as const, reason: "" }] = same;
        return { claims: same.map(({ claim }) => claim).sort(), mode, reason };
    });
}

/** Why the selectors do not mean a workload. */
export function whyUnselected(owner: Owner, { namespace }: Scene, selectors: Selectors): string {
    const ofNamespace = lacking(namespace.labels, selectors.namespaceLabels);
    const ofWorkload = lacking(owner.labels, selectors.workloadLabels);
    return !injectable.includes(owner.kind)
        ? `K10 gives its sidecar to ${injectable.join("s and ")}s alone`
        : ofNamespace
          ? `namespace \`${namespace.name}\` lacks the label \`${ofNamespace}\` of K10's \`namespaceSelector\``
          : `it lacks the label \`${ofWorkload}\` of K10's \`objectSelector\``;
}

export function judge(scene: Scene, selectors: Selectors): Verdict {
    const owners = ownersOf(scene);
    const meant = owners.filter(each => isForced(each) || isSelected(each, scene, selectors));
    const gaps = meant.flatMap(each => gapOf(each) ?? []);
    const good = meant.filter(each => !gaps.some(({ owner }) => owner === each));
    const coveredBy = new Map(
        good.flatMap(each => claimsOf(each).map(claim => [claim, whoIs(each)] as const)),
    );
    const modes = owners.flatMap((owner): DataMode[] => {
        const workload = whoIs(owner);
        const claims = claimsOf(owner);
        if (good.includes(owner)) {
            const reason = isSelected(owner, scene, selectors)
                ? "K10's selectors mean it, and its sidecar mounts each of them"
                : "its annotation asks for it, and its sidecar mounts each of them";
            return [{ workload, claims, mode: "sidecar", reason }];
        }
        return meant.includes(owner)
            ? []
            : withoutSidecar(claims, scene, coveredBy).map(each => ({ workload, ...each }));
    });
    const unused = unusedClaims(scene, owners);
    const copied = unused.filter(claim => isForcedByClass(claim, scene));
    const open = modes.filter(({ mode }) => mode === "none");
    const unselected = open.flatMap(({ workload, claims: all, reason }): Gap[] => {
        const owner = owners.find(each => whoIs(each) === workload);
        const claims = all.filter(claim => !isShareable(claim, scene));
        const names = claims.map(claim => `\`${claim}\``).join(", ");
        return owner && claims.length > 0
            ? [
                  {
                      ...{ owner, isOpen: true },
                      why: injectable.includes(owner.kind) ? "unselected" : "kind",
                      text: `has PVC ${names}, which cannot be snapshotted, and no sidecar: ${whyUnselected(owner, scene, selectors)}. ${reason}`,
                  },
              ]
            : [];
    });
    return {
        modes: [
            ...modes,
            ...withoutSidecar(
                unused.filter(claim => !copied.includes(claim)),
                ...([scene, coveredBy] as const),
            ),
            ...(copied.length > 0
                ? [
                      {
                          ...{ claims: copied, mode: "generic" as const },
                          reason: "the annotation of their StorageClass asks for it",
                      },
                  ]
                : []),
        ],
        gaps: [...gaps, ...unselected],
        warnings: meant.flatMap(each => intolerances(each, scene)),
    };
}

function unusedClaims({ claims }: Scene, owners: Owner[]): string[] {
    const inUse = new Set(owners.flatMap(claimsOf));
    return claims
        .map(({ metadata }) => metadata?.name ?? "")
        .filter(name => !inUse.has(name))
        .sort();
}
