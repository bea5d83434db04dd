import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
    chmod,
    chown,
    link,
    lstat,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    readlink,
    rm,
    symlink,
    utimes,
    writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packed, unpacked } from "../../../lab/k10/server/mover/archive.ts";
import type { MoverJob } from "../../../lab/k10/server/mover/job.ts";
import { message } from "../../../lab/k10/server/mover/main.ts";
import { backUp, restore } from "../../../lab/k10/server/mover/move.ts";
import { moverPod } from "../../../lab/k10/server/mover/pod.ts";
import { scan } from "../../../lab/k10/server/mover/tree.ts";
import { Store } from "../../../lab/k10/server/s3.ts";
import { newKey, openVolume, volumeOffset } from "../../../lab/k10/server/seal.ts";
import { FakeS3 } from "./support/s3.ts";
import "./support/world.ts";

const isRoot = process.getuid?.() === 0;

/** Everything that a restore must give back, as text. */
async function picture(root: string): Promise<string[]> {
    const { entries } = await scan(root);
    const lines = entries.map(async ({ path, type, mode, uid, gid, size, mtime, target }) => {
        const content =
            type === "file" ? await readFile(join(root, path), "latin1") : (target ?? "");
        // Node sets times as floating-point seconds: microseconds survive.
        const time = mtime / 1000n;
        return `${path} ${type} ${mode.toString(8)} ${uid}:${gid} ${size} ${time} ${content.slice(0, 50)}`;
    });
    return await Promise.all(lines);
}

