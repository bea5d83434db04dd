/** The examples are configurations that a stack accepts. What they ask for: plans.test.ts. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { parse } from "../../config/parse";

const root = join(__dirname, "..", "..");

describe("the examples", () => {
    const files = globSync("examples/*/Pulumi.*.yaml", { cwd: root }).sort();

    it("are the files of six crossings and a drill", () => {
        assert.deepEqual(files, [
            "examples/eks-to-openshift/Pulumi.source.yaml",
            "examples/eks-to-openshift/Pulumi.target.yaml",
            "examples/kind-to-crc/Pulumi.source.yaml",
            "examples/kind-to-crc/Pulumi.target.yaml",
            "examples/kind-to-started-crc/Pulumi.all.yaml",
            "examples/openshift-to-openshift/Pulumi.source.yaml",
            "examples/openshift-to-openshift/Pulumi.target.yaml",
            "examples/restore-drill/Pulumi.drill.yaml",
            "examples/store-in-target/Pulumi.all.yaml",
            "examples/two-kind-clusters/Pulumi.source.yaml",
            "examples/two-kind-clusters/Pulumi.store.yaml",
            "examples/two-kind-clusters/Pulumi.target.yaml",
        ]);
    });

    const configOf = (file: string) => {
        const { config } = parseYaml(readFileSync(join(root, file), "utf8")) as {
            config: Record<string, unknown>;
        };
        const values = Object.fromEntries(
            Object.entries(config).map(([key, value]) => [key.replace(/^crossing:/, ""), value]),
        );
        const { type } = (values["store"] ?? {}) as { type?: string };
        return parse(values, type === "existing" ? ["storeAccessKey", "storeSecretKey"] : []);
    };

    for (const file of files) {
        it(`${file} is accepted, and its role is that of its name`, () => {
            assert.equal(`Pulumi.${configOf(file).role}.yaml`, file.split("/").at(-1));
        });
    }

    for (const file of files.filter(each => !/\.(store|target)\.yaml$/.test(each))) {
        it(`${file} backs volumes up by snapshots of a CSI driver, or a dump in their place`, () => {
            const { snapshots, applications } = configOf(file);
            const dumped = applications.every(({ sample }) => sample?.backup === "dump");
            assert.equal(snapshots !== undefined, !dumped);
        });
    }
});
