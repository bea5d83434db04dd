/** Which routes are served. */
import { hostOf, isDnsName } from "./host";
import type { Route } from "./types";
import { Refusal, refusal } from "./validate";

export interface Verdict {
    route: Route;
    host: string;
    /** Why the route is not served. */
    refused?: Refusal;
}

/**
 * A host belongs to the namespace of the oldest route that names it, and there each path to the oldest of its
 * routes. A route that is invalid otherwise still claims its host.
 * Sources: github.com/openshift/router, pkg/router/controller: host_admitter.go, unique_host.go, then
 * extended_validator.go; hostindex/activation.go (SameNamespace, hasExistingMatch).
 * @returns a verdict for each route, the oldest first.
 */
export function decide(routes: Route[], domain: string): Verdict[] {
    const active = new Map<string, Route[]>();
    return routes.toSorted(byAge).map(route => {
        const host = hostOf(route, domain);
        const early = beforeHosts(route, host);
        if (early) {
            return { route, host, refused: early };
        }
        const others = active.get(host) ?? [];
        const claimed = claims(route, host, others);
        if (claimed) {
            return { route, host, refused: { reason: "HostAlreadyClaimed", message: claimed } };
        }
        active.set(host, [...others, route]);
        return { route, host, refused: refusal(route) };
    });
}

/** The older one, then the one with the lower UID: RouteLessThan in routeapihelpers. */
function byAge(a: Route, b: Route): number {
    const key = ({ metadata }: Route) =>
        `${metadata.creationTimestamp ?? ""} ${metadata.uid ?? ""} ${metadata.namespace}/${metadata.name}`;
    return key(a) < key(b) ? -1 : 1;
}

/** What keeps a route from claiming its host. */
function beforeHosts(route: Route, host: string): Refusal | undefined {
    if (route.spec.wildcardPolicy === "Subdomain") {
        return { reason: "RouteNotAdmitted", message: "wildcard routes are not allowed" };
    }
    return isDnsName(host)
        ? undefined
        : {
              reason: "InvalidHost",
              message: `host name validation errors: spec.host: Invalid value: "${host}": host must conform to DNS 1123 naming`,
          };
}

function claims(route: Route, host: string, others: Route[]): string | undefined {
    const [owner] = others;
    if (owner && owner.metadata.namespace !== route.metadata.namespace) {
        return `a route in another namespace holds ${host} and is older than ${route.metadata.name}`;
    }
    const clashes = others.some(
        other =>
            (other.spec.path ?? "") === (route.spec.path ?? "") ||
            // With TLS passed through nobody here can tell paths.
            (other.spec.tls?.termination === "passthrough" && route.spec.tls !== undefined),
    );
    return owner && clashes
        ? `route ${owner.metadata.name} already exposes ${host} and is older`
        : undefined;
}

/** Routes that are served. */
export const admitted = (verdicts: Verdict[]) => verdicts.filter(({ refused }) => !refused);
