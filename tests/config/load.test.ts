import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Config, load } from "../../config";

/** What a stack file says, as Pulumi hands it over: text, and JSON for what has a structure. */
type Values = Record<string, string>;

/** Loads the configuration of stack `test`. Pulumi alone decides what is secret: `secretKeys` are marked in its file. */
async function loaded(values: Values, secretKeys: string[] = [], stack = "test") {
    await pulumi.runtime.setMocks(
        {
            call: ({ token }) => assert.fail(`the loader calls ${token}`),
            newResource: ({ type }) => assert.fail(`the loader makes a ${type}`),
        },
        "crossing",
        stack,
    );
    const qualified = Object.entries(values).map(([key, value]) => [`crossing:${key}`, value]);
    pulumi.runtime.setAllConfig(
        { ...(Object.fromEntries(qualified) as Values), "kubernetes:context": "not ours" },
        secretKeys.map(key => `crossing:${key}`),
    );
    return load();
}

const failure = async (values: Values, secretKeys?: string[], stack?: string) => {
    try {
        await loaded(values, secretKeys, stack);
    } catch (error) {
        assert.ok(pulumi.RunError.isInstance(error), String(error));
        return error.message;
    }
    throw new Error("it is accepted");
};

const value = (output: pulumi.Output<string> | undefined) =>
    new Promise<string>(resolve => output?.apply(resolve));

const s3 = JSON.stringify({
    type: "existing",
    bucket: "backups",
    endpoint: { source: "https://s3.example.com", target: "https://s3.example.com" },
});

