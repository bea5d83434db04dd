/** How long each part of a crossing took. */
import * as pulumi from "@pulumi/pulumi";
import type { ActionTimes, ExportResult, Verification } from "crossing-actions";

/** Seconds, to the tenth. */
export interface Timings {
    backup: number;
    export: number;
    import: number;
    restore: number;
    verification: number;
    /** From the start of the backup to the proof. */
    total: number;
}

interface Waited {
    seenTime: string;
}

export function timings(
    exported: pulumi.Output<ExportResult>,
    imported: pulumi.Output<Waited & { runAction: ActionTimes }>,
    restored: pulumi.Output<Waited & { restoreAction: ActionTimes }>,
    proof: pulumi.Output<Verification>,
): pulumi.Output<Timings> {
    return pulumi
        .all([exported, imported, restored, proof])
        .apply(([e, i, r, p]) => computeTimings(e, i.runAction, r.restoreAction, p));
}

export function computeTimings(
    exported: Pick<ExportResult, "runAction" | "backupActions" | "exportActions">,
    imported: ActionTimes,
    restored: ActionTimes,
    proof: Pick<Verification, "startTime" | "endTime">,
): Timings {
    return {
        backup: span(exported.backupActions),
        export: span(exported.exportActions),
        import: span([imported]),
        restore: span([restored]),
        verification: span([proof]),
        total: span([exported.runAction, proof]),
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
