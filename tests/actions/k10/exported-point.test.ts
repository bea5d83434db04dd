/** Which restore point a cluster restores of what it has exported itself. */
import assert from "node:assert/strict";
import { exportedPoint, ExportedPointInputs } from "../../../actions/src/k10/exported-point";
import { FakeK10 } from "../../fake/k10";
import { FakeKubeApi } from "../../fake/kube-api";

const own = { "k10.kasten.io/policyName": "shop-export" };

describe("the restore point that a cluster has exported", function () {
    this.timeout(20_000);
    let api: FakeKubeApi;
    let k10: FakeK10;
    beforeEach(async () => {
        api = new FakeKubeApi();
        k10 = new FakeK10(api);
        await api.start();
        k10.content("shop-before", "2026-11-18T12:00:00Z", "shop", own);
        k10.localContent("shop-snapshot", "2026-11-19T12:00:00Z", "shop-export");
        k10.content("shop-exported", "2026-11-19T12:00:05Z", "shop", own);
        k10.content("shop-nightly", "2026-11-19T12:00:01Z", "shop", {
            "k10.kasten.io/policyName": "nightly",
        });
        k10.content("shop-later", "2026-11-20T12:00:00Z", "shop", own);
    });
    afterEach(() => api.stop());

    const content = async (more: Partial<ExportedPointInputs> = {}) => {
        const lines: string[] = [];
        const outs = await exportedPoint.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "a", namespace: "kasten-io" },
                ...{ policy: "shop-export", runId: "1", runToken: "token" },
                ...{ applicationNamespace: "shop", backupStartTime: "2026-11-19T11:59:00Z" },
                ...more,
            },
            line => lines.push(line),
        );
        assert.deepEqual(lines, [`restore point content ${outs.restorePointContent}`]);
        return outs.restorePointContent;
    };

    it("is the first of this run's policy that lies in the store, and not the snapshot beside it", async () => {
        assert.equal(await content(), "shop-exported");
    });

    it("is by time one of this policy, too", async () => {
        const restorePoint = { time: "2026-11-19T12:00:01Z" };
        assert.equal(await content({ restorePoint }), "shop-before");
    });

    it("is by name whichever is meant", async () => {
        assert.equal(await content({ restorePoint: { name: "nightly" } }), "shop-nightly");
        assert.equal(await content({ restorePoint: { name: "shop-snapshot" } }), "shop-snapshot");
    });

    it("is told when the start of the backup is no time", async () => {
        await assert.rejects(content({ backupStartTime: "" }), {
            message:
                "The restore point of namespace `shop` cannot be told from older ones: the start of the backup is ``, which is no time.",
        });
    });

    it("is only read", async () => {
        await content();
        assert.deepEqual(
            api.requests.filter(line => !line.startsWith("GET ")),
            [],
        );
    });
});
