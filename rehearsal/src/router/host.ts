/** Under which name a route is served. */
import type { Route } from "./types";

/** Stands on a route whose host was not chosen by a person. */
export const generatedAnnotation = "openshift.io/host.generated";

/**
 * Sources: github.com/openshift/library-go, route/routeapihelpers and route/hostassignment (the name of a generated
 * host), and route/v1/types.go on `subdomain`.
 */
export function hostOf({ metadata, spec }: Route, domain: string): string {
    const label = spec.subdomain || `${metadata.name.replaceAll(".", "-")}-${metadata.namespace}`;
    return (spec.host || `${label}.${domain}`).toLowerCase();
}

/** Whether OpenShift's API server would have written a host into the route when it was made. */
export const needsHost = ({ spec }: Route) => !spec.host && !spec.subdomain;

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const dnsName = new RegExp(`^${label}(\\.${label})*$`);

export const isDnsName = (host: string) => host.length <= 253 && dnsName.test(host);
