import assert from "node:assert/strict";
import { errorsOf } from "../../lab/stack.ts";

describe("errors of what Pulumi printed", () => {
    it("are each given once, in their order", () => {
        const printed = [
            "Diagnostics:",
            "  crossing:proof:Verification (verification):",
            "    error: 1 error occurred:",
            "    \t* Verification of run `1` failed",
            "    route: shop/shop answers",
            "    error: update failed",
            "    error: update failed",
        ].join("\n");
        assert.equal(
            errorsOf(printed),
            "\nerror: 1 error occurred:\n* Verification of run `1` failed\nerror: update failed",
        );
    });

    it("are nothing where there is none", () => {
        assert.equal(errorsOf("Resources:\n    + 141 created"), "");
    });
});
