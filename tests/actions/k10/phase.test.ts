import assert from "node:assert/strict";
import { exportActions } from "../../../actions/src/k10/api";
import { phasesOf } from "../../../actions/src/k10/phase";
import { Cluster } from "../../../actions/src/kube/client";
import { Answer, FakeKubeApi, status } from "../../fake/kube-api";

describe("the phase of an action", () => {
    const api = new FakeKubeApi();
    const path = "/apis/actions.kio.kasten.io/v1alpha1/namespaces/shop/exportactions/e%2Fdetails";
    const action = { metadata: { name: "e", namespace: "shop" } };
    const asked = () => api.requests.filter(line => line === `GET ${path}`).length;

    before(() => api.start());
    after(() => api.stop());
    beforeEach(() => {
        api.requests.length = 0;
    });

    async function answering(answer: () => Answer | "hang-up") {
        api.intercept = (_, requested) => (requested === path ? answer() : undefined);
        const phaseOf = phasesOf(await Cluster.connect(api.kubeconfig));
        return () => phaseOf(exportActions, action);
    }
    const details = (phases: unknown) => ({
        code: 200,
        body: { ...action, status: { actionDetails: { phases } } },
    });
    const phase = (name: string, state: string) => ({ name, state });

    const cases: [string, unknown, string | undefined][] = [
        [
            "is the one that goes on",
            [phase("Exporting metadata", "succeeded"), phase("Exporting volume data", "running")],
            "Exporting volume data",
        ],
        [
            "is the one that failed, until K10 tries it again",
            [phase("Exporting metadata", "succeeded"), phase("Exporting volume data", "failed")],
            "Exporting volume data",
        ],
        ["is none between two", [phase("Exporting metadata", "succeeded")], undefined],
        ["is none before the first", [], undefined],
        ["is none where K10 says nothing of phases", undefined, undefined],
    ];
    for (const [what, phases, name] of cases) {
        it(what, async () => {
            assert.equal(await (await answering(() => details(phases)))(), name);
        });
    }

    const again: [string, Answer | "hang-up", number][] = [
        ["403: who may not ask", status(403, "exportactions/details is forbidden"), 1],
        ["404: a K10 without details", status(404, 'exportactions "e/details" not found'), 1],
        ["503: a moment's failure", status(503, "starting"), 3],
        ["a connection that breaks", "hang-up", 3],
    ];
    for (const [what, answer, requests] of again) {
        it(`${what} ends no wait, and is asked ${requests === 1 ? "once" : "again"}`, async () => {
            const ask = await answering(() => answer);
            for (let i = 0; i < 3; i++) {
                assert.equal(await ask(), undefined);
            }
            assert.equal(asked(), requests);
        });
    }
});
