/** What is configured of K10's objects, and in which order they are made. That K10 takes them is shown elsewhere. */
import assert from "node:assert/strict";
import { configTexts, Registration, Run, runProgram } from "./engine/stub-engine";

const config = (kind: string) => `kubernetes:config.kio.kasten.io/v1alpha1:${kind}`;

describe("a stack that tells K10 more", function () {
    this.timeout(300_000);

    const up = async (values: Record<string, unknown>, secrets: string[] = []): Promise<Run> => {
        const names = secrets.map(key => `crossing:${key}`);
        const run = await runProgram("dev", configTexts(values), names);
        assert.deepEqual(run.errors, []);
        return run;
    };
    const named = (run: Run, type: string, name: string): Registration => {
        const found = run.registrations.filter(each => each.type === type && each.name === name);
        assert.equal(found.length, 1, `${type} ${name}`);
        return found[0];
    };
    /** The names of what K10 has to have validated before. */
    const validatedBefore = ({ dependencies }: Registration) =>
        dependencies
            .filter(urn => urn.includes("k10:Validated::"))
            .map(urn => urn.split("::").at(-1))
            .sort();

    it("has policies that write to a location of their own, once its profile is valid", async () => {
        const daily = { frequency: "@daily", retention: { daily: 7 } };
        const run = await up(
            {
                locations: {
                    tape: {
                        ...{ type: "vbr", server: "vbr.example.com", repository: "R" },
                        metadataLocation: "share",
                    },
                    share: { type: "nfs", claimName: "share" },
                },
                locationSecrets: { tape: { username: "u", password: "p" } },
                policy: { export: { blockModeProfile: "tape" } },
                policies: {
                    blocks: { ...daily, location: "tape" },
                    far: { ...daily, location: "share", on: "target" },
                    resources: { ...daily, cluster: true },
                },
            },
            ["locationSecrets"],
        );
        const policy = (name: string) => {
            const found = named(run, config("Policy"), name);
            const { actions, selector } = found.inputs["spec"] as {
                actions: Record<string, Record<string, unknown>>[];
                selector: { matchExpressions: { values: string[] }[] };
            };
            const [backup, exported] = actions;
            // Names of profiles are unknown here: they are known once K10 has validated them.
            return {
                blocks: "blockModeProfile" in (exported?.["exportParameters"] ?? {}),
                backsUpTo: "profile" in (backup?.["backupParameters"] ?? {}),
                selects: selector.matchExpressions[0]?.values,
                after: validatedBefore(found),
            };
        };
        assert.deepEqual(policy("shop-export-policy"), {
            ...{ backsUpTo: true, blocks: true, selects: ["shop"] },
            after: ["source-location-tape", "source-profile"],
        });
        assert.deepEqual(policy("source-policy-blocks"), {
            ...{ backsUpTo: true, blocks: true, selects: ["shop"] },
            after: ["source-location-share", "source-location-tape"],
        });
        assert.deepEqual(policy("target-policy-far"), {
            ...{ backsUpTo: true, blocks: false, selects: ["shop"] },
            after: ["target-location-share"],
        });
        assert.deepEqual(policy("source-policy-resources"), {
            ...{ backsUpTo: true, blocks: false, selects: ["kasten-io-cluster"] },
            after: ["source-profile"],
        });
    });

    it("has policies on the target select what was restored there, wherever that is", async () => {
        const policies = { far: { frequency: "@daily", retention: { daily: 7 }, on: "target" } };
        const selected = (run: Run) => {
            const { inputs, dependencies } = named(run, config("Policy"), "target-policy-far");
            const { selector } = inputs["spec"] as {
                selector: { matchExpressions: { values: string[] }[] };
            };
            const restores = dependencies.filter(urn => urn.endsWith("-restore"));
            return {
                values: selector.matchExpressions[0]?.values,
                after: restores.map(urn => urn.split("::").at(-1)),
            };
        };
        const there = await up({ policies, restore: { targetNamespace: "copy" } });
        assert.deepEqual(selected(there), { values: ["copy"], after: [] });
        const renamed = await up({ policies, onConflict: "newName" });
        assert.deepEqual(selected(renamed).after, ["shop-restore"]);
        assert.notDeepEqual(selected(renamed).values, ["shop"]);
    });

    it("tells the version of an operator's K10 once that has exported, and Helm's at once", async () => {
        const endpoint = "https://s3.example.com";
        const store = {
            ...{
                store: {
                    type: "existing",
                    bucket: "backups",
                    endpoint: { source: endpoint, target: endpoint },
                },
            },
            ...{ storeAccessKey: "access", storeSecretKey: "secret" },
        };
        const source = { type: "crc", start: true, pullSecretFile: "pull-secret.txt" };
        const operator = { install: "operator", operator: { source: "certified-operators" } };
        const eula = { accept: true, company: "Example", email: "you@example.com" };
        const run = await up({ ...store, source, k10: { eula, source: operator } });
        const { sourceK10Version, targetK10Version } = run.outputs;
        // Pulumi's mark for what is not known in a preview.
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        assert.deepEqual([sourceK10Version, targetK10Version], [unknown, "9.0.4"]);
    });

    it("tries snapshots only on the cluster that takes them", async () => {
        const csi = { driver: "csi.x", storageClass: "fast", manifests: [] };
        const run = await up({ snapshots: { ...csi, target: { enabled: false } } });
        const tried = run.registrations.filter(({ type }) => type.endsWith("snapshot:Snapshots"));
        assert.deepEqual(
            tried.map(({ name }) => name),
            ["source-snapshots"],
        );
    });

    it("makes presets and transforms before what names them", async () => {
        const daily = { frequency: "@daily", retention: { daily: 7 } };
        const run = await up({
            locations: { share: { type: "nfs", claimName: "share" } },
            presets: {
                gold: { ...daily, sides: ["source", "target"], export: { location: "share" } },
            },
            policy: { preset: "gold" },
            policies: {
                more: { preset: "gold", on: "target" },
                other: { preset: "one-that-is-there" },
            },
            transformSets: {
                "to-openshift": [
                    {
                        ...{ name: "host", subject: { resource: "routes" } },
                        json: [{ op: "remove", path: "/spec/host" }],
                    },
                ],
            },
            restore: { transforms: [{ transformSetRef: { name: "to-openshift" } }] },
        });
        for (const side of ["source", "target"]) {
            assert.deepEqual(
                validatedBefore(named(run, config("PolicyPreset"), `${side}-preset-gold`)),
                [`${side}-location-share`, `${side}-profile`],
            );
        }
        const policies = ["shop-export-policy", "target-policy-more", "source-policy-other"];
        const after = policies.map(name => validatedBefore(named(run, config("Policy"), name)));
        assert.deepEqual(after, [["source-preset-gold"], ["target-preset-gold"], []]);
        const { presetRef } = named(run, config("Policy"), "source-policy-other").inputs[
            "spec"
        ] as Record<string, unknown>;
        assert.deepEqual(presetRef, { name: "one-that-is-there", namespace: "kasten-io" });
        const restore = named(run, "pulumi-nodejs:dynamic/k10:Restore", "shop-restore");
        const sets = restore.dependencies.map(urn => urn.split("::").slice(-2).join("::"));
        assert.ok(
            sets.some(urn => urn.endsWith("Validated::target-transforms-to-openshift")),
            sets.join(),
        );
    });

    it("has a token for the dashboard of the side that wants one, once K10 is there", async () => {
        const none = await up({});
        assert.ok(!none.registrations.some(({ type }) => type.includes("Token")));
        const run = await up({
            k10: { target: { dashboardToken: { for: "1000 hours" } } },
        });
        const tokens = run.registrations.filter(({ type }) => type.endsWith("k10:Token"));
        assert.deepEqual(
            tokens.map(({ name }) => name),
            ["target-dashboard-token"],
        );
        const { inputs, dependencies, additionalSecretOutputs } = tokens[0];
        assert.deepEqual(
            [inputs["namespace"], inputs["serviceAccount"], inputs["seconds"]],
            ["kasten-io", "k10-k10", 3_600_000],
        );
        assert.deepEqual(additionalSecretOutputs, ["kubeconfig", "token"]);
        assert.ok(dependencies.some(urn => urn.endsWith("v1:Secret::target-dashboard-token")));
        assert.ok("targetK10Token" in run.outputs);
        assert.ok(!("sourceK10Token" in run.outputs));
        assert.deepEqual(
            run.warnings.filter(line => line.includes("dashboardToken")),
            [
                "`crossing:k10.dashboardToken` of the target is good for 42 days, and whoever has it may use K10 all that time: ask for less where nothing wants so much. (K10-TOKEN-001)",
            ],
        );
    });

    it("gives K10's roles on the cluster that is named, once K10 is there", async () => {
        const admin = { role: "admin", groups: ["backup"] };
        const run = await up({ k10: { access: [admin], target: { access: [] } } });
        const bindings = run.registrations.filter(({ type }) => type.includes("rbac"));
        assert.deepEqual(
            bindings.map(({ name }) => name).filter(name => name.includes("k10-access")),
            ["source-k10-access-admin", "source-k10-access-ns-admin"],
        );
        const access = named(run, "crossing:k10:Access", "source-k10-access");
        assert.ok(access.dependencies.some(urn => urn.endsWith("k10:Ready::source-k10")));
    });

    it("counts what lies in the bucket that it exported to, and in the store's otherwise", async () => {
        const far = { type: "s3", bucket: "backups", region: "eu-central-1" };
        const run = await up(
            {
                locations: { far },
                exportLocation: "far",
                locationSecrets: { far: { accessKey: "AKIA", secretKey: "hunter2" } },
            },
            ["locationSecrets"],
        );
        const counted = named(
            run,
            "pulumi-nodejs:dynamic/store:StoredObjects",
            "location-far-stored",
        );
        assert.deepEqual([counted.inputs["bucket"], counted.inputs["run"]], ["backups", "1"]);
        assert.ok(counted.dependencies.some(urn => urn.endsWith("k10:Export::shop-export")));
        const none = await up({});
        assert.ok(!none.registrations.some(({ type }) => type.endsWith("store:StoredObjects")));
    });
});
