import assert from "node:assert/strict";
import { providers } from "crossing-actions";
import { shimText } from "./harness";

describe("the shim in the state", () => {
    for (const action of Object.keys(providers) as (keyof typeof providers)[]) {
        it(`of ${action} is small, always the same, and holds no work and no secret`, async () => {
            const text = await shimText(action);
            assert.equal(text, await shimText(action));
            assert.ok(text.length < 2_500, `${text.length} characters`);
            assert.ok(text.includes(`require("crossing-actions")`));
            assert.doesNotMatch(text, /kubeconfig|password|kasten/i);
        });
    }
});
