/** What makes, validates and retires restore points beside the crossing itself. */
import assert from "node:assert/strict";
import { backupAction, BackupInputs } from "../../../actions/src/k10/backup";
import { exportAction, ExportInputs, ExportOutputs } from "../../../actions/src/k10/export";
import { runAnnotation } from "../../../actions/src/k10/restore-namespace";
import { validateAction, ValidateInputs } from "../../../actions/src/k10/validate";
import { endTime, failed, FakeK10, startTime } from "../../fake/k10";
import { FakeKubeApi } from "../../fake/kube-api";

const actions = "/apis/actions.kio.kasten.io/v1alpha1";
const apps = "/apis/apps.kio.kasten.io/v1alpha1";

let api: FakeKubeApi;
let k10: FakeK10;
let lines: string[];
beforeEach(async () => {
    api = new FakeKubeApi();
    k10 = new FakeK10(api);
    lines = [];
    await api.start();
});
afterEach(() => api.stop());

const report = (line: string) => lines.push(line);
const made = (plural: string) => [...api.objects.keys()].filter(key => key.includes(`/${plural}/`));
const deletions = () => api.requests.filter(line => line.startsWith("DELETE"));
const cluster = () => ({ kubeconfig: api.kubeconfig, clusterUid: "u", timeout: 20 });
const run = { name: "kasten-io/shop-export-1-1", startTime, endTime };

/** A content of the policy `shop-export`, exported if a profile is named. */
function content(name: string, actionTime: string, exportProfile?: string, policy = "shop-export") {
    return exportProfile
        ? k10.content(name, actionTime, "shop", {
              "k10.kasten.io/policyName": policy,
              "k10.kasten.io/exportProfile": exportProfile,
          })
        : k10.localContent(name, actionTime, policy);
}

describe("a safety backup", function () {
    this.timeout(20_000);
    const inputs = (more: Partial<BackupInputs> = {}): BackupInputs => ({
        ...{ ...cluster(), runId: "1", runToken: "token", targetNamespace: "shop" },
        ...more,
    });
    const backup = (more?: Partial<BackupInputs>) => backupAction.run(inputs(more), report);
    const namespace = (mark?: string) =>
        api.put("/api/v1/namespaces", {
            metadata: { name: "shop", annotations: mark ? { [runAnnotation]: mark } : {} },
        });
    beforeEach(() => {
        k10.onComplete = (_, action) => {
            action.status!["restorePoint"] = { name: "before-x", namespace: "shop" };
        };
    });

    it("backs up what is there, once, with the labels that K10 wants", async () => {
        namespace("token of another run");
        const expected = {
            restorePoint: "shop/before-x",
            backupAction: { name: "shop/before-shop-1-1", state: "Complete", startTime, endTime },
        };
        assert.deepEqual(await backup(), expected);
        assert.deepEqual(await backup(), expected);
        const path = `${actions}/namespaces/shop/backupactions/before-shop-1-1`;
        assert.deepEqual(made("backupactions"), [path]);
        const { metadata, spec } = api.objects.get(path)!;
        assert.deepEqual(metadata.labels, {
            "crossing/run": "token",
            "k10.kasten.io/appName": "shop",
            "k10.kasten.io/appNamespace": "shop",
        });
        assert.deepEqual(spec, { subject: { name: "shop", namespace: "shop" } });
    });

    it("starts the next attempt after a failure", async () => {
        namespace();
        k10.stories["backupactions"] = [failed("out of space")];
        await assert.rejects(
            backup(),
            /Safety backup `shop\/before-shop-1-1` failed after \ds: .*out of space/,
        );
        await backup();
        assert.equal(made("backupactions").length, 2);
    });

    it("is none where there is nothing", async () => {
        assert.deepEqual(await backup(), { restorePoint: "" });
        assert.deepEqual(made("backupactions"), []);
    });

    it("is none where the restore has begun: what was there is no more", async () => {
        namespace("token");
        assert.deepEqual(await backup(), { restorePoint: "" });
        assert.deepEqual(made("backupactions"), []);
    });

    describe("when it is destroyed", () => {
        const remove = (restorePoints?: "retire") =>
            backupAction.remove!(
                { ...inputs({ restorePoints }), restorePoint: "shop/before-x" },
                report,
            );
        beforeEach(() => {
            content("shop-before-x", startTime);
            api.put(`${apps}/namespaces/shop/restorepoints`, {
                metadata: { name: "before-x", namespace: "shop" },
                spec: { restorePointContentRef: { name: "shop-before-x" } },
            });
        });

        it("leaves its restore point", async () => {
            await remove();
            assert.deepEqual(api.requests, []);
        });

        it("retires its restore point if the configuration says so", async () => {
            await remove("retire");
            assert.deepEqual(deletions(), [`DELETE ${apps}/restorepointcontents/shop-before-x`]);
        });

        it("is content with a restore point that is gone", async () => {
            api.objects.clear();
            await remove("retire");
            assert.deepEqual(deletions(), []);
        });
    });
});

