import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { planText } from "./engine/plan";
import { Registration, repository, Run, runProgram, StackOutputs } from "./engine/stub-engine";

/** Configuration as Pulumi hands it to a program: structured values are JSON. */
function configOf(text: string): Record<string, string> {
    const { config } = parse(text) as { config: Record<string, unknown> };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );
}

/** The lab's stack file, with values that differ between checkouts and builds made equal. */
function labConfig(): Record<string, string> {
    const template = readFileSync(join(repository, "lab", "stack.template.yaml"), "utf8");
    const fixed: Record<string, string> = { subnet: "10.89.0.0/24" };
    return configOf(
        template.replace(
            /@(\w+)@/g,
            (_, name: string) => fixed[name] ?? `lab-${name.toLowerCase()}`,
        ),
    );
}

const fileConfig = (path: string) => () => configOf(readFileSync(join(repository, path), "utf8"));

const stacks = {
    dev: fileConfig("Pulumi.dev.yaml"),
    lab: labConfig,
    store: fileConfig("examples/two-kind-clusters/Pulumi.store.yaml"),
    source: fileConfig("examples/two-kind-clusters/Pulumi.source.yaml"),
    target: fileConfig("examples/two-kind-clusters/Pulumi.target.yaml"),
};

/** What the stacks `store` and `source` say in their outputs once they are up. */
const otherStacks: Record<string, StackOutputs> = {
    "organization/crossing/store": {
        outputs: {
            bucket: "crossing",
            region: "us-east-1",
            network: "shop",
            sourceStoreEndpoint: "http://172.30.77.200:9000",
            targetStoreEndpoint: "http://172.30.77.200:9000",
            programStoreEndpoint: "http://172.30.77.200:9000",
            storeAccessKey: "access",
            storeSecretKey: "hunter2",
        },
        secretOutputNames: ["storeAccessKey", "storeSecretKey"],
    },
    "organization/crossing/source": {
        outputs: {
            runId: "7",
            applicationNamespace: "shop",
            bucket: "crossing",
            backupStartTime: "2026-11-21T12:00:00Z",
            sourceClusterUid: "uid of the source",
            sourceK10Version: "9.0.4",
            baselineKey: "crossing/uid/shop/7-01234567/baseline.json",
            baselineDigest: "digest",
            receiveString: "bIzAPpoanm-for-tests",
        },
        secretOutputNames: ["receiveString"],
    },
};

