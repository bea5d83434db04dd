/** What a source leaves in a store, as Pulumi's provider process says it. */
import assert from "node:assert/strict";
import { FakeKubeApi } from "../fake/kube-api";
import { S3 } from "../fake/s3";
import { ProviderProcess } from "./harness";

describe("a source's remains in Pulumi's provider process", function () {
    this.timeout(30_000);

    let process: ProviderProcess;
    let api: FakeKubeApi;
    let s3: S3;
    before(async () => {
        process = await ProviderProcess.start();
        api = new FakeKubeApi();
        await api.start();
        s3 = new S3("AKIA", "hunter2", "us-east-1");
        await s3.start();
    });
    after(async () => {
        process.stop();
        await api.stop();
        await s3.stop();
    });

    it("are told at its end, also by an older kubeconfig and without the cluster", async () => {
        api.put("/api/v1/namespaces", { metadata: { name: "default", uid: "default-uid" } });
        s3.buckets.set("backups", new Map([["k10/default-uid/migration/a", "x".repeat(2 ** 19)]]));
        const inputs = {
            ...{ kubeconfig: api.kubeconfig, clusterUid: "system-uid" },
            ...{ endpoint: s3.endpoint, region: "us-east-1", bucket: "backups" },
            ...{ accessKey: "AKIA", secretKey: "hunter2" },
        };
        const { id, outs } = await process.create("remains", inputs);
        assert.equal(id, "backups/system-uid");
        await process.delete("remains", id, { ...outs, kubeconfig: "of a cluster that is gone" });
        assert.deepEqual(process.lines, [
            `store: left in bucket \`backups\`: 1 object, 0.5 MiB below \`k10/default-uid/\`. A target may still restore from them; to remove them: aws --endpoint-url ${s3.endpoint} s3 rm --recursive s3://backups/k10/default-uid/`,
        ]);
    });
});
