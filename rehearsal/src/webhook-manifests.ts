/** The webhook's own objects. */
import { Manifest, ManifestOptions, systemNamespaces } from "./manifests";
import { mustFit, onePod, rbac, rule } from "./objects";

const port = 8443;

/** @throws when the program is too large for a ConfigMap. */
export function webhookManifests(options: ManifestOptions): Manifest[] {
    const { image, program, excluded = systemNamespaces, name = "openshift-rehearsal" } = options;
    mustFit("The webhook", program);
    const metadata = { name, namespace: name };
    const labels = { app: name };
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        ...rights(name),
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "webhook.cjs": program } },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata,
            spec: { selector: labels, ports: [{ port: 443, targetPort: port }] },
        },
        // Empty: the webhook fills them in when it is ready. They are here so that they are deleted with the rest.
        ...["Mutating", "Validating"].map(kind => ({
            apiVersion: "admissionregistration.k8s.io/v1",
            kind: `${kind}WebhookConfiguration`,
            metadata: { name },
        })),
        // Two would give the same ids to two namespaces.
        onePod(metadata, labels, program, podSpec(name, image, excluded)),
    ];
}

function podSpec(name: string, image: string, excluded: string[]): object {
    const variables = {
        NAME: name,
        NAMESPACE: name,
        EXCLUDED: excluded.join(","),
        PORT: String(port),
        NODE_EXTRA_CA_CERTS: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    };
    return {
        serviceAccountName: name,
        securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
            {
                name: "webhook",
                image,
                command: ["node", "/program/webhook.cjs"],
                env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
                ports: [{ containerPort: port }],
                readinessProbe: {
                    httpGet: { path: "/ready", port, scheme: "HTTPS" },
                    periodSeconds: 2,
                },
                resources: { requests: { cpu: "10m", memory: "64Mi" } },
                securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    readOnlyRootFilesystem: true,
                },
                volumeMounts: [{ name: "program", mountPath: "/program", readOnly: true }],
            },
        ],
        volumes: [{ name: "program", configMap: { name } }],
    };
}

/** What the webhook may do: nothing beyond what it does. */
function rights(name: string): Manifest[] {
    const subjects = [{ kind: "ServiceAccount", name, namespace: name }];
    const own = { resourceNames: [name] };
    return [
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRole",
            metadata: { name },
            rules: [
                rule("security.openshift.io", "securitycontextconstraints", ["list", "watch"]),
                rule("", "namespaces", ["list", "watch", "patch"]),
                rule("authorization.k8s.io", "subjectaccessreviews", ["create"]),
                rule(
                    "admissionregistration.k8s.io",
                    "mutatingwebhookconfigurations",
                    ["patch"],
                    own,
                ),
                rule(
                    "admissionregistration.k8s.io",
                    "validatingwebhookconfigurations",
                    ["patch"],
                    own,
                ),
            ],
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name },
            roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
            subjects,
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "Role",
            metadata: { name, namespace: name },
            rules: [rule("", "secrets", ["create"]), rule("", "secrets", ["get", "update"], own)],
        },
        {
            apiVersion: `${rbac}/v1`,
            kind: "RoleBinding",
            metadata: { name, namespace: name },
            roleRef: { apiGroup: rbac, kind: "Role", name },
            subjects,
        },
    ];
}
