/**
 * What a person may choose of K10's actions: the program's own against the stand-in's server. Pulumi's provider process
 * is not in between, and no pods run.
 */
import assert from "node:assert/strict";
import { writeFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { backupAction } from "crossing-actions/dist/k10/backup.js";
import { exportAction, type ExportInputs } from "crossing-actions/dist/k10/export.js";
import { importAction } from "crossing-actions/dist/k10/import.js";
import { restoreAction, type RestoreInputs } from "crossing-actions/dist/k10/restore.js";
import { validateAction } from "crossing-actions/dist/k10/validate.js";
import { textAt } from "../../../lab/k10/server/json.ts";
import { front, type Front } from "./support/front.ts";
import { volume } from "./support/movers.ts";
import { FakeS3 } from "./support/s3.ts";
import { APPS, Side } from "./support/side.ts";

const GENEROUS = 60;

describe("K10 stand-in: what the program chooses", function () {
    this.timeout(180_000);

    let s3: FakeS3;
    let source: Side;
    let target: Side;
    let fronts: Front[];
    let lines: string[];
    const report = (line: string) => void lines.push(line);

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        source = await Side.start("uid-of-source", s3);
        target = await Side.start("uid-of-target", s3);
        await source.application();
        source.exportPolicy("shop-export");
        await source.validated("policies", "shop-export");
        fronts = [];
        for (const side of [source, target]) {
            fronts.push(await front(side.lab.kube, side.api));
        }
        lines = [];
    });
    afterEach(async () => {
        fronts.forEach(each => each.stop());
        await source.stop();
        await target.stop();
        s3.stop();
    });

    const on = (index: number) => ({
        ...{ kubeconfig: fronts[index].kubeconfig, clusterUid: `cluster ${index}` },
        ...{ runId: "1", timeout: GENEROUS },
    });
    const exportInputs = (more: Partial<ExportInputs> = {}): ExportInputs => ({
        ...{ ...on(0), namespace: "kasten-io", policy: "shop-export" },
        ...{ receiveStringGiven: false, validationTimeout: GENEROUS, ...more },
    });
    const exports = (more?: Partial<ExportInputs>) => exportAction.run(exportInputs(more), report);

    /** Exports and imports, and gives the content on the target. */
    async function crossed(): Promise<string> {
        const { receiveString, result } = await exports();
        target.importPolicy("shop-import", receiveString);
        await target.validated("policies", "shop-import");
        const { restorePointContent } = await importAction.run(
            {
                ...{ ...on(1), namespace: "kasten-io", policy: "shop-import" },
                ...{ applicationNamespace: "shop", sourceClusterUid: "cluster 0" },
                backupStartTime: result.runAction.startTime,
                validationTimeout: GENEROUS,
            },
            report,
        );
        return restorePointContent;
    }
    const restore = (restorePointContent: string, more: Partial<RestoreInputs> = {}) =>
        restoreAction.run(
            {
                ...{ ...on(1), runToken: "token", targetNamespace: "shop" },
                ...{ onConflict: "fail", restored: "keep", restorePointContent, ...more },
            },
            report,
        );
    const colour = (namespace: string) =>
        textAt(
            target.lab.kube.get(`/api/v1/namespaces/${namespace}/configmaps/settings`),
            ...["data", "colour"],
        );

    it("an export tells what it is at, with its bytes", async () => {
        source.lab.world.config.seconds.export = 4;
        await exports();
        const told = lines.filter(line => line.includes("ExportAction"));
        assert.ok(told.length > 0, lines.join("\n"));
        assert.match(
            told[0],
            /^Export `kasten-io\/shop-export-1-1` to be Complete: Running \d+ %, .*ExportAction/,
        );
    });

    it("what is kept of a crossing is what K10 tells of it, and no receive string", async () => {
        const content = await crossed();
        // The same run again: nothing is started, and what K10 has not forgotten is told again.
        const { result, receiveString } = await exports();
        const [ofData, ofMetadata] = result.exportActions;
        const { totalBytes = 0 } = ofData.moved ?? {};
        assert.ok(totalBytes > 0);
        assert.deepEqual(ofData.moved, { volumes: 1, totalBytes, transferredBytes: 0 });
        assert.match(ofMetadata.name, /^kasten-io\//);
        assert.equal(ofMetadata.moved, undefined);
        const all = [result.runAction, ...result.backupActions, ...result.exportActions];
        assert.deepEqual(
            all.map(({ state }) => state),
            ["Complete", "Complete", "Complete", "Complete"],
        );
        const { result: restored } = await restore(content);
        assert.equal(restored.restoreAction.state, "Complete");
        const { time = "", ...point } = restored.point ?? {};
        assert.ok(Date.parse(time) >= Date.parse(result.runAction.startTime), time);
        assert.deepEqual(point, {
            artifacts: 3,
            kinds: { ConfigMap: 1, Deployment: 1, PersistentVolumeClaim: 1 },
            list: [
                { kind: "ConfigMap", name: "settings" },
                { kind: "Deployment", name: "web" },
                { kind: "PersistentVolumeClaim", name: "data" },
            ],
            volumes: ["data"],
        });
        assert.ok(!JSON.stringify([result, restored]).includes(receiveString));
    });

    it("an export that takes too long is cancelled, and the next attempt succeeds", async () => {
        source.lab.world.config.seconds.backup = 3;
        const work = exports({ timeout: 1, cancelOnTimeout: true });
        await assert.rejects(work, /K10 was asked to cancel it.* and it is Cancelled\. /);
        const states = (kind: string) =>
            source.actions(kind).map(each => textAt(each, "status", "state"));
        assert.deepEqual(states("RunAction"), ["Cancelled"]);
        assert.deepEqual(states("BackupAction"), ["Cancelled"]);
        source.lab.world.config.seconds.backup = 0;
        const { result } = await exports({ cancelOnTimeout: true });
        assert.equal(result.runAction.name, "kasten-io/shop-export-1-2");
    });

    it("what was exported is validated, and retired with its bytes when the export goes", async () => {
        const { result, receiveString } = await exports();
        const validation = await validateAction.run(
            {
                ...{ ...on(0), namespace: "kasten-io", policy: "shop-export" },
                runAction: result.runAction,
            },
            report,
        );
        assert.match(validation.result.restorePoint, /^shop\/scheduled-[a-z0-9]{15}$/);
        assert.equal(source.actions("ValidateAction").length, 1);
        const state = { ...exportInputs({ restorePoints: "retire" }), result, receiveString };
        await exportAction.remove?.(state, report);
        const { items } = await source.call("GET", `${APPS}/restorepointcontents`);
        assert.deepEqual(items, []);
        assert.deepEqual(
            [...s3.objects.keys()].map(key => key.split("/").at(-1)),
            ["STAND-IN.txt"],
        );
    });

    it("a restore goes beside a namespace that is there, without what is filtered out", async () => {
        const content = await crossed();
        target.lab.kube.put("/api/v1/namespaces/shop");
        const { result } = await restore(content, {
            onConflict: "newName",
            choices: { filters: { exclude: [{ resource: "configmaps" }] } },
        });
        assert.match(result.restoreAction.name, /^shop-1\/restore-shop-1-[0-9a-f]{8}-1$/);
        assert.equal(colour("shop-1"), "");
        assert.ok(target.lab.kube.get("/apis/apps/v1/namespaces/shop-1/deployments/web"));
        assert.equal(
            await readFile(join(volume(target.lab, "shop-1", "data"), "rows"), "utf8"),
            "one two three",
        );
    });

    it("a restore changes objects by transforms, and one of data only leaves them", async () => {
        const content = await crossed();
        const json = [{ op: "replace", path: "/data/colour", value: "green" }];
        await restore(content, {
            choices: { transforms: [{ subject: { resource: "configmaps" }, json }] },
        });
        assert.equal(colour("shop"), "green");
        const rows = join(volume(target.lab, "shop", "data"), "rows");
        await writeFile(rows, "changed");
        await restore(content, { onConflict: "replace", choices: { dataOnly: true } });
        assert.equal(colour("shop"), "green");
        assert.equal(await readFile(rows, "utf8"), "one two three");
    });

    it("what is overwritten is backed up before, and can be had again", async () => {
        const content = await crossed();
        const namespace = "/api/v1/namespaces/shop";
        target.lab.kube.put(namespace);
        target.lab.kube.put(`${namespace}/configmaps/settings`, { data: { colour: "old" } });
        const { restorePoint } = await backupAction.run(
            { ...on(1), runToken: "token", targetNamespace: "shop" },
            report,
        );
        assert.match(restorePoint, /^shop\/before-shop-1-1-[a-z0-9]{5}$/);
        await restore(content, { onConflict: "replace" });
        assert.equal(colour("shop"), "blue");
        const point = { name: restorePoint.split("/")[1], namespace: "shop" };
        const found = await target.call(
            "GET",
            `${APPS}/namespaces/shop/restorepoints/${point.name}`,
        );
        const safety = textAt(found, "spec", "restorePointContentRef", "name");
        await restore(safety, { runId: "2", runToken: "other", onConflict: "replace" });
        assert.equal(colour("shop"), "old");
    });
});
