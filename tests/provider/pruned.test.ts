/** What a refresh makes of actions whose objects K10 has pruned: what was done stays done. */
import assert from "node:assert/strict";
import { endTime, startTime } from "../fake/k10";
import { FakeKubeApi } from "../fake/kube-api";
import { Props, ProviderProcess } from "./harness";

describe("a refresh after K10 has pruned its history", function () {
    this.timeout(30_000);

    let process: ProviderProcess;
    let api: FakeKubeApi;
    before(async () => {
        process = await ProviderProcess.start();
        // It knows no object at all.
        api = new FakeKubeApi();
        await api.start();
    });
    after(async () => {
        process.stop();
        await api.stop();
    });

    const times = (name: string) => ({ name, startTime, endTime });
    const common = { clusterUid: "u", runId: "1", timeout: 20 };
    const policy = { namespace: "kasten-io", policy: "p", validationTimeout: 20 };
    const restore = { runToken: "t", targetNamespace: "shop" };
    const done: ["export" | "import" | "restore" | "backup" | "validate", Props][] = [
        [
            "export",
            {
                ...{ ...policy, receiveStringGiven: false, receiveString: "for-tests" },
                result: { runAction: times("kasten-io/p-1-1"), seenTime: endTime },
            },
        ],
        [
            "import",
            {
                ...{ ...policy, sourceClusterUid: "s", applicationNamespace: "shop" },
                ...{ backupStartTime: startTime, restorePointContent: "shop-new" },
                result: { runAction: times("kasten-io/p-1-1"), seenTime: endTime },
            },
        ],
        [
            "restore",
            {
                ...{ ...restore, onConflict: "fail", restored: "keep" },
                ...{ restorePointContent: "shop-new", restorePoint: "shop/restore-shop-1" },
                result: { restoreAction: times("shop/restore-shop-1-1"), seenTime: endTime },
            },
        ],
        ["backup", { ...restore, restorePoint: "shop/before" }],
        [
            "validate",
            {
                ...{ namespace: "kasten-io", policy: "p", runAction: times("kasten-io/p-1-1") },
                result: { validateAction: times("kasten-io/v-1"), restorePoint: "shop/x" },
            },
        ],
    ];
    for (const [action, props] of done) {
        it(`keeps what ${action} recorded, and the next \`up\` runs nothing`, async () => {
            const state = { ...common, kubeconfig: api.kubeconfig, ...props };
            const read = await process.read(action, "an/id", state);
            assert.deepEqual(read, { id: "an/id", props: state });
            const again = await process.diff(action, read.props, state);
            assert.deepEqual(again, { changes: false, replaces: [] });
            assert.deepEqual(api.requests, []);
        });
    }
});
