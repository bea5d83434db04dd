/**
 * The webhook makes itself known when it is ready, not before: until then the cluster goes on without it, and from
 * then on no pod gets past it.
 */
import type { KubeApi } from "./kube";
import type { Step } from "./review";

export interface Registration {
    /** Of the two configurations, which exist already: who made them can delete them again. */
    configuration: string;
    service: { namespace: string; name: string };
    /** PEM. */
    caBundle: string;
    /** Namespaces whose pods are left alone. */
    excluded: string[];
}

const kinds: Record<Step, string> = {
    mutate: "mutatingwebhookconfigurations",
    validate: "validatingwebhookconfigurations",
};

export async function register(api: KubeApi, registration: Registration): Promise<void> {
    const { configuration } = registration;
    for (const step of ["validate", "mutate"] as const) {
        const path = `/apis/admissionregistration.k8s.io/v1/${kinds[step]}/${configuration}`;
        await api.patch(path, { webhooks: [webhook(step, registration)] });
    }
}

export function webhook(step: Step, { service, caBundle, excluded }: Registration): object {
    return {
        name: `${step}.scc.security.openshift.io`,
        admissionReviewVersions: ["v1"],
        clientConfig: {
            caBundle: Buffer.from(caBundle).toString("base64"),
            service: { ...service, path: `/${step}`, port: 443 },
        },
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        sideEffects: "None",
        // A new namespace may take ten seconds to get its ids.
        timeoutSeconds: 20,
        // Another webhook may add a container after us.
        ...(step === "mutate" ? { reinvocationPolicy: "IfNeeded" } : {}),
        namespaceSelector: {
            matchExpressions: [
                { key: "kubernetes.io/metadata.name", operator: "NotIn", values: excluded },
            ],
        },
        rules: [
            {
                apiGroups: [""],
                apiVersions: ["v1"],
                operations: ["CREATE", "UPDATE"],
                resources: ["pods", "pods/ephemeralcontainers", "pods/resize"],
                scope: "Namespaced",
            },
        ],
    };
}
