import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";
import { snapshotsOf } from "../../config/snapshots";

describe("the configuration of snapshots", () => {
    const csi = { driver: "csi.x", storageClass: "fast" };

    it("binds classes by their driver, and leaves exports as they are", () => {
        const { bind, snapshotClass, blockModeExports } = parse({ snapshots: csi }, []).snapshots!;
        assert.deepEqual([bind, snapshotClass, blockModeExports], ["driver", undefined, false]);
    });

    const of = (side: "source" | "target", more: object) => {
        const found = snapshotsOf(parse({ snapshots: { ...csi, ...more } }, []).snapshots, side);
        const { manifests, ...rest } = found ?? {};
        assert.equal(manifests?.length, found && 5);
        return found && rest;
    };
    const both = { ...csi, parameters: {}, bind: "driver", blockModeExports: false };

    it("are of both clusters, but for what is otherwise on one of them", () => {
        const more = { parameters: { pool: "p" }, target: { storageClass: "slow" } };
        assert.deepEqual(of("source", more), { ...both, parameters: { pool: "p" } });
        assert.deepEqual(of("target", more), {
            ...{ ...both, parameters: { pool: "p" }, storageClass: "slow" },
        });
    });

    it("have other classes with another driver", () => {
        const more = {
            ...{ parameters: { pool: "p" }, bind: "storageClass", snapshotClass: "gold" },
            source: { driver: "csi.y", storageClass: "gp3" },
        };
        assert.deepEqual(of("source", more), {
            ...{ ...both, bind: "storageClass", driver: "csi.y", storageClass: "gp3" },
        });
        assert.deepEqual(of("target", more), {
            ...{ ...both, parameters: { pool: "p" }, bind: "storageClass", snapshotClass: "gold" },
        });
    });

    it("are none on a cluster that has none, and on both without the key", () => {
        const more = { target: { enabled: false } };
        assert.equal(of("target", more), undefined);
        assert.deepEqual(of("source", more), both);
        assert.equal(snapshotsOf(undefined, "source"), undefined);
    });

    const table: [object, string][] = [
        [
            { bind: "class" },
            "`crossing:snapshots.bind` is `class`: use `driver` or `storageClass`.",
        ],
        [
            { blockModeExports: "yes" },
            "`crossing:snapshots.blockModeExports` is `yes`: use `true` or `false`.",
        ],
        [
            { snapshotClass: "gold" },
            "`crossing:snapshots.snapshotClass` is of no use without `crossing:snapshots.bind: storageClass`: add that, or remove it.",
        ],
        [
            { target: { snapshotClass: "gold" } },
            "`crossing:snapshots.target.snapshotClass` is of no use without `crossing:snapshots.bind: storageClass`: add that, or remove it.",
        ],
        [
            { target: { enabled: "no" } },
            "`crossing:snapshots.target.enabled` is `no`: use `true` or `false`.",
        ],
        [
            { source: { class: "gold" } },
            "`crossing:snapshots.source.class` is not a key: remove it, or correct its name.",
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
