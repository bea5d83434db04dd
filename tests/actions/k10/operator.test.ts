import assert from "node:assert/strict";
import { operator, OperatorInputs } from "../../../actions/src/k10/operator";
import { FakeKubeApi, FakeObject } from "../../fake/kube-api";

const group = "/apis/operators.coreos.com/v1alpha1/namespaces/kasten-io";
const name = "k10-kasten-operator-rhmp";
const csv = (version: string) => `${name}.v${version}`;
const details =
    "Details: kubectl -n kasten-io get subscriptions.operators.coreos.com,installplans,csv -o yaml";
const notInstalled = `The operator of Subscription \`kasten-io/${name}\` is not installed: `;

describe("the operator of K10", () => {
    let api: FakeKubeApi;
    let lines: string[];

    const inputs = (more: Partial<OperatorInputs> = {}): OperatorInputs => ({
        ...{ kubeconfig: api.kubeconfig, namespace: "kasten-io" },
        ...{ subscription: name, subscriptionUid: "uid-1", channel: "stable" },
        ...{ catalog: "openshift-marketplace/certified-operators", version: "9.0.4" },
        ...{ name: "k10", timeout: 2, settle: 0.3, ...more },
    });
    const run = (more: Partial<OperatorInputs> = {}) =>
        operator.run(inputs(more), line => lines.push(line));
    const remove = (more: object = {}) =>
        operator.remove!({ ...inputs(), ...more }, line => lines.push(line));
    const put = (plural: string, object: string, more: Partial<FakeObject>) =>
        api.put(`${group}/${plural}`, {
            ...more,
            metadata: { name: object, namespace: "kasten-io", ...more.metadata },
        });
    const subscribe = (status: Record<string, unknown> = {}, uid = "uid-1") =>
        put("subscriptions", name, { metadata: { name, uid }, status });
    const serviceVersion = (version: string, status: Record<string, unknown>) =>
        put("clusterserviceversions", csv(version), { spec: { version }, status });
    const failure = async (more: Partial<OperatorInputs> = {}): Promise<string> => {
        try {
            await run(more);
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("it did not fail");
    };
    const condition = (type: string, reason: string, message: string) => ({
        conditions: [
            { type: "CatalogSourcesUnhealthy", status: "False", message: "all are healthy" },
            { type, status: "True", reason, message },
        ],
    });

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        lines = [];
    });
    afterEach(() => api.stop());

    it("is installed when the ClusterServiceVersion of the Subscription has Succeeded", async () => {
        const found = subscribe();
        let looks = 0;
        api.onGet = path => {
            if (!path.endsWith(`/subscriptions/${name}`)) {
                return;
            }
            looks++;
            if (looks === 2) {
                found.status = { installedCSV: csv("9.0.4"), currentCSV: csv("9.0.4") };
            }
            if (looks === 3) {
                serviceVersion("9.0.4", {
                    phase: "Installing",
                    message: "deployment is not ready",
                });
            }
            if (looks === 4) {
                serviceVersion("9.0.4", { phase: "Succeeded" });
            }
        };
        assert.deepEqual(await run(), { csv: csv("9.0.4"), installedVersion: "9.0.4" });
        const what = `the operator of Subscription \`kasten-io/${name}\` to be installed`;
        assert.deepEqual(lines, [
            `${what}: OLM has installed nothing yet`,
            `${what}: ClusterServiceVersion ${csv("9.0.4")} is not there`,
            `${what}: ClusterServiceVersion ${csv("9.0.4")} is Installing (deployment is not ready)`,
        ]);
    });

    it("is waited for while OLM replaces it by a newer one", async () => {
        const found = subscribe({ installedCSV: csv("9.0.3"), currentCSV: csv("9.0.4") });
        serviceVersion("9.0.3", { phase: "Succeeded" });
        setTimeout(() => {
            serviceVersion("9.0.4", { phase: "Succeeded" });
            found.status = { installedCSV: csv("9.0.4"), currentCSV: csv("9.0.4") };
        }, 400);
        assert.equal((await run()).csv, csv("9.0.4"));
        assert.match(lines[0] ?? "", /OLM replaces .*v9\.0\.3 by .*v9\.0\.4$/);
    });

    describe("of a certain version", () => {
        const startingCSV = csv("9.0.4");
        const plan = (csvs: string[]) =>
            put("installplans", "install-1", {
                spec: { approved: false, clusterServiceVersionNames: csvs },
            });

        it("is approved, since OLM has to ask", async () => {
            const found = subscribe({ installPlanRef: { name: "install-1" } });
            const { spec = {} } = plan([startingCSV]);
            api.onGet = () => {
                if (api.objects.get(`${group}/installplans/install-1`)?.spec?.["approved"]) {
                    serviceVersion("9.0.4", { phase: "Succeeded" });
                    found.status = { installedCSV: startingCSV, currentCSV: startingCSV };
                }
            };
            assert.equal(spec["approved"], false);
            assert.equal((await run({ startingCSV })).csv, startingCSV);
            assert.ok(
                lines.includes(`approving InstallPlan kasten-io/install-1 of ${startingCSV}`),
            );
        });

        it("stays while OLM offers a newer one, which nobody approves", async () => {
            subscribe({
                ...{ installedCSV: startingCSV, currentCSV: csv("9.0.6") },
                installPlanRef: { name: "install-1" },
            });
            plan([csv("9.0.6")]);
            serviceVersion("9.0.4", { phase: "Succeeded" });
            assert.equal((await run({ startingCSV })).csv, startingCSV);
            assert.ok(!api.requests.some(line => line.startsWith("PATCH")));
        });

        it("fails where OLM does not lead to it", async () => {
            subscribe({
                ...{ installedCSV: csv("9.0.3"), currentCSV: csv("9.0.6") },
                installPlanRef: { name: "install-1" },
            });
            plan([csv("9.0.6")]);
            assert.equal(
                await failure({ startingCSV }),
                `${notInstalled}${csv("9.0.3")} is installed, from which OLM leads to ${csv("9.0.6")} and not to startingCSV ${startingCSV}. Set \`startingCSV\` of \`crossing:k10.operator\` to one of them, then run \`pulumi up\` again. ${details}`,
            );
        });
    });

    it("fails before its time is over where OLM finds no way, with OLM's message and the fix", async () => {
        const message = `constraints not satisfiable: no operators found in channel stabel of package ${name}`;
        subscribe(condition("ResolutionFailed", "ConstraintsNotSatisfiable", message));
        assert.equal(
            await failure({ timeout: 60 }),
            `${notInstalled}ResolutionFailed (ConstraintsNotSatisfiable): ${message}. Correct \`package\`, \`channel\`, \`source\` and \`startingCSV\` of \`crossing:k10.operator\`, which \`kubectl get packagemanifests -o yaml\` lists, then run \`pulumi up\` again. ${details}`,
        );
    });

    it("does not take a failure for the last word that OLM takes back at once, as after a correction", async () => {
        const found = subscribe(condition("ResolutionFailed", "ConstraintsNotSatisfiable", "no"));
        setTimeout(() => {
            serviceVersion("9.0.4", { phase: "Succeeded" });
            found.status = { installedCSV: csv("9.0.4"), currentCSV: csv("9.0.4") };
        }, 300);
        assert.equal((await run({ settle: 1 })).csv, csv("9.0.4"));
    });

    it("waits for a catalog that is starting, and says what OLM says when the time is over", async () => {
        const message = "failed to populate resolver cache from source: connection refused";
        subscribe(condition("ResolutionFailed", "ErrorPreventedResolution", message));
        assert.equal(
            await failure({ timeout: 1 }),
            `Waited 1s in vain for the operator of Subscription \`kasten-io/${name}\` to be installed; last seen: ResolutionFailed (ErrorPreventedResolution): ${message}. ${details}`,
        );
    });

    for (const [what, status, csvStatus, expected] of [
        [
            "an earlier ClusterServiceVersion is in the way",
            condition(
                ...([
                    "ResolutionFailed",
                    "ConstraintsNotSatisfiable",
                    `clusterserviceversion ${csv("9.0.4")} exists and is not referenced by a subscription`,
                ] as const),
            ),
            undefined,
            "An earlier installation has left a ClusterServiceVersion there: delete it by `kubectl delete csv`, then",
        ],
        [
            "there are two OperatorGroups",
            { installedCSV: csv("9.0.4") },
            {
                phase: "Failed",
                reason: "TooManyOperatorGroups",
                message: "csv created in namespace with multiple operatorgroups",
            },
            "The namespace needs exactly one OperatorGroup, the one that the stack makes: delete the others, then",
        ],
        [
            "the operator does not start",
            { installedCSV: csv("9.0.4") },
            { phase: "Failed", reason: "InstallCheckFailed", message: "install timeout" },
            `${csv("9.0.4")} Failed (InstallCheckFailed): install timeout. Put that right, then`,
        ],
        [
            "its plan fails",
            condition("InstallPlanFailed", "InstallComponentFailed", "forbidden"),
            undefined,
            "InstallPlanFailed (InstallComponentFailed): forbidden. Put that right, then",
        ],
    ] as [string, Record<string, unknown>, Record<string, unknown> | undefined, string][]) {
        it(`fails where ${what}`, async () => {
            subscribe(status);
            if (csvStatus) {
                serviceVersion("9.0.4", csvStatus);
            }
            const message = await failure({ timeout: 60 });
            assert.ok(message.startsWith(notInstalled), message);
            assert.ok(message.includes(`${expected} run \`pulumi up\` again. ${details}`), message);
        });
    }

    describe("brings a version of K10", () => {
        const install = (version: string) => {
            subscribe({ installedCSV: csv(version), currentCSV: csv(version) });
            serviceVersion(version, { phase: "Succeeded" });
        };

        it("which has to be the one that the configuration names, as the target may not be older", async () => {
            install("9.0.6");
            assert.equal(
                await failure(),
                `Subscription \`kasten-io/${name}\` brings K10 9.0.6, and \`crossing:k10.version\` is \`9.0.4\`: set that to \`9.0.6\`, or run \`pulumi destroy\` and name the ClusterServiceVersion of 9.0.4 by \`startingCSV\` of \`crossing:k10.operator\`.`,
            );
            assert.equal((await run({ version: "9.0.6" })).installedVersion, "9.0.6");
        });

        it("of which the chart's suffix does not count, and what is no version neither", async () => {
            install("9.0.4");
            assert.equal((await run({ version: "9.0.4-standin.1" })).installedVersion, "9.0.4");
            assert.equal((await run({ version: "latest" })).installedVersion, "9.0.4");
        });
    });

    describe("and a release of Helm's", () => {
        const k10s = "/apis/apik10.kasten.io/v1alpha1/namespaces/kasten-io/k10s";

        beforeEach(() => {
            subscribe({ installedCSV: csv("9.0.4"), currentCSV: csv("9.0.4") });
            serviceVersion("9.0.4", { phase: "Succeeded" });
            api.put("/api/v1/namespaces/kasten-io/secrets", {
                metadata: {
                    name: "sh.helm.release.v1.k10.v1",
                    labels: { owner: "helm", name: "k10" },
                },
            });
        });

        it("do not go together: one K10 would be of both", async () => {
            assert.equal(
                await failure(),
                "Helm has installed K10 as release `kasten-io/k10`, and the operator cannot take that over: set `crossing:k10.install` back to `helm`, or run `pulumi destroy` first.",
            );
        });

        it("are no matter where the release is the operator's own", async () => {
            api.put(k10s, { metadata: { name: "k10", namespace: "kasten-io" } });
            assert.equal((await run()).csv, csv("9.0.4"));
        });
    });

    describe("is removed", () => {
        const left = () => [...api.objects.keys()].map(key => key.replace(`${group}/`, "")).sort();

        it("with its Subscription first and with what that has installed, and nothing else", async () => {
            subscribe({ installedCSV: csv("9.0.6") });
            for (const version of ["9.0.6", "8.0.15"]) {
                serviceVersion(version, { phase: "Succeeded" });
            }
            // The state still names the version of the first installation.
            await remove({ csv: csv("9.0.4") });
            assert.deepEqual(left(), [`clusterserviceversions/${csv("8.0.15")}`]);
            assert.deepEqual(
                api.requests.filter(line => line.startsWith("DELETE")),
                [
                    `DELETE ${group}/subscriptions/${name}`,
                    `DELETE ${group}/clusterserviceversions/${csv("9.0.6")}`,
                ],
            );
        });

        it("where somebody has taken the Subscription away: what is left is known", async () => {
            serviceVersion("9.0.4", { phase: "Succeeded" });
            await remove({ csv: csv("9.0.4") });
            assert.deepEqual(left(), []);
        });

        it("only if it is ours: the Subscription of somebody else stays with what it installed", async () => {
            subscribe({ installedCSV: csv("9.0.4") }, "uid-2");
            serviceVersion("9.0.4", { phase: "Succeeded" });
            await remove({ csv: csv("9.0.4") });
            assert.equal(left().length, 2);
        });

        it("where it was never installed", async () => {
            subscribe();
            await remove();
            assert.deepEqual(left(), []);
        });
    });
});
