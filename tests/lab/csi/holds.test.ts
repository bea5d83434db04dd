import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Holds, podOf } from "../../../lab/csi/driver/holds.ts";

const [A, B, C] = ["a", "b", "c"].map(letter => `01234567-89ab-cdef-0123-${letter.repeat(12)}`);

describe("CSI stand-in: holds", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "csi-holds-"));
    });
    afterEach(() => rm(folder, { recursive: true }));
    const at = (...path: string[]) => join(folder, ...path);
    const records = () => at("records");
    const open = (seconds?: number) =>
        Holds.open({ cgroups: at("cgroup"), records: records(), seconds });
    const read = (...path: string[]) => readFile(at("cgroup", ...path), "utf8");

    /** Groups as version 1 has them: where a file holds what was written last, the kernel freezes at once. */
    async function version1(): Promise<(pod: string) => Promise<string>> {
        const parts = ["freezer", "kubelet", "kubepods"];
        const place: Record<string, string[]> = {
            [A]: [...parts, "burstable", `pod${A}`],
            [B]: [...parts, `pod${B}`],
            [C]: [...parts, "besteffort", `kubepods-besteffort-pod${C.replaceAll("-", "_")}.slice`],
        };
        for (const path of Object.values(place)) {
            await mkdir(at("cgroup", ...path, "container"), { recursive: true });
            await writeFile(at("cgroup", ...path, "freezer.state"), "THAWED\n");
        }
        return async pod => (await read(...place[pod], "freezer.state")).trim();
    }

    it("know a pod by where the kubelet has its volumes mounted", () => {
        const target = `/var/lib/kubelet/pods/${A}/volumes/kubernetes.io~csi/pvc-1/mount`;
        assert.equal(podOf(target), A);
        for (const other of [
            "/mnt/x",
            `/var/lib/kubelet/pods/${A}/etc-hosts`,
            "/pods/x/volumes/y",
        ]) {
            assert.equal(podOf(other), undefined, other);
        }
    });

    it("freeze those pods and no others while the work is done", async () => {
        const state = await version1();
        const holds = await open();
        const result = await holds.during([A, C], async () => {
            assert.deepEqual(await readdir(records()), [A, C]);
            return await Promise.all([A, B, C].map(state));
        });
        assert.deepEqual(result, ["FROZEN", "THAWED", "FROZEN"]);
        assert.deepEqual(await Promise.all([A, B, C].map(state)), ["THAWED", "THAWED", "THAWED"]);
        assert.deepEqual(await readdir(records()), []);
    });

    it("need no control groups where nobody writes", async () => {
        const holds = await open();
        assert.equal(await holds.during([], () => Promise.resolve("done")), "done");
        await assert.rejects(
            holds.during([A], () => Promise.resolve("done")),
            {
                message: `pods cannot be held: \`${at("cgroup")}\` has neither a version 2 hierarchy nor \`freezer\``,
            },
        );
    });

    it("pass over a pod that has ended", async () => {
        await version1();
        const ended = "01234567-89ab-cdef-0123-dddddddddddd";
        assert.equal(await (await open()).during([ended], () => Promise.resolve("done")), "done");
    });

    it("take turns: a pod with two volumes is not let go before both are copied", async () => {
        const state = await version1();
        const holds = await open();
        const seen: string[] = [];
        const copy = (name: string) => async () => {
            seen.push(`${name} ${await state(A)}`);
            await sleep(20);
            seen.push(`${name} ${await state(A)}`);
        };
        await Promise.all([holds.during([A], copy("one")), holds.during([A, B], copy("two"))]);
        assert.deepEqual(seen, ["one FROZEN", "one FROZEN", "two FROZEN", "two FROZEN"]);
        assert.equal(await state(A), "THAWED");
    });

    it("let go when the work fails, and give its error", async () => {
        const state = await version1();
        const holds = await open();
        await assert.rejects(
            holds.during([A], () => Promise.reject(new Error("no space left"))),
            { message: "no space left" },
        );
        assert.equal(await state(A), "THAWED");
    });

    it("let go when the time is over, and when the driver ends", async () => {
        const state = await version1();
        const endless = (signal?: AbortSignal) => sleep(60_000, undefined, { signal });
        await assert.rejects((await open(0.05)).during([A], endless), {
            message: "pods are held for at most 0.05 s, and the copy took longer",
        });
        const holds = await open();
        const held = holds.during([A], endless);
        while ((await state(A)) !== "FROZEN") {
            await sleep(1);
        }
        holds.end();
        await assert.rejects(held, { message: "the driver is ending" });
        assert.equal(await state(A), "THAWED");
    });

    it("of a driver that was killed are let go by the next one", async () => {
        const state = await version1();
        void (await open()).during([A], () => new Promise(() => undefined));
        while ((await state(A)) !== "FROZEN") {
            await sleep(1);
        }
        await open();
        assert.equal(await state(A), "THAWED");
        assert.deepEqual(await readdir(records()), []);
    });

    it("wait until everything stands still, in version 2 of control groups", async () => {
        const pod = at(
            "cgroup",
            "kubelet.slice",
            `kubelet-kubepods-pod${A.replaceAll("-", "_")}.slice`,
        );
        await mkdir(pod, { recursive: true });
        await writeFile(at("cgroup", "cgroup.controllers"), "");
        await writeFile(join(pod, "cgroup.freeze"), "0");
        await writeFile(join(pod, "cgroup.events"), "populated 1\nfrozen 0\n");
        const holds = await open();
        let frozen = false;
        const held = holds.during([A], () => Promise.resolve(frozen));
        while ((await readFile(join(pod, "cgroup.freeze"), "utf8")) !== "1") {
            await sleep(1);
        }
        await sleep(20);
        frozen = true;
        await writeFile(join(pod, "cgroup.events"), "populated 1\nfrozen 1\n");
        assert.equal(await held, true);
        assert.equal(await readFile(join(pod, "cgroup.freeze"), "utf8"), "0");
    });
});
