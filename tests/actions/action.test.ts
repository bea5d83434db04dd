import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { provider } from "../../actions/src/action";
import { ApiError, UserError } from "../../actions/src/kube/errors";

/** The error of an action that fails by another one, as Pulumi gets it. */
async function failed(cause: Error, step: "create" | "delete"): Promise<Error> {
    const fail = () => Promise.reject(cause);
    const action = provider<object, object>({
        ...{ title: "test", replaceOn: [], outputs: [], id: () => "a/b" },
        ...{ run: fail, remove: fail },
    });
    try {
        await (step === "create" ? action.create({}) : action.delete("a/b", {}));
    } catch (error) {
        return error as Error;
    }
    throw new Error("it did not fail");
}

describe("a failed action", () => {
    for (const step of ["create", "delete"] as const) {
        describe(step, () => {
            it("is told without a stack where the cluster refuses something", async () => {
                const { message, stack } = await failed(new ApiError(422, "a is invalid"), step);
                const told =
                    "The cluster answers with HTTP 422: a is invalid. Put right what it names, and try again.";
                assert.deepEqual({ message, stack }, { message: told, stack: told });
            });

            it("is told as it is where the message is ours", async () => {
                const { message, stack } = await failed(new UserError("Set `a`."), step);
                assert.deepEqual({ message, stack }, { message: "Set `a`.", stack: "Set `a`." });
            });

            it("keeps the stack of a mistake in the program", async () => {
                const mistake = new TypeError("a is undefined");
                const { message, stack } = await failed(mistake, step);
                assert.deepEqual(
                    { message, stack },
                    { message: "a is undefined", stack: mistake.stack },
                );
            });
        });
    }
});

describe("a preview", () => {
    type Inputs = Record<"clusterUid" | "restorePoint" | "timeout", string>;
    const action = provider<Inputs, { result: string }>({
        ...{ title: "test", replaceOn: ["clusterUid", "restorePoint"], outputs: ["result"] },
        ...{ id: () => "a/b", run: () => Promise.resolve({ result: "done" }) },
    });
    const olds = { clusterUid: "a", restorePoint: "b", timeout: "1", result: "done" };
    const diff = (news: Partial<Inputs>) => {
        const { result: _, ...inputs } = olds;
        return action.diff("a/b", olds, { ...inputs, ...news });
    };

    it("tells a replacement where an input is another one", async () => {
        const replaced = { changes: true, replaces: ["restorePoint"] };
        assert.deepEqual(await diff({ restorePoint: "c" }), replaced);
    });

    it("tells none where it does not know an input: what that comes from is updated, and mostly stays the same", async () => {
        const updated = { changes: true, replaces: [] };
        assert.deepEqual(await diff({ restorePoint: runtime.unknownValue }), updated);
    });

    it("tells one where it does not know the cluster, which becomes another one then", async () => {
        const replaced = { changes: true, replaces: ["clusterUid"] };
        assert.deepEqual(await diff({ clusterUid: runtime.unknownValue }), replaced);
    });
});
