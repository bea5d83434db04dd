import assert from "node:assert/strict";
import { complete, endTime, failed, FakeK10, startTime } from "../fake/k10";
import { FakeKubeApi, status } from "../fake/kube-api";
import { Props, ProviderProcess, rejected } from "./harness";

const receiveString = "bIzAPpoanm-for-tests";
const runActionPath = "/apis/actions.kio.kasten.io/v1alpha1/namespaces/kasten-io/runactions";
const contentPath = "/apis/apps.kio.kasten.io/v1alpha1/restorepointcontents";

describe("dynamic resources in Pulumi's provider process", function () {
    this.timeout(30_000);

    let process: ProviderProcess;
    let api: FakeKubeApi;
    let k10: FakeK10;

    before(async () => {
        process = await ProviderProcess.start();
    });
    after(() => process.stop());
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        k10 = new FakeK10(api);
        process.lines.length = 0;
    });
    afterEach(() => api.stop());

    const cluster = () => ({ kubeconfig: api.kubeconfig, clusterUid: "cluster-1" });
    const exportInputs = (more: Props = {}): Props => ({
        ...cluster(),
        namespace: "kasten-io",
        policy: "shop-export",
        runId: "nightly",
        timeout: 20,
        validationTimeout: 20,
        receiveStringGiven: false,
        ...more,
    });
    const ended = { state: "Complete", startTime, endTime };
    const posts = (path: string) => api.requests.filter(line => line === `POST ${path}`).length;

    /** A source whose K10 writes the receive string once a run is Complete, as late as it may. */
    function source() {
        const policy = k10.policy("shop-export", "Success", {
            actions: [
                { action: "backup" },
                { action: "export", exportParameters: { receiveString: "" } },
            ],
        });
        k10.onComplete = (path, action) => {
            if (!path.includes("runactions")) {
                return;
            }
            const run = action.metadata.name;
            for (const [plural, name] of [
                ["backupactions", "scheduled-abcde"],
                ["exportactions", "scheduled-abcde-export"],
            ] as const) {
                k10.subordinate(plural, "shop", name, run, {
                    status: { state: "Complete", startTime, endTime },
                });
            }
            policy.spec = {
                actions: [
                    { action: "backup" },
                    { action: "export", exportParameters: { receiveString } },
                ],
            };
        };
    }

    describe("Export", () => {
        it("runs the policy, follows it, and reads the hand-off from the policy", async () => {
            source();
            const { id, outs } = await process.create("export", exportInputs());
            assert.equal(id, "kasten-io/shop-export-nightly");
            assert.equal(outs["receiveString"], receiveString);
            const { seenTime, ...result } = outs["result"] as Record<string, unknown>;
            assert.ok(Date.parse(seenTime as string) > 0);
            assert.deepEqual(result, {
                runAction: { name: "kasten-io/shop-export-nightly-1", ...ended },
                backupActions: [{ name: "shop/scheduled-abcde", ...ended }],
                exportActions: [{ name: "shop/scheduled-abcde-export", ...ended }],
            });
            assert.equal(posts(runActionPath), 1);
            assert.deepEqual(
                process.lines.map(line => line.replace(/ \(\d+s\)$/, " (time)")),
                [
                    "export: Export `kasten-io/shop-export-nightly-1`: started",
                    "export: Export `kasten-io/shop-export-nightly-1` to be Complete: Pending (time)",
                    "export: Export `kasten-io/shop-export-nightly-1` to be Complete: Running 50 % (time)",
                ],
            );
        });

        it("keeps what K10 says that was moved, at the end of the wait, and nothing of a receive string", async () => {
            source();
            const { onComplete } = k10;
            k10.onComplete = (path, action) => {
                onComplete(path, action);
                const name = action.metadata.name;
                k10.subordinate("exportactions", "shop", "scheduled-abcde-export", name, {
                    spec: { receiveString },
                    status: {
                        ...ended,
                        exceptions: [{ message: "a socket was left out" }],
                        progressDetails: {
                            ...{ totalBytes: 4_000, readBytes: 4_000, processedBytes: 4_000 },
                            ...{ transferredBytes: 1_000, totalVolumes: 2, completedVolumes: 2 },
                        },
                    },
                });
            };
            const { outs } = await process.create("export", exportInputs());
            const result = outs["result"] as { exportActions: object[] };
            assert.deepEqual(result.exportActions, [
                {
                    ...{ name: "shop/scheduled-abcde-export", ...ended, exceptions: 1 },
                    moved: { volumes: 2, totalBytes: 4_000, transferredBytes: 1_000 },
                },
            ]);
            assert.doesNotMatch(JSON.stringify(result), new RegExp(receiveString));
        });

        it("adopts a run that is in flight: the process of a killed `up` started it", async () => {
            source();
            k10.action("runactions", "kasten-io", "shop-export-nightly-1", { state: "Running" });
            const pending = process.create("export", exportInputs());
            await new Promise(resolve => setTimeout(resolve, 500));
            const run = api.objects.get(`${runActionPath}/shop-export-nightly-1`)!;
            run.status = { state: "Complete", startTime, endTime };
            k10.onComplete(`${runActionPath}/x`, run);
            assert.equal((await pending).outs["receiveString"], receiveString);
            assert.equal(posts(runActionPath), 0);
        });

        it("adopts a run that is Complete", async () => {
            source();
            const run = k10.action("runactions", "kasten-io", "shop-export-nightly-1", {
                ...{ state: "Complete", startTime, endTime },
            });
            k10.onComplete(`${runActionPath}/x`, run);
            await process.create("export", exportInputs());
            assert.equal(posts(runActionPath), 0);
        });

        it("takes 409 for an answer: somebody else has just started it", async () => {
            source();
            let first = true;
            api.intercept = (method, path) => {
                if (method === "POST" && path === runActionPath && first) {
                    first = false;
                    k10.action("runactions", "kasten-io", "shop-export-nightly-1", {
                        ...{ state: "Complete", startTime, endTime },
                    });
                    k10.onComplete(
                        `${runActionPath}/x`,
                        api.objects.get(`${runActionPath}/shop-export-nightly-1`)!,
                    );
                }
                return undefined;
            };
            await process.create("export", exportInputs());
            assert.equal(posts(runActionPath), 1);
        });

        it("looks before it posts again when a 504 leaves open what happened", async () => {
            source();
            let first = true;
            api.intercept = (method, path) => {
                if (method === "POST" && path === runActionPath && first) {
                    first = false;
                    k10.action("runactions", "kasten-io", "shop-export-nightly-1", {
                        ...{ state: "Complete", startTime, endTime },
                    });
                    k10.onComplete(
                        `${runActionPath}/x`,
                        api.objects.get(`${runActionPath}/shop-export-nightly-1`)!,
                    );
                    return { code: 504, body: "Timeout: request did not complete" };
                }
                return undefined;
            };
            await process.create("export", exportInputs());
            assert.equal(posts(runActionPath), 1);
        });

        for (const state of ["Failed", "Cancelled", "Skipped"]) {
            it(`starts attempt 2 of the same run after ${state}`, async () => {
                source();
                k10.action("runactions", "kasten-io", "shop-export-nightly-1", { state });
                const { outs } = await process.create("export", exportInputs());
                const result = outs["result"] as { runAction: { name: string } };
                assert.equal(result.runAction.name, "kasten-io/shop-export-nightly-2");
            });
        }

        it("names the location that the policy exports to, where that is not the store", async () => {
            k10.policy("shop-export", "Success", {
                actions: [
                    { action: "backup" },
                    { action: "export", exportParameters: { profile: { name: "gold" } } },
                ],
            });
            k10.stories["runactions"] = [failed('bucket "backups" does not exist')];
            const { message } = await rejected(process.create("export", exportInputs()));
            assert.match(
                message,
                /Make the bucket, or correct `crossing:locations\.gold\.bucket`,/,
            );
        });

        it("fails with the innermost cause, is recorded, and starts the next attempt when updated", async () => {
            source();
            k10.stories["runactions"] = [failed('bucket "backups" does not exist')];
            const error = await rejected(process.create("export", exportInputs()));
            assert.match(
                error.message,
                /^Export `kasten-io\/shop-export-nightly-1` failed after \d+s: bucket "backups" does not exist\. Probably nobody has made the bucket, or the endpoint is that of another store\. Make the bucket, or correct `crossing:store\.bucket`, then run `pulumi up` again, which starts the next attempt of the same run\. Details: kubectl -n kasten-io get profiles\.config\.kio\.kasten\.io -o yaml$/,
            );
            assert.equal(error.id, "kasten-io/shop-export-nightly");
            assert.deepEqual(error.properties, exportInputs());

            assert.deepEqual(await process.diff("export", error.properties, exportInputs()), {
                changes: true,
                replaces: [],
            });
            const outs = await process.update("export", error.properties, exportInputs());
            const result = outs["result"] as { runAction: { name: string } };
            assert.equal(result.runAction.name, "kasten-io/shop-export-nightly-2");
            assert.equal(posts(runActionPath), 2);
        });

        it("prefers what a failed subordinate says", async () => {
            source();
            k10.stories["runactions"] = [failed("1 of 1 actions failed")];
            k10.subordinate("exportactions", "shop", "x", "shop-export-nightly-1", {
                status: { state: "Failed", error: { message: "out of space" } },
            });
            const error = await rejected(process.create("export", exportInputs()));
            assert.match(error.message, /failed after \d+s: out of space\. /);
        });

        it("waits on through AttemptFailed, which is not the end", async () => {
            source();
            k10.stories["runactions"] = [
                [
                    { state: "Running", startTime },
                    { state: "AttemptFailed", startTime },
                    ...complete,
                ],
            ];
            await process.create("export", exportInputs());
            assert.equal(posts(runActionPath), 1);
        });

        it("times out as a failure, and goes on waiting for the same run when updated", async () => {
            source();
            k10.stories["runactions"] = [[{ state: "Running", startTime, progress: 10 }]];
            const inputs = exportInputs({ timeout: 1 });
            const error = await rejected(process.create("export", inputs));
            assert.equal(
                error.message,
                "Waited 1s in vain for Export `kasten-io/shop-export-nightly-1` to be Complete; last seen: Running 10 %. It may still end well: run `pulumi up` again to go on waiting. Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io shop-export-nightly-1 -o yaml",
            );
            const run = api.objects.get(`${runActionPath}/shop-export-nightly-1`)!;
            run.status = { state: "Complete", startTime, endTime };
            k10.onComplete(`${runActionPath}/x`, run);
            const outs = await process.update("export", error.properties, inputs);
            assert.equal(outs["receiveString"], receiveString);
            assert.equal(posts(runActionPath), 1);
        });

        it("bears an API that is away for a moment", async () => {
            source();
            let troubles = 3;
            api.intercept = (method, path) => {
                if (method === "GET" && path.startsWith(`${runActionPath}/`) && troubles-- > 0) {
                    return troubles === 1 ? "hang-up" : { code: 503, body: "service unavailable" };
                }
                return undefined;
            };
            const { outs } = await process.create("export", exportInputs());
            assert.equal(outs["receiveString"], receiveString);
            assert.equal(posts(runActionPath), 1);
        });

        it("does not try again where the credentials are refused", async () => {
            source();
            api.intercept = () => status(401, "Unauthorized");
            const error = await rejected(process.create("export", exportInputs()));
            assert.equal(
                error.message,
                `The cluster answers with HTTP 401: the cluster at http://127.0.0.1:${api.port} does not know the kubeconfig's user. Renew the credentials in the kubeconfig, and run \`pulumi up\`, before a \`pulumi destroy\` too: it takes the kubeconfig that the last \`up\` has stored.`,
            );
            assert.ok(api.requests.length <= 2, `${api.requests.length} requests`);
        });

        it("runs a policy only once K10 has validated it, and says why K10 does not", async () => {
            const policy = k10.policy("shop-export", "Pending");
            setTimeout(() => {
                policy.status = { validation: "Failed", error: ["Profile is invalid"] };
            }, 300);
            const error = await rejected(
                process.create("export", exportInputs({ validationTimeout: 2 })),
            );
            assert.equal(
                error.message,
                "Waited 2s in vain for Policy `kasten-io/shop-export` to be validated by K10; last seen: Failed (Profile is invalid). Probably K10 cannot use the location profile: its store, bucket or keys have a mistake that the profile's own status names. Put right what `status.error` of the profile says, then run `pulumi up` again. Details: kubectl -n kasten-io get profiles.config.kio.kasten.io -o yaml",
            );
            assert.equal(posts(runActionPath), 0);
        });

        it("falls back to the receive string of the ExportAction", async () => {
            k10.policy("shop-export", "Success", { actions: [{ action: "export" }] });
            k10.onComplete = (_path, action) =>
                k10.subordinate("exportactions", "shop", "x", action.metadata.name, {
                    spec: { receiveString },
                    status: { state: "Complete", startTime, endTime },
                });
            const { outs } = await process.create("export", exportInputs());
            assert.equal(outs["receiveString"], receiveString);
        });

        it("does not look for a receive string that a person gives, and looks once nobody does", async () => {
            source();
            const given = exportInputs({ receiveStringGiven: true });
            const { outs } = await process.create("export", given);
            assert.equal(outs["receiveString"], "");
            assert.deepEqual(await process.diff("export", outs, exportInputs()), {
                changes: true,
                replaces: [],
            });
            const updated = await process.update("export", outs, exportInputs());
            assert.equal(updated["receiveString"], receiveString);
            assert.equal(posts(runActionPath), 1);
        });

        const done = (): Props => ({
            ...exportInputs(),
            result: { seenTime: "x" },
            receiveString,
        });

        it("is replaced by another run only", async () => {
            const diff = (more: Props) => process.diff("export", done(), exportInputs(more));
            assert.deepEqual(await diff({}), { changes: false, replaces: [] });
            assert.deepEqual(await diff({ runId: "weekly" }), {
                changes: true,
                replaces: ["runId"],
            });
            assert.deepEqual(await diff({ clusterUid: "cluster-2" }), {
                changes: true,
                replaces: ["clusterUid"],
            });
            assert.deepEqual(await diff({ timeout: 21, kubeconfig: "other" }), {
                changes: true,
                replaces: [],
            });
        });

        it("keeps its result when only credentials or time-outs change, without a request", async () => {
            const outs = await process.update("export", done(), exportInputs({ timeout: 21 }));
            assert.deepEqual(outs, { ...done(), timeout: 21 });
            assert.deepEqual(api.requests, []);
        });

        it("keeps its result on refresh, whatever K10 has pruned, and deletes nothing", async () => {
            const read = await process.read("export", "kasten-io/shop-export-nightly", done());
            assert.deepEqual(read.props, done());
            await process.delete("export", "kasten-io/shop-export-nightly", done());
            assert.deepEqual(api.requests, []);
        });
    });

    describe("Import", () => {
        const inputs = (more: Props = {}): Props => ({
            ...cluster(),
            namespace: "kasten-io",
            policy: "shop-import",
            runId: "nightly",
            sourceClusterUid: "cluster-0",
            applicationNamespace: "shop",
            backupStartTime: startTime,
            timeout: 20,
            validationTimeout: 20,
            ...more,
        });

        it("refuses the cluster that exported, before anything runs", async () => {
            const error = await rejected(
                process.create("import", inputs({ sourceClusterUid: "cluster-1" })),
            );
            assert.equal(
                error.message,
                "Source and target are the same cluster (namespace `kube-system` has UID `cluster-1` on both), and K10 imports on another cluster only: correct `crossing:target`.",
            );
            assert.deepEqual(api.requests, []);
        });

        it("chooses the first restore point that is not older than the backup, whatever a schedule has made since", async () => {
            k10.policy("shop-import");
            k10.onComplete = () => {
                k10.content("shop-scheduled", "2026-11-21T13:00:00Z");
                k10.content("shop-new", "2026-11-21T12:00:04Z");
                k10.content("shop-of-another", "2026-11-21T12:00:02Z", "other");
                k10.content("shop-old", "2026-11-20T12:00:00Z");
            };
            const { outs } = await process.create("import", inputs());
            assert.equal(outs["restorePointContent"], "shop-new");
        });

        it("keeps the ImportActions of the run, and needs none of a state of an older program", async () => {
            k10.policy("shop-import");
            k10.onComplete = (_path, { metadata }) => {
                k10.content("shop-new", startTime);
                k10.subordinate("importactions", "kasten-io", "i", metadata.name, {
                    status: ended,
                });
            };
            const { outs } = await process.create("import", inputs());
            const { seenTime: _, ...result } = outs["result"] as Record<string, unknown>;
            assert.deepEqual(result, {
                runAction: { name: "kasten-io/shop-import-nightly-1", ...ended },
                importActions: [{ name: "kasten-io/i", ...ended }],
            });
            const older = { ...outs, result: { runAction: { name: "x" }, seenTime: "x" } };
            assert.deepEqual(await process.diff("import", older, inputs()), {
                ...{ changes: false, replaces: [] },
            });
        });

        it("explains a receive string that does not fit", async () => {
            k10.policy("shop-import");
            k10.stories["runactions"] = [failed("1 of 1 actions failed")];
            k10.subordinate("importactions", "kasten-io", "x", "shop-import-nightly-1", {
                status: {
                    state: "Failed",
                    error: {
                        message: "Import failed",
                        cause: JSON.stringify({ message: "cipher: message authentication failed" }),
                    },
                },
            });
            const error = await rejected(process.create("import", inputs()));
            assert.match(
                error.message,
                /^Import `kasten-io\/shop-import-nightly-1` failed after \d+s: cipher: message authentication failed\. Probably the receive string does not belong to this bucket and export policy\. Correct `crossing:receiveString`, or unset it to have it read from the source, then run `pulumi up` again, which starts the next attempt of the same run\. /,
            );
        });
    });

    describe("Restore", () => {
        const inputs = (more: Props = {}): Props => ({
            ...cluster(),
            runId: "nightly",
            runToken: "token-1",
            restorePointContent: "shop-new",
            targetNamespace: "shop",
            onConflict: "fail",
            restored: "keep",
            timeout: 20,
            ...more,
        });
        const restorePath = "/apis/actions.kio.kasten.io/v1alpha1/namespaces/shop/restoreactions";
        const pointPath = "/apis/apps.kio.kasten.io/v1alpha1/namespaces/shop/restorepoints";
        const namespace = (annotations?: Record<string, string>) =>
            api.put("/api/v1/namespaces", { metadata: { name: "shop", annotations } });

        it("makes the namespace, binds the point and restores it", async () => {
            k10.content("shop-new", startTime);
            const { id, outs } = await process.create("restore", inputs());
            assert.equal(id, "shop/restore-shop-nightly");
            assert.equal(outs["restorePoint"], "shop/restore-shop-nightly");
            assert.deepEqual(api.objects.get("/api/v1/namespaces/shop")!.metadata.annotations, {
                "crossing/restored-by-run": "token-1",
            });
            assert.deepEqual(api.objects.get(`${restorePath}/restore-shop-nightly-1`)!.spec, {
                subject: {
                    apiVersion: "apps.kio.kasten.io/v1alpha1",
                    kind: "RestorePoint",
                    name: "restore-shop-nightly",
                    namespace: "shop",
                },
                targetNamespace: "shop",
                overwriteExisting: false,
            });
        });

        it("names the location that the backup lies in, where that is not the store", async () => {
            k10.content("shop-new", startTime);
            k10.stories["restoreactions"] = [failed('bucket "backups" does not exist')];
            const { message } = await rejected(
                process.create("restore", inputs({ location: "gold" })),
            );
            assert.match(
                message,
                /Make the bucket, or correct `crossing:locations\.gold\.bucket`,/,
            );
        });

        it("keeps what K10 says of the restore point, by one request", async () => {
            k10.content("shop-new", startTime);
            const details = `${pointPath}/restore-shop-nightly/details`;
            api.objects.set(details, {
                metadata: { name: "restore-shop-nightly" },
                status: {
                    actionTime: startTime,
                    restorePointDetails: {
                        artifacts: [{ kind: "PersistentVolumeClaim", name: "data" }, {}],
                    },
                },
            });
            const { outs } = await process.create("restore", inputs());
            const { seenTime: _, ...result } = outs["result"] as Record<string, unknown>;
            assert.deepEqual(result, {
                restoreAction: { name: "shop/restore-shop-nightly-1", ...ended },
                point: {
                    ...{ time: startTime, artifacts: 2, volumes: ["data"] },
                    list: [{ kind: "PersistentVolumeClaim", name: "data" }],
                    kinds: { PersistentVolumeClaim: 1 },
                },
            });
            assert.equal(
                api.requests.filter(
                    line => line === `GET ${details.replace("/details", "%2Fdetails")}`,
                ).length,
                1,
            );
        });

        it("succeeds where K10 says nothing of the restore point", async () => {
            k10.content("shop-new", startTime);
            api.intercept = (_, path) =>
                path.endsWith("details") ? status(403, "details are forbidden") : undefined;
            const { outs } = await process.create("restore", inputs());
            assert.ok(!("point" in (outs["result"] as object)));
            assert.ok(
                process.lines.includes(
                    "restore: the details of restore point shop/restore-shop-nightly are not in the evidence: details are forbidden",
                ),
                process.lines.join("\n"),
            );
            const older = { ...outs, result: { restoreAction: { name: "x" }, seenTime: "x" } };
            assert.deepEqual(await process.diff("restore", older, inputs()), {
                ...{ changes: false, replaces: [] },
            });
        });

        it("bears an API server that is away or loses the answer while it makes the namespace", async () => {
            k10.content("shop-new", startTime);
            let troubles = 2;
            api.intercept = (method, path) => {
                if (method === "GET" && path === "/api/v1/namespaces/shop" && troubles === 2) {
                    troubles--;
                    return { code: 503, body: "service unavailable" };
                }
                if (method === "POST" && path === "/api/v1/namespaces" && troubles === 1) {
                    troubles--;
                    namespace({ "crossing/restored-by-run": "token-1" });
                    return "hang-up";
                }
                return undefined;
            };
            const { outs } = await process.create("restore", inputs());
            assert.equal(outs["restorePoint"], "shop/restore-shop-nightly");
            assert.equal(troubles, 0);
        });

        it("uses the point that the import has bound already", async () => {
            namespace({ "crossing/restored-by-run": "token-1" });
            k10.content("shop-new", startTime).status = {
                state: "Bound",
                restorePointRef: { name: "made-by-k10", namespace: "shop" },
            };
            const { outs } = await process.create("restore", inputs());
            assert.equal(outs["restorePoint"], "shop/made-by-k10");
            assert.equal(posts(pointPath), 0);
        });

        it("does not restore over a namespace that is there", async () => {
            namespace();
            k10.content("shop-new", startTime);
            const error = await rejected(process.create("restore", inputs()));
            assert.equal(
                error.message,
                "Namespace `shop` exists on the target, and a restore would overwrite what is in it. Delete or rename it, or set `crossing:onConflict` to `replace`.",
            );
            assert.equal(posts(restorePath), 0);
            assert.equal(posts(pointPath), 0);
        });

        it("does not take another stack's run of the same name for its own", async () => {
            namespace({ "crossing/restored-by-run": "token-of-another-stack" });
            k10.content("shop-new", startTime);
            const error = await rejected(process.create("restore", inputs()));
            assert.match(error.message, /^Namespace `shop` exists on the target/);
        });

        it("restores over it if the configuration says so", async () => {
            namespace();
            k10.content("shop-new", startTime);
            await process.create("restore", inputs({ onConflict: "replace" }));
            const action = api.objects.get(`${restorePath}/restore-shop-nightly-1`)!;
            assert.equal(action.spec!["overwriteExisting"], true);
            assert.deepEqual(api.objects.get("/api/v1/namespaces/shop")!.metadata.annotations, {
                "crossing/restored-by-run": "token-1",
                "crossing/made-by": "",
                "crossing/replaced": '{"objects":0,"kinds":{}}',
            });
        });

        it("never restores twice for one run", async () => {
            k10.content("shop-new", startTime);
            await process.create("restore", inputs());
            const { outs } = await process.create("restore", inputs());
            assert.equal(outs["restorePoint"], "shop/restore-shop-nightly");
            assert.equal(posts(restorePath), 1);
        });

        it("says so when the imported point is gone", async () => {
            const error = await rejected(process.create("restore", inputs()));
            assert.equal(
                error.message,
                "Restore point content `shop-new` is gone from the target: it was retired, or K10 was installed anew. Choose another `crossing:runId` to export again.",
            );
            assert.ok(api.requests.includes(`GET ${contentPath}/shop-new`));
        });

        const deletions = () => api.requests.filter(line => line.startsWith("DELETE"));

        it("leaves the namespace when it is destroyed", async () => {
            namespace({ "crossing/restored-by-run": "token-1" });
            await process.delete("restore", "x", inputs());
            assert.deepEqual(api.requests, []);
        });

        it("deletes the namespace if the configuration says so, and only its own run's", async () => {
            namespace({ "crossing/restored-by-run": "token-2" });
            await process.delete("restore", "x", inputs({ restored: "delete" }));
            assert.deepEqual(deletions(), []);
            namespace({ "crossing/restored-by-run": "token-1" });
            await process.delete("restore", "x", inputs({ restored: "delete" }));
            assert.deepEqual(deletions(), ["DELETE /api/v1/namespaces/shop"]);
        });
    });

    describe("Ready", () => {
        const services = "/apis/apiregistration.k8s.io/v1/apiservices";
        const service = (name: string, namespace: string, available?: string) =>
            api.put(services, {
                metadata: { name },
                spec: { service: { namespace, name: "aggregatedapis-svc" } },
                status: available
                    ? {
                          conditions: [
                              { type: "Available", status: available, message: "no endpoints" },
                          ],
                      }
                    : {},
            });

        const deployments = "/apis/apps/v1/namespaces/kasten-io/deployments";
        const deployment = (name: string, readyReplicas: number) =>
            api.put(deployments, {
                metadata: { name, namespace: "kasten-io" },
                spec: { replicas: 1 },
                status: { readyReplicas, updatedReplicas: 1 },
            });
        const inputs = () => ({
            ...{ kubeconfig: api.kubeconfig, namespace: "kasten-io", revision: 1, timeout: 10 },
        });

        it("waits until every aggregated API is Available and all workloads are ready, and says how K10 is reached", async () => {
            deployment("gateway", 1);
            const catalog = deployment("catalog-svc", 0);
            api.put("/api/v1/namespaces/kasten-io/pods", {
                metadata: { name: "gateway-1", namespace: "kasten-io" },
                spec: {
                    containers: [{ resources: { requests: { cpu: "200m", memory: "300Mi" } } }],
                },
                status: { phase: "Running" },
            });
            api.put("/api/v1/nodes", { metadata: { name: "worker" } });
            service("v1alpha1.actions.kio.kasten.io", "kasten-io", "True");
            const apps = service("v1alpha1.apps.kio.kasten.io", "kasten-io", "False");
            // Each becomes what it should be after it has been seen once.
            const looks = { apis: 0, workloads: 0 };
            api.intercept = (_, path) => {
                if (path.endsWith("v1alpha1.apps.kio.kasten.io") && ++looks.apis === 2) {
                    apps.status = { conditions: [{ type: "Available", status: "True" }] };
                }
                if (path === deployments && ++looks.workloads === 2) {
                    catalog.status = { readyReplicas: 1, updatedReplicas: 1 };
                }
                return undefined;
            };
            const { outs } = await process.create("ready", inputs());
            assert.deepEqual(outs["footprint"], {
                ...{ pods: 1, cpu: 0.2, memoryMiB: 300, nodes: 1, freeLicenceNodes: 5 },
            });
            assert.deepEqual(outs["dashboard"], {
                url: "http://127.0.0.1:8080/k10/#/",
                portForward:
                    "kubectl --context fake -n kasten-io port-forward service/gateway 8080:80",
                tokenCommand:
                    "kubectl --context fake -n kasten-io create token k10-k10 --duration=24h",
            });
            assert.deepEqual(outs["apis"], [
                "v1alpha1.actions.kio.kasten.io",
                "v1alpha1.apps.kio.kasten.io",
            ]);
            assert.deepEqual(process.lines, [
                "k10: K10's aggregated APIs to be Available: v1alpha1.apps.kio.kasten.io no endpoints",
                "k10: K10's workloads to be ready: Deployment catalog-svc 0 of 1",
            ]);
        });

        it("is not ready without any workload, or while one does not run", async () => {
            for (const name of ["actions", "apps"]) {
                service(`v1alpha1.${name}.kio.kasten.io`, "kasten-io", "True");
            }
            const failure = async () =>
                (await rejected(process.create("ready", { ...inputs(), timeout: 1 }))).message;
            const vain = "Waited 1s in vain for K10's workloads to be ready; last seen: ";
            assert.ok((await failure()).startsWith(`${vain}there are none.`));
            deployment("catalog-svc", 0);
            assert.ok((await failure()).startsWith(`${vain}Deployment catalog-svc 0 of 1.`));
        });

        it("looks again after another revision, and completes what an older program recorded", async () => {
            for (const name of ["actions", "apps"]) {
                service(`v1alpha1.${name}.kio.kasten.io`, "kasten-io", "True");
            }
            deployment("gateway", 1);
            const { outs } = await process.create("ready", inputs());
            deployment("gateway", 0);
            const update = process.update("ready", outs, {
                ...inputs(),
                revision: 2,
                timeout: 1,
            });
            assert.match((await rejected(update)).message, /Deployment gateway 0 of 1/);
            const { dashboard: _, footprint: __, revision: ___, ...older } = outs;
            const diff = await process.diff("ready", older, inputs());
            assert.deepEqual(diff, { changes: true, replaces: [] });
        });

        describe("goes, and", () => {
            const left = () => [...api.objects.keys()].filter(key => key.startsWith(services));
            const ofOthers = `${services}/v1beta1.metrics.k8s.io`;
            beforeEach(() => {
                service("v1alpha1.actions.kio.kasten.io", "kasten-io", "True");
                service("v1alpha1.vault.kio.kasten.io", "kasten-io", "False");
                service("v1beta1.metrics.k8s.io", "kube-system", "True");
            });
            const state = () => ({ kubeconfig: api.kubeconfig, namespace: "kasten-io" });

            it("leaves K10 whole: a destroy that stops before K10 is removed is gone on with by up", async () => {
                const [before, ready] = [left(), inputs()];
                deployment("gateway", 1);
                const apps = service("v1alpha1.apps.kio.kasten.io", "kasten-io", "True");
                await process.delete("ready", "x", { ...ready, registrations: "a/b" });
                assert.deepEqual(left(), [...before, `${services}/${apps.metadata.name}`]);
                assert.deepEqual(api.requests, []);
                const { outs } = await process.create("ready", ready);
                assert.deepEqual(outs["apis"], [
                    "v1alpha1.actions.kio.kasten.io",
                    "v1alpha1.apps.kio.kasten.io",
                ]);
            });

            it("has K10's registrations removed after K10, and nobody else's", async () => {
                const there = [...api.objects].filter(([key]) => key.includes("kio.kasten"));
                there.forEach(([key]) => api.objects.delete(key));
                const { id, outs } = await process.create("registrations", state());
                assert.equal(id, "kasten-io/registrations");
                there.forEach(([key, object]) => api.objects.set(key, object));
                assert.deepEqual(await process.diff("registrations", outs, state()), {
                    ...{ changes: false, replaces: [] },
                });
                await process.delete("registrations", id, outs);
                assert.deepEqual(left(), [ofOthers]);
            });

            it("takes nothing from a K10 that was there before: it is told, and its registrations stay", async () => {
                const before = left();
                const error = await rejected(process.create("registrations", state()));
                assert.equal(
                    error.message,
                    "A K10 that is not of this stack is registered with the cluster (APIService `v1alpha1.actions.kio.kasten.io`, of namespace `kasten-io`). Uninstall it, and delete what it has left (`kubectl delete apiservice v1alpha1.actions.kio.kasten.io`), or choose another cluster.",
                );
                const recorded = error.properties;
                assert.equal(
                    (await process.diff("registrations", recorded, state())).changes,
                    true,
                );
                await process.delete("registrations", "kasten-io/registrations", recorded);
                assert.deepEqual(left(), before);
            });

            it("removes them itself in a state of an older program, which has nothing else that does", async () => {
                await process.delete("ready", "x", { ...state(), timeout: 10 });
                assert.deepEqual(left(), [ofOthers]);
            });
        });
    });

    describe("Connection", () => {
        it("gives the identity of the cluster", async () => {
            api.put("/api/v1/namespaces", {
                metadata: { name: "kube-system", uid: "uid-of-cluster" },
            });
            const { outs } = await process.create("connection", {
                ...{ kubeconfig: api.kubeconfig, key: "crossing:target", timeout: 10 },
            });
            assert.equal(outs["uid"], "uid-of-cluster");
            assert.equal(outs["version"], "v1.36.2");
            assert.equal(outs["server"], `http://127.0.0.1:${api.port}`);
        });

        it("names the key when nobody answers", async () => {
            const { kubeconfig, port } = api;
            await api.stop();
            const error = await rejected(
                process.create("connection", { kubeconfig, key: "crossing:target", timeout: 1 }),
            );
            assert.equal(
                error.message,
                `Waited 1s in vain for the cluster of \`crossing:target\` at http://127.0.0.1:${port} to answer; last seen: the API does not answer (http://127.0.0.1:${port} cannot be reached: ECONNREFUSED). Start the cluster, or correct the kubeconfig that \`crossing:target\` names.`,
            );
            await api.start();
        });

        it("names the key when the user is refused, and never shows the kubeconfig", async () => {
            api.intercept = () => status(403, "namespaces is forbidden");
            const error = await rejected(
                process.create("connection", {
                    ...{ kubeconfig: api.kubeconfig, key: "crossing:target", timeout: 10 },
                }),
            );
            assert.equal(
                error.message,
                `The cluster of \`crossing:target\` at http://127.0.0.1:${api.port} refuses the kubeconfig's user: namespaces is forbidden. Give a kubeconfig whose user may administer the cluster.`,
            );
            assert.doesNotMatch(error.message + process.lines.join(), /secret-token/);
        });
    });
});
