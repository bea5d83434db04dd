import assert from "node:assert/strict";
import {
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    rm,
    stat,
    truncate,
    utimes,
    writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyBuilt } from "../../lab/doctor.ts";
import { nodeRoot, rootImage, rootStep } from "../../lab/build/debian.ts";
import { damage, finish, folderState } from "../../lab/build/manifest.ts";

describe("a built folder", () => {
    let root: string;
    let folder: string;
    beforeEach(async () => {
        root = await mkdtemp(join(tmpdir(), "built-"));
        folder = join(root, "tools-1");
        await finish(folder, async unfinished => {
            await writeFile(join(unfinished, "kubelet"), "program");
            await writeFile(join(unfinished, "kubeadm"), "other program");
        });
    });
    afterEach(() => rm(root, { recursive: true }));

    const kubelet = () => join(folder, "kubelet");
    const state = () => folderState(folder);

    it("is whole when it is finished, and nothing else is left", async () => {
        assert.deepEqual(await state(), { todo: false, why: "built" });
        assert.equal(await damage(folder, true), undefined);
        assert.deepEqual(await readdir(root), ["tools-1"]);
    });

    it("that is not there is not built yet", async () => {
        assert.deepEqual(await folderState(join(root, "nowhere")), {
            ...{ todo: true, why: "not built yet" },
        });
    });

    it("with a truncated file is built anew, which says so", async () => {
        await truncate(kubelet(), 3);
        assert.deepEqual(await state(), {
            ...{ todo: true, why: "built anew, because `kubelet` has 3 bytes instead of 7" },
        });
    });

    it("with a file of the same size and other contents is built anew", async () => {
        await writeFile(kubelet(), "pro-ram");
        await utimes(kubelet(), new Date(), new Date(Date.now() + 5_000));
        assert.deepEqual(await state(), {
            ...{ todo: true, why: "built anew, because `kubelet` is not what was built" },
        });
    });

    it("with a missing file is built anew", async () => {
        await rm(kubelet());
        assert.equal(await damage(folder), "`kubelet` is missing");
    });

    it("without a manifest, or with half of one, is built anew", async () => {
        const manifest = join(folder, "manifest.json");
        await truncate(manifest, 20);
        assert.equal(await damage(folder), "its manifest is missing or damaged");
        await rm(manifest);
        assert.equal(await damage(folder), "its manifest is missing or damaged");
    });

    it("that was copied is whole, and is read only once for that", async () => {
        const before = await readFile(join(folder, "manifest.json"), "utf8");
        await utimes(kubelet(), new Date(0), new Date(0));
        assert.equal(await damage(folder), undefined);
        const after = await readFile(join(folder, "manifest.json"), "utf8");
        assert.notEqual(after, before);
        const { kubelet: entry } = JSON.parse(after) as Record<string, { modified: number }>;
        assert.equal(entry?.modified, 0);
    });

    it("is read whole where everything is asked for: nothing else finds a change that hides", async () => {
        const { mtime } = await stat(kubelet());
        await writeFile(kubelet(), "pro-ram");
        await utimes(kubelet(), mtime, mtime);
        assert.equal(await damage(folder), undefined);
        assert.equal(await damage(folder, true), "`kubelet` is not what was built");
    });

    it("that hides a change is found by the doctor, and built anew after that", async () => {
        const { mtime } = await stat(kubelet());
        await writeFile(kubelet(), "pro-ram");
        await utimes(kubelet(), mtime, mtime);
        await finish(join(root, "tools-2"), unfinished => writeFile(join(unfinished, "a"), ""));
        assert.deepEqual(await verifyBuilt(root), [
            { what: "folders as they were built", found: "1", ok: true, advice: "" },
            {
                what: "built folder tools-1",
                found: "`kubelet` is not what was built",
                ...{ ok: false, advice: "run `make lab`, which builds it anew" },
            },
        ]);
        assert.deepEqual(await state(), {
            ...{ todo: true, why: "built anew, because its manifest is missing or damaged" },
        });
    });

    it("is replaced as a whole, and what a killed build left goes", async () => {
        await mkdir(`${folder}.unfinished`);
        await writeFile(join(`${folder}.unfinished`, "kube-proxy"), "half");
        await finish(folder, unfinished => writeFile(join(unfinished, "kubelet"), "newer"));
        assert.deepEqual((await readdir(folder)).sort(), ["kubelet", "manifest.json"]);
        assert.deepEqual(await readdir(root), ["tools-1"]);
    });

    it("stays as it was when a build fails", async () => {
        await assert.rejects(
            finish(folder, () => Promise.reject(new Error("no"))),
            /no/,
        );
        assert.deepEqual(await state(), { todo: false, why: "built" });
    });
});

describe("a root of Debian's packages", () => {
    let folder: string;
    let path: string | undefined;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "root-"));
        path = process.env["PATH"];
        process.env["PATH"] = `${folder}:${path}`;
        await program("docker", `cat > ${folder}/stdin; echo "$1 $2" >> ${folder}/calls`);
    });
    afterEach(async () => {
        process.env["PATH"] = path;
        await rm(folder, { recursive: true });
    });

    const program = (name: string, script: string) =>
        writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const build = () =>
        rootStep(nodeRoot).run({ log: join(folder, "log"), progress: () => undefined });
    const calls = async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");

    it("gets its name when it is complete", async () => {
        const image = await rootImage(nodeRoot);
        await program("mmdebstrap", "echo archive");
        await build();
        assert.deepEqual(await calls(), ["import --change", `tag ${image}-unfinished`, "image rm"]);
    });

    it("of which half was made gets no name", async () => {
        await program("mmdebstrap", "echo arch; kill -9 $$");
        await assert.rejects(build(), {
            message: "`mmdebstrap | docker` ended with status null and 0",
        });
        assert.deepEqual(await calls(), ["import --change"]);
    });
});
