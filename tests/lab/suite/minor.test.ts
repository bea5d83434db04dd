/** A crossing from a cluster of another minor of Kubernetes, where that one has been built. */
import assert from "node:assert/strict";
import { imageState } from "../../../lab/build/docker.ts";
import { nodeImage } from "../../../lab/build/node-image.ts";
import { prefix } from "../../../lab/paths.ts";
import { labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { kubernetesVersions, minorOf } from "../../../lab/versions.ts";
import { TestCluster } from "./cluster.ts";

const [standard, ...others] = kubernetesVersions;

for (const kubernetes of others) {
    const minor = minorOf(kubernetes.version);

    describe(`a crossing from Kubernetes ${minor}`, function () {
        this.timeout("10m");
        const stack = new LabStack("lab-minor");
        let made = false;

        before(async function () {
            for (const each of [kubernetes, standard]) {
                if ((await imageState(await nodeImage(each))).todo) {
                    // `npm run lab -- up --kubernetes <minor>` builds it: that takes as long as the default does.
                    this.skip();
                }
            }
            made = true;
            const lab = await labConfig();
            await stack.configure({
                ...lab,
                name: prefix("lab-minor"),
                network: { subnet: await subnet(9) },
                source: { ...(lab["source"] as object), nodeImage: await nodeImage(kubernetes) },
                target: { ...(lab["target"] as object), nodeImage: await nodeImage(standard) },
            });
        });
        after(() => (made ? stack.remove() : undefined));

        it("takes snapshots there, and ends with a proof", async () => {
            await stack.up();
            const outputs = await stack.outputs();
            const versionsOf = (side: string) =>
                new TestCluster(outputs[`${side}Kubeconfig`] as string).kubeletVersions();
            assert.deepEqual(await versionsOf("source"), [`v${kubernetes.version}`]);
            assert.deepEqual(await versionsOf("target"), [`v${standard.version}`]);
            assert.equal((outputs["verification"] as { status: string }).status, "passed");
            const tried = outputs["sourceSnapshots"] as { driver: string };
            assert.equal(tried.driver, "csi.crossing.lab");
        });
    });
}
