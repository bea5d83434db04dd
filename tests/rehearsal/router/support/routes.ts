/** Routes and endpoints, with what a test does not care for filled in. */
import type { EndpointSlice, Route } from "../../../../rehearsal/src/router/types";

let made = 0;

/** Each one is a second younger than the one before. */
export function route(name: string, spec: Partial<Route["spec"]> = {}, namespace = "shop"): Route {
    const second = String(++made % 60).padStart(2, "0");
    const minute = String(Math.floor(made / 60)).padStart(2, "0");
    return {
        metadata: {
            ...{ name, namespace, uid: `uid-of-${name}` },
            creationTimestamp: `2026-11-21T10:${minute}:${second}Z`,
        },
        spec: {
            to: { kind: "Service", name: "web", weight: 100 },
            wildcardPolicy: "None",
            ...spec,
        },
    };
}

/** The ready pods of a Service, which serve its port `http`. */
export function slice(
    service: string,
    addresses: string[],
    more: Partial<EndpointSlice> = {},
): EndpointSlice {
    return {
        metadata: {
            ...{ name: `${service}-1`, namespace: "shop" },
            labels: { "kubernetes.io/service-name": service },
        },
        addressType: "IPv4",
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
        endpoints: addresses.map(address => ({
            addresses: [address],
            conditions: { ready: true },
        })),
        ...more,
    };
}
