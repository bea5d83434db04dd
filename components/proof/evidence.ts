/** What was done to take an application across, as K10 and the store tell it: for a report, beside the proof. */
import * as pulumi from "@pulumi/pulumi";
import type {
    ActionTimes,
    ExportResult,
    ImportOutputs,
    MovedData,
    PointFacts,
    Replaced,
    RestoreOutputs,
    Stored,
} from "crossing-actions";

/** An action of K10 that the run started or found. */
export interface ActionEvidence extends ActionTimes {
    kind: string;
}

/** What K10 moved, in bytes: absent as far as it does not tell. */
export interface MovedEvidence extends MovedData {
    /** Transferred bytes for each byte of the volumes' data, to the hundredth. */
    ratio?: number;
}

export interface Evidence {
    /** In the order of their start. */
    actions: ActionEvidence[];
    /** Absent where K10 does not tell. */
    export?: MovedEvidence;
    /** The one that was restored; on the source the one that was exported. Absent where K10 does not tell. */
    restorePoint?: PointFacts;
    /** What was in the target's namespace before it was restored over. Absent where it was not there. */
    replaced?: Replaced;
    /** What lies in the bucket, of all that was ever exported there. Absent on the source, and of a location that is no bucket of S3. */
    bucket?: Stored;
}

/** What of a result is known. A resource that has failed is recorded without one. */
type Known<T> = T | undefined;

export const sourceEvidence = (
    namespace: string,
    exported: pulumi.Output<ExportResult>,
    validated: pulumi.Output<{ validateAction: ActionTimes }> | undefined,
): pulumi.Output<Evidence> =>
    pulumi
        .all([exported, pulumi.output(validated)])
        .apply(([result, validation]) =>
            computeSourceEvidence(namespace, result, validation?.validateAction),
        );

/** What a policy exports may be several applications: of an action in another's namespace nothing is told. */
export function computeSourceEvidence(
    namespace: string,
    exported: Known<ExportResult>,
    validateAction?: ActionTimes,
): Evidence {
    if (!exported) {
        return { actions: [] };
    }
    const { runAction, backupActions, exportActions, points } = exported;
    const restorePoint = points?.[namespace];
    const [k10] = runAction.name.split("/");
    const own = ({ name }: ActionTimes) => [namespace, k10].includes(name.split("/")[0] ?? "");
    const exports = exportActions.filter(own);
    const moved = movedBy(exports.flatMap(({ moved: each }) => each ?? []));
    return {
        actions: inOrder([
            action("RunAction", runAction),
            ...backupActions.filter(own).map(each => action("BackupAction", each)),
            ...exports.map(each => action("ExportAction", each)),
            ...(validateAction ? [action("ValidateAction", validateAction)] : []),
        ]),
        ...(moved && { export: moved }),
        ...(restorePoint && { restorePoint }),
    };
}

/** What the target tells, each of its resources by itself. */
export interface TargetFacts {
    /** Absent where a cluster restores what it has exported itself. */
    imported: pulumi.Output<ImportOutputs["result"]> | undefined;
    restored: pulumi.Output<RestoreOutputs["result"]>;
    safetyBackup: pulumi.Output<ActionTimes | undefined> | undefined;
    stored: pulumi.Output<Stored | undefined> | undefined;
}

export const targetEvidence = (facts: TargetFacts): pulumi.Output<Evidence> =>
    pulumi
        .all([
            ...([pulumi.output(facts.imported), facts.restored] as const),
            ...([pulumi.output(facts.safetyBackup), pulumi.output(facts.stored)] as const),
        ])
        .apply(all => computeTargetEvidence(...all));

export function computeTargetEvidence(
    imported: Known<ImportOutputs["result"]>,
    restored: Known<RestoreOutputs["result"]>,
    safetyBackup?: ActionTimes,
    stored?: Stored,
): Evidence {
    const { point, replaced } = restored ?? {};
    return {
        actions: inOrder([
            ...(imported ? [action("RunAction", imported.runAction)] : []),
            ...(imported?.importActions ?? []).map(each => action("ImportAction", each)),
            ...(safetyBackup ? [action("BackupAction", safetyBackup)] : []),
            ...(restored ? [action("RestoreAction", restored.restoreAction)] : []),
        ]),
        ...(point && { restorePoint: point }),
        ...(replaced && { replaced }),
        ...(stored && { bucket: stored }),
    };
}

/** Both sides' as one. */
export const bothEvidence = (
    source: pulumi.Output<Evidence>,
    target: pulumi.Output<Evidence>,
): pulumi.Output<Evidence> =>
    pulumi.all([source, target]).apply(([before, after]) => ({
        ...{ ...before, ...after },
        actions: [...before.actions, ...after.actions],
    }));

/** By name, so that nothing of an action but its facts gets in. */
const action = (
    kind: string,
    { name, state, startTime, endTime, exceptions }: ActionTimes,
): ActionEvidence => ({
    ...{ kind, name, startTime, endTime },
    ...(state !== undefined && { state }),
    ...(exceptions !== undefined && { exceptions }),
});

/** What has no start comes first, as it came; the order of K10's lists means nothing. */
const inOrder = (actions: ActionEvidence[]): ActionEvidence[] =>
    actions
        .map(each => ({ each, time: Date.parse(each.startTime) || 0 }))
        .sort((a, b) => a.time - b.time)
        .map(({ each }) => each);

/** Several exports together. A number that none of them tells is absent, and not 0. */
function movedBy(exports: MovedData[]): MovedEvidence | undefined {
    const sum = (key: keyof MovedData) => {
        const known = exports.flatMap(each => each[key] ?? []);
        return known.length === 0 ? undefined : known.reduce((all, each) => all + each, 0);
    };
    const [volumes, totalBytes, transferredBytes] = [
        ...[sum("volumes"), sum("totalBytes"), sum("transferredBytes")],
    ];
    const ratio =
        totalBytes && transferredBytes !== undefined
            ? Math.round((100 * transferredBytes) / totalBytes) / 100
            : undefined;
    return exports.length === 0
        ? undefined
        : {
              ...(volumes !== undefined && { volumes }),
              ...(totalBytes !== undefined && { totalBytes }),
              ...(transferredBytes !== undefined && { transferredBytes }),
              ...(ratio !== undefined && { ratio }),
          };
}
