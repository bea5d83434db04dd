/** Which restore point an import gives. */
import assert from "node:assert/strict";
import { provider } from "../../../actions/src/action";
import { importAction, ImportInputs } from "../../../actions/src/k10/import";
import { FakeK10 } from "../../fake/k10";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

describe("the restore point of an import", function () {
    this.timeout(20_000);
    let api: FakeKubeApi;
    let k10: FakeK10;
    beforeEach(async () => {
        api = new FakeKubeApi();
        k10 = new FakeK10(api);
        await api.start();
        k10.policy("shop-import");
        k10.content("shop-tuesday", "2026-11-17T12:00:00Z");
        k10.content("shop-thursday", "2026-11-19T12:00:00Z");
        k10.content("shop-monday", "2026-11-16T12:00:00Z");
        k10.content("other-wednesday", "2026-11-18T12:00:00Z", "other");
    });
    afterEach(() => api.stop());

    const content = async (
        restorePoint: ImportInputs["restorePoint"],
        timeout = 20,
        more: Partial<ImportInputs> = {},
    ) => {
        const outs = await importAction.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "b", sourceClusterUid: "a" },
                ...{ namespace: "kasten-io", policy: "shop-import", runId: "1" },
                ...{ applicationNamespace: "shop", backupStartTime: "2026-11-19T11:00:00Z" },
                ...{ timeout, validationTimeout: 20, restorePoint },
                ...{ exportPolicy: "shop-export", ...more },
            },
            () => undefined,
        );
        return outs.restorePointContent;
    };

    const cases: [ImportInputs["restorePoint"], string][] = [
        [undefined, "shop-thursday"],
        [{ time: "2026-11-18T23:00:00Z" }, "shop-tuesday"],
        [{ time: "2026-11-17T12:00:00Z" }, "shop-tuesday"],
        [{ time: "2026-11-17T12:59:59+01:00" }, "shop-monday"],
        [{ name: "shop-monday" }, "shop-monday"],
        [{ name: "monday" }, "shop-monday"],
    ];
    for (const [choice, expected] of cases) {
        it(`is ${expected} by ${JSON.stringify(choice ?? "latest")}`, async () => {
            assert.equal(await content(choice), expected);
        });
    }

    it("is that of the run, where K10 tells its time without the fraction of the second", async () => {
        const started = (backupStartTime: string) => content(undefined, 1, { backupStartTime });
        assert.equal(await started("2026-11-19T12:00:00.734Z"), "shop-thursday");
        await assert.rejects(started("2026-11-19T12:00:01Z"), /3 older ones/);
    });

    it("is told when there is none of that time", async () => {
        await assert.rejects(content({ time: "2026-11-01T00:00:00Z" }, 1), {
            message:
                "Waited 1s in vain for a restore point of namespace `shop` of `2026-11-01T00:00:00Z` or before to be imported; last seen: shop-thursday (2026-11-19T12:00:00.000Z), shop-tuesday (2026-11-17T12:00:00.000Z), shop-monday (2026-11-16T12:00:00.000Z). Correct `crossing:restore.restorePoint`. Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
        });
    });

    it("is told when there is none of that name", async () => {
        await assert.rejects(
            content({ name: "other-wednesday" }, 1),
            /named `other-wednesday` to be imported; last seen: shop-thursday \(/,
        );
    });

    const local: [string, (name: string, time: string) => FakeObject][] = [
        ["a safety backup of the target", (name, time) => k10.localContent(name, time)],
        ["a snapshot of a policy on the target", (name, time) => k10.localContent(name, time, "n")],
        [
            "an export of a policy on the target",
            (name, time) => k10.content(name, time, "shop", { "k10.kasten.io/policyName": "n" }),
        ],
    ];
    for (const [what, make] of local) {
        it(`is never ${what}, however young`, async () => {
            make("shop-x", "2026-11-19T11:30:00Z");
            make("shop-y", "2026-11-18T22:00:00Z");
            assert.equal(await content({ time: "2026-11-18T23:00:00Z" }), "shop-tuesday");
            assert.equal(await content(undefined), "shop-thursday");
        });
    }

    it("may be one of the target itself by its name", async () => {
        k10.localContent("shop-before", "2026-11-18T22:00:00Z");
        assert.equal(await content({ name: "before" }), "shop-before");
    });

    it("tells of what it passes over when there is nothing else", async () => {
        k10.localContent("shop-before", "2026-10-31T22:00:00Z");
        await assert.rejects(
            content({ time: "2026-11-01T00:00:00Z" }, 1),
            /shop-monday \(2026-11-16T12:00:00\.000Z\); and 1 that no import brought, which only its name would choose: shop-before \(2026-10-31T22:00:00\.000Z\)\. Correct/,
        );
    });

    it("is one that an older K10 gives the name of the import policy, or of none", async () => {
        for (const policyName of ["shop-import", undefined]) {
            k10.content("shop-wednesday", "2026-11-18T12:00:00Z", "shop", {
                "k10.kasten.io/policyName": policyName,
            });
            assert.equal(await content({ time: "2026-11-18T23:00:00Z" }), "shop-wednesday");
        }
    });

    it("is one without any label of an export if the import of this run names it", async () => {
        const names = ["shop-friday", "shop-before"];
        for (const name of names) k10.localContent(name, "2026-11-20T12:00:00Z");
        k10.api.objects.delete(
            "/apis/apps.kio.kasten.io/v1alpha1/restorepointcontents/shop-thursday",
        );
        k10.subordinate("importactions", "kasten-io", "scheduled-1", "shop-import-1-1", {
            status: { state: "Complete", restorePointContent: { name: "shop-friday" } },
        });
        assert.equal(await content(undefined), "shop-friday");
    });

    it("may be of any export where an older state does not say which policy's", async () => {
        k10.content("shop-n", "2026-11-18T22:00:00Z", "shop", { "k10.kasten.io/policyName": "n" });
        k10.localContent("shop-before", "2026-11-18T22:30:00Z");
        const choice = { time: "2026-11-18T23:00:00Z" };
        assert.equal(await content(choice, 20, { exportPolicy: undefined }), "shop-n");
    });

    it("is another import when it is another one, and the same run of the policy", async () => {
        assert.ok(importAction.replaceOn.includes("restorePoint"));
        await content(undefined);
        await content({ name: "monday" });
        const posts = api.requests.filter(line => /^POST .*runactions$/.test(line));
        assert.equal(posts.length, 1);
    });

    it("is another import when the source was made anew, or the run", () => {
        const olds = { ...{ clusterUid: "b", sourceClusterUid: "a" }, runToken: "t" };
        const replaced = async (before: object, after: object) =>
            (await provider(importAction).diff("id", before, after)).replaces;
        return Promise.all([
            replaced(olds, { ...olds, sourceClusterUid: "c" }).then(found =>
                assert.deepEqual(found, ["sourceClusterUid"]),
            ),
            replaced(olds, { ...olds, runToken: "u" }).then(found =>
                assert.deepEqual(found, ["runToken"]),
            ),
            // A state of an older version does not know it.
            replaced({ ...olds, runToken: undefined }, olds).then(found =>
                assert.deepEqual(found, []),
            ),
        ]);
    });
});
