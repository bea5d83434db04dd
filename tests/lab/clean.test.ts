import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thaw } from "../../lab/clean.ts";

describe("control groups that were frozen when their container was killed", () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "crossing-freezer-"));
    });
    after(() => rm(folder, { recursive: true }));

    it("are thawed at any depth, and others are not written to", async () => {
        const deep = join(folder, "kubelet.slice", "pod.slice");
        await mkdir(deep, { recursive: true });
        await writeFile(join(folder, "freezer.state"), "THAWED\n");
        await writeFile(join(folder, "kubelet.slice", "freezer.state"), "FREEZING\n");
        await writeFile(join(deep, "freezer.state"), "FROZEN\n");
        await writeFile(join(deep, "tasks"), "FROZEN\n");
        await thaw(folder);
        const read = (...path: string[]) => readFile(join(folder, ...path), "utf8");
        assert.equal(await read("freezer.state"), "THAWED\n");
        assert.equal(await read("kubelet.slice", "freezer.state"), "THAWED");
        assert.equal(await read("kubelet.slice", "pod.slice", "freezer.state"), "THAWED");
        assert.equal(await read("kubelet.slice", "pod.slice", "tasks"), "FROZEN\n");
    });

    it("need not be there", async () => {
        await thaw(join(folder, "gone"));
    });
});
