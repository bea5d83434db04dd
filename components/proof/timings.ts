/** How long each part of a crossing took, in seconds to the tenth. */
import * as pulumi from "@pulumi/pulumi";
import type { ActionTimes, ExportResult, Verification } from "crossing-actions";

export interface SourceTimings {
    backup: number;
    export: number;
}

export interface TargetTimings {
    /** Absent where a cluster restores what it has exported itself. */
    import?: number;
    restore: number;
    /** Absent where nothing is verified. */
    verification?: number;
    /** From the start of the backup to the proof, or to the end of the restore. */
    total: number;
}

interface Waited {
    seenTime: string;
}

export const sourceTimings = (exported: pulumi.Output<ExportResult>) =>
    exported.apply(computeSourceTimings);

export function computeSourceTimings(
    exported: Pick<ExportResult, "backupActions" | "exportActions">,
): SourceTimings {
    return { backup: span(exported.backupActions), export: span(exported.exportActions) };
}

/** @param backupStartTime when the backup began, on the source (RFC 3339) */
export function targetTimings(
    backupStartTime: pulumi.Input<string>,
    imported: pulumi.Output<Waited & { runAction: ActionTimes }> | undefined,
    restored: pulumi.Output<Waited & { restoreAction: ActionTimes }>,
    proof: pulumi.Output<Verification> | undefined,
): pulumi.Output<TargetTimings> {
    return pulumi
        .all([backupStartTime, pulumi.output(imported), restored, pulumi.output(proof)])
        .apply(([start, i, r, p]) => computeTargetTimings(start, i?.runAction, r.restoreAction, p));
}

export function computeTargetTimings(
    backupStartTime: string,
    imported: ActionTimes | undefined,
    restored: ActionTimes,
    proof: Pick<Verification, "startTime" | "endTime"> | undefined,
): TargetTimings {
    return {
        ...(imported && { import: span([imported]) }),
        restore: span([restored]),
        ...(proof && { verification: span([proof]) }),
        total: span([{ startTime: backupStartTime, endTime: "" }, proof ?? restored]),
    };
}

/** From the first start to the last end. Actions of one kind overlap. */
function span(actions: { startTime: string; endTime: string }[]): number {
    const starts = actions.map(action => Date.parse(action.startTime)).filter(Number.isFinite);
    const ends = actions.map(action => Date.parse(action.endTime)).filter(Number.isFinite);
    if (starts.length === 0 || ends.length === 0) {
        return 0;
    }
    return Math.round((Math.max(...ends) - Math.min(...starts)) / 100) / 10;
}
