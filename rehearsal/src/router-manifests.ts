/** The router's own objects, with the names that they have on OpenShift. */
import type { Manifest } from "./manifests";
import { mustFit, onePod, rbac, rule } from "./objects";
import { configFile, socketFile } from "./router/proxy";

export interface RouterOptions {
    /** A Node.js image, 22 or newer, pinned by digest. */
    image: string;
    /** A HAProxy image, 2.6 or newer, with `sh`, pinned by digest. */
    haproxy: string;
    /** The program: the contents of `dist/router.cjs`. */
    program: string;
    /** What generated hosts end with: `apps.example.com`. */
    domain: string;
}

const namespace = "openshift-ingress";
const account = "router";
const name = "router-default";
const role = "openshift-ingress-router";
const certificate = "router-certs-default";
const folder = "/router";
const metadata = { name, namespace };

/** @throws when the program is too large for a ConfigMap. */
export function routerManifests(options: RouterOptions): Manifest[] {
    const { program } = options;
    mustFit("The router", program);
    const labels = {
        "ingresscontroller.operator.openshift.io/deployment-ingresscontroller": "default",
    };
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } },
        ...rights(),
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "router.cjs": program } },
        // Two would want the same ports of a node.
        onePod(metadata, labels, program, podSpec(options)),
    ];
}

function podSpec({ image, haproxy, domain }: RouterOptions): object {
    const variables = {
        NAMESPACE: namespace,
        CERTIFICATE: certificate,
        DOMAIN: domain,
        FOLDER: folder,
        NODE_EXTRA_CA_CERTS: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    };
    const securityContext = {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
    };
    const shared = { name: "shared", mountPath: folder };
    const port = (name: string, containerPort: number) => ({ name, containerPort });
    const config = `${folder}/${configFile}`;
    return {
        serviceAccountName: account,
        // As OpenShift publishes its router where there is no load balancer: on the ports of the node itself.
        hostNetwork: true,
        terminationGracePeriodSeconds: 10,
        securityContext: { seccompProfile: { type: "RuntimeDefault" } },
        containers: [
            {
                name: "controller",
                image,
                command: ["node", "/program/router.cjs"],
                env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
                resources: { requests: { cpu: "10m", memory: "64Mi" } },
                securityContext,
                volumeMounts: [shared, { name: "program", mountPath: "/program", readOnly: true }],
            },
            {
                name: "proxy",
                image: haproxy,
                // The controller's first configuration is what it waits for.
                command: [
                    ...["sh", "-c"],
                    `until [ -s ${config} ]; do sleep 0.2; done; exec haproxy -W -db -S ${folder}/${socketFile},mode,666 -f ${config}`,
                ],
                ports: [port("http", 80), port("https", 443), port("metrics", 1936)],
                readinessProbe: {
                    httpGet: { path: "/healthz/ready", port: 1936 },
                    periodSeconds: 2,
                },
                resources: { requests: { cpu: "10m", memory: "64Mi" } },
                securityContext,
                volumeMounts: [shared],
            },
        ],
        volumes: [
            // In memory: it holds the keys of routes.
            { name: "shared", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "program", configMap: { name } },
        ],
    };
}

/** What the router may do: nothing beyond what it does. */
function rights(): Manifest[] {
    const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
    const own = { resourceNames: [certificate] };
    const roleRef = (kind: string, name: string) => ({ apiGroup: rbac, kind, name });
    const routes = "route.openshift.io";
    return [
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRole",
            metadata: { name: role },
            rules: [
                rule(routes, "routes", ["list", "watch", "patch"]),
                rule(routes, "routes/status", ["patch"]),
                rule("discovery.k8s.io", "endpointslices", ["list", "watch"]),
                rule("security.openshift.io", "securitycontextconstraints", ["use"], {
                    resourceNames: ["hostnetwork-v2"],
                }),
            ],
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name: role },
            roleRef: roleRef("ClusterRole", role),
            subjects,
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "Role",
            metadata,
            rules: [rule("", "secrets", ["create"]), rule("", "secrets", ["get", "update"], own)],
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "RoleBinding",
            metadata,
            roleRef: roleRef("Role", name),
            subjects,
        },
    ];
}
