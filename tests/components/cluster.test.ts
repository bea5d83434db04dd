/** Clusters as they are registered. What kind makes of it: kind-sh.test.ts, and the lab suite. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { children } from "./support/cluster";
import { only, registered, secret, unknown } from "./support/mocks";

const load = () => import("../../components/cluster");

/** What `connect` makes for every cluster, by the cluster's kubeconfig. */
const connection = (
    kubeconfig: unknown,
    owner: string | undefined,
    parent: string,
    more: object,
) => {
    const gone = owner ? { deletedWith: owner } : {};
    const from = owner ? [owner] : [];
    return {
        "pulumi-nodejs:dynamic/cluster:Connection::source": {
            inputs: { kubeconfig, key: "crossing:source", timeout: 120 },
            parent,
            ...(owner ? { dependencies: from } : {}),
            ...gone,
            additionalSecretOutputs: ["kubeconfig"],
            hideDiffs: ["__provider"],
        },
        "pulumi:providers:kubernetes::source": {
            inputs: { kubeconfig, enableServerSideApply: "true", ...more },
            parent,
            dependencies: [...from, "pulumi-nodejs:dynamic/cluster:Connection::source"],
            ...gone,
        },
    };
};

describe("KindCluster", () => {
    const args = {
        clusterName: "crossing-test-source",
        nodeImage: "kindest/node:v1.36.1",
        network: "crossing-test",
        workers: 0,
        extraMounts: [],
        key: "crossing:source",
    };
    const run = async (preview: boolean, more: object = {}) => {
        const { KindCluster } = await load();
        const program = () => new KindCluster("source", { ...args, ...more });
        return children(await registered(program, { preview }));
    };
    const parent = "crossing:cluster:KindCluster::source";
    const command = "command:local:Command::source";
    const config = JSON.stringify({
        kind: "Cluster",
        apiVersion: "kind.x-k8s.io/v1alpha4",
        nodes: [
            {
                role: "control-plane",
                extraMounts: [
                    {
                        hostPath: "@OWNER_FILE@",
                        containerPath: "/etc/crossing/owner",
                        readOnly: true,
                    },
                ],
            },
        ],
    });

    const expected = (preview: boolean) => {
        const kubeconfig = preview ? unknown : secret("stdout of source");
        const known = (value: string) => (preview ? unknown : value);
        return {
            [parent]: {
                inputs: args,
                outputs: {
                    kubeconfig,
                    uid: known("uid of source"),
                    version: known("v1.36.2"),
                    server: known("https://source:6443"),
                },
            },
            "random:index/randomId:RandomId::source-owner": { inputs: { byteLength: 16 }, parent },
            [command]: {
                inputs: {
                    create: "sh components/cluster/kind.sh create",
                    update: "sh components/cluster/kind.sh show",
                    delete: "sh components/cluster/kind.sh delete",
                    environment: {
                        CLUSTER: "crossing-test-source",
                        NODE_IMAGE: "kindest/node:v1.36.1",
                        NETWORK: "crossing-test",
                        KIND_CONFIG: config,
                        OWNER: known("crossing/test/hex of source-owner"),
                        OWNER_FILE: ".crossing/owners/crossing-test-source",
                    },
                    triggers: [
                        "crossing-test-source",
                        "kindest/node:v1.36.1",
                        "crossing-test",
                        config,
                    ],
                    logging: "stderr",
                },
                parent,
                dependencies: ["random:index/randomId:RandomId::source-owner"],
                deleteBeforeReplace: true,
                additionalSecretOutputs: ["stdout"],
                timeouts: { create: "10m", delete: "5m" },
            },
            ...connection(kubeconfig, command, parent, {
                clusterIdentifier: known("uid of source"),
            }),
        };
    };

    it("is made by kind.sh, on a network of its own, and all in it goes with it", async () => {
        assert.deepEqual(await run(false), expected(false));
    });

    it("is the same in a preview, before anything is known of it", async () => {
        assert.deepEqual(await run(true), expected(true));
    });

    it("has workers and folders of the machine, the owner's file on every node", async () => {
        const mount = { hostPath: "/tmp/kind-pv", containerPath: "/data", readOnly: false };
        const all = await run(false, { workers: 2, extraMounts: [mount] });
        const { environment, triggers } = all[command].inputs as {
            environment: Record<string, string>;
            triggers: string[];
        };
        const owner = {
            hostPath: "@OWNER_FILE@",
            containerPath: "/etc/crossing/owner",
            readOnly: true,
        };
        assert.deepEqual(JSON.parse(environment["KIND_CONFIG"] ?? ""), {
            kind: "Cluster",
            apiVersion: "kind.x-k8s.io/v1alpha4",
            nodes: [
                { role: "control-plane", extraMounts: [owner, mount] },
                { role: "worker", extraMounts: [owner, mount] },
                { role: "worker", extraMounts: [owner, mount] },
            ],
        });
        // Another shape is another cluster.
        assert.equal(triggers.at(-1), environment["KIND_CONFIG"]);
    });

    it("names no path of this machine: a plan is the same everywhere", async () => {
        assert.ok(!JSON.stringify(await run(false)).includes(process.cwd()));
    });
});

