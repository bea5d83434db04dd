import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { volumeId } from "../../../lab/csi/driver/ids.ts";
import { Store } from "../../../lab/csi/driver/store.ts";
import type { Volume } from "../../../lab/csi/driver/store.ts";

const volume = (name: string): Volume => ({ id: volumeId(name), name, created: 1, capacity: 10 });

describe("CSI stand-in: store", () => {
    let folder: string;
    let store: Store<Volume>;
    beforeEach(async () => {
        folder = join(await mkdtemp(join(tmpdir(), "csi-store-")), "volumes");
        store = await Store.open(folder);
    });
    afterEach(() => rm(join(folder, ".."), { recursive: true }));

    const fill = (text: string) => (files: string) => writeFile(join(files, "data"), text);

    it("keeps files with what is known of them, also for the next driver", async () => {
        await store.create(volume("a"), fill("one"));
        await store.create(volume("b"), fill("two"));
        await store.put({ ...volume("a"), capacity: 20 });
        const next = await Store.open<Volume>(folder);
        const found = await next.list();
        assert.deepEqual(
            found,
            [...found].sort((x, y) => (x.id < y.id ? -1 : 1)),
        );
        assert.equal(found.length, 2);
        assert.equal((await next.get(volumeId("a")))?.capacity, 20);
        assert.equal(await readFile(join(next.files(volumeId("b")), "data"), "utf8"), "two");
    });

    it("has nothing of what could not be made", async () => {
        const failing = store.create(volume("a"), async files => {
            await fill("half")(files);
            throw new Error("no space left");
        });
        await assert.rejects(failing, /no space left/);
        assert.equal(await store.get(volumeId("a")), undefined);
        assert.deepEqual(await readdir(folder), []);
    });

    it("removes what a killed driver left, and nothing else", async () => {
        await store.create(volume("a"), fill("one"));
        await mkdir(join(folder, `${volumeId("b")}.draft`));
        await mkdir(join(folder, volumeId("c")));
        await writeFile(join(folder, `${volumeId("a")}.json.draft`), "{");
        await mkdir(join(folder, "lost+found"));
        await Store.open(folder);
        assert.deepEqual((await readdir(folder)).sort(), [
            "lost+found",
            volumeId("a"),
            `${volumeId("a")}.json`,
        ]);
    });

    it("removes an item, and does nothing the second time", async () => {
        await store.create(volume("a"), fill("one"));
        await store.remove(volumeId("a"));
        await store.remove(volumeId("a"));
        await store.remove("../volumes");
        assert.deepEqual(await readdir(folder), []);
        assert.equal(await store.get("../../etc/passwd"), undefined);
    });

    it("says which record is damaged", async () => {
        await store.create(volume("a"), fill("one"));
        await writeFile(join(folder, `${volumeId("a")}.json`), "{");
        await assert.rejects(store.get(volumeId("a")), new RegExp(volumeId("a")));
    });
});
