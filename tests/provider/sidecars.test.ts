/** K10's sidecars, as Pulumi drives them. What they say meanwhile: tests/actions/k10. */
import assert from "node:assert/strict";
import * as given from "../actions/k10/support/claims";
import { FakeKubeApi, FakeObject } from "../fake/kube-api";
import { Props, ProviderProcess, rejected } from "./harness";

const shop = "/api/v1/namespaces/shop";
const deployments = "/apis/apps/v1/namespaces/shop/deployments";
const withSidecar = given.podSpec(["data"], { sidecar: given.sidecar("data") });
const without = given.podSpec(["data"]);

describe("K10's sidecars in Pulumi's provider process", function () {
    this.timeout(30_000);

    let process: ProviderProcess;
    let api: FakeKubeApi;
    before(async () => {
        process = await ProviderProcess.start();
    });
    after(() => process.stop());
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        put("/api/v1/namespaces", { metadata: { name: "shop" } });
        put(`${shop}/persistentvolumeclaims`, given.claim("web-data"));
    });
    afterEach(() => api.stop());

    const put = (path: string, object: object) =>
        api.put(path, structuredClone(object) as FakeObject);
    const web = (spec: object) => {
        put(deployments, given.workload(spec, { annotations: given.forced }));
        put(`${shop}/pods`, given.pod(spec));
    };
    const inputs = (more: Props = {}): Props => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "1", namespace: "shop", runId: "1" },
        ...{ sample: false, timeout: 0.5, ...more },
    });

    it("fail as a partial creation, are completed by the next `up`, and looked at in each run", async () => {
        web(without);
        const error = await rejected(process.create("sidecars", inputs()));
        assert.match(
            error.message,
            /Deployment web has no container `kanister-sidecar`\. No MutatingWebhookConfiguration leads to/,
        );
        assert.equal(error.id, "shop/sidecars");
        web(withSidecar);
        const outs = await process.update("sidecars", error.properties, inputs());
        assert.deepEqual(outs["dataModes"], [
            {
                ...{ workload: "Deployment web", claims: ["web-data"], mode: "sidecar" },
                reason: "K10's selectors mean it, and its sidecar mounts each of them",
            },
        ]);
        assert.deepEqual(await process.diff("sidecars", outs, inputs()), {
            changes: false,
            replaces: [],
        });
        const another = inputs({ runId: "2" });
        assert.deepEqual(await process.diff("sidecars", outs, another), {
            changes: true,
            replaces: [],
        });
        web(without);
        await assert.rejects(process.update("sidecars", outs, another), /has no container/);
        const before = api.objects.size;
        await process.delete("sidecars", "shop/sidecars", outs);
        assert.equal(api.objects.size, before);
    });
});