describe("a validation", function () {
    this.timeout(20_000);
    const inputs = (more: Partial<ValidateInputs> = {}): ValidateInputs => ({
        ...{ ...cluster(), namespace: "kasten-io", policy: "shop-export", runId: "1" },
        ...{ runAction: run, ...more },
    });
    const validate = (more?: Partial<ValidateInputs>) => validateAction.run(inputs(more), report);
    const path = `${actions}/namespaces/kasten-io/validateactions/validate-shop-export-1-1`;

    it("is of the exported restore point of this run, and comes once", async () => {
        content("shop-local", startTime);
        content("shop-earlier", "2026-11-20T12:00:00Z", "minio");
        content("shop-later", "2026-11-21T13:00:00Z", "minio");
        content("shop-of-another", startTime, "minio", "other");
        content("shop-exported", startTime, "minio").status = {
            ...{ state: "Bound", actionTime: startTime },
            restorePointRef: { name: "exported", namespace: "shop" },
        };
        const { result } = await validate();
        await validate();
        assert.deepEqual(result, {
            validateAction: {
                name: "kasten-io/validate-shop-export-1-1",
                ...{ state: "Complete", startTime, endTime },
            },
            restorePoint: "shop/exported",
        });
        assert.deepEqual(made("validateactions"), [path]);
        assert.deepEqual(api.objects.get(path)!.spec, {
            subject: {
                apiVersion: "apps.kio.kasten.io/v1alpha1",
                kind: "RestorePoint",
                name: "exported",
                namespace: "shop",
            },
        });
    });

    it("is of this run, where K10 tells its time without the fraction of the second", async () => {
        content("shop-earlier", "2026-11-21T11:59:59Z", "minio");
        content("shop-exported", startTime, "minio");
        const runAction = { ...run, startTime: startTime.replace("Z", ".734Z") };
        assert.equal((await validate({ runAction })).result.restorePoint, "shop-exported");
    });

    it("is of the content where nothing is bound to it", async () => {
        content("shop-exported", startTime, "minio");
        const { result } = await validate();
        assert.equal(result.restorePoint, "shop-exported");
        assert.deepEqual(api.objects.get(path)!.spec, {
            subject: {
                apiVersion: "apps.kio.kasten.io/v1alpha1",
                kind: "RestorePointContent",
                name: "shop-exported",
            },
        });
    });

    it("is of one application, where a policy exports several", async () => {
        for (const namespace of ["books", "shop"]) {
            k10.content(`${namespace}-exported`, startTime, namespace, {
                "k10.kasten.io/policyName": "crossing-export",
            });
        }
        const of = async (applicationNamespace: string) =>
            (await validate({ policy: "crossing-export", applicationNamespace })).result;
        const [books, shop] = [await of("books"), await of("shop")];
        assert.deepEqual(
            [books, shop].map(({ validateAction: { name }, restorePoint }) => [name, restorePoint]),
            [
                ["kasten-io/validate-crossing-export-books-1-1", "books-exported"],
                ["kasten-io/validate-crossing-export-shop-1-1", "shop-exported"],
            ],
        );
        await assert.rejects(of("stock"), {
            message:
                "Nothing can be validated: K10 shows no exported restore point of namespace `stock` from run `kasten-io/shop-export-1-1`. Set `crossing:validateExport` to `false`, or choose another `crossing:runId`. Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
        });
    });

    it("fails with what K10 says", async () => {
        content("shop-exported", startTime, "minio");
        k10.stories["validateactions"] = [failed("blob 7 is missing")];
        await assert.rejects(
            validate(),
            /^Error: Validation `kasten-io\/validate-shop-export-1-1` failed after \ds: blob 7 is missing/,
        );
    });

    it("says so when there is nothing to be validated", async () => {
        content("shop-local", startTime);
        await assert.rejects(validate(), {
            message:
                "Nothing can be validated: K10 shows no exported restore point of run `kasten-io/shop-export-1-1`. Set `crossing:validateExport` to `false`, or choose another `crossing:runId`. Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
        });
    });
});

