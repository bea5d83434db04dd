import assert from "node:assert/strict";
import { notReady } from "../../../actions/src/k10/ready";

describe("a workload of K10", () => {
    const metadata = { name: "gateway", generation: 2 };
    const status = { observedGeneration: 2, readyReplicas: 1, updatedReplicas: 1 };
    const table: [string, Parameters<typeof notReady>[1], string | undefined][] = [
        ["runs", { metadata, spec: { replicas: 1 }, status }, undefined],
        [
            "is not wanted",
            { metadata, spec: { replicas: 0 }, status: { observedGeneration: 2 } },
            undefined,
        ],
        ["is new", { metadata }, "Deployment gateway 0 of 1"],
        [
            "has too few pods",
            { metadata, spec: { replicas: 3 }, status },
            "Deployment gateway 1 of 3",
        ],
        [
            "runs as it was asked for before",
            { metadata, spec: { replicas: 1 }, status: { ...status, observedGeneration: 1 } },
            "Deployment gateway 0 of 1",
        ],
        [
            "has ready pods of an earlier revision",
            {
                metadata,
                spec: { replicas: 2 },
                status: { ...status, readyReplicas: 2, updatedReplicas: 1 },
            },
            "Deployment gateway 1 of 2",
        ],
    ];
    for (const [what, workload, expected] of table) {
        it(what, () => assert.equal(notReady("Deployment", workload), expected));
    }

    it("of a DaemonSet is counted by nodes", () => {
        const of = (numberReady: number) =>
            notReady("DaemonSet", {
                metadata,
                status: {
                    ...{ observedGeneration: 2, desiredNumberScheduled: 3 },
                    ...{ numberReady, updatedNumberScheduled: 3 },
                },
            });
        assert.deepEqual([of(3), of(2)], [undefined, "DaemonSet gateway 2 of 3"]);
    });
});
