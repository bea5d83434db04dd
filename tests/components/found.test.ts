/** What a cluster brings for snapshots, asked before the first resource. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { FakeKubeApi } from "../fake/kube-api";

describe("findSupport", () => {
    let api: FakeKubeApi;
    before(async () => {
        await pulumi.runtime.setMocks({
            call: () => ({}),
            newResource: () => ({ id: "", state: {} }),
        });
        api = new FakeKubeApi();
        await api.start();
    });
    after(() => api.stop());

    const find = async (contents: () => string, context?: string) => {
        const { findSupport } = await import("../../components/snapshot/found");
        return findSupport({ contents, context, key: "crossing:target" });
    };

    it("asks a cluster by the contents of a kubeconfig", async () => {
        const contents = () => {
            const config = parse(api.kubeconfig) as Record<string, unknown>;
            return JSON.stringify({ ...config, "current-context": "gone" });
        };
        const { contexts } = parse(api.kubeconfig) as { contexts: { name: string }[] };
        assert.deepEqual(await find(contents, contexts[0]?.name), {
            ...{ installed: false, drivers: [], bound: {}, blockModeExports: [] },
        });
        assert.ok(api.requests.length > 0);
    });

    it("says what is wrong with them without them", async () => {
        await assert.rejects(
            find(() => "users: [{token: hunter2"),
            error => {
                assert.ok(pulumi.RunError.isInstance(error));
                assert.equal(
                    error.message,
                    "What the cluster of `crossing:target` brings for snapshots cannot be found out: `crossing:targetKubeconfig` is not YAML. Set it to the contents of a kubeconfig by `pulumi config set --secret crossing:targetKubeconfig`.",
                );
                return true;
            },
        );
    });
});