describe("K10 stand-in: mover", () => {
    let folder: string;
    let source: string;
    let target: string;
    let s3: FakeS3;
    let store: Store;
    let job: MoverJob;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "mover-"));
        [source, target] = [join(folder, "source"), join(folder, "target")];
        await mkdir(source);
        await mkdir(target);
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("b");
        const access = s3.access("b");
        store = new Store(access);
        job = {
            direction: "backup",
            claim: "data",
            store: access,
            object: "x/data.volume",
            key: newKey(),
            bytes: 0,
            passes: 3,
        };
    });
    afterEach(async () => {
        store.close();
        s3.stop();
        await rm(folder, { recursive: true, force: true });
    });

    async function zoo(): Promise<void> {
        await mkdir(join(source, "dir a/ünï/深"), { recursive: true });
        await writeFile(join(source, "dir a/ünï/深/datei ö"), "hello");
        await utimes(join(source, "dir a/ünï/深/datei ö"), 981173106.123456, 981173106.123456);
        await writeFile(join(source, "empty"), "");
        await writeFile(join(source, "secret"), "x");
        await chmod(join(source, "secret"), 0);
        await mkdir(join(source, "lost+found"));
        const long = "n".repeat(200);
        await mkdir(join(source, long));
        await writeFile(join(source, long, long), Buffer.alloc(700_000, "abc"));
        await symlink("../dir a", join(source, "dir a/link"));
        await symlink("/nowhere", join(source, "dangling"));
        await link(join(source, "dir a/ünï/深/datei ö"), join(source, "hard"));
        await mkdir(join(source, "sticky"));
        await chmod(join(source, "sticky"), 0o1777);
        await mkdir(join(source, "group"));
        await chmod(join(source, "group"), 0o2775);
        await utimes(join(source, "dir a"), 1000, 1000);
        if (isRoot) {
            await chown(join(source, "empty"), 1000040000, 1000222000);
            await chown(join(source, "group"), 70, 1000222000);
            await chmod(join(source, "group"), 0o2775);
            await chown(source, 999, 999);
        }
        await chmod(source, 0o750);
    }

    it("gives back contents, names, links, permissions, owners and times", async () => {
        await zoo();
        const before = await picture(source);
        await writeFile(join(target, "old"), "of a former attempt");
        const { entries, exceptions } = await unpacked(
            target,
            packed(source, (await scan(source)).entries),
        );
        assert.deepEqual(await picture(target), before);
        assert.equal(entries, before.length);
        assert.deepEqual(exceptions, []);
        const [one, two] = await Promise.all(
            ["hard", "dir a/ünï/深/datei ö"].map(path => lstat(join(target, path))),
        );
        assert.equal(one.ino, two.ino);
        assert.equal(await readlink(join(target, "dangling")), "/nowhere");
        if (!isRoot) {
            console.log("      (owners were not checked: this needs uid 0)");
        }
    });

    it("says what it cannot carry over", async () => {
        const server = createServer().listen(join(source, "socket"));
        execFileSync("mkfifo", [join(source, "pipe")]);
        const { exceptions, entries } = await scan(source);
        server.close();
        assert.deepEqual(exceptions, [
            "pipe is a socket, pipe or device and was left out",
            "socket is a socket, pipe or device and was left out",
        ]);
        assert.deepEqual(
            entries.map(entry => entry.path),
            ["."],
        );
    });

    it("copies once what rests, through the bucket and back", async () => {
        await zoo();
        const result = await backUp(job, source, store);
        const stored = s3.objects.get("b/x/data.volume")!;
        assert.deepEqual(result, {
            bytes: stored.length - volumeOffset(0),
            entries: 14,
            passes: 1,
            settled: true,
            exceptions: [],
        });
        assert.ok(!stored.includes("hello"));
        const restored = await restore({ ...job, bytes: result.bytes }, target, store);
        assert.deepEqual(restored, { ...result });
        assert.deepEqual(await picture(target), await picture(source));
    });

    it("copies again while files change, and says so when they never rest", async () => {
        await writeFile(join(source, "log"), "0");
        let writes = 0;
        const put = store.write.bind(store);
        store.write = async (...args) => {
            await put(...args);
            await writeFile(join(source, "log"), String(++writes));
        };
        const restless = await backUp(job, source, store, 5);
        assert.deepEqual([restless.passes, restless.settled], [3, false]);

        writes = 0;
        store.write = async (...args) => {
            await put(...args);
            if (++writes < 2) {
                await writeFile(join(source, "late"), "x");
            }
        };
        const settled = await backUp(job, source, store, 5);
        assert.deepEqual([settled.passes, settled.settled], [2, true]);
        await restore({ ...job, bytes: settled.bytes }, target, store);
        assert.deepEqual((await readdir(target)).sort(), ["late", "log"]);
    });

    it("a scan notices every kind of change", async () => {
        await writeFile(join(source, "a"), "1");
        const changes: [string, () => Promise<unknown>][] = [
            ["content", () => writeFile(join(source, "a"), "2")],
            ["new file", () => writeFile(join(source, "b"), "")],
            ["mode", () => chmod(join(source, "a"), 0o600)],
            ["link", () => link(join(source, "a"), join(source, "c"))],
            ["removal", () => rm(join(source, "b"))],
        ];
        for (const [name, change] of changes) {
            const { signature } = await scan(source);
            assert.equal((await scan(source)).signature, signature, `nothing before ${name}`);
            await change();
            assert.notEqual((await scan(source)).signature, signature, name);
        }
    });

    it("a file that shrinks or goes while it is copied breaks nothing", async () => {
        await writeFile(join(source, "shrinks"), Buffer.alloc(1000, "x"));
        await writeFile(join(source, "stays"), "here");
        await writeFile(join(source, "goes"), "gone");
        const { entries } = await scan(source);
        await writeFile(join(source, "shrinks"), "x");
        await rm(join(source, "goes"));
        await unpacked(target, packed(source, entries));
        assert.deepEqual((await readdir(target)).sort(), ["shrinks", "stays"]);
        assert.equal((await readFile(join(target, "shrinks"))).length, 1000);
        assert.equal(await readFile(join(target, "stays"), "utf8"), "here");
    });

    it("a damaged byte in the bucket is restored as it is; a missing end is noticed", async () => {
        await writeFile(join(source, "rows"), "one two three");
        const { bytes } = await backUp(job, source, store);
        const object = Buffer.from(s3.objects.get("b/x/data.volume")!);
        const at = openVolume(object, job).indexOf("two");
        object[volumeOffset(at)] ^= 1;
        s3.objects.set("b/x/data.volume", object);
        await restore({ ...job, bytes }, target, store);
        assert.equal(await readFile(join(target, "rows"), "utf8"), "one uwo three");

        s3.objects.set("b/x/data.volume", object.subarray(0, object.length - 1024));
        await assert.rejects(restore({ ...job, bytes }, target, store), {
            message: `x/data.volume holds ${bytes - 1024} bytes of ${bytes}`,
        });
    });

    it("goes in parts when it is large", async () => {
        await writeFile(join(source, "large"), Buffer.alloc(20 * 1024 * 1024, "0123456789"));
        const { bytes } = await backUp(job, source, store);
        await restore({ ...job, bytes }, target, store);
        const [before, after] = await Promise.all(
            [source, target].map(root => readFile(join(root, "large"))),
        );
        assert.ok(before.equals(after));
    });

    it("its report fits into a termination message", () => {
        const exceptions = Array.from({ length: 50 }, (_, i) => `${i} ${"long ".repeat(100)}`);
        const result = { bytes: 1, entries: 1, passes: 1, settled: true, exceptions };
        const text = message(result);
        assert.ok(text.length < 4096);
        assert.equal((JSON.parse(text) as typeof result).exceptions.at(-1), "and 40 more");
    });

    it("its pod has the rights of K10's SCC and no secret in its spec", () => {
        const options = { image: "i", imagePullPolicy: "Never", account: "a", claim: "data" };
        const pod = moverPod({ name: "backup-data-x" }, { ...options, direction: "backup" });
        const spec = pod.spec as {
            containers: { args: string[]; securityContext: object; volumeMounts: object[] }[];
            securityContext: object;
            tolerations: object[];
        };
        assert.deepEqual(spec.tolerations, [{ operator: "Exists" }]);
        const filling = moverPod({ name: "x" }, { ...options, direction: "restore" });
        assert.equal(filling.spec?.["tolerations"], undefined);
        assert.deepEqual(spec.securityContext, { seccompProfile: { type: "RuntimeDefault" } });
        assert.deepEqual(spec.containers[0].args, ["mover"]);
        assert.deepEqual(spec.containers[0].securityContext, {
            runAsUser: 0,
            runAsGroup: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"], add: ["CHOWN", "FOWNER", "DAC_OVERRIDE"] },
        });
        assert.deepEqual(spec.containers[0].volumeMounts[1], {
            name: "data",
            mountPath: "/k10/data",
            readOnly: true,
        });
    });
});
