/** What `role: drill` needs, and has no use for. */
import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

function mistakes(values: Record<string, unknown>): string[] {
    try {
        parse({ role: "drill", onConflict: "newName", ...values }, []);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

describe("a drill", () => {
    it("restores beside the application by another name or namespace, or over it", () => {
        for (const values of [
            { onConflict: "newName" },
            { onConflict: "replace" },
            { onConflict: "fail", restore: { targetNamespace: "shop-drill" } },
        ]) {
            assert.deepEqual(mistakes(values), []);
        }
    });

    const nowhere =
        "`crossing:role` is `drill`, and the application is where it would be restored: set `crossing:onConflict` to `newName` for a restore beside it, to `replace` for one over it, or name another namespace by `crossing:restore.targetNamespace`.";
    const blueprint =
        "`crossing:role` is `drill`, and a Blueprint is bound to the application where it was backed up: have volumes backed up, or restore on another cluster by `role: all`.";
    const wrong: [what: string, values: Record<string, unknown>, expected: string[]][] = [
        ["no place for the restore", { onConflict: "fail" }, [nowhere]],
        [
            "the application's own namespace, where it is",
            { onConflict: "fail", restore: { targetNamespace: "shop" } },
            [nowhere],
        ],
        [
            "an import policy",
            { importPolicy: { frequency: "@daily" } },
            [
                "`crossing:importPolicy` is of no use with `role: drill`, where nothing is imported: remove it.",
            ],
        ],
        [
            "a store in the target",
            { store: { type: "minio-in-cluster", cluster: "target" } },
            [
                "`crossing:store.cluster` is `target`, which `role: drill` does not hold: use `other` and give its kubeconfig.",
            ],
        ],
        ["a dump", { applications: [{ sample: { backup: "dump" } }] }, [blueprint]],
        [
            "a policy on the target",
            {
                policies: {
                    nightly: { on: "target", frequency: "@daily", retention: { daily: 7 } },
                },
            },
            [
                "`crossing:policies.nightly` is on the target, which is no part of `role: drill`: set `on: source`, or move it to that stack.",
            ],
        ],
        [
            "grants where there is no OpenShift",
            { grants: [{ application: "shop", serviceAccount: "default", scc: "nonroot-v2" }] },
            [
                "`crossing:grants` are for OpenShift, which the source is not: remove them, or set `platform: openshift` in `crossing:source`.",
            ],
        ],
        [
            "a store that its cluster does not reach",
            { source: { type: "existing", kubeconfig: "a" } },
            [
                "`crossing:store` is a MinIO on this machine's Docker network, which no existing cluster reaches: set it to an existing store.",
            ],
        ],
    ];
    for (const [what, values, expected] of wrong) {
        it(`does not take ${what}`, () => {
            assert.deepEqual(mistakes(values), expected);
        });
    }
});
