/** The CSI driver stand-in by itself, without a cluster: csi-sanity's specifications, and what becomes of data. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { goStep, program } from "../../../lab/build/go.ts";
import { graphs } from "../../../lab/build/graphs.ts";
import { run } from "../../../lab/exec.ts";
import { runSteps } from "../../../lab/steps.ts";
import { CsiDriver, registration } from "./csi-driver.ts";
import { writer } from "./storage-objects.ts";

/** What this driver does not offer: all specifications of it, and no other, are skipped. */
const notOffered = [
    ...["ControllerPublishVolume", "ControllerUnpublishVolume", "NodeStageVolume"],
    ...["NodeUnstageVolume", "ModifyVolume", "volume attribute class", "volume lifecycle"],
    ...["GroupController", "VolumeHealth", "StorageHealth", "accessibility requirements"],
    // Volumes are expanded by their nodes.
    "ControllerExpandVolume",
    "ExpandVolume [Controller Server]",
    // The test's authors switched this one off.
    "pagination should detect volumes added between pages",
];

/** Where the kernel freezes control groups, and how: in their version 1 and in version 2. */
const [freezer, file, frozen] = existsSync("/sys/fs/cgroup/freezer")
    ? ["/sys/fs/cgroup/freezer", "freezer.state", "FROZEN"]
    : ["/sys/fs/cgroup", "cgroup.freeze", "1"];

interface Spec {
    LeafNodeType: string;
    LeafNodeText: string;
    ContainerHierarchyTexts: string[] | null;
    State: string;
}

const capability = {
    mount: {},
    accessMode: { mode: "SINGLE_NODE_WRITER" },
};

