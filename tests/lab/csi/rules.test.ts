import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { chooseCapacity, DEFAULT_CAPACITY, fits } from "../../../lab/csi/driver/capacity.ts";
import { isId, snapshotId, volumeId } from "../../../lab/csi/driver/ids.ts";
import type { VolumeCapability } from "../../../lab/csi/driver/messages.ts";
import { isOf, parseMounts } from "../../../lab/csi/driver/mounts.ts";
import { page } from "../../../lab/csi/driver/paging.ts";
import * as rules from "../../../lab/csi/driver/rules.ts";
import { Turns } from "../../../lab/csi/driver/turns.ts";

const failsWith = (code: status, work: () => unknown) =>
    assert.throws(work, (error: { code?: status }) => error.code === code);
const range = (requiredBytes: number, limitBytes = 0) => ({ requiredBytes, limitBytes });
const GIB = 2 ** 30;

describe("CSI stand-in: ids", () => {
    it("are the same for the same name, and others for others", () => {
        assert.equal(volumeId("pvc-1"), volumeId("pvc-1"));
        assert.notEqual(volumeId("pvc-1"), volumeId("pvc-2"));
        assert.notEqual(volumeId("pvc-1"), snapshotId("pvc-1"));
    });

    it("are told from paths and other text", () => {
        assert.ok(isId(volumeId("a".repeat(128))));
        assert.ok(isId(snapshotId("../x")));
        for (const text of ["", "vol-", "../../etc", `${volumeId("a")}/..`, "vol-ABC", "x\n"]) {
            assert.ok(!isId(text), text);
        }
    });
});

describe("CSI stand-in: capacity", () => {
    const bounds = { atLeast: 0, atMost: 100 * GIB };

    it("is what is required, otherwise 1 GiB or the limit below that", () => {
        assert.equal(chooseCapacity(range(5 * GIB), bounds), 5 * GIB);
        assert.equal(chooseCapacity(range(1), bounds), 1);
        assert.equal(chooseCapacity(null, bounds), DEFAULT_CAPACITY);
        assert.equal(chooseCapacity(range(0, 1000), bounds), 1000);
        assert.equal(chooseCapacity(range(0, 5 * GIB), bounds), DEFAULT_CAPACITY);
    });

    it("is never smaller than the source", () => {
        const restored = { ...bounds, atLeast: 2 * GIB };
        assert.equal(chooseCapacity(null, restored), 2 * GIB);
        assert.equal(chooseCapacity(range(GIB), restored), 2 * GIB);
        failsWith(status.OUT_OF_RANGE, () => chooseCapacity(range(GIB, GIB), restored));
    });

    it("is refused when nothing or nothing here is as large as that", () => {
        failsWith(status.OUT_OF_RANGE, () => chooseCapacity(range(101 * GIB), bounds));
        failsWith(status.INVALID_ARGUMENT, () => chooseCapacity(range(2, 1), bounds));
        failsWith(status.INVALID_ARGUMENT, () => chooseCapacity(range(-1), bounds));
    });

    it("fits a range or not", () => {
        assert.ok(fits(10, null));
        assert.ok(fits(10, range(10, 10)));
        assert.ok(!fits(10, range(11)));
        assert.ok(!fits(10, range(0, 9)));
    });
});

describe("CSI stand-in: what it can do", () => {
    const mount: VolumeCapability = {
        block: null,
        mount: { fsType: "", mountFlags: [] },
        accessMode: { mode: "SINGLE_NODE_WRITER" },
    };

    it("mounts volumes on one node", () => {
        assert.equal(rules.objection(mount), undefined);
        for (const mode of ["MULTI_NODE_MULTI_WRITER", "MULTI_NODE_READER_ONLY", "UNKNOWN"]) {
            assert.match(rules.objection({ ...mount, accessMode: { mode } }) ?? "", /`\w+`$/);
        }
    });

    it("has no block mode, no mount options, no parameters", () => {
        const refused: VolumeCapability[] = [
            { ...mount, mount: null, block: {} },
            { ...mount, mount: null },
            { ...mount, accessMode: null },
            { ...mount, mount: { fsType: "", mountFlags: ["noatime"] } },
        ];
        for (const capability of refused) {
            failsWith(status.INVALID_ARGUMENT, () => rules.checkCapabilities([mount, capability]));
        }
        failsWith(status.INVALID_ARGUMENT, () => rules.checkCapabilities([]));
        failsWith(status.INVALID_ARGUMENT, () => rules.checkCapability(null));
        failsWith(status.INVALID_ARGUMENT, () => rules.checkParameters({ type: "ssd" }));
        rules.checkParameters({ "csi.storage.k8s.io/pvc/name": "data" });
    });

    it("makes volumes where it runs", () => {
        const here = rules.topologyOf("a");
        const there = rules.topologyOf("b");
        const wanted = (...requisite: (typeof here)[]) => ({ requisite, preferred: [] });
        rules.checkTopology(null, "a");
        rules.checkTopology(wanted(), "a");
        rules.checkTopology(wanted(there, here), "a");
        failsWith(status.RESOURCE_EXHAUSTED, () => rules.checkTopology(wanted(there), "a"));
    });
});

describe("CSI stand-in: lists", () => {
    const items = ["a", "b", "c"].map(name => ({ id: volumeId(name) }));
    items.sort((one, other) => (one.id < other.id ? -1 : 1));

    it("come in pages, whose tokens outlive what they name", () => {
        const first = page(items, { maxEntries: 2, startingToken: "" });
        assert.deepEqual(first.items, items.slice(0, 2));
        const without = items.filter(item => item.id !== first.nextToken);
        const rest = page(without, { maxEntries: 2, startingToken: first.nextToken });
        assert.deepEqual(rest, { items: items.slice(2), nextToken: "" });
        assert.equal(page(items, { maxEntries: 3, startingToken: "" }).nextToken, "");
        assert.equal(page(items, { maxEntries: 0, startingToken: "" }).items.length, 3);
    });

    it("refuse other tokens and numbers", () => {
        failsWith(status.ABORTED, () => page(items, { maxEntries: 0, startingToken: "2" }));
        failsWith(status.INVALID_ARGUMENT, () =>
            page(items, { maxEntries: -1, startingToken: "" }),
        );
    });
});

describe("CSI stand-in: mounts", () => {
    it("are read from the kernel's list", () => {
        const id = volumeId("a");
        const [root, bound] = parseMounts(
            [
                "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
                `90 22 8:1 /var/lib/x/volumes/${id} /pods/a\\040b/mount ro,relatime - ext4 /dev/sda1 rw`,
                "",
            ].join("\n"),
        );
        assert.ok(root && bound);
        assert.deepEqual([root.target, root.readonly, isOf(root, id)], ["/", false, false]);
        assert.deepEqual([bound.target, bound.readonly], ["/pods/a b/mount", true]);
        assert.ok(isOf(bound, id) && !isOf(bound, volumeId("b")));
    });
});

describe("CSI stand-in: turns", () => {
    it("keep work on the same thing apart, also after a failure, and let other work run", async () => {
        const turns = new Turns();
        const order: string[] = [];
        let finish = () => {};
        const first = turns.take(["a", "b"], async () => {
            await new Promise<void>(resolve => (finish = resolve));
            order.push("first");
            throw new Error("failed");
        });
        const second = turns.take(["b"], () => Promise.resolve(order.push("second")));
        await turns.take(["c"], () => Promise.resolve(order.push("other")));
        finish();
        await assert.rejects(first, /failed/);
        await second;
        assert.deepEqual(order, ["other", "first", "second"]);
    });
});
