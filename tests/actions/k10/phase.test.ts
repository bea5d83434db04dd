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
    const startTime = "2026-11-21T12:00:00Z";
    const ended = (name: string, state = "succeeded") => ({
        ...{ name, state, startTime, endTime: "2026-11-21T12:00:05Z" },
    });
    const metadataPhase = ended("Exporting metadata");
    const running = { name: "Exporting volume data", state: "running", startTime, endTime: null };

    const cases: [string, unknown, string | undefined][] = [
        ["is the one that goes on", [metadataPhase, running], "Exporting volume data"],
        [
            "is not one that has yet to begin",
            [running, { name: "Creating exported restore point", state: "pending" }],
            "Exporting volume data",
        ],
        [
            "is the one that failed, until K10 tries it again",
            [metadataPhase, ended("Exporting volume data", "failed")],
            "Exporting volume data",
        ],
        ["is none between two", [metadataPhase], undefined],
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
        ["404: a K10 without", status(404, "the server could not find the requested resource"), 1],
        ["404: an action that is gone", status(404, 'exportactions "e" not found'), 3],
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
