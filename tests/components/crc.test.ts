/** OpenShift Local as it is registered. What crc.sh does: crc-sh.test.ts. */
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { CrcClusterArgs } from "../../components/cluster";
import { children } from "./support/cluster";
import { registered, secret, unknown } from "./support/mocks";

const run = async (from: CrcClusterArgs["from"], preview = false) => {
    const { CrcCluster } = await import("../../components/cluster");
    const args = { key: "crossing:target", from };
    return children(await registered(() => new CrcCluster("target", args), { preview }));
};
const parent = "crossing:cluster:CrcCluster::target";
const ready = "pulumi-nodejs:dynamic/openshift:Ready::target";
const connection = "pulumi-nodejs:dynamic/cluster:Connection::target";
const provider = "pulumi:providers:kubernetes::target";
const command = "command:local:Command::target";

describe("CrcCluster, started", () => {
    const from = {
        start: true,
        ...{ cpus: 6, memory: 16_384, disk: 60 },
        pullSecretFile: "~/pull-secret.json",
        onDestroy: "stop",
    } as const;

    for (const preview of [false, true]) {
        it(`is started by crc.sh, and waited for (${preview ? "preview" : "up"})`, async () => {
            const known = <T>(value: T) => (preview ? unknown : value);
            const kubeconfig = preview ? unknown : secret("stdout of target");
            assert.deepEqual(await run(from, preview), {
                [parent]: {
                    inputs: { key: "crossing:target", from },
                    outputs: {
                        kubeconfig,
                        uid: known("uid of target"),
                        version: known("v1.36.2"),
                        server: known("https://target:6443"),
                    },
                },
                "random:index/randomId:RandomId::target-owner": {
                    inputs: { byteLength: 16 },
                    parent,
                },
                [command]: {
                    inputs: {
                        create: "sh components/cluster/crc.sh create",
                        update: "sh components/cluster/crc.sh show",
                        delete: "sh components/cluster/crc.sh delete",
                        environment: {
                            OWNER: known("crossing/test/hex of target-owner"),
                            KEY: "crossing:target",
                            CPUS: "6",
                            MEMORY: "16384",
                            DISK: "60",
                            // Its path, and nothing of what is in it.
                            PULL_SECRET_FILE: "~/pull-secret.json",
                            ON_DESTROY: "stop",
                        },
                        logging: "stderr",
                    },
                    parent,
                    dependencies: ["random:index/randomId:RandomId::target-owner"],
                    deleteBeforeReplace: true,
                    additionalSecretOutputs: ["stdout"],
                    timeouts: { create: "60m", delete: "15m" },
                },
                [ready]: {
                    inputs: { kubeconfig, key: "crossing:target", timeout: 900 },
                    parent,
                    dependencies: [command],
                    additionalSecretOutputs: ["kubeconfig"],
                    hideDiffs: ["__provider"],
                },
                [connection]: {
                    inputs: { kubeconfig, key: "crossing:target", timeout: 120 },
                    parent,
                    dependencies: [command, ready],
                    additionalSecretOutputs: ["kubeconfig"],
                    hideDiffs: ["__provider"],
                },
                [provider]: {
                    inputs: {
                        kubeconfig,
                        enableServerSideApply: "true",
                        clusterIdentifier: known("uid of target"),
                    },
                    parent,
                    dependencies: [command, connection],
                },
            });
        });
    }

    it("takes with it what is in it only where its end is the machine's", async () => {
        const gone = async (onDestroy: "keep" | "stop" | "delete") => {
            const all = await run({ ...from, onDestroy });
            return [ready, connection, provider].map(each => all[each].deletedWith);
        };
        assert.deepEqual(await gone("keep"), [undefined, undefined, undefined]);
        assert.deepEqual(await gone("stop"), [undefined, undefined, undefined]);
        assert.deepEqual(await gone("delete"), [command, command, command]);
    });
});

describe("CrcCluster, adopted", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "crossing-crc-"));
        writeFileSync(
            join(folder, "kubeconfig"),
            JSON.stringify({
                "current-context": "admin",
                contexts: [{ name: "admin", context: { cluster: "crc", user: "admin" } }],
                clusters: [{ name: "crc", cluster: { server: "https://api.crc.testing:6443" } }],
                users: [{ name: "admin", user: { "client-key-data": "hunter2" } }],
            }),
        );
    });
    after(() => rmSync(folder, { recursive: true }));

    it("is read from CRC's kubeconfig, and nothing is started or goes with it", async () => {
        const all = await run({ start: false, kubeconfig: join(folder, "kubeconfig") });
        assert.deepEqual(Object.keys(all).sort(), [parent, connection, ready, provider].sort());
        const { kubeconfig } = all[parent].outputs as Record<string, Record<string, string>>;
        assert.deepEqual(Object.keys(kubeconfig), ["[secret]"]);
        const { clusters } = parse(kubeconfig["[secret]"]) as { clusters: unknown };
        assert.deepEqual(clusters, [
            { name: "crc", cluster: { server: "https://api.crc.testing:6443" } },
        ]);
        assert.deepEqual(all[ready].inputs, {
            kubeconfig,
            key: "crossing:target",
            timeout: 900,
        });
        assert.equal(all[provider].deletedWith, undefined);
    });

    it("that has written no kubeconfig is an error of this resource, without a stack", async () => {
        const kubeconfig = join(folder, "none");
        await assert.rejects(run({ start: false, kubeconfig }), error => {
            assert.ok(pulumi.ResourceError.isInstance(error));
            assert.equal(
                error.message,
                `\`crossing:target.kubeconfig\` names \`${kubeconfig}\`, which does not exist. Give the path of a kubeconfig, relative to the folder of Pulumi.yaml.`,
            );
            assert.equal(error.hideStack, true);
            return true;
        });
    });
});
