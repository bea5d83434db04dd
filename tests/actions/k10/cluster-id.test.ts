/** What K10 calls a cluster. */
import assert from "node:assert/strict";
import { clusterId } from "../../../actions/src/k10/cluster-id";
import { FakeKubeApi } from "../../fake/kube-api";

describe("what K10 calls a cluster", () => {
    const api = new FakeKubeApi();
    const run = () =>
        clusterId.run({ kubeconfig: api.kubeconfig, clusterUid: "uid" }, () => undefined);
    before(() => api.start());
    beforeEach(() => api.objects.clear());
    after(() => api.stop());

    it("is the UID of namespace default", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "default", uid: "uid of default" } });
        assert.deepEqual(await run(), { clusterId: "uid of default" });
    });

    it("needs that namespace", async () => {
        await assert.rejects(run, {
            message: `The cluster at http://127.0.0.1:${api.port} has no namespace \`default\`, by whose UID K10 names it: make it, and run \`pulumi up\` again.`,
        });
    });

    it("is asked for again only of another cluster", () => {
        assert.deepEqual(clusterId.replaceOn, ["clusterUid"]);
        assert.equal("serves" in clusterId, false);
    });
});
