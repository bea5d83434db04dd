/** Which version of K10 has exported. */
import assert from "node:assert/strict";
import { exportAction } from "../../../actions/src/k10/export";
import { FakeK10 } from "../../fake/k10";
import { FakeKubeApi, status } from "../../fake/kube-api";

describe("the version of K10 that has exported", function () {
    this.timeout(20_000);
    let api: FakeKubeApi;
    beforeEach(async () => {
        api = new FakeKubeApi();
        const k10 = new FakeK10(api);
        await api.start();
        k10.policy("shop-export", "Success", {
            actions: [{ action: "export", exportParameters: { receiveString: "opens it" } }],
        });
        k10.onComplete = (path, { metadata }) => {
            if (path.includes("/runactions/")) {
                for (const plural of ["backupactions", "exportactions"]) {
                    k10.subordinate(plural, "shop", `${plural}-1`, metadata.name, {
                        status: { state: "Complete" },
                    });
                }
            }
        };
    });
    afterEach(() => api.stop());

    const version = async () => {
        const { result } = await exportAction.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "u", namespace: "kasten-io" },
                ...{ policy: "shop-export", runId: "1", receiveStringGiven: false },
                ...{ timeout: 20, validationTimeout: 20 },
            },
            () => undefined,
        );
        return "k10Version" in result ? result.k10Version : "none";
    };
    const configMap = "/api/v1/namespaces/kasten-io/configmaps";

    it("is the one that K10 tells at that time", async () => {
        api.put(configMap, {
            metadata: { name: "k10-config", namespace: "kasten-io" },
            ...{ data: { version: "9.0.6" } },
        });
        assert.equal(await version(), "9.0.6");
    });

    it("is left out where K10 does not tell", async () => {
        assert.equal(await version(), "none");
        api.intercept = (_, path) =>
            path.startsWith(configMap) ? status(403, "no leave") : undefined;
        assert.equal(await version(), "none");
    });
});