describe("the CSI driver stand-in", function () {
    this.timeout("5m");

    let driver: CsiDriver;
    before(async function () {
        if (process.getuid?.() !== 0) {
            // Only root can mount.
            this.skip();
        }
        driver = await CsiDriver.make();
    });
    after(() => driver?.remove());

    it("passes csi-sanity", async () => {
        await runSteps([goStep(graphs.csiSanity)]);
        const report = join(driver.folder, "report.json");
        await run(await program(graphs.csiSanity, "csi-sanity"), [
            `--csi.endpoint=${driver.endpoint}`,
            `--csi.mountdir=${join(driver.folder, "sanity")}`,
            `--ginkgo.json-report=${report}`,
        ]);
        const [suite] = JSON.parse(await readFile(report, "utf8")) as { SpecReports: Spec[] }[];
        const specs = suite.SpecReports.filter(spec => spec.LeafNodeType === "It");
        const names = (state: string) =>
            specs
                .filter(spec => spec.State === state)
                .map(spec =>
                    [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(" "),
                );
        const skipped = [...names("skipped"), ...names("pending")];
        assert.deepEqual(
            skipped.filter(name => !notOffered.some(text => name.includes(text))),
            [],
        );
        const passed = names("passed").length;
        assert.ok(passed >= 63, `${passed} passed`);
        assert.equal(passed + skipped.length, specs.length);
    });

    const create = async (name: string, more: object = {}): Promise<string> => {
        const request = { name, volumeCapabilities: [capability], ...more };
        const { volume } = await driver.call<{ volume: { volumeId: string } }>(
            ...(["Controller", "CreateVolume"] as const),
            request,
        );
        return volume.volumeId;
    };
    const target = (name: string) => join(driver.folder, "mounts", name);
    const publish = (volumeId: string, name: string, readonly = false) =>
        driver.call("Node", "NodePublishVolume", {
            ...{ volumeId, targetPath: target(name), readonly },
            volumeCapability: capability,
        });
    const unpublish = (volumeId: string, name: string) =>
        driver.call("Node", "NodeUnpublishVolume", { volumeId, targetPath: target(name) });
    const remove = (volumeId: string) => driver.call("Controller", "DeleteVolume", { volumeId });
    const text = (name: string) => readFile(join(target(name), "file"), "utf8");
    const write = (name: string, content: string) => writeFile(join(target(name), "file"), content);

    it("keeps in a snapshot what was there, and gives it to volumes of their own", async () => {
        const source = await create("source");
        await publish(source, "source");
        await write("source", "before");
        const { snapshot } = await driver.call<{ snapshot: { snapshotId: string } }>(
            ...(["Controller", "CreateSnapshot"] as const),
            { name: "snapshot", sourceVolumeId: source },
        );
        await write("source", "after");
        const restored = await create("restored", { volumeContentSource: { snapshot } });
        const clone = await create("clone", {
            volumeContentSource: { volume: { volumeId: source } },
        });
        await publish(restored, "restored");
        await publish(clone, "clone");
        assert.equal(await text("restored"), "before");
        assert.equal(await text("clone"), "after");

        await write("clone", "changed");
        assert.equal(await text("source"), "after");
        for (const [id, name] of [
            [source, "source"],
            [restored, "restored"],
            [clone, "clone"],
        ] as const) {
            await unpublish(id, name);
            await remove(id);
        }
        // The source is gone, the snapshot is not.
        const again = await create("again", { volumeContentSource: { snapshot } });
        await publish(again, "again");
        assert.equal(await text("again"), "before");
        await unpublish(again, "again");
        await remove(again);
        const { snapshotId } = snapshot;
        await driver.call("Controller", "DeleteSnapshot", { snapshotId });
    });

    it("copies what a pod writes as it is at one moment, and lets the pod go on", async () => {
        const uid = randomUUID();
        const group = join(freezer, `pod${uid}`);
        const targetPath = join(
            driver.folder,
            "pods",
            uid,
            "volumes",
            "kubernetes.io~csi",
            "mount",
        );
        const id = await create("written");
        const request = { volumeId: id, targetPath, readonly: false, volumeCapability: capability };
        await driver.call("Node", "NodePublishVolume", request);
        await mkdir(group);
        const [program, ...args] = writer(targetPath);
        const writing = spawn(program, args, { stdio: "inherit" });
        try {
            await writeFile(join(group, "cgroup.procs"), String(writing.pid));
            const records = async (folder: string) => {
                const [a, b] = await Promise.all(
                    ["a", "b"].map(file => readFile(join(folder, file), "utf8").catch(() => "")),
                );
                return [a, b].map(text => text.split("\n").length - 1);
            };
            const grown = async (than: number) => {
                while ((await records(targetPath))[1] <= than) {
                    await sleep(20);
                }
            };
            await grown(0);
            for (let i = 0; i < 5; i++) {
                const { snapshot } = await driver.call<{ snapshot: { snapshotId: string } }>(
                    ...(["Controller", "CreateSnapshot"] as const),
                    { name: `moment-${i}`, sourceVolumeId: id },
                );
                const { snapshotId } = snapshot;
                const copy = join(driver.folder, "data", "snapshots", snapshotId);
                const [a, b] = await records(copy);
                assert.ok(b > 0 && b <= a && a <= b + 1, `${a} records, then ${b}`);
                await driver.call("Controller", "DeleteSnapshot", { snapshotId });
                await grown(a + 1);
            }

            // As a driver leaves it that is killed while it copies.
            await driver.stop("SIGKILL");
            await writeFile(join(driver.folder, "data", "held", uid), "");
            await writeFile(join(group, file), frozen);
            await sleep(200);
            const [before] = await records(targetPath);
            await sleep(200);
            assert.equal((await records(targetPath))[0], before);
            await driver.start();
            await grown(before + 1);
        } finally {
            writing.kill();
            await once(writing, "exit");
            await rmdir(group);
            await driver.call("Node", "NodeUnpublishVolume", { volumeId: id, targetPath });
        }
        await remove(id);
    });

    it("mounts read-only where that is asked for, and nothing twice", async () => {
        const id = await create("readonly");
        await publish(id, "rw");
        await write("rw", "text");
        await publish(id, "ro", true);
        await publish(id, "ro", true);
        assert.equal(await text("ro"), "text");
        await assert.rejects(write("ro", "other"), { code: "EROFS" });
        await assert.rejects(publish(id, "ro"), { code: status.ALREADY_EXISTS });
        await assert.rejects(remove(id), { code: status.FAILED_PRECONDITION });
        await unpublish(id, "ro");
        await unpublish(id, "rw");
        await unpublish(id, "rw");
        await assert.rejects(stat(target("rw")), { code: "ENOENT" });
        await remove(id);
    });

    it("goes on after it was killed: what is mounted stays, what is asked again is found", async () => {
        const id = await create("survivor", { capacityRange: { requiredBytes: 5_000_000 } });
        await publish(id, "survivor");
        await write("survivor", "text");
        await driver.stop("SIGKILL");
        await driver.start();
        assert.equal(await create("survivor"), id);
        await publish(id, "survivor");
        assert.equal(await text("survivor"), "text");
        const { usage } = await driver.call<{ usage: { unit: string; total: number }[] }>(
            ...(["Node", "NodeGetVolumeStats"] as const),
            { volumeId: id, volumePath: target("survivor") },
        );
        assert.equal(usage.find(entry => entry.unit === "BYTES")?.total, 5_000_000);
        // Never the data, not even where the mount is gone.
        await unpublish(id, "survivor");
        await rm(target("survivor"), { recursive: true, force: true });
        await publish(id, "survivor");
        assert.equal(await text("survivor"), "text");
        await unpublish(id, "survivor");
        await remove(id);
    });

    it("tells the kubelet where it is, and ends when the kubelet refuses it", async () => {
        const registrar = driver.startRegistrar();
        try {
            const kubelet = await registration(join(driver.folder, "csi.crossing.lab-reg.sock"));
            assert.deepEqual(await kubelet("GetInfo", {}), {
                type: "CSIPlugin",
                name: "csi.crossing.lab",
                endpoint: "/kubelet/csi.sock",
                supportedVersions: ["1.0.0"],
            });
            await kubelet("NotifyRegistrationStatus", { pluginRegistered: true });
            const ended = once(registrar, "exit");
            await kubelet("NotifyRegistrationStatus", { pluginRegistered: false, error: "no" });
            assert.deepEqual(await ended, [1, null]);
        } finally {
            registrar.kill();
        }
    });
});