describe("an export that is destroyed", function () {
    this.timeout(20_000);
    const state = (restorePoints?: "retire"): ExportInputs & Partial<ExportOutputs> => ({
        ...{ ...cluster(), namespace: "kasten-io", policy: "shop-export", runId: "1" },
        ...{ validationTimeout: 20, receiveStringGiven: false, restorePoints },
        result: { runAction: run, backupActions: [], exportActions: [], seenTime: endTime },
    });
    const remove = (of: ReturnType<typeof state>) => exportAction.remove!(of, report);
    beforeEach(() => {
        content("shop-earlier", "2026-11-20T12:00:00Z", "minio");
        content("shop-local", startTime);
        content("shop-exported", "2026-11-21T12:00:01Z", "minio");
        content("shop-of-another", startTime, "minio", "other");
    });

    it("leaves all restore points", async () => {
        await remove(state());
        assert.deepEqual(api.requests, []);
    });

    /** K10 retires what is deleted, and takes so many milliseconds, or for ever. */
    const retiring = (milliseconds?: number) => {
        api.intercept = method => {
            if (method === "DELETE" && !made("retireactions").some(key => key.endsWith("-x"))) {
                const action = api.put(`${actions}/retireactions`, {
                    metadata: { name: "retire-x" },
                    status: { state: "Running" },
                });
                if (milliseconds) {
                    setTimeout(() => (action.status = { state: "Complete" }), milliseconds);
                }
            }
            return undefined;
        };
    };

    it("retires those of its own run if the configuration says so, and waits for K10", async () => {
        retiring(600);
        await remove(state("retire"));
        assert.deepEqual(deletions(), [
            `DELETE ${apps}/restorepointcontents/shop-exported`,
            `DELETE ${apps}/restorepointcontents/shop-local`,
        ]);
        assert.deepEqual(lines, [
            "retiring shop-exported, as `crossing:onDestroy.restorePoints` says",
            "retiring shop-local, as `crossing:onDestroy.restorePoints` says",
            "K10 to retire restore points: 0 of 2 are there, 1 RetireActions at work",
        ]);
    });

    it("says so when K10 does not come to an end", async () => {
        retiring();
        await assert.rejects(remove({ ...state("retire"), timeout: 1 }), {
            message:
                "Waited 1s in vain for K10 to retire restore points; last seen: 0 of 2 are there, 1 RetireActions at work. Details: kubectl get retireactions.actions.kio.kasten.io",
        });
    });

    it("does not wait for a RetireAction of somebody else's, which ran before", async () => {
        api.put(`${actions}/retireactions`, { metadata: { name: "retire-y" } });
        retiring(300);
        await remove({ ...state("retire"), timeout: 5 });
        assert.equal(deletions().length, 2);
        assert.deepEqual(api.objects.get(`${actions}/retireactions/retire-x`)!.status, {
            state: "Complete",
        });
    });

    it("retires nothing where it never came to an end", async () => {
        await remove({ ...state("retire"), result: undefined });
        assert.deepEqual(api.requests, []);
    });
});
