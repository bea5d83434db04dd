/** What of the configuration the rules of preflight are asked with. */
import assert from "node:assert/strict";
import type { Config } from "../config";
import { parse } from "../config/parse";
import { factsOf } from "../stacks/findings";

/** Facts ask for nothing that is secret. */
const factsFor = (side: "source" | "target", values: Record<string, unknown>) =>
    factsOf(side, parse(values, []) as Config);

describe("facts of the configuration", () => {
    it("say of the target whether what is restored is compared, and of the source only in a drill", () => {
        const restore = { restorePoint: { name: "older" } };
        assert.equal(factsFor("target", {}).verified, true);
        assert.equal(factsFor("target", { restore }).verified, false);
        assert.ok(!("verified" in factsFor("source", { restore })));
        const drill = { role: "drill", onConflict: "newName", restore };
        assert.equal(factsFor("source", drill).verified, false);
    });

    it("tell policies that K10 runs by itself on the side that it runs them on", () => {
        const daily = { frequency: "@daily", retention: { daily: 7 } };
        const policies = { near: daily, far: { ...daily, on: "target" } };
        const { copy } = factsFor("source", { policies });
        assert.deepEqual(copy?.scheduled, ["crossing:policies.near"]);
        assert.deepEqual(factsFor("target", { policies }).scheduled, ["crossing:policies.far"]);
        assert.deepEqual(factsFor("target", {}).scheduled, []);
    });

    it("name the very keys that the free edition may lack", () => {
        const k10 = {
            adminGroups: ["backup"],
            target: { access: [{ role: "admin", groups: ["backup"] }] },
        };
        const store = { type: "minio", objectLock: true, protectionPeriod: "7 days" };
        assert.deepEqual(factsFor("source", { k10, store }).beyondFree, [
            ...["crossing:k10.adminGroups", "crossing:store.protectionPeriod"],
        ]);
        assert.deepEqual(factsFor("target", { k10 }).beyondFree, [
            ...["crossing:k10.access", "crossing:k10.adminGroups"],
        ]);
        assert.deepEqual(factsFor("source", {}).beyondFree, []);
    });

    it("tell a MinIO within reach from one across a network", () => {
        const store = { type: "minio-in-cluster", cluster: "target" };
        assert.deepEqual(factsFor("target", { store }).reached, [
            { what: "the store", url: "http://MinIO", local: true },
        ]);
        assert.equal(factsFor("source", { store }).reached[0]?.local, false);
    });
});
