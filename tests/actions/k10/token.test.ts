/** A token for K10's dashboard: asked of Kubernetes, and made anew in time. */
import assert from "node:assert/strict";
import { provider } from "../../../actions/src/action";
import { lifeLeft, token, TokenInputs } from "../../../actions/src/k10/token";
import { FakeKubeApi, status } from "../../fake/kube-api";

const accounts = "/api/v1/namespaces/kasten-io/serviceaccounts";
const day = 24 * 3_600;

describe("a token for the dashboard", function () {
    this.timeout(10_000);
    let api: FakeKubeApi;
    let asked: unknown;
    /** Seconds that the API server grants. */
    let granted: number;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        granted = day;
        api.onCreate = (path, object) => {
            assert.equal(path, `${accounts}/k10-k10/token`);
            asked = object.spec;
            object.status = {
                token: "hunter2",
                expirationTimestamp: new Date(Date.now() + granted * 1_000).toISOString(),
            };
        };
    });
    afterEach(() => api.stop());

    const inputs = (): TokenInputs => ({
        ...{ kubeconfig: api.kubeconfig, clusterUid: "uid", namespace: "kasten-io" },
        ...{ serviceAccount: "k10-k10", seconds: day },
        boundTo: { name: "crossing-dashboard-token", uid: "uid of secret" },
    });
    const run = async () => {
        const lines: string[] = [];
        const outs = await token.run(inputs(), line => lines.push(line));
        return { outs, lines };
    };

    it("is asked of Kubernetes for that time, and is bound to the Secret", async () => {
        const { outs, lines } = await run();
        assert.equal(outs.token, "hunter2");
        assert.equal(Math.round(lifeLeft(outs) * 100), 100);
        assert.deepEqual(asked, {
            audiences: [],
            expirationSeconds: day,
            boundObjectRef: {
                ...{ apiVersion: "v1", kind: "Secret" },
                ...{ name: "crossing-dashboard-token", uid: "uid of secret" },
            },
        });
        assert.deepEqual(lines, [`token of kasten-io/k10-k10, good until ${outs.expirationTime}`]);
    });

    it("says that the API server gives none for so long", async () => {
        granted = 3_600;
        const { lines } = await run();
        assert.equal(
            lines[1],
            "the API server gives tokens for 60 minutes at most, and `crossing:k10.dashboardToken.for` asks for 24 hours",
        );
    });

    it("needs the ServiceAccount", async () => {
        api.intercept = () => status(404, 'serviceaccounts "k10-k10" not found');
        await assert.rejects(run(), {
            message:
                "There is no ServiceAccount `kasten-io/k10-k10` to make a token of: correct `crossing:k10.dashboardToken.serviceAccount`. Details: kubectl -n kasten-io get serviceaccounts",
        });
    });

    it("is made anew when less than a third of its life is left, and not before", async () => {
        const made = provider(token);
        const aged = (left: number) => ({
            ...{ ...inputs(), token: "old" },
            issueTime: new Date(Date.now() - (1 - left) * day * 1_000).toISOString(),
            expirationTime: new Date(Date.now() + left * day * 1_000).toISOString(),
        });
        for (const [left, isAnew] of [
            [0.9, false],
            [0.34, false],
            [0.33, true],
            [-1, true],
        ] as const) {
            const olds = aged(left);
            const { changes, replaces } = await made.diff("id", olds, inputs());
            assert.deepEqual([changes, replaces], [isAnew, []], String(left));
            const { outs } = await made.update("id", olds, inputs());
            assert.equal((outs as { token: string }).token, isAnew ? "hunter2" : "old");
        }
        const longer = { ...inputs(), seconds: 2 * day };
        assert.deepEqual(await made.diff("id", aged(1), longer), {
            changes: true,
            replaces: ["seconds"],
        });
    });
});
