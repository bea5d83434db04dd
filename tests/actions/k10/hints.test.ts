import assert from "node:assert/strict";
import { explainVolumes } from "../../../actions/src/k10/hints";

describe("what K10 says of volumes", () => {
    const classes =
        "K10 needs one VolumeSnapshotClass of the volume's driver with annotation `k10.kasten.io/is-snapshot-class`, or its name in annotation `k10.kasten.io/volume-snapshot-class` of the StorageClass: set `crossing:snapshots`, there `bind: storageClass` for the latter";
    const exports =
        "K10 exports in block mode only with annotation `k10.kasten.io/sc-supports-block-mode-exports` on the StorageClass, whose driver must have volumeMode Block: set `crossing:snapshots.blockModeExports`";
    const cases: [cause: string, hint: string | undefined][] = [
        ['volumesnapshotclasses.snapshot.storage.k8s.io "gold" not found', classes],
        ["volumesnapshotclasses not found", classes],
        ['no VolumeSnapshotClass with annotation x: "true" for driver csi.x', classes],
        ["2 VolumeSnapshotClasses with annotation x for driver csi.x: a, b", classes],
        ["CSI does not support export", exports],
        ["pool is full", undefined],
        ['volumesnapshots.snapshot.storage.k8s.io "canary" not found', undefined],
    ];
    for (const [cause, hint] of cases) {
        it(`${cause}: ${hint ? "with a hint" : "as it is"}`, () => {
            assert.equal(explainVolumes(cause), hint ? `${cause} (${hint})` : cause);
        });
    }
});