describe("the configuration of a stack", () => {
    after(() => pulumi.runtime.setAllConfig({}));

    it("is what the schema makes of it, with a name from the stack", async () => {
        const config = await loaded({});
        assert.equal(config.name, "crossing-test");
        assert.equal(config.runId, "1");
        assert.equal(config.timeouts.export, 3_600);
        assert.equal(config.storeAccessKey, undefined);
        assert.equal(config.storeSecretKey, undefined);
        assert.equal(config.receiveString, undefined);
    });

    it("is frozen", async () => {
        const config: Config = await loaded({});
        assert.throws(() => (config.name = "other"), TypeError);
        assert.throws(() => (config.applications[0].namespace = "x"), TypeError);
    });

    it("has structured values as JSON", async () => {
        const config = await loaded({
            applications: '[{"sample":{"rows":20,"namespace":"shop-2"}}]',
            target: '{"type":"existing","kubeconfig":"ocp.yaml","platform":"openshift"}',
            k10: '{"values":{"limiter":{"workers":2},"eula":{"accept":true}}}',
            timeouts: '{"export":"2 hours"}',
        });
        assert.deepEqual(config.applications, [
            {
                namespace: "shop-2",
                after: [],
                sample: { namespace: "shop-2", database: "postgres", rows: 20, storage: "1Gi" },
            },
        ]);
        assert.deepEqual(config.target, {
            type: "existing",
            kubeconfig: "ocp.yaml",
            platform: "openshift",
        });
        assert.deepEqual(config.k10.values, { limiter: { workers: 2 }, eula: { accept: true } });
        assert.equal(config.timeouts.export, 7_200);
    });

    it("has texts as texts, whatever else they look like", async () => {
        const config = await loaded({ runId: "20261121", name: "007", restored: "delete" });
        assert.equal(config.runId, "20261121");
        assert.equal(config.name, "007");
        assert.equal(config.restored, "delete");
    });

    it("has its secrets as secret outputs, and only those", async () => {
        const config = await loaded(
            {
                store: s3,
                storeAccessKey: "AKIA",
                // As text, even where it would be JSON.
                storeSecretKey: "12345",
                receiveString: '{"a":1}',
            },
            ["storeAccessKey", "storeSecretKey", "receiveString"],
        );
        for (const [output, expected] of [
            [config.storeAccessKey, "AKIA"],
            [config.storeSecretKey, "12345"],
            [config.receiveString, '{"a":1}'],
        ] as const) {
            assert.ok(output && (await pulumi.isSecret(output)));
            assert.equal(await value(output), expected);
        }
    });

    it("has the contents of kubeconfigs where nothing shows them", async () => {
        const source = '{"type":"existing","context":"one"}';
        const config = await loaded({ source, sourceKubeconfig: "hunter2: x" }, [
            "sourceKubeconfig",
        ]);
        assert.deepEqual(Object.keys(config.kubeconfigs), ["source"]);
        assert.equal(config.kubeconfigs.source?.(), "hunter2: x");
        assert.doesNotMatch(JSON.stringify(config), /hunter2/);
        assert.doesNotMatch(inspect(config, { depth: null }), /hunter2/);
        assert.deepEqual((await loaded({})).kubeconfigs, {});
    });

    it("tells what is wrong with a kubeconfig without its contents", async () => {
        assert.equal(
            await failure({ sourceKubeconfig: "hunter2" }, ["sourceKubeconfig"]),
            "The configuration has a mistake:\n  - `crossing:sourceKubeconfig` is of no use with `crossing:source.type: kind`: remove it, or set `type: existing`.",
        );
        assert.equal(
            await failure(
                {
                    target: '{"type":"existing","kubeconfig":"target.yaml"}',
                    targetKubeconfig: "hunter2",
                },
                ["targetKubeconfig"],
            ),
            "The configuration has a mistake:\n  - `crossing:targetKubeconfig` and `crossing:target.kubeconfig` both say how the target is reached: remove one of them.",
        );
    });

    it("has the secrets of locations by location and field, each a secret of its own", async () => {
        const locationSecrets = '{"tape":{"accessKey":"AKIA","secretKey":"hunter2"}}';
        const config = await loaded(
            { locations: '{"tape":{"type":"s3","bucket":"tape"}}', locationSecrets },
            ["locationSecrets"],
        );
        const { accessKey, secretKey, ...rest } = config.locationSecrets["tape"];
        assert.deepEqual(rest, {});
        assert.deepEqual(Object.keys(config.locationSecrets), ["tape"]);
        for (const [output, expected] of [
            [accessKey, "AKIA"],
            [secretKey, "hunter2"],
        ] as const) {
            assert.ok(output && (await pulumi.isSecret(output)));
            assert.equal(await value(output), expected);
        }
    });

    it("tells what is wrong with the secrets of locations without them", async () => {
        assert.equal(
            await failure(
                {
                    locations: '{"tape":{"type":"nfs","claimName":"tape"}}',
                    locationSecrets: "hunter2",
                },
                ["locationSecrets"],
            ),
            "The configuration has a mistake:\n  - `crossing:locationSecrets` is no JSON object with a key for each location: set it by `pulumi config set --secret --path crossing:locationSecrets.<location>.<field>`.",
        );
    });

    it("treats its secrets as secret even if they were set in clear", async () => {
        const config = await loaded({ receiveString: "in clear" });
        assert.ok(config.receiveString && (await pulumi.isSecret(config.receiveString)));
    });

    it("fails with all mistakes at once, as an error that shows no stack", async () => {
        assert.equal(
            await failure({
                role: "both",
                applications: '[{"sample":{"rows":"many"}}]',
                sauce: "kind",
                source: "not JSON {",
                timeouts: '{"export":"soon"}',
            }),
            [
                "The configuration has 5 mistakes:",
                "`crossing:applications.0.sample.rows` is `many`: give a number.",
                "`crossing:role` is `both`: use `all`, `store`, `source`, `target` or `drill`.",
                "`crossing:sauce` is not a key: remove it, or correct its name.",
                "`crossing:source` is `not JSON {`: use `kind`, `existing` or `crc`.",
                "`crossing:timeouts.export` is `soon`: write a time such as `30 minutes`.",
            ].join("\n  - "),
        );
    });

    it("finds out that secrets are missing, or useless", async () => {
        assert.equal(
            await failure({ store: s3, storeAccessKey: "AKIA" }, ["storeAccessKey"]),
            "The configuration has a mistake:\n  - `crossing:storeSecretKey` is missing, which an existing store needs: set it by `pulumi config set --secret crossing:storeSecretKey`.",
        );
        assert.equal(
            await failure({ storeAccessKey: "AKIA" }, ["storeAccessKey"]),
            "The configuration has a mistake:\n  - `crossing:storeAccessKey` is set, but the stack makes its own MinIO and its keys: remove it, or set `crossing:store` to an existing store.",
        );
    });

    it("never shows a secret in its mistakes", async () => {
        const message = await failure(
            {
                role: "both",
                storeAccessKey: "AKIA-hunter2",
                storeSecretKey: "hunter2",
                receiveString: "hunter2",
                storeSecretKye: "hunter2",
            },
            ["storeAccessKey", "storeSecretKey", "receiveString", "storeSecretKye"],
        );
        assert.match(message, /^The configuration has 2 mistakes:\n/);
        assert.doesNotMatch(message, /hunter2/);
    });

    it("needs a name of its own where the stack's is none for Kubernetes", async () => {
        assert.equal(
            await failure({}, [], "PR_12"),
            "The configuration has a mistake:\n  - `crossing:name` is `crossing-PR_12`: use lower-case letters, digits and dashes, beginning and ending with a letter or digit.",
        );
        const config = await loaded({ name: "pr-12" }, [], "PR_12");
        assert.equal(config.name, "pr-12");
    });
});
