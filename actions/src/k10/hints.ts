/** What K10 says of volumes, with what to do about it: its own words name neither annotation. */

/** What users met (reference "field", C16 and C17), and the setting that puts it right. */
const hints: [pattern: RegExp, hint: string][] = [
    [
        /volumesnapshotclass(es)?\b.*not found|no VolumeSnapshotClass\b|\d VolumeSnapshotClasses\b/i,
        "K10 needs one VolumeSnapshotClass of the volume's driver with annotation `k10.kasten.io/is-snapshot-class`, or its name in annotation `k10.kasten.io/volume-snapshot-class` of the StorageClass: set `crossing:snapshots`, there `bind: storageClass` for the latter",
    ],
    [
        /does not support export/i,
        "K10 exports in block mode only with annotation `k10.kasten.io/sc-supports-block-mode-exports` on the StorageClass, whose driver must have volumeMode Block: set `crossing:snapshots.blockModeExports`",
    ],
];

/** @returns the cause, with a hint behind it where there is one */
export function explainVolumes(cause: string): string {
    const hint = hints.find(([pattern]) => pattern.test(cause))?.[1];
    return hint === undefined ? cause : `${cause} (${hint})`;
}
