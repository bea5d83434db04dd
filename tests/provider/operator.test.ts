/** What installs K10 by its operator, as Pulumi drives it. What OLM says meanwhile: tests/actions/k10. */
import assert from "node:assert/strict";
import { FakeKubeApi } from "../fake/kube-api";
import { Props, ProviderProcess, rejected } from "./harness";

const olm = "/apis/operators.coreos.com/v1alpha1/namespaces/kasten-io";
const k10s = "/apis/apik10.kasten.io/v1alpha1/namespaces/kasten-io/k10s";
const name = "k10-kasten-operator-rhmp";
const csv = `${name}.v9.0.4`;

describe("K10's operator in Pulumi's provider process", function () {
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
    });
    afterEach(() => api.stop());

    const operator = (more: Props = {}): Props => ({
        ...{ kubeconfig: api.kubeconfig, namespace: "kasten-io", timeout: 10, settle: 0.3 },
        ...{ subscription: name, subscriptionUid: "uid-1", channel: "stable", version: "9.0.4" },
        ...{ catalog: "openshift-marketplace/certified-operators", name: "k10", ...more },
    });
    const deployed = (more: Props = {}): Props => ({
        ...{ kubeconfig: api.kubeconfig, namespace: "kasten-io", name: "k10", revision: "1" },
        ...{ timeout: 10, settle: 0.3, ...more },
    });
    const metadata = (object: string) => ({ name: object, namespace: "kasten-io" });
    const installed = () => {
        api.put(`${olm}/subscriptions`, {
            metadata: { ...metadata(name), uid: "uid-1" },
            status: { installedCSV: csv, currentCSV: csv },
        });
        api.put(`${olm}/clusterserviceversions`, {
            metadata: metadata(csv),
            spec: { version: "9.0.4" },
            status: { phase: "Succeeded" },
        });
    };

    it("fails as a partial creation, is completed by the next `up`, and leaves nothing", async () => {
        api.put(`${olm}/subscriptions`, {
            metadata: { ...metadata(name), uid: "uid-1" },
            status: {
                conditions: [
                    { type: "ResolutionFailed", status: "True", reason: "Other", message: "no" },
                ],
            },
        });
        const error = await rejected(process.create("operator", operator()));
        assert.match(error.message, /is not installed: ResolutionFailed \(Other\): no\. Correct /);
        assert.equal(error.id, `kasten-io/${name}`);
        installed();
        const outs = await process.update("operator", error.properties, operator());
        assert.deepEqual([outs["csv"], outs["installedVersion"]], [csv, "9.0.4"]);
        assert.deepEqual(await process.diff("operator", outs, operator()), {
            changes: false,
            replaces: [],
        });
        await process.delete("operator", "x", outs);
        assert.equal(api.objects.size, 0);
    });

    it("is another one with another Subscription, and looked at again with another version", async () => {
        installed();
        const { outs } = await process.create("operator", operator());
        assert.deepEqual(await process.diff("operator", outs, operator({ subscriptionUid: "2" })), {
            changes: true,
            replaces: ["subscriptionUid"],
        });
        const other = operator({ version: "9.0.6" });
        const error = await rejected(process.update("operator", outs, other));
        assert.match(error.message, /brings K10 9\.0\.4, and `crossing:k10\.version` is `9\.0\.6`/);
    });

    it("deploys K10 again with another revision, and removes nothing by itself", async () => {
        const resource = api.put(k10s, {
            metadata: metadata("k10"),
            status: {
                conditions: [{ type: "Deployed", status: "True", reason: "InstallSuccessful" }],
            },
        });
        const { id, outs } = await process.create("deployed", deployed());
        assert.equal(id, "kasten-io/k10");
        assert.equal(outs["deployed"], "InstallSuccessful");
        resource.status = {
            conditions: [
                { type: "ReleaseFailed", status: "True", reason: "UpgradeError", message: "no" },
            ],
        };
        const error = await rejected(process.update("deployed", outs, deployed({ revision: "2" })));
        assert.match(
            error.message,
            /is not deployed by its operator: ReleaseFailed \(UpgradeError/,
        );
        await process.delete("deployed", "x", outs);
        assert.equal(api.objects.size, 1);
    });
});
