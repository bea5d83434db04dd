import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyTree, usage } from "../../../lab/csi/driver/files.ts";

describe("CSI stand-in: copies", () => {
    let folder: string;
    const from = (...path: string[]) => join(folder, "from", ...path);
    const to = (...path: string[]) => join(folder, "to", ...path);
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "csi-files-"));
        await mkdir(from("sub folder"), { recursive: true });
        await mkdir(to());
        await writeFile(from("sub folder", "file"), "text", { mode: 0o640 });
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("keep modes, times, links and hidden files", async () => {
        await symlink("sub folder/file", from("link"));
        await writeFile(from(".hidden"), "");
        await copyTree(from(), to());
        const [one, other] = await Promise.all(
            [from, to].map(at => stat(at("sub folder", "file"), { bigint: true })),
        );
        assert.deepEqual([other?.mode, other?.mtimeNs], [one?.mode, one?.mtimeNs]);
        assert.equal(await readFile(to("link"), "utf8"), "text");
        assert.equal((await stat(to(".hidden"))).size, 0);
    });

    it("fail with what the file system says", async () => {
        await assert.rejects(copyTree(from(), join(folder, "missing", "to")), /missing/);
        await assert.rejects(copyTree(join(folder, "none"), to()), /none/);
    });

    it("end when they have to", async () => {
        await assert.rejects(copyTree(from(), to(), AbortSignal.abort()), /aborted/);
    });

    it("are measured by what they occupy", async () => {
        await writeFile(from("large"), Buffer.alloc(1_000_000, 1));
        const { bytes, inodes } = await usage(from());
        assert.ok(bytes >= 1_000_000 && bytes < 1_100_000, `${bytes}`);
        assert.equal(inodes, 4);
    });
});
