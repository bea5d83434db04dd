import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Catalog } from "../../../lab/k10/server/catalog.ts";
import { kindOf } from "../../../lab/k10/server/kinds.ts";

const RUN = kindOf("RunAction");

describe("K10 stand-in: catalog", () => {
    let folder: string;
    const file = () => join(folder, "deep", "catalog.json");
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "catalog-"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("keeps objects and notes across restarts", async () => {
        const catalog = await Catalog.open(file());
        const created = catalog.create(RUN, {
            namespace: "n",
            name: "a",
            labels: { x: "y" },
            spec: { s: 1 },
        })!;
        assert.deepEqual(created, {
            apiVersion: "actions.kio.kasten.io/v1alpha1",
            kind: "RunAction",
            metadata: {
                name: "a",
                namespace: "n",
                uid: created.metadata.uid,
                resourceVersion: "1",
                creationTimestamp: created.metadata.creationTimestamp,
                labels: { x: "y" },
                annotations: { "crossing.lab/stand-in": "k10" },
            },
            spec: { s: 1 },
        });
        assert.match(created.metadata.creationTimestamp!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        catalog.setNote(created.metadata.uid!, { phases: [] });
        catalog.update(created, stored => (stored.status = { state: "Running" }));
        await catalog.flush();

        const again = await Catalog.open(file());
        const found = again.get(RUN, "n", "a")!;
        assert.deepEqual(found.status, { state: "Running" });
        assert.equal(found.metadata.resourceVersion, "3");
        assert.deepEqual(again.note(created.metadata.uid!), { phases: [] });
        assert.equal(again.resourceVersion, "3");
        again.remove(found);
        assert.equal(again.note(created.metadata.uid!), undefined);
        assert.deepEqual(again.list(RUN), []);
    });

    it("gives copies: only update changes what is stored", async () => {
        const catalog = await Catalog.open(file());
        const created = catalog.create(RUN, { namespace: "n", name: "a", spec: {} })!;
        created.spec!["changed"] = true;
        catalog.get(RUN, "n", "a")!.spec!["changed"] = true;
        catalog.list(RUN)[0].spec!["changed"] = true;
        assert.deepEqual(catalog.get(RUN, "n", "a")!.spec, {});
    });

    it("a name is taken in its namespace and kind only", async () => {
        const catalog = await Catalog.open(file());
        const first = catalog.create(RUN, { namespace: "n", name: "a" })!;
        assert.equal(catalog.create(RUN, { namespace: "n", name: "a" }), undefined);
        assert.ok(catalog.create(RUN, { namespace: "m", name: "a" }));
        assert.ok(catalog.create(kindOf("BackupAction"), { namespace: "n", name: "a" }));
        assert.equal(catalog.list(RUN).length, 2);
        assert.equal(catalog.list(RUN, "m").length, 1);

        // What was meant for the old object must not reach a new one of the same name.
        catalog.remove(first);
        const second = catalog.create(RUN, { namespace: "n", name: "a" })!;
        catalog.update(first, stored => (stored.status = { state: "Failed" }));
        catalog.remove(first);
        assert.equal(catalog.get(RUN, "n", "a")!.metadata.uid, second.metadata.uid);
        assert.equal(catalog.get(RUN, "n", "a")!.status, undefined);
    });

    it("writes the whole file or nothing, for its user only", async () => {
        const catalog = await Catalog.open(file());
        for (let i = 0; i < 20; i++) {
            catalog.create(RUN, { namespace: "n", name: `a${i}` });
            void catalog.flush();
        }
        await catalog.flush();
        const { objects } = JSON.parse(await readFile(file(), "utf8")) as { objects: unknown[] };
        assert.equal(objects.length, 20);
        assert.equal((await stat(file())).mode & 0o777, 0o600);
    });

    it("does not begin anew beside a file that it cannot read", async () => {
        const broken = join(folder, "catalog.json");
        await writeFile(broken, '{"version":1,');
        await assert.rejects(Catalog.open(broken), SyntaxError);
    });
});
