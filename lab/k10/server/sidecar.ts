/** K10's sidecar, by which generic volume backup reaches the volumes of a workload's pods. */
import { fieldsAt, isFields, listAt, textAt, type Fields, type KubeObject } from "./json.ts";

/** On a workload: its volumes are backed up generically, also where snapshots are possible. */
export const FORCE_GENERIC = "k10.kasten.io/forcegenericbackup";
/** The container that K10 or its tools put into a workload's pods; with it goes the annotation (documentation). */
export const SIDECAR = "kanister-sidecar";

/** What the container runs: the stand-in's own image, which only has to be there. */
export interface SidecarImage {
    image: string;
    imagePullPolicy: string;
}

/** The spec of the pods of a workload, or of a pod. */
export const podSpecOf = (workload: KubeObject): Fields =>
    workload.kind === "Pod"
        ? (workload.spec ?? {})
        : fieldsAt(workload, "spec", "template", "spec");

/** Volumes by name, with the claim of each; of a StatefulSet's template it is the name of the template. */
function claimsByVolume(workload: KubeObject): Map<string, string> {
    const declared = listAt(podSpecOf(workload), "volumes").map(
        volume =>
            [textAt(volume, "name"), textAt(volume, "persistentVolumeClaim", "claimName")] as const,
    );
    const made = listAt(workload, "spec", "volumeClaimTemplates").map(template => {
        const name = textAt(template, "metadata", "name");
        return [name, name] as const;
    });
    return new Map([...declared, ...made].filter(([, claim]) => claim !== ""));
}

const sidecarOf = (workload: KubeObject): unknown =>
    listAt(podSpecOf(workload), "containers").find(each => textAt(each, "name") === SIDECAR);

/** Whether the pods have the container, whatever it mounts. */
export const hasSidecar = (workload: KubeObject): boolean => sidecarOf(workload) !== undefined;

/** Whether the pods have the container, and it mounts a claim, also one that a StatefulSet makes for each of them. */
export function sidecarMounts(workload: KubeObject, claim: string): boolean {
    const claims = claimsByVolume(workload);
    return listAt(sidecarOf(workload), "volumeMounts")
        .map(mount => claims.get(textAt(mount, "name")))
        .some(each => each === claim || isOf(claim, each ?? "", workload.metadata.name));
}

/** Whether a StatefulSet has made a claim of this template. */
function isOf(claim: string, template: string, set: string): boolean {
    const prefix = `${template}-${set}-`;
    return claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length));
}

/**
 * A workload as K10's webhook leaves it: with the sidecar, which mounts each volume at `/{volume}{mountPath}` (seen in
 * workloads that K10's tools have changed), and with the annotation.
 * @returns undefined where no container mounts a claim
 */
export function withSidecar(workload: KubeObject, image: SidecarImage): KubeObject | undefined {
    const spec = podSpecOf(workload);
    const all = listAt(spec, "containers").filter(isFields);
    const own = all.filter(each => each["name"] !== SIDECAR);
    const claims = claimsByVolume(workload);
    const paths = new Map<string, string>();
    for (const mount of own.flatMap(each => listAt(each, "volumeMounts"))) {
        const name = textAt(mount, "name");
        // Of several containers that mount a volume the first one counts.
        if (claims.has(name) && !paths.has(name)) {
            paths.set(name, textAt(mount, "mountPath"));
        }
    }
    if (paths.size === 0) {
        return undefined;
    }
    const volumeMounts = [...paths].map(([name, path]) => ({
        ...{ name, mountPath: `/${name}${path}` },
    }));
    const present = all.find(each => each["name"] === SIDECAR);
    const sidecar = { ...(present ?? newSidecar(own, image)), volumeMounts };
    const changed = structuredClone(workload);
    changed.metadata.annotations = { ...changed.metadata.annotations, [FORCE_GENERIC]: "true" };
    podSpecOf(changed)["containers"] = present
        ? all.map(each => (each === present ? sidecar : each))
        : [...all, sidecar];
    return changed;
}

/** What K10's sidecar has to be able to do with files (K10 documentation, "Required Capabilities"). */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER"];

/**
 * The most restrictive of the containers' security contexts, with capabilities added; where none of them has one, the
 * sidecar has none either (K10 documentation, "Generic Storage Backup").
 */
export function securityContextOf(containers: Fields[]): Fields | undefined {
    const contexts = containers.map(each => each["securityContext"]).filter(isFields);
    if (contexts.length === 0) {
        return undefined;
    }
    const some = (key: string, value: boolean) =>
        contexts.some(each => each[key] === value) ? { [key]: value } : {};
    const drop = [...new Set(contexts.flatMap(each => listAt(each, "capabilities", "drop")))];
    return {
        // Of what has no order the first one counts.
        ...[...contexts].reverse().reduce((all, each) => ({ ...all, ...each }), {}),
        ...some("privileged", false),
        ...some("allowPrivilegeEscalation", false),
        ...some("runAsNonRoot", true),
        ...some("readOnlyRootFilesystem", true),
        capabilities: { ...(drop.length > 0 && { drop }), add: CAPABILITIES },
    };
}

function newSidecar(containers: Fields[], { image, imagePullPolicy }: SidecarImage): Fields {
    const securityContext = securityContextOf(containers);
    return {
        name: SIDECAR,
        image,
        imagePullPolicy,
        // The image's entry point is the server; this word makes it one that waits.
        args: ["sidecar"],
        ...(securityContext && { securityContext }),
    };
}
