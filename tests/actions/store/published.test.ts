/** Where a Service is reached from outside of its cluster. */
import type { V1Node, V1Service } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { addressOf, published } from "../../../actions/src/store/published";
import { FakeKubeApi } from "../../fake/kube-api";

const node = (name: string, addresses: Record<string, string>, ready = "True"): V1Node => ({
    metadata: { name },
    status: {
        conditions: [{ type: "Ready", status: ready }],
        addresses: Object.entries(addresses).map(([type, address]) => ({ type, address })),
    },
});
const nodePort: V1Service = {
    spec: { type: "NodePort", ports: [{ port: 9000, nodePort: 30_123 }] },
};
const balanced = (...ingress: { ip?: string; hostname?: string }[]): V1Service => ({
    spec: { type: "LoadBalancer", ports: [{ port: 9000, nodePort: 30_123 }] },
    status: { loadBalancer: { ingress } },
});
const inside = { Hostname: "n", InternalIP: "172.30.77.2" };

describe("the address of a Service", () => {
    const table: [what: string, service: V1Service, nodes: V1Node[], address: string][] = [
        ["is a node's with the node port", nodePort, [node("n", inside)], "172.30.77.2:30123"],
        [
            "is that of the same node each time",
            nodePort,
            [node("b", { InternalIP: "10.0.0.2" }), node("a", { InternalIP: "10.0.0.1" })],
            "10.0.0.1:30123",
        ],
        [
            "is none of a node that is not Ready, or that has none",
            nodePort,
            [
                node("a", inside, "False"),
                node("b", { Hostname: "b" }),
                node("c", { InternalIP: "10.0.0.3" }),
            ],
            "10.0.0.3:30123",
        ],
        [
            "is the one for everybody where a node has one",
            nodePort,
            [node("a", { InternalIP: "10.0.0.1", ExternalIP: "203.0.113.7" })],
            "203.0.113.7:30123",
        ],
        ["may be one of IPv6", nodePort, [node("a", { InternalIP: "fd00::7" })], "[fd00::7]:30123"],
        [
            "is a load balancer's, with its own port",
            balanced({ ip: "10.1.0.9" }),
            [],
            "10.1.0.9:9000",
        ],
        [
            "is a load balancer's name before its address",
            balanced({ ip: "10.1.0.9", hostname: "lb.example.com" }),
            [node("n", inside)],
            "lb.example.com:9000",
        ],
    ];
    for (const [what, service, nodes, value] of table) {
        it(what, () => assert.deepEqual(addressOf(service, nodes), { done: true, value }));
    }

    const waiting: [what: string, service: V1Service, nodes: V1Node[], seen: string][] = [
        ["a load balancer", balanced(), [node("n", inside)], "no load balancer has taken it up"],
        ["a node port", { spec: { ports: [{ port: 9000 }] } }, [], "it has no node port"],
        [
            "a node",
            nodePort,
            [node("n", inside, "False")],
            "none of 1 nodes is Ready and has an address",
        ],
    ];
    for (const [what, service, nodes, seen] of waiting) {
        it(`is waited for without ${what}`, () => {
            assert.deepEqual(addressOf(service, nodes), { done: false, seen });
        });
    }
});

describe("a Service that is reached from outside", () => {
    let api: FakeKubeApi;
    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        api.put("/api/v1/nodes", node("n", inside) as never);
    });
    afterEach(() => api.stop());

    const inputs = (timeout: number) => ({
        ...{ kubeconfig: api.kubeconfig, namespace: "crossing-store", service: "minio", timeout },
    });
    const service = (spec: object) =>
        api.put("/api/v1/namespaces/crossing-store/services", {
            metadata: { name: "minio" },
            spec: { ...spec },
        });

    it("is found in its cluster", async () => {
        service(nodePort.spec!);
        assert.deepEqual(await published.run(inputs(1), () => undefined), {
            address: "172.30.77.2:30123",
        });
        assert.deepEqual(api.requests, [
            "GET /api/v1/namespaces/crossing-store/services/minio",
            "GET /api/v1/nodes",
        ]);
    });

    it("is not waited for beyond its deadline, and the message says what to do", async () => {
        service({ type: "LoadBalancer", ports: [{ port: 9000 }] });
        await assert.rejects(
            published.run(inputs(0.2), () => undefined),
            {
                message:
                    "Waited 0s in vain for Service `crossing-store/minio` to have an address; last seen: no load balancer has taken it up. Give the store's addresses by `crossing:store.endpoint`, or see to what is missing. Details: kubectl -n crossing-store describe service minio; kubectl get nodes -o wide",
            },
        );
    });

    it("is asked for anew where anything else changes: another cluster has another address", () => {
        assert.equal(published.serves?.({ address: "a" }, inputs(1)), false);
        assert.equal(published.id(inputs(1)), "crossing-store/minio");
    });
});
