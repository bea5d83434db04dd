/** What becomes of the provider's process when Pulumi's engine is killed. */
import assert from "node:assert/strict";
import { ProviderProcess } from "./harness";

describe("the process of the dynamic resources", function () {
    this.timeout(60_000);

    it("ends when nobody hears any more what it says, instead of saying that without end", async () => {
        const process = await ProviderProcess.start();
        // Nobody answers there: it says so, waits, and says more.
        const store = { endpoint: "http://127.0.0.1:1", region: "us-east-1", bucket: "crossing" };
        const keys = { accessKey: "a", secretKey: "s" };
        const create = process.create("bucket", {
            ...{ ...store, ...keys, onDestroy: "refuse", timeout: 8 },
        });
        const failed = create.then(String, (error: unknown) => String(error));
        process.hangUp();
        assert.equal(await process.ended(), 1);
        assert.match(await failed, /UNAVAILABLE|ECONNRESET|Connection dropped/);
        process.stop();
    });
});
