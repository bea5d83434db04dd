/** What the router reads and writes. Sources: github.com/openshift/api, route/v1; Kubernetes, discovery.k8s.io/v1. */

export interface Target {
    kind: string;
    name: string;
    /** 0 to 256. @default 100 */
    weight?: number;
}

export interface Tls {
    termination: "edge" | "passthrough" | "reencrypt";
    insecureEdgeTerminationPolicy?: "Allow" | "None" | "Redirect" | "";
    certificate?: string;
    key?: string;
    caCertificate?: string;
    destinationCACertificate?: string;
    externalCertificate?: { name: string };
}

export interface Condition {
    type: string;
    status: "True" | "False";
    reason?: string;
    message?: string;
    lastTransitionTime?: string;
}

/** What one router says of a route. */
export interface Ingress {
    host?: string;
    routerName?: string;
    routerCanonicalHostname?: string;
    wildcardPolicy?: string;
    conditions?: Condition[];
}

export interface Route {
    metadata: {
        name: string;
        namespace: string;
        uid?: string;
        resourceVersion?: string;
        creationTimestamp?: string;
        annotations?: Record<string, string>;
    };
    spec: {
        host?: string;
        subdomain?: string;
        path?: string;
        to: Target;
        alternateBackends?: Target[];
        port?: { targetPort: number | string };
        tls?: Tls;
        httpHeaders?: object;
        wildcardPolicy?: string;
    };
    status?: { ingress?: Ingress[] };
}

export interface EndpointSlice {
    metadata: { name: string; namespace: string; labels?: Record<string, string> };
    addressType: string;
    ports?: { name?: string; port?: number; protocol?: string }[] | null;
    endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[] | null;
}

/** `namespace/name` */
export const keyOf = ({ metadata: { namespace, name } }: Route) => `${namespace}/${name}`;
