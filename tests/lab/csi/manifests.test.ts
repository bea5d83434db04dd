import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { nodeImages } from "../../../lab/build/images.ts";
import { storageManifest } from "../../../lab/build/node-image.ts";
import { TOPOLOGY_KEY } from "../../../lab/csi/driver/rules.ts";
import { DRIVER_NAME } from "../../../lab/csi/driver/world.ts";

interface Container {
    image: string;
    imagePullPolicy: string;
    args?: string[];
}
interface Manifest {
    kind: string;
    metadata: { name: string; annotations?: Record<string, string> };
    provisioner?: string;
    spec?: { template?: { spec: { containers: Container[] } } };
}

describe("CSI stand-in: manifests", () => {
    let manifests: Manifest[];
    before(async () => {
        const documents = parseAllDocuments(await storageManifest());
        manifests = documents.map(document => document.toJS() as Manifest);
    });

    it("make its class the one default", () => {
        const defaults = manifests.filter(
            ({ metadata }) =>
                metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
        );
        assert.deepEqual(
            defaults.map(({ kind, metadata, provisioner }) => [kind, metadata.name, provisioner]),
            [["StorageClass", "crossing-csi", DRIVER_NAME]],
        );
        assert.ok(manifests.some(({ metadata }) => metadata.name === "standard"));
    });

    it("name the driver as it names itself", () => {
        const driver = manifests.find(({ kind }) => kind === "CSIDriver");
        assert.equal(driver?.metadata.name, DRIVER_NAME);
        assert.ok(TOPOLOGY_KEY.startsWith(`topology.${DRIVER_NAME}/`));
        const args = manifests.flatMap(({ spec }) =>
            (spec?.template?.spec.containers ?? []).flatMap(container => container.args ?? []),
        );
        const path = `/var/lib/kubelet/plugins/${DRIVER_NAME}/csi.sock`;
        assert.ok(args.includes(`--kubelet-path=${path}`));
    });

    it("run only what lies in the node image", () => {
        const containers = manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
        assert.equal(containers.length, 6);
        for (const { image, imagePullPolicy } of containers) {
            assert.ok(nodeImages.includes(image), image);
            assert.equal(imagePullPolicy, "Never");
        }
    });
});