describe("plan", function () {
    // Programs are started, each for a few seconds.
    this.timeout(180_000);

    const runs = new Map<string, Run>();
    before(async () => {
        await Promise.all(
            Object.entries(stacks).map(async ([stack, config]) => {
                runs.set(stack, await runProgram(stack, config(), [], repository, otherStacks));
            }),
        );
    });

    for (const stack of Object.keys(stacks)) {
        it(`of stack ${stack} is the one in tests/plans/${stack}.json (npm run plan:update writes it)`, () => {
            const run = runs.get(stack)!;
            assert.deepEqual(run.errors, []);
            assert.equal(run.status, 0);
            const actual = planText(run.registrations, run.outputs);
            const file = join(__dirname, "plans", `${stack}.json`);
            if (process.env["UPDATE_PLANS"]) {
                writeFileSync(file, actual);
            }
            assert.equal(actual, existsSync(file) ? readFileSync(file, "utf8") : "");
        });
    }

    const named = (stack: string, type: string, name: string): Registration => {
        const found = runs
            .get(stack)!
            .registrations.filter(entry => entry.type === type && entry.name === name);
        assert.equal(found.length, 1, `${type} ${name}`);
        return found[0];
    };

    it("of the stacks dev and lab has the same resources, but for the snapshots that only the lab's driver takes", () => {
        const names = (stack: string) =>
            runs
                .get(stack)!
                .registrations.filter(entry => !entry.name.endsWith("-snapshots"))
                .map(entry => `${entry.type}::${entry.name}`)
                .sort();
        assert.deepEqual(
            names("dev"),
            names("lab").map(name => name.replace("-lab", "-dev")),
        );
    });

    it("leaves the restored namespace to the user: no resource of the target makes it", () => {
        const namespaces = runs
            .get("dev")!
            .registrations.filter(entry => entry.type === "kubernetes:core/v1:Namespace")
            .filter(entry => entry.deletedWith.endsWith("::target"))
            .map(entry => (entry.inputs["metadata"] as { name: string }).name)
            .sort();
        assert.deepEqual(namespaces, [
            ...["crossing-probe", "kasten-io", "openshift-ingress", "openshift-rehearsal"],
        ]);
    });

    it("takes everything inside a cluster of ours away with the cluster", () => {
        const inStore = /:(Bucket|KeptBaseline|FetchedBaseline)$/;
        const inside = runs
            .get("dev")!
            .registrations.filter(entry => /^kubernetes:|^pulumi-nodejs:/.test(entry.type))
            .filter(entry => !inStore.test(entry.type));
        const without = inside.filter(entry => !entry.deletedWith).map(entry => entry.name);
        assert.deepEqual(without, []);
    });

    it("never states a secret in clear", () => {
        const { outputs, registrations } = runs.get("dev")!;
        const text = planText(registrations, outputs);
        const secret = JSON.parse(text) as { outputs: Record<string, unknown> };
        for (const key of [
            "sourceKubeconfig",
            "targetKubeconfig",
            "receiveString",
            "storeSecretKey",
        ]) {
            assert.match(String(secret.outputs[key]), /^\[(secret|unknown)\]$/, key);
        }
    });

    it("imports into the target only after the export, and verifies after the restore", () => {
        const dependsOn = (name: string, type: string) =>
            named("dev", type, name).dependencies.map(urn => urn.split("::").at(-1));
        assert.ok(
            dependsOn("import-policy", "kubernetes:config.kio.kasten.io/v1alpha1:Policy").includes(
                "export",
            ),
        );
        assert.ok(dependsOn("export", "pulumi-nodejs:dynamic/k10:Export").includes("baseline"));
        assert.ok(dependsOn("restore", "pulumi-nodejs:dynamic/k10:Restore").includes("import"));
        assert.ok(
            dependsOn("verification", "pulumi-nodejs:dynamic/proof:Verification").includes(
                "restore",
            ),
        );
    });

    it("has further policies and bindings on the side that is named, once K10 and its profile are there", async () => {
        const daily = { frequency: "@daily", retention: { daily: 7 } };
        const binding = {
            blueprint: "postgres",
            resources: { matchAll: [{ namespace: { operator: "In", values: ["shop"] } }] },
        };
        const run = await runProgram("dev", {
            ...stacks.dev(),
            "crossing:policy": JSON.stringify(daily),
            "crossing:importPolicy": JSON.stringify({ frequency: "@hourly" }),
            "crossing:policies": JSON.stringify({
                nightly: daily,
                web: { ...daily, namespaces: ["web-*"], on: "target" },
            }),
            "crossing:blueprintBindings": JSON.stringify([
                { ...binding, name: "pg" },
                { ...binding, name: "pg", on: "target" },
            ]),
        });
        assert.deepEqual(run.errors, []);
        const all = run.registrations.filter(({ type }) =>
            type.startsWith("kubernetes:config.kio"),
        );
        const find = (kind: string, name: string) => {
            const type = `kubernetes:config.kio.kasten.io/v1alpha1:${kind}`;
            const found = all.find(entry => entry.type === type && entry.name === name);
            assert.ok(found, `${kind} ${name}`);
            const provider = found.provider.split("::").at(-2);
            const spec = (found.inputs["spec"] ?? {}) as Record<string, unknown>;
            const { name: k10Name } = found.inputs["metadata"] as { name: string };
            return { provider, k10Name, spec, dependencies: found.dependencies };
        };
        const namespacesOf = ({ spec }: { spec: Record<string, unknown> }) =>
            (spec["selector"] as { matchExpressions: { values: string[] }[] }).matchExpressions[0]
                ?.values;
        const nightly = find("Policy", "source-policy-nightly");
        assert.deepEqual([nightly.provider, nightly.k10Name], ["source", "nightly"]);
        assert.deepEqual(namespacesOf(nightly), ["shop"]);
        assert.ok(nightly.dependencies.some(urn => urn.endsWith("Validated::source-profile")));
        const web = find("Policy", "target-policy-web");
        assert.deepEqual([web.provider, web.k10Name], ["target", "web"]);
        assert.deepEqual(namespacesOf(web), ["web-*"]);
        assert.equal(find("Policy", "export-policy").spec["frequency"], "@daily");
        for (const side of ["source", "target"]) {
            const { provider, k10Name } = find("BlueprintBinding", `${side}-binding-pg`);
            assert.deepEqual([provider, k10Name], [side, "pg"]);
        }
        const dependsOn = (type: string, name: string) =>
            run.registrations
                .find(entry => entry.type === type && entry.name === name)!
                .dependencies.map(urn => urn.split("::").at(-1));
        const bindingAfter = dependsOn("crossing:k10:BlueprintBinding", "source-binding-pg");
        assert.ok(bindingAfter.includes("source-k10"), bindingAfter.join());
        // The first backup heeds what is bound, and so does the restore.
        assert.ok(
            dependsOn("pulumi-nodejs:dynamic/k10:Export", "export").includes("source-binding-pg"),
        );
        assert.ok(
            dependsOn("pulumi-nodejs:dynamic/k10:Restore", "restore").includes("target-binding-pg"),
        );
    });

    it("installs K10 on each side as it is said of that side, and keeps its secrets secret", async () => {
        const run = await runProgram(
            "dev",
            {
                ...stacks.dev(),
                "crossing:k10": JSON.stringify({
                    ...{ storageClass: "fast", values: { a: 1 } },
                    target: { route: {}, storageClass: "gold", values: { b: 2 } },
                }),
                "crossing:k10EncryptionPassphrase": "hunter2",
                "crossing:k10ImagePullSecret": '{"auths":{"x":{"auth":"hunter2"}}}',
            },
            ["crossing:k10EncryptionPassphrase", "crossing:k10ImagePullSecret"],
        );
        assert.deepEqual(run.errors, []);
        const valuesOf = (side: string) => {
            const { clusterName: _, ...values } = run.registrations.find(
                entry =>
                    entry.type === "kubernetes:helm.sh/v3:Release" && entry.name === `${side}-k10`,
            )!.inputs["values"] as Record<string, unknown>;
            return values;
        };
        const auth = { tokenAuth: { enabled: true } };
        const imagePullSecret = "k10-image-pull";
        assert.deepEqual(valuesOf("source"), {
            ...{ auth, scc: { create: false }, a: 1 },
            global: { persistence: { storageClass: "fast" }, imagePullSecret },
        });
        assert.deepEqual(valuesOf("target"), {
            ...{ auth, scc: { create: true }, a: 1, b: 2 },
            route: { enabled: true, tls: { enabled: true } },
            global: { persistence: { storageClass: "gold" }, imagePullSecret },
        });
        const text = planText(run.registrations, run.outputs);
        assert.doesNotMatch(text, /hunter2|aHVudGVyMg/);
        assert.equal(text.match(/::(source|target)-k10-(passphrase|image-pull)": \{/g)?.length, 4);
    });

    it("fails before the first resource where another stack does not say what is needed", async () => {
        const { "organization/crossing/source": source, ...others } = otherStacks;
        const { receiveString: _, baselineKey: __, ...outputs } = source.outputs;
        const run = await runProgram("target", stacks.target(), [], repository, {
            ...others,
            "organization/crossing/source": { ...source, outputs },
        });
        assert.deepEqual(run.errors, [
            "Stack `organization/crossing/source`, which `crossing:sourceStack` names, has no output `baselineKey`, `receiveString`: check that its `crossing:role` is `source`, and run `pulumi up` there first.",
        ]);
        assert.deepEqual(
            run.registrations.filter(entry => entry.type !== "pulumi:pulumi:Stack"),
            [],
        );
    });
});
