/** What is taken of K10's own report. */
import assert from "node:assert/strict";
import { reportAction, ReportInputs } from "../../../actions/src/k10/report";
import { endTime, FakeK10, startTime } from "../../fake/k10";
import { FakeKubeApi } from "../../fake/kube-api";

const reports = "/apis/reporting.kio.kasten.io/v1alpha1/namespaces/kasten-io/reports";

describe("K10's report", function () {
    this.timeout(20_000);
    let api: FakeKubeApi;
    let lines: string[];
    beforeEach(async () => {
        api = new FakeKubeApi();
        new FakeK10(api);
        lines = [];
        await api.start();
    });
    afterEach(() => api.stop());

    const report = (name: string, reportTimestamp: string, results: object) =>
        api.put(reports, {
            metadata: { name },
            ...{ spec: { reportTimestamp }, results },
        });
    const run = (more: Partial<ReportInputs> = {}) =>
        reportAction.run(
            {
                ...{ kubeconfig: api.kubeconfig, clusterUid: "u", namespace: "kasten-io" },
                ...{ runId: "1", runToken: "token", applications: ["shop"], timeout: 5 },
                ...more,
            },
            line => lines.push(line),
        );
    const counts = {
        ...{ applicationCount: 25, compliantCount: 11, nonCompliantCount: 2, unmanagedCount: 12 },
        someNonCompliantApps: [{ name: "shop" }, { name: "books" }],
    };
    const action = {
        ...{ name: "kasten-io/crossing-report-1-1", state: "Complete", startTime, endTime },
    };

    it("is asked for once, and its counts and facts of the licence are kept by name", async () => {
        report("crossing-report-1-1-abcde", "2020-01-01T00:00:00Z", {
            compliance: counts,
            licensing: { ...{ type: "Enterprise", status: "Valid" }, key: "hunter2", nodeCount: 3 },
        });
        const expected = {
            result: {
                ...{ reportAction: action, report: "crossing-report-1-1-abcde" },
                compliance: {
                    ...{ applications: 25, compliant: 11, nonCompliant: 2, unmanaged: 12 },
                    someNonCompliant: ["shop", "books"],
                },
                licence: { type: "Enterprise", status: "Valid", nodeCount: 3 },
            },
        };
        assert.deepEqual(await run(), expected);
        assert.deepEqual(await run(), expected);
        const posts = api.requests.filter(line => /^POST .*reportactions$/.test(line));
        assert.equal(posts.length, 1);
        assert.ok(lines.includes("K10 does not call compliant: shop"), lines.join("\n"));
        const path =
            "/apis/actions.kio.kasten.io/v1alpha1/namespaces/kasten-io/reportactions/crossing-report-1-1";
        assert.deepEqual(api.objects.get(path)?.spec, {
            subject: { name: "kasten-io", namespace: "kasten-io" },
            statsIntervalDays: 1,
        });
    });

    it("is the first one that is not older than the action, where names do not tell", async () => {
        report("scheduled-a", "2026-11-21T11:59:59Z", {});
        report("scheduled-c", "2026-11-21T12:00:20Z", {});
        report("scheduled-b", "2026-11-21T12:00:04Z", { compliance: counts });
        assert.equal((await run()).result.report, "scheduled-b");
    });

    it("without what K10 leaves out says nothing of it", async () => {
        report("scheduled-b", endTime, { compliance: { loading: true } });
        assert.deepEqual(await run(), {
            result: { reportAction: action, report: "scheduled-b" },
        });
        assert.deepEqual(lines.slice(-1), [
            "Report `kasten-io/crossing-report-1-1` to be Complete: Running 50 % (0s)",
        ]);
    });

    it("that is never written is told", async () => {
        report("old", "2020-01-01T00:00:00Z", {});
        await assert.rejects(run({ timeout: 1 }), {
            message:
                "Waited 1s in vain for K10 to write the Report of ReportAction `kasten-io/crossing-report-1-1`; last seen: 1 older ones. Details: kubectl -n kasten-io get reports.reporting.kio.kasten.io",
        });
    });
});
