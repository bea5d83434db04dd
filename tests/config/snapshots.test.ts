import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

describe("the configuration of snapshots", () => {
    const csi = { driver: "csi.x", storageClass: "fast" };

    it("binds classes by their driver, and leaves exports as they are", () => {
        const { bind, snapshotClass, blockModeExports } = parse({ snapshots: csi }, []).snapshots!;
        assert.deepEqual([bind, snapshotClass, blockModeExports], ["driver", undefined, false]);
    });

    const table: [object, string][] = [
        [
            { bind: "class" },
            "`crossing:snapshots.bind` is `class`: use `driver` or `storageClass`.",
        ],
        [
            { blockModeExports: "yes" },
            "`crossing:snapshots.blockModeExports` is `yes`: give `true` or `false`.",
        ],
        [
            { snapshotClass: "gold" },
            "`crossing:snapshots.snapshotClass` is of no use without `crossing:snapshots.bind: storageClass`: add that, or remove it.",
        ],
    ];
    for (const [more, sentence] of table) {
        it(`with ${JSON.stringify(more)} is a mistake`, () => {
            assert.throws(
                () => parse({ snapshots: { ...csi, ...more } }, []),
                (error: unknown) => {
                    assert.ok(error instanceof ConfigMistakes);
                    assert.deepEqual(error.mistakes, [sentence]);
                    return true;
                },
            );
        });
    }
});
