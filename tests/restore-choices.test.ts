/** What a configured choice means for the resources of the program. That they do what they say is shown elsewhere. */
import assert from "node:assert/strict";
import { configTexts, Registration, Run, runProgram } from "./engine/stub-engine";

const dynamic = (type: string) => `pulumi-nodejs:dynamic/${type}`;

describe("a stack with choices", function () {
    this.timeout(300_000);

    const of = (run: Run, type: string): Registration => {
        const found = run.registrations.filter(entry => entry.type === dynamic(type));
        assert.equal(found.length, 1, type);
        return found[0];
    };
    const inputs = (run: Run, type: string, keys: string[]) => {
        const found = of(run, type).inputs;
        return Object.fromEntries(keys.map(key => [key, found[key]]));
    };
    const up = async (config: Record<string, unknown>): Promise<Run> => {
        const run = await runProgram("dev", configTexts(config), []);
        assert.deepEqual(run.errors, []);
        return run;
    };

    it("has them in every action, and a backup before anything is overwritten", async () => {
        const filters = { exclude: [{ resource: "secrets" }] };
        const run = await up({
            ...{ onConflict: "replace", safetyBackup: true, validateExport: true },
            ...{ cancelOnTimeout: true, exceptions: "fail" },
            onDestroy: { restorePoints: "retire" },
            restore: { targetNamespace: "copy", filters },
        });
        const chosen = { cancelOnTimeout: true, exceptions: "fail" };
        const keys = Object.keys(chosen);
        for (const type of ["Export", "Validation", "Import", "SafetyBackup", "Restore"]) {
            assert.deepEqual(inputs(run, `k10:${type}`, keys), chosen, type);
        }
        for (const type of ["SafetyBackup", "Restore"]) {
            assert.deepEqual(inputs(run, `k10:${type}`, ["targetNamespace", "choices"]), {
                targetNamespace: "copy",
                choices: { filters },
            });
        }
        for (const type of ["Export", "SafetyBackup"]) {
            assert.deepEqual(inputs(run, `k10:${type}`, ["restorePoints"]), {
                restorePoints: "retire",
            });
        }
        const { namespace } = of(run, "openshift:Route").inputs as { namespace: string };
        assert.equal(namespace, "copy");
        assert.equal(run.outputs["restoredNamespace"], "copy");
        assert.ok("safetyRestorePoint" in run.outputs);
    });

    it("has each application validated that one policy exports", async () => {
        const run = await up({
            ...{ policyPer: "crossing", validateExport: true },
            applications: [{ namespace: "books" }, { namespace: "stock" }],
        });
        const found = run.registrations.filter(({ type }) => type === dynamic("k10:Validation"));
        assert.deepEqual(
            found.map(({ name, inputs: made }) => [name, made["applicationNamespace"]]).sort(),
            ["books", "stock"].map(each => [`${each}-export-validation`, each]),
        );
        const before = (application: string) =>
            run.registrations
                .find(({ name }) => name === `${application}-import`)!
                .dependencies.filter(urn => urn.endsWith("-export-validation"))
                .map(urn => urn.split("::").at(-1));
        assert.deepEqual(before("books"), ["books-export-validation"]);
        assert.deepEqual(before("stock"), ["stock-export-validation"]);
    });

    it("has the proof expect what was backed up and restored, and no more", async () => {
        const filters = { exclude: [{ resource: "secrets" }] };
        const transforms = [{ transformSetRef: { name: "to-openshift" } }];
        const run = await up({
            ...{ applications: [{ namespace: "stock" }], policy: { filters } },
            restore: { transforms },
        });
        assert.deepEqual(inputs(run, "proof:Baseline", ["filters"]), { filters });
        assert.deepEqual(inputs(run, "proof:Verification", ["choices"]), {
            choices: { transforms },
        });
    });

    it("gives leave to ServiceAccounts before the restore, and after the backup of what is overwritten", async () => {
        const grant = { serviceAccount: "default", scc: "anyuid" };
        const run = await up({
            ...{ onConflict: "replace", safetyBackup: true },
            grants: [
                { application: "shop", ...grant },
                { application: "shop", serviceAccount: "web", scc: "nonroot-v2" },
            ],
        });
        const { inputs: made, dependencies, deletedWith } = of(run, "openshift:Grants");
        assert.deepEqual(made["grants"], [grant, { serviceAccount: "web", scc: "nonroot-v2" }]);
        assert.deepEqual(
            ["targetNamespace", "onConflict", "runId"].map(key => made[key]),
            ["shop", "replace", "1"],
        );
        const names = (urns: string[]) => urns.map(urn => urn.split("::").at(-1));
        assert.ok(names(dependencies).includes("shop-safety-backup"));
        assert.ok(names(of(run, "k10:Restore").dependencies).includes("shop-grants"));
        assert.match(deletedWith, /::target$/);
        const { shop } = run.outputs["applications"] as Record<string, Record<string, unknown>>;
        assert.ok("grants" in shop);
    });

    it("says once what several applications leave in a store that outlives them", async () => {
        const endpoint = "https://s3.example.com";
        const run = await up({
            applications: [{ sample: {} }, { namespace: "stock" }],
            store: {
                ...{ type: "existing", bucket: "backups" },
                endpoint: { source: endpoint, target: endpoint },
            },
            ...{ storeAccessKey: "access", storeSecretKey: "secret" },
        });
        assert.equal(of(run, "store:Remains").name, "source-remains");
        const exports = run.registrations.filter(({ type }) => type === dynamic("k10:Export"));
        assert.equal(exports.length, 2);
        for (const { dependencies } of exports) {
            assert.ok(dependencies.some(urn => urn.endsWith("::source-remains")));
        }
    });

    it("restores another restore point without a proof, which would be of another run", async () => {
        const restorePoint = { name: "scheduled-abc" };
        const run = await up({ restore: { restorePoint } });
        assert.deepEqual(inputs(run, "k10:Import", ["restorePoint"]), { restorePoint });
        assert.deepEqual(inputs(run, "k10:Restore", ["choices"]), { choices: { restorePoint } });
        const proofs = run.registrations.filter(
            ({ type }) => type === dynamic("proof:Verification"),
        );
        assert.deepEqual(proofs, []);
        assert.equal(run.outputs["verification"], undefined);
    });

    it("follows a namespace that is known only after the restore", async () => {
        const run = await up({ onConflict: "newName" });
        const { database } = of(run, "proof:Verification").inputs as { database: unknown };
        const { namespace } = of(run, "openshift:Route").inputs as { namespace: unknown };
        const unknown = run.outputs["restoredNamespace"];
        assert.equal(typeof unknown, "string");
        assert.notEqual(unknown, "shop");
        assert.deepEqual([database, namespace], [unknown, unknown]);
    });
});
