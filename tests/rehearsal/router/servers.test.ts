/** Where the traffic of a route goes, and how much of it. */
import assert from "node:assert/strict";
import { serversOf } from "../../../rehearsal/src/router/servers";
import type { EndpointSlice, Route } from "../../../rehearsal/src/router/types";
import { route, slice } from "./support/routes";

const servers = (given: Route, ...slices: EndpointSlice[]) =>
    serversOf(given, slices).map(
        ({ service, address, port, weight }) => `${service} ${address}:${port} ${weight}`,
    );

describe("the servers of a route", () => {
    it("are the ready endpoints of its Service in its namespace, each once and in order", () => {
        const web = slice("web", ["10.0.0.2", "10.0.0.1"]);
        const again = slice("web", ["10.0.0.1"]);
        const elsewhere = slice("web", ["10.0.0.3"]);
        elsewhere.metadata.namespace = "elsewhere";
        const unready = slice("web", [], {
            endpoints: [
                { addresses: ["10.0.0.4"], conditions: { ready: false } },
                // Not said counts as ready.
                { addresses: ["10.0.0.5"] },
            ],
        });
        assert.deepEqual(
            servers(route("web"), web, again, elsewhere, unready, slice("other", ["10.0.0.6"])),
            ["web 10.0.0.1:8080 256", "web 10.0.0.2:8080 256", "web 10.0.0.5:8080 256"],
        );
    });

    it("may be none", () => {
        assert.deepEqual(servers(route("web")), []);
        assert.deepEqual(
            servers(route("web"), slice("web", [], { ports: null, endpoints: null })),
            [],
        );
    });

    it("are those of the port that the route names, by number or name, or of all TCP ports", () => {
        const ports = [
            { name: "http", port: 8080, protocol: "TCP" },
            { name: "admin", port: 9090 },
            { name: "dns", port: 53, protocol: "UDP" },
        ];
        const web = slice("web", ["10.0.0.1"], { ports });
        const of = (targetPort?: number | string) =>
            servers(route("web", targetPort === undefined ? {} : { port: { targetPort } }), web);
        assert.deepEqual(of(9090), ["web 10.0.0.1:9090 256"]);
        assert.deepEqual(of("http"), ["web 10.0.0.1:8080 256"]);
        assert.deepEqual(of("https"), []);
        assert.deepEqual(of("dns"), []);
        assert.deepEqual(of(), ["web 10.0.0.1:8080 256", "web 10.0.0.1:9090 256"]);
    });

    it("may have IPv6 addresses, and no names", () => {
        const six = slice("web", ["fd00::1"], { addressType: "IPv6" });
        const name = slice("web", ["example.com"], { addressType: "FQDN" });
        assert.deepEqual(servers(route("web"), six, name), ["web fd00::1:8080 256"]);
    });

    /** The example in calculateServiceWeights: A with 20 and two endpoints, B with 10 and four. */
    it("share the weight of their Service, scaled so that the greatest is 256", () => {
        const of = (a: number, b: number) =>
            servers(
                route("web", {
                    to: { kind: "Service", name: "a", weight: a },
                    alternateBackends: [{ kind: "Service", name: "b", weight: b }],
                }),
                slice("a", ["10.0.0.1", "10.0.0.2"]),
                slice("b", ["10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4"]),
            ).map(server => server.replace(/10\.0\.\d\.\d:8080 /, ""));
        assert.deepEqual(of(20, 10), ["a 256", "a 256", "b 64", "b 64", "b 64", "b 64"]);
        assert.deepEqual(of(256, 1), ["a 256", "a 256", "b 1", "b 1", "b 1", "b 1"]);
        assert.deepEqual(of(0, 7), ["a 0", "a 0", "b 256", "b 256", "b 256", "b 256"]);
        assert.deepEqual(of(0, 0), ["a 0", "a 0", "b 0", "b 0", "b 0", "b 0"]);
    });
});
