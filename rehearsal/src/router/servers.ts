/** Where the traffic of a route goes. */
import type { EndpointSlice, Route, Target } from "./types";

export interface Server {
    service: string;
    address: string;
    port: number;
    /** 0 to 256, among the servers of the same route. */
    weight: number;
}

/**
 * The ready endpoints of a route's Services, by weight. Without `spec.port` those of all ports, as on OpenShift.
 * Source: github.com/openshift/router, pkg/router/template/router.go, getServiceUnits and calculateServiceWeights:
 * a Service's weight is shared among its endpoints, and all are scaled so that the greatest is 256.
 */
export function serversOf(route: Route, slices: EndpointSlice[]): Server[] {
    const { to, alternateBackends = [] } = route.spec;
    const shares = [to, ...alternateBackends].flatMap(target => sharesOf(target, route, slices));
    const greatest = Math.max(...shares.map(({ share }) => share));
    return shares.map(({ share, ...server }) => ({
        ...server,
        // Rounding must not take away what has a weight.
        weight: share === 0 ? 0 : Math.max(1, Math.floor((share / greatest) * 256)),
    }));
}

function sharesOf(target: Target, { metadata, spec }: Route, slices: EndpointSlice[]) {
    const wanted = spec.port?.targetPort;
    const found = slices
        .filter(
            ({ metadata: { namespace, labels }, addressType }) =>
                namespace === metadata.namespace &&
                labels?.["kubernetes.io/service-name"] === target.name &&
                addressType !== "FQDN",
        )
        .flatMap(({ ports, endpoints }) =>
            (ports ?? [])
                .filter(({ protocol = "TCP", port }) => protocol === "TCP" && port)
                .filter(
                    ({ name, port }) => wanted === undefined || wanted === port || wanted === name,
                )
                .flatMap(({ port = 0 }) =>
                    (endpoints ?? [])
                        // Not said counts as ready.
                        .filter(({ conditions }) => conditions?.ready !== false)
                        .flatMap(({ addresses }) => addresses.slice(0, 1))
                        .map(address => ({ service: target.name, address, port })),
                ),
        );
    // A Service may have several slices with the same endpoint, while they are being rewritten.
    const unique = [...new Map(found.map(each => [`${each.address} ${each.port}`, each])).values()];
    const share = (target.weight ?? 100) / unique.length;
    return unique
        .toSorted((a, b) => (`${a.address} ${a.port}` < `${b.address} ${b.port}` ? -1 : 1))
        .map(each => ({ ...each, share }));
}
