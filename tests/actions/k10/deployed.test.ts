import assert from "node:assert/strict";
import { deployed, DeployedInputs } from "../../../actions/src/k10/deployed";
import { FakeKubeApi } from "../../fake/kube-api";

const collection = "/apis/apik10.kasten.io/v1alpha1/namespaces/kasten-io/k10s";
const details =
    "Details: kubectl -n kasten-io get k10s.apik10.kasten.io k10 -o yaml; kubectl -n kasten-io get pods";

describe("the resource K10", () => {
    let api: FakeKubeApi;
    let lines: string[];

    const run = (more: Partial<DeployedInputs> = {}) =>
        deployed.run(
            {
                ...{ kubeconfig: api.kubeconfig, namespace: "kasten-io", name: "k10" },
                ...{ revision: "1", timeout: 2, settle: 0.3, ...more },
            },
            line => lines.push(line),
        );
    const condition = (type: string, reason?: string, message?: string) => ({
        ...{ type, status: "True" },
        ...(reason && { reason }),
        ...(message && { message }),
    });
    const say = (...conditions: object[]) =>
        api.put(collection, {
            metadata: { name: "k10", namespace: "kasten-io" },
            status: { conditions },
        });
    const looks = () => api.requests.length;

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
    });
    afterEach(() => api.stop());

    it("is waited for until its operator has deployed it", async () => {
        say();
        api.onGet = () => {
            if (looks() === 2) {
                say(condition("Initialized"));
            }
            if (looks() === 3) {
                say(condition("Initialized"), condition("Deployed", "InstallSuccessful"));
            }
        };
        assert.deepEqual(await run({ settle: 60 }), { deployed: "InstallSuccessful" });
        assert.deepEqual(lines, [
            "K10 `kasten-io/k10` to be Deployed by its operator: its operator has said nothing yet",
            "K10 `kasten-io/k10` to be Deployed by its operator: Initialized",
        ]);
    });

    it("fails before its time is over where the operator cannot install it, with what the operator says", async () => {
        say(
            condition("Initialized"),
            condition("ReleaseFailed", "InstallError", "values don't meet the schema"),
        );
        await assert.rejects(() => run({ timeout: 60 }), {
            message: `K10 \`kasten-io/k10\` is not deployed by its operator: ReleaseFailed (InstallError): values don't meet the schema. Correct \`crossing:k10\`, or what that names, then run \`pulumi up\` again. ${details}`,
        });
    });

    it("is not taken for deployed because an earlier revision was: the operator has time to begin", async () => {
        const earlier = condition("Deployed", "InstallSuccessful");
        say(earlier);
        setTimeout(() => say(earlier, condition("ReleaseFailed", "UpgradeError", "no space")), 200);
        await assert.rejects(() => run({ timeout: 60, settle: 0.6 }), /UpgradeError\): no space\./);
    });

    it("is deployed where the operator finds nothing to change", async () => {
        say(condition("Deployed", "InstallSuccessful"));
        assert.deepEqual(await run(), { deployed: "InstallSuccessful" });
        assert.ok(looks() > 1);
    });

    it("is not taken for failed because an earlier revision was", async () => {
        say(condition("ReleaseFailed", "InstallError", "values don't meet the schema"));
        setTimeout(() => say(condition("Deployed", "UpgradeSuccessful")), 200);
        assert.deepEqual(await run({ settle: 1 }), { deployed: "UpgradeSuccessful" });
    });

    it("says what was seen last when the time is over", async () => {
        say({ type: "Deployed", status: "False" }, condition("Initialized"));
        await assert.rejects(() => run({ timeout: 1 }), {
            message: `Waited 1s in vain for K10 \`kasten-io/k10\` to be Deployed by its operator; last seen: Initialized. ${details}`,
        });
    });
});
