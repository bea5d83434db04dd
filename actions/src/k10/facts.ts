/**
 * What is kept of K10's objects in a state: a few facts by name. Never a whole object, for specs hold secrets (K10
 * documentation, API "ExportActions", "RunActions": receive strings).
 */
import type { Action, RestorePointDetails } from "./api";
import { nameOf } from "./api";

/** Names and times as K10 gives them: times are RFC 3339. */
export interface ActionTimes {
    /** `namespace/name`. */
    name: string;
    startTime: string;
    endTime: string;
    /** How it ended. Older states do not tell. */
    state?: string;
    /** How many exceptions K10 reports beside a success. Absent where there is none. */
    exceptions?: number;
}

/** What an ExportAction of data moved, as far as K10 tells. */
export interface MovedData {
    volumes?: number;
    /** Bytes of the volumes' data. */
    totalBytes?: number;
    /** Bytes that were sent to the location: what lies there already is not sent again. */
    transferredBytes?: number;
}

/** `moved` is absent of an export without data, and where K10 has dropped its numbers already. */
export interface ExportTimes extends ActionTimes {
    moved?: MovedData;
}

/** What a restore point consists of, as far as K10 tells. */
export interface PointFacts {
    /** When the backup was made (RFC 3339). */
    time?: string;
    /** How many artifacts. */
    artifacts?: number;
    /** How many artifacts of each kind, of those that tell theirs. Absent where none does. */
    kinds?: Record<string, number>;
    /** Names of the PersistentVolumeClaims among them, sorted. */
    volumes?: string[];
    /** Those that tell their kind, by kind and name: at most as many as are kept of one point. */
    list?: { kind: string; name?: string }[];
}

/** A state keeps this many artifacts of a point by name: `artifacts` counts all. */
const mostListed = 200;

export function times(action: Action): ActionTimes {
    const { state, startTime, endTime, exceptions } = action.status ?? {};
    return {
        ...{ name: nameOf(action), startTime: startTime ?? "", endTime: endTime ?? "" },
        ...(state && { state }),
        ...(exceptions?.length && { exceptions: exceptions.length }),
    };
}

/** K10 drops the numbers some time after the end (its documentation, API "ExportActions"): they are taken at once. */
export function exportTimes(action: Action): ExportTimes {
    const { totalVolumes, totalBytes, transferredBytes } = action.status?.progressDetails ?? {};
    const moved: MovedData = {
        ...(isNumber(totalVolumes) && { volumes: totalVolumes }),
        ...(isNumber(totalBytes) && { totalBytes }),
        ...(isNumber(transferredBytes) && { transferredBytes }),
    };
    return { ...times(action), ...(Object.keys(moved).length > 0 && { moved }) };
}

/** What is not there may also come as null. */
const isNumber = (value: unknown) => typeof value === "number";

/**
 * Facts of `GET …/restorepoints/NAME/details`. That there is a list of artifacts is documented, what one looks like
 * is not: a `kind` and `name` of its own, a `resource` with both, or the volume of a Kanister artifact (seen on live
 * clusters). What tells none of them is counted alone.
 */
export function pointFacts({ status }: RestorePointDetails): PointFacts {
    const artifacts = status?.restorePointDetails?.artifacts;
    const known = (artifacts ?? []).map(describe);
    const kinds: Record<string, number> = {};
    for (const { kind } of known) {
        if (kind !== undefined) {
            kinds[kind] = (kinds[kind] ?? 0) + 1;
        }
    }
    const volumes = known.flatMap(({ volume }) => volume ?? []);
    const list = known
        .flatMap(({ kind, name }) => (kind === undefined ? [] : [{ kind, ...(name && { name }) }]))
        .sort((a, b) => compare(`${a.kind}/${a.name ?? ""}`, `${b.kind}/${b.name ?? ""}`))
        .slice(0, mostListed);
    return {
        ...(status?.actionTime && { time: status.actionTime }),
        ...(artifacts && { artifacts: artifacts.length }),
        ...(Object.keys(kinds).length > 0 && { kinds }),
        ...(volumes.length > 0 && { volumes: [...new Set(volumes)].sort() }),
        ...(list.length > 0 && { list }),
    };
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

type Artifact = NonNullable<
    NonNullable<NonNullable<RestorePointDetails["status"]>["restorePointDetails"]>["artifacts"]
>[number];

/** The kind and name of an artifact, as K10 writes them, and the claim that it stands for. */
function describe({ kind, name, resource, meta }: Artifact) {
    const own = [kind, resource?.resource].find(each => typeof each === "string");
    const named = [name, resource?.name].find(each => typeof each === "string");
    const claim = /^persistentvolumeclaims?$/i.test(own ?? "") ? named : undefined;
    return { kind: own, name: named, volume: claim ?? meta?.kanister?.meta?.k8sVolume?.pvcName };
}
