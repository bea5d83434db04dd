/** What the router says of a route in the route's status. */
import type { Verdict } from "./decide";
import type { Ingress } from "./types";

/** The name of OpenShift's first router. */
export const routerName = "default";

/**
 * The whole list with this router's own entry brought up to date, or nothing if it is so already. Other routers'
 * entries stay.
 * @param now RFC 3339, for a condition that changes
 */
export function ingressFor(verdict: Verdict, domain: string, now: string): Ingress[] | undefined {
    const { route, host, refused } = verdict;
    const entries = route.status?.ingress ?? [];
    const before = entries.find(entry => entry.routerName === routerName);
    const last = before?.conditions?.find(({ type }) => type === "Admitted");
    const wanted = {
        ...{ type: "Admitted", status: refused ? ("False" as const) : ("True" as const) },
        ...refused,
    };
    const same =
        last?.status === wanted.status &&
        (last.reason ?? "") === (refused?.reason ?? "") &&
        (last.message ?? "") === (refused?.message ?? "");
    const own: Ingress = {
        host,
        routerName,
        routerCanonicalHostname: `router-default.${domain}`,
        wildcardPolicy: route.spec.wildcardPolicy || "None",
        conditions: [{ ...wanted, lastTransitionTime: same ? last.lastTransitionTime : now }],
    };
    const fields = ["host", "routerCanonicalHostname", "wildcardPolicy"] as const;
    if (same && before && fields.every(field => before[field] === own[field])) {
        return undefined;
    }
    return before ? entries.map(entry => (entry === before ? own : entry)) : [...entries, own];
}