describe("ExistingCluster", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "crossing-existing-"));
        writeFileSync(
            join(folder, "two.yaml"),
            JSON.stringify({
                "current-context": "one",
                contexts: [
                    { name: "one", context: { cluster: "one", user: "one" } },
                    { name: "two", context: { cluster: "two", user: "two" } },
                ],
                clusters: [
                    {
                        name: "one",
                        cluster: { server: "https://one", "certificate-authority": "ca" },
                    },
                    { name: "two", cluster: { server: "https://two" } },
                ],
                users: [
                    { name: "one", user: { token: "hunter-one" } },
                    { name: "two", user: { token: "hunter-two" } },
                ],
            }),
        );
        writeFileSync(join(folder, "broken.yaml"), "users: [{token: hunter2");
    });
    after(() => rmSync(folder, { recursive: true }));

    const run = async (kubeconfig: string, context?: string, preview = false) => {
        const { ExistingCluster } = await load();
        const args = { kubeconfig, context, key: "crossing:source" };
        return registered(() => new ExistingCluster("source", args), { preview });
    };
    const parent = "crossing:cluster:ExistingCluster::source";

    for (const preview of [false, true]) {
        it(`is asked who it is, and nothing in it goes with it (${preview ? "preview" : "up"})`, async () => {
            const path = join(folder, "two.yaml");
            const all = children(await run(path, undefined, preview));
            const { outputs, ...component } = all[parent];
            assert.deepEqual(component, { inputs: { kubeconfig: path, key: "crossing:source" } });
            const { kubeconfig, ...rest } = outputs!;
            const known = (value: string) => (preview ? unknown : value);
            assert.deepEqual(rest, {
                uid: known("uid of source"),
                version: known("v1.36.2"),
                server: known("https://source:6443"),
            });
            delete all[parent];
            assert.deepEqual(
                all,
                connection(kubeconfig, undefined, parent, {
                    clusterIdentifier: known("uid of source"),
                }),
            );
        });
    }

    /** The kubeconfig that the component hands on, which is secret. */
    const handedOn = async (
        context?: string,
        path = relative(".", join(folder, "two.yaml")),
    ): Promise<unknown> => {
        const all = await run(path, context);
        const { kubeconfig } = only(all, "crossing:cluster:ExistingCluster").outputs!;
        assert.deepEqual(Object.keys(kubeconfig as object), ["[secret]"]);
        return parse((kubeconfig as Record<string, string>)["[secret]"] ?? "");
    };

    it("is found in the user's home, too", async () => {
        const home = process.env["HOME"];
        process.env["HOME"] = folder;
        try {
            assert.deepEqual(await handedOn(undefined, "~/two.yaml"), await handedOn());
        } finally {
            process.env["HOME"] = home;
        }
    });

    it("is the one of the current context, by a path that is relative to the program", async () => {
        assert.deepEqual(await handedOn(), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "one",
            contexts: [{ name: "one", context: { cluster: "one", user: "one" } }],
            clusters: [
                {
                    name: "one",
                    cluster: { server: "https://one", "certificate-authority": join(folder, "ca") },
                },
            ],
            users: [{ name: "one", user: { token: "hunter-one" } }],
        });
    });

    it("is the one of the context that is chosen, alone", async () => {
        assert.deepEqual(await handedOn("two"), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "two",
            contexts: [{ name: "two", context: { cluster: "two", user: "two" } }],
            clusters: [{ name: "two", cluster: { server: "https://two" } }],
            users: [{ name: "two", user: { token: "hunter-two" } }],
        });
    });

    describe("by the contents of a kubeconfig", () => {
        const contents = () => readFileSync(join(folder, "two.yaml"), "utf8");
        const given = async (context?: string, text = contents) => {
            const { ExistingCluster } = await load();
            const args = { contents: text, context, key: "crossing:source" };
            return registered(() => new ExistingCluster("source", args));
        };

        it("is the same as by its path, and keeps them secret", async () => {
            const all = await given("two");
            const { inputs, outputs } = only(all, "crossing:cluster:ExistingCluster");
            assert.deepEqual(inputs, { context: "two", key: "crossing:source" });
            const { "[secret]": text, ...rest } = outputs!["kubeconfig"] as Record<string, string>;
            assert.deepEqual(rest, {});
            assert.deepEqual(parse(text), await handedOn("two"));
            assert.doesNotMatch(JSON.stringify(all), /hunter-one/);
        });

        for (const [what, text, context, why] of [
            ["they are broken", "users: [{token: hunter2", undefined, "is not YAML"],
            ["they are a path", "~/.kube/config", undefined, "is not a kubeconfig"],
            [
                "they have no such context",
                undefined,
                "three",
                "has no complete context `three` (it has `one`, `two`): name one of them by `context`",
            ],
        ] as const) {
            it(`cannot be had where ${what}, and they are not quoted`, async () => {
                await assert.rejects(given(context, text ? () => text : contents), error => {
                    assert.ok(pulumi.ResourceError.isInstance(error));
                    assert.equal(
                        error.message,
                        `\`crossing:sourceKubeconfig\` ${why}. Set it to the contents of a kubeconfig by \`pulumi config set --secret crossing:sourceKubeconfig\`.`,
                    );
                    assert.equal(error.hideStack, true);
                    return true;
                });
            });
        }
    });

    const advice = "Give the path of a kubeconfig, relative to the folder of Pulumi.yaml.";
    for (const [what, file, context, why] of [
        ["there is no file", "none.yaml", undefined, "does not exist"],
        ["it is a folder", ".", undefined, "cannot be read (EISDIR)"],
        ["the file is broken", "broken.yaml", undefined, "is not YAML"],
        [
            "there is no such context",
            "two.yaml",
            "three",
            "has no complete context `three` (it has `one`, `two`): name one of them by `context`",
        ],
    ] as const) {
        it(`cannot be had where ${what}: an error of this resource, without a stack`, async () => {
            const path = join(folder, file);
            await assert.rejects(run(path, context), error => {
                assert.ok(pulumi.ResourceError.isInstance(error));
                assert.equal(
                    error.message,
                    `\`crossing:source.kubeconfig\` names \`${path}\`, which ${why}. ${advice}`,
                );
                assert.equal(error.hideStack, true);
                assert.ok(error.resource);
                return true;
            });
        });
    }
});
