/**
 * What the program makes of K10's faults: its own actions against the stand-in's server. Pulumi's provider
 * process is not in between; tests/provider shows that. It needs no lab, but two minutes of real waiting.
 */
import assert from "node:assert/strict";
import { exportAction, type ExportInputs } from "crossing-actions/dist/k10/export.js";
import { importAction, type ImportInputs } from "crossing-actions/dist/k10/import.js";
import { profiles } from "crossing-actions/dist/k10/api.js";
import { ready } from "crossing-actions/dist/k10/ready.js";
import { restoreAction, type RestoreInputs } from "crossing-actions/dist/k10/restore.js";
import { waitValidated } from "crossing-actions/dist/k10/validation.js";
import { Cluster } from "crossing-actions/dist/kube/client.js";
import { textAt } from "../../../lab/k10/server/json.ts";
import { front, type Front } from "../k10/support/front.ts";
import { FakeS3 } from "../k10/support/s3.ts";
import { Side } from "../k10/support/side.ts";

const GENEROUS = 15;
const again =
    "Put that right and run `pulumi up` again, which starts the next attempt of the same run.";

describe("the program's answers to K10's faults", function () {
    this.timeout(20_000);

    let s3: FakeS3;
    let side: Side;
    let entry: Front;
    let lines: string[];

    beforeEach(async () => {
        s3 = new FakeS3();
        await s3.start();
        s3.buckets.add("backups");
        side = await Side.start("uid-of-source", s3);
        await side.application();
        side.exportPolicy("shop-export");
        await side.validated("policies", "shop-export");
        entry = await front(side.lab.kube, side.api);
        lines = [];
    });
    afterEach(async () => {
        entry.stop();
        await side.stop();
        s3.stop();
    });

    const report = (line: string) => void lines.push(line);
    const exportInputs = (more: Partial<ExportInputs> = {}): ExportInputs => ({
        ...{ kubeconfig: entry.kubeconfig, clusterUid: "c", namespace: "kasten-io" },
        ...{ policy: "shop-export", runId: "nightly", receiveStringGiven: false },
        ...{ timeout: GENEROUS, validationTimeout: GENEROUS, ...more },
    });
    const exports = (more: Partial<ExportInputs> = {}) =>
        exportAction.run(exportInputs(more), report);
    const runs = () =>
        side
            .actions("RunAction")
            .map(each => [each.metadata.name, textAt(each, "status", "state")]);

    /** The message of what must fail, with times left out. */
    async function failure(work: Promise<unknown>): Promise<string> {
        try {
            await work;
        } catch (error) {
            assert.ok(error instanceof Error);
            return error.message.replace(/ after \d+s:/, " after Ns:");
        }
        throw new Error("it did not fail");
    }
    const details = (name: string) =>
        `Details: kubectl -n kasten-io get runactions.actions.kio.kasten.io ${name} -o yaml`;
    /** A cause that nobody knows is told with all its levels. */
    const whole = (knob: string) =>
        `fault ${knob} of the K10 stand-in (in full: Job failed to be executed > Failed to execute phase > fault ${knob} of the K10 stand-in)`;
    /** What the program adds to a cause that it knows. */
    const slow =
        "Probably the store is overloaded, or limits requests. Give it a moment, or lower K10's parallelism by `crossing:k10.limiter`, then run `pulumi up` again";
    const expired = (keys: string) =>
        `Probably the store's keys are no longer valid. Set ${keys} to keys that are valid for as long as the backup is needed, then run \`pulumi up\` again`;
    const keysOf = (location: string) => `\`crossing:locationSecrets.${location}\``;
    const storeKeys = "`crossing:storeAccessKey` and `crossing:storeSecretKey`";
    const executor = "Details: kubectl -n kasten-io logs deployment/executor-svc --tail=100";
    const ofProfiles = "Details: kubectl -n kasten-io get profiles.config.kio.kasten.io -o yaml";
    const next = ", which starts the next attempt of the same run.";
    const failedExport = (cause: string, attempt = 1, ended = "failed") =>
        `Export \`kasten-io/shop-export-nightly-${attempt}\` ${ended} after Ns: ${cause}. ${again} ${details(`shop-export-nightly-${attempt}`)}`;

    async function succeeds(): Promise<void> {
        const { receiveString, result } = await exports();
        assert.match(receiveString, /^bIzAPpoanm/);
        assert.equal(result.backupActions.length, 1);
        assert.equal(result.exportActions.length, 2);
    }

    describe("the aggregated API", () => {
        for (const [what, faults] of [
            ["away", { apiUnavailable: "get=1,list=1,create=1" }],
            ["breaking connections", { apiReset: "get=1,list=1,create=1" }],
            ["losing answers", { apiAnswerLost: "get=1,list=1,create=1" }],
            ["away for a third of all requests", { apiUnavailable: "*=33%" }],
        ] as [string, Record<string, string>][]) {
            it(`${what}: the policy runs once, and the export succeeds`, async () => {
                side.faults(faults);
                await succeeds();
                assert.deepEqual(runs(), [["shop-export-nightly-1", "Complete"]]);
            });
        }

        it("away when an export has failed: still says why it failed", async () => {
            side.faults({ actionFailed: "ExportAction", apiUnavailable: "list=2" });
            assert.equal(await failure(exports()), failedExport(whole("actionFailed")));
        });

        it("away for good: says what was waited for, and what to do", async () => {
            side.faults({ apiUnavailable: "*" });
            assert.equal(
                await failure(exports({ timeout: 2 })),
                "Waited 2s in vain for Export `kasten-io/shop-export-nightly` to start; last seen: the API does not answer (the server is currently unable to handle the request (list runactions.actions.kio.kasten.io)). Probably K10's aggregated API is away: its pod was restarted, or has no room on a node. Wait until K10's pods are ready, then run `pulumi up` again. Details: kubectl -n kasten-io get pods,persistentvolumeclaims",
            );
        });
    });

    describe("validation", () => {
        it("slow: waits", async () => {
            side.faults({ slowValidation: "1" });
            side.exportPolicy("slow");
            await exports({ policy: "slow" });
            assert.ok(
                lines.includes("Policy `kasten-io/slow` to be validated by K10: Pending"),
                lines.join("\n"),
            );
        });

        it("stale, and the changed policy is good: runs it once K10 has seen it", async () => {
            side.faults({ staleValidation: "1" });
            side.profile("other", s3, "backups");
            await side.validated("profiles", "other");
            side.exportPolicy("shop-export", { name: "other", namespace: "kasten-io" });
            await succeeds();
            assert.equal(runs().at(-1)?.[1], "Complete");
        });

        it("stale, and the changed policy is bad: K10's own reason, and no success", async () => {
            side.faults({ staleValidation: "0.5" });
            side.exportPolicy("shop-export", { name: "gone", namespace: "kasten-io" });
            assert.match(
                await failure(exports({ validationTimeout: 3 })),
                /^Waited \d+s in vain for Policy `kasten-io\/shop-export` to be validated by K10; last seen: Failed \(.*Profile kasten-io\/gone not found.*\)\. Probably the location profile was deleted, or the policy names another one\. Run `pulumi refresh`, so that the profile is made again, then run `pulumi up` again\. Details: kubectl -n kasten-io get profiles\.config\.kio\.kasten\.io$/,
            );
        });
    });

    it("a Profile with expired credentials: what the store says, once a Failed is to be believed", async () => {
        side.faults({ credentialsExpired: "backups" });
        side.profile("expired", s3, "backups");
        await side.validated("profiles", "expired", "Failed");
        let time = 0;
        const sleep = (ms: number) => Promise.resolve(void (time += ms));
        const wait = waitValidated({
            cluster: await Cluster.connect(entry.kubeconfig),
            ...{ resource: profiles, kind: "Profile", namespace: "kasten-io", name: "expired" },
            ...{ timeout: 60, report, clock: { now: () => time, sleep } },
        });
        assert.equal(
            await failure(wait),
            `K10 does not accept Profile \`kasten-io/expired\`: Could not access profile bucket; ExpiredToken: The provided token has expired. ${expired(keysOf("expired"))}. ${ofProfiles}`,
        );
        assert.equal(time, 15_000);
    });

    it("an aggregated API that is not Available: names it, and where to look", async () => {
        const message = "failing or missing response from https://10.0.0.1:443/apis";
        for (const [group, status] of [
            ["actions", "True"],
            ["apps", "False"],
        ]) {
            const name = `v1alpha1.${group}.kio.kasten.io`;
            side.lab.kube.put(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`, {
                status: { conditions: [{ type: "Available", status, message }] },
            });
        }
        const { kubeconfig } = entry;
        assert.equal(
            await failure(
                ready.run({ kubeconfig, namespace: "kasten-io", revision: 1, timeout: 1 }, report),
            ),
            `Waited 1s in vain for K10's aggregated APIs to be Available; last seen: v1alpha1.apps.kio.kasten.io ${message}. Probably the API server does not get an answer of K10's aggregated API: its pod is starting, overloaded, or kept from the API server by a network policy or firewall. Wait until K10's pods are ready, and let the control plane reach port 10250 of them, then run \`pulumi up\` again. Details: kubectl -n kasten-io get pods,persistentvolumeclaims`,
        );
    });

    describe("ends of an export", () => {
        it("an attempt fails: waits on", async () => {
            side.faults({ attemptFailed: "BackupAction=1,ExportAction=1" });
            await succeeds();
            assert.equal(runs().length, 1);
        });

        it("Failed: the innermost cause, and the next `up` starts the next attempt", async () => {
            side.faults({ actionFailed: "ExportAction=1" });
            assert.equal(await failure(exports()), failedExport(whole("actionFailed")));
            await succeeds();
            assert.deepEqual(
                runs().map(run => run[1]),
                ["Failed", "Complete"],
            );
        });

        it("Complete with exceptions: says so, also of what the run started", async () => {
            side.faults({ actionExceptions: "RunAction,BackupAction" });
            await succeeds();
            const { name } = side.actions("BackupAction")[0].metadata;
            for (const line of [
                "Export `kasten-io/shop-export-nightly-1` is Complete with an exception: fault actionExceptions of the K10 stand-in",
                `BackupAction \`shop/${name}\` is Complete with an exception: fault actionExceptions of the K10 stand-in`,
            ]) {
                assert.ok(lines.includes(line), lines.join("\n"));
            }
        });

        for (const [knob, ended, cause] of [
            ["actionSkipped", "was skipped", "fault actionSkipped of the K10 stand-in"],
            ["actionCancelled", "was cancelled", "K10 gives no cause"],
        ]) {
            it(`${knob}: no success, for the run and for what it started`, async () => {
                side.faults({ [knob]: "RunAction" });
                assert.equal(await failure(exports()), failedExport(cause, 1, ended));
                side.faults({ [knob]: "BackupAction" });
                assert.match(await failure(exports()), /^Export `.*-2` failed after Ns: /);
                side.faults({ [knob]: "ExportAction" });
                assert.match(await failure(exports()), /^Export `.*-3` failed after Ns: /);
                side.faults({});
                await succeeds();
            });
        }

        for (const knob of ["actionFailed", "actionSkipped", "actionCancelled"]) {
            it(`a run that says Complete over an export with ${knob} is no success`, async () => {
                side.faults({ [knob]: "ExportAction", failureHidden: "RunAction" });
                const [, state] = /^action(.*)$/.exec(knob)!;
                const cause = {
                    actionFailed: whole(knob),
                    actionSkipped: `fault ${knob} of the K10 stand-in`,
                    actionCancelled: "K10 gives no cause",
                }[knob];
                const message = await failure(exports());
                assert.equal(
                    message.replace(/scheduled-[a-z0-9]{10}/, "NAME"),
                    failedExport(`ExportAction \`shop/NAME\` is ${state}: ${cause}`),
                );
                side.faults({});
                await succeeds();
                assert.deepEqual(
                    runs().map(run => run[0]),
                    ["shop-export-nightly-1", "shop-export-nightly-2"],
                );
            });
        }

        it("a run that says Complete and exported nothing is no success", async () => {
            side.faults({ actionFailed: "RunAction", failureHidden: "RunAction" });
            const message =
                "Export `kasten-io/shop-export-nightly-1` is Complete, but exported nothing: K10 shows no ExportAction of it. Check that Policy `kasten-io/shop-export` selects the application, and choose another `crossing:runId`. Details: kubectl get exportactions.actions.kio.kasten.io -A -l k10.kasten.io/runActionName=shop-export-nightly-1";
            assert.equal(await failure(exports()), message);
            side.faults({});
            assert.equal(await failure(exports()), message);
            assert.equal(runs().length, 1);
        });
    });

    describe("the receive string", () => {
        it("late: waits for it", async () => {
            side.faults({ receiveStringLate: "3" });
            side.exportPolicy("late");
            const { receiveString } = await exports({ policy: "late" });
            assert.match(receiveString, /^bIzAPpoanm/);
        });

        it("empty: says where a person finds it, and what to set", async () => {
            side.faults({ receiveStringEmpty: "empty" });
            side.exportPolicy("empty");
            assert.equal(
                await failure(exports({ policy: "empty", timeout: 2 })),
                'Waited 2s in vain for K10 to write the receive string into Policy `kasten-io/empty`; last seen: it is empty. K10\'s dashboard shows it under "Show import details" of the policy: set it by `pulumi config set --secret crossing:receiveString` and run `pulumi up` again.',
            );
            // A person gives it: the export of this run is not made a second time.
            await exports({ policy: "empty", receiveStringGiven: true });
            assert.equal(runs().length, 1);
        });
    });

    describe("the store", () => {
        it("throttled for a moment: K10's next attempt succeeds", async () => {
            side.faults({ storeSlowDown: "backups=1" });
            await succeeds();
        });

        for (const [knob, said, advice, more] of [
            ["storeSlowDown", "SlowDown: Please reduce your request rate", slow, executor],
            [
                ...["credentialsExpired", "ExpiredToken: The provided token has expired"],
                ...[expired(keysOf("minio")), ofProfiles],
            ],
        ]) {
            it(`${knob} for good: what the store says, why, what to do, and no success`, async () => {
                side.faults({ [knob]: "backups" });
                assert.equal(
                    await failure(exports()),
                    `Export \`kasten-io/shop-export-nightly-1\` failed after Ns: ${said}. ${advice}${next} ${more}`,
                );
            });
        }
    });

    describe("import and restore", () => {
        let target: Side;
        let there: Front;

        beforeEach(async () => {
            target = await Side.start("uid-of-target", s3, 0.8);
            there = await front(target.lab.kube, target.api);
            const { receiveString } = await exports();
            target.importPolicy("shop-import", receiveString);
            await target.validated("policies", "shop-import");
            lines = [];
        });
        afterEach(async () => {
            there.stop();
            await target.stop();
        });

        const imports = (more: Partial<ImportInputs> = {}) =>
            importAction.run(
                {
                    ...{ kubeconfig: there.kubeconfig, clusterUid: "t", namespace: "kasten-io" },
                    ...{ policy: "shop-import", runId: "nightly", applicationNamespace: "shop" },
                    sourceClusterUid: "the cluster that exported",
                    backupStartTime: "2026-01-01T00:00:00Z",
                    ...{ timeout: GENEROUS, validationTimeout: GENEROUS, ...more },
                },
                report,
            );
        const restores = async (more: Partial<RestoreInputs> = {}) =>
            await restoreAction.run(
                {
                    ...{ kubeconfig: there.kubeconfig, clusterUid: "t", runId: "nightly" },
                    ...{ runToken: "token", targetNamespace: "shop", onConflict: "fail" },
                    ...{ restored: "keep", timeout: GENEROUS, ...more },
                    restorePointContent: more.restorePointContent ?? (await imported()),
                },
                report,
            );
        const imported = async () => (await imports()).restorePointContent;
        const failedImport = (cause: string) =>
            `Import \`kasten-io/shop-import-nightly-1\` failed after Ns: ${cause}. ${again} ${details("shop-import-nightly-1")}`;
        const failedRestore = (cause: string, ended = "failed") =>
            `Restore \`shop/restore-shop-nightly-1\` ${ended} after Ns: ${cause}. ${again} Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-nightly-1 -o yaml`;
        const restoresMade = () => target.actions("RestoreAction").length;

        for (const knob of ["apiUnavailable", "apiReset", "apiAnswerLost"]) {
            it(`${knob}: each is done once`, async () => {
                target.faults({ [knob]: "get=1,list=1,create=3" });
                await restores();
                assert.equal(target.actions("RunAction").length, 1);
                assert.equal(target.actions("RestorePoint").length, 1);
                assert.equal(restoresMade(), 1);
            });
        }

        it("an import that failed under a run that says Complete is no success", async () => {
            target.faults({ actionFailed: "ImportAction", failureHidden: "RunAction" });
            assert.equal(
                (await failure(imports())).replace(/scheduled-[a-z0-9]{10}/, "NAME"),
                failedImport(`ImportAction \`kasten-io/NAME\` is Failed: ${whole("actionFailed")}`),
            );
        });

        it("an import that brings nothing times out, and says what it looked for", async () => {
            target.faults({ actionFailed: "ImportAction", failureHidden: "ImportAction" });
            assert.equal(
                await failure(imports({ timeout: 2 })),
                "Waited 2s in vain for a restore point of namespace `shop` from this run to be imported; last seen: 0 older ones. Probably the export of this run has not reached the place in the bucket that this profile reads. Make sure that both profiles name the same bucket, and choose another `crossing:runId` if the export was made into another one, then run `pulumi up` again. Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
            );
        });

        for (const [knob, said, ofImport, more, ofRestore = ofImport] of [
            ["storeSlowDown", "SlowDown: Please reduce your request rate", slow, executor],
            [
                ...["credentialsExpired", "ExpiredToken: The provided token has expired"],
                ...[expired(keysOf("minio")), ofProfiles],
                // An action for a restore does not say where its restore point lies.
                expired(storeKeys),
            ],
        ]) {
            it(`${knob}: what the store says, of an import and of a restore`, async () => {
                target.faults({ [knob]: "backups" });
                const ending = (advice = "") =>
                    `failed after Ns: ${said}. ${advice}${next} ${more}`;
                assert.equal(
                    await failure(imports()),
                    `Import \`kasten-io/shop-import-nightly-1\` ${ending(ofImport)}`,
                );
                target.faults({});
                const content = await imported();
                target.faults({ [knob]: "backups" });
                assert.equal(
                    await failure(restores({ restorePointContent: content })),
                    `Restore \`shop/restore-shop-nightly-1\` ${ending(ofRestore)}`,
                );
            });
        }

        it("a restore that never becomes ready: waits in vain, then K10's reason", async () => {
            target.lab.world.config.seconds.workloadReady = 2;
            const content = await imported();
            target.faults({ restoreNeverReady: "shop" });
            assert.match(
                await failure(restores({ restorePointContent: content, timeout: 1 })),
                // In which phase it was seen is a matter of milliseconds.
                /^Waited 1s in vain for Restore `shop\/restore-shop-nightly-1` to be Complete; last seen: Running(: [A-Z][a-z ]+)?\. It may still end well: run `pulumi up` again to go on waiting\. Details: kubectl -n shop get restoreactions\.actions\.kio\.kasten\.io restore-shop-nightly-1 -o yaml$/,
            );
            assert.equal(
                await failure(restores({ restorePointContent: content })),
                failedRestore(
                    "fault restoreNeverReady of the K10 stand-in (in full: Deployment shop/web is not ready after 2 s > fault restoreNeverReady of the K10 stand-in)",
                ),
            );
            assert.equal(restoresMade(), 1);
        });

        it("an attempt fails: waits on, and shows what K10 says of it", async () => {
            const content = await imported();
            target.faults({ attemptFailed: "RestoreAction=1" });
            await restores({ restorePointContent: content });
            assert.ok(
                lines.some(line =>
                    /^Restore `shop\/restore-shop-nightly-1` to be Complete: AttemptFailed \(fault attemptFailed of the K10 stand-in\) \(\d+s\)$/.test(
                        line,
                    ),
                ),
                lines.join("\n"),
            );
        });

        for (const [knob, ended, cause] of [
            ["actionFailed", "failed", whole("actionFailed")],
            ["actionSkipped", "was skipped", "fault actionSkipped of the K10 stand-in"],
            ["actionCancelled", "was cancelled", "K10 gives no cause"],
        ]) {
            it(`${knob}: no success, and a second attempt`, async () => {
                const content = await imported();
                target.faults({ [knob]: "RestoreAction=1" });
                const work = () => restores({ restorePointContent: content });
                assert.equal(await failure(work()), failedRestore(cause, ended));
                await work();
                assert.equal(restoresMade(), 2);
            });
        }

        it("Complete with exceptions: says so", async () => {
            const content = await imported();
            target.faults({ actionExceptions: "RestoreAction" });
            await restores({ restorePointContent: content });
            assert.ok(
                lines.includes(
                    "Restore `shop/restore-shop-nightly-1` is Complete with an exception: fault actionExceptions of the K10 stand-in",
                ),
                lines.join("\n"),
            );
        });
    });
});
