import type { V1Node, V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { amount, footprintOf } from "../../../actions/src/k10/footprint";

const container = (cpu?: string, memory?: string, more: object = {}) => ({
    name: "c",
    resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } },
    ...more,
});
const pod = (containers: object[], phase = "Running", initContainers: object[] = []) =>
    ({ spec: { containers, initContainers }, status: { phase } }) as unknown as V1Pod;
const node = (...taints: [key: string, effect: string][]): V1Node => ({
    spec: { taints: taints.map(([key, effect]) => ({ key, effect })) },
});

describe("the footprint of K10", () => {
    it("is what its pods request, as far as they run or are to run", () => {
        const pods = [
            pod([container("90m", "180Mi"), container("0.1", "1Gi")]),
            pod([container("3m", "120Mi")], "Pending"),
            pod([{ name: "c" }]),
            pod([container("1", "1Gi")], "Succeeded"),
            pod([container("1", "1Gi")], "Failed"),
        ];
        assert.deepEqual(footprintOf(pods, []), {
            ...{ pods: 3, cpu: 0.193, memoryMiB: 1_324, nodes: 0, freeLicenceNodes: 5 },
        });
    });

    it("counts what comes first only where that asks for more, and what stays with all others", () => {
        const small = pod([container("10m", "10Mi")], "Running", [container("5m", "50Mi")]);
        const stays = pod([container("10m", "10Mi")], "Running", [
            container("5m", "5Mi", { restartPolicy: "Always" }),
        ]);
        const of = (one: V1Pod) => {
            const { cpu, memoryMiB } = footprintOf([one], []);
            return [cpu, memoryMiB];
        };
        assert.deepEqual(of(small), [0.01, 50]);
        assert.deepEqual(of(stays), [0.015, 15]);
    });

    it("counts the nodes that take workloads", () => {
        const controlPlane = "node-role.kubernetes.io/control-plane";
        const nodes = [
            node(),
            node([controlPlane, "NoSchedule"]),
            node(["node-role.kubernetes.io/master", "NoExecute"]),
            node([controlPlane, "PreferNoSchedule"]),
            node(["dedicated", "NoSchedule"]),
            {},
        ];
        assert.equal(footprintOf([], nodes).nodes, 4);
    });

    const quantities: [string, number][] = [
        ["0", 0],
        ["1", 1],
        ["250m", 0.25],
        ["1.5", 1.5],
        ["128Mi", 134_217_728],
        ["1Gi", 1_073_741_824],
        ["1G", 1_000_000_000],
        ["2k", 2_000],
        ["1e3", 1_000],
        ["", 0],
        ["a lot", 0],
    ];
    for (const [quantity, expected] of quantities) {
        it(`\`${quantity}\` is ${expected}`, () => assert.equal(amount(quantity), expected));
    }
});
