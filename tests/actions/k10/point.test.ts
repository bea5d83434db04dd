/** What K10 tells of what a run exported. */
import assert from "node:assert/strict";
import { exportedFacts } from "../../../actions/src/k10/point";
import { Cluster } from "../../../actions/src/kube/client";
import { endTime, FakeK10, startTime } from "../../fake/k10";
import { FakeKubeApi, status } from "../../fake/kube-api";

const points = "/apis/apps.kio.kasten.io/v1alpha1/namespaces";

describe("what was exported", function () {
    this.timeout(10_000);
    let api: FakeKubeApi;
    let k10: FakeK10;
    beforeEach(async () => {
        api = new FakeKubeApi();
        k10 = new FakeK10(api);
        await api.start();
    });
    afterEach(() => api.stop());

    const bound = (namespace: string, name: string, isLocal = false) => {
        const policy = { "k10.kasten.io/policyName": "crossing-export" };
        const content = isLocal
            ? k10.localContent(`${namespace}-${name}`, startTime, "crossing-export")
            : k10.content(`${namespace}-${name}`, startTime, namespace, policy);
        content.status = { ...content.status, restorePointRef: { name, namespace } };
        api.put(`${points}/${namespace}/restorepoints`, {
            metadata: { name: `${name}/details` },
            status: { restorePointDetails: { artifacts: [{ kind: "Secret", name }] } },
        });
    };
    const facts = async () => {
        const lines: string[] = [];
        const runAction = { name: "kasten-io/run", startTime, endTime };
        const cluster = await Cluster.connect(api.kubeconfig);
        const found = await exportedFacts(cluster, { policy: "crossing-export", runAction }, line =>
            lines.push(line),
        );
        return { found, lines };
    };

    it("is told of each application, and not of the snapshots beside", async () => {
        bound("shop", "a", true);
        bound("shop", "b");
        bound("books", "c");
        const { found } = await facts();
        const of = (name: string) => ({
            ...{ artifacts: 1, kinds: { Secret: 1 }, list: [{ kind: "Secret", name }] },
        });
        assert.deepEqual(found, { shop: of("b"), books: of("c") });
    });

    it("is nothing where K10 does not tell, which is no failure", async () => {
        bound("shop", "b");
        api.intercept = (_, path) => (path.includes("details") ? status(403, "no") : undefined);
        assert.deepEqual(await facts(), {
            found: {},
            lines: ["the details of restore point shop/b are not in the evidence: no"],
        });
        api.intercept = () => status(403, "no");
        assert.deepEqual(await facts(), {
            found: {},
            lines: ["what was exported is not in the evidence: no"],
        });
    });
});
