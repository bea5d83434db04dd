/** K10's sidecar: why a workload does not have it, or why it does not serve. The words are mostly our own. */
import { Cause, Names, showEvents } from "../cause";

const showWebhook = () => "kubectl get mutatingwebhookconfigurations -o yaml";
const showWorkload = ({ namespace, workload = "deployments,statefulsets" }: Names) =>
    `kubectl -n ${namespace} get ${workload} -o yaml`;

/** A refusal of what K10's sidecar needs: the words are OpenShift's, and Kubernetes'. */
export const sidecarCapability =
    /"(CHOWN|FOWNER|DAC_OVERRIDE)"(: capability may not be added|[^)]*\) in securityContext\.capabilities\.add|[^)]* in securityContext\.capabilities\.add)/;

export const sidecars: Cause[] = [
    {
        id: "sidecar-capabilities",
        pattern: sidecarCapability,
        reason: "the pod asks for the capabilities that K10's sidecar needs (CHOWN, DAC_OVERRIDE, FOWNER), and the cluster does not allow them",
        fix: "Bind the pod's service account to an SCC that allows them, lower the namespace's label `pod-security.kubernetes.io/enforce`, or take them out of the workload",
        command: showEvents,
        source: "field D13; k10-api 13",
        examples: [
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-" is forbidden: unable to validate against any security context constraint: [provider restricted-v2: .containers[1].capabilities.add: Invalid value: "CHOWN": capability may not be added]',
                ],
                evidence: "software",
            },
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-x" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container "kanister-sidecar" must not include "CHOWN", "DAC_OVERRIDE", "FOWNER" in securityContext.capabilities.add)',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "sidecar-before-webhook",
        waits: ["sidecar"],
        pattern: /webhook gives the sidecar to a copy/,
        reason: "the workload was made before K10's webhook, or while that was away",
        fix: "Restart it with the command below, or scale it to nothing and back where its volume lets no second pod in, so that the webhook is asked",
        command: ({ namespace, workload = "deployment" }) =>
            `kubectl -n ${namespace} rollout restart ${workload}`,
        source: "field A17, D12",
        examples: [
            {
                messages: [
                    "K10's webhook gives the sidecar to a copy of Deployment `web` that is made now (dry run).",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-webhook-missing",
        waits: ["sidecar"],
        pattern: /No MutatingWebhookConfiguration leads to/,
        reason: "K10 is installed without the webhook that injects its sidecar (its operator does not bring one), or somebody has removed it",
        fix: "Have Helm install K10 with `crossing:k10.sidecar`, or make the configuration again by an upgrade of the release",
        command: () => "kubectl get mutatingwebhookconfigurations",
        source: "field D1, D9",
        examples: [
            {
                messages: ["No MutatingWebhookConfiguration leads to namespace `kasten-io`."],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-webhook-certificate",
        waits: ["sidecar"],
        pattern: /MutatingWebhookConfiguration `[^`]+` has no `caBundle`/,
        reason: "the API server has nothing to know the webhook's certificate by, and goes on without it",
        fix: "Have the release of K10 write the configuration again, and restart the workload",
        command: showWebhook,
        source: "field D1",
        examples: [
            {
                messages: [
                    "MutatingWebhookConfiguration `k10-sidecar-injector` has no `caBundle`.",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-webhook-endpoints",
        waits: ["sidecar"],
        pattern: /leads to Service `[^`]+`, which (does not exist|has no endpoint)/,
        reason: "nobody serves K10's webhook, and the API server goes on without it",
        fix: "Let K10's pods run, and restart the workload",
        command: ({ k10 }) => `kubectl -n ${k10} get services,endpointslices,pods`,
        source: "field D1",
        examples: [
            {
                messages: [
                    "MutatingWebhookConfiguration `k10-sidecar-injector` leads to Service `kasten-io/aggregatedapis-svc`, which has no endpoint.",
                ],
                evidence: "unconfirmed",
            },
            {
                messages: [
                    "MutatingWebhookConfiguration `k10-sidecar-injector` leads to Service `kasten-io/gone`, which does not exist.",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-webhook-unreachable",
        waits: ["sidecar"],
        pattern: /webhook does not give the sidecar to a copy/,
        reason: "the API server does not reach K10's webhook and goes on without it, or the webhook leaves this workload alone",
        fix: "Let the control plane reach the webhook's Service (network policies, firewalls, its certificate), and restart the workload",
        command: ({ k10 }) => `kubectl -n ${k10} get events,endpointslices,networkpolicies`,
        source: "field D1, 4.1 API",
        examples: [
            {
                messages: [
                    "K10's webhook does not give the sidecar to a copy of Deployment `web` that is made now (dry run).",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-labels",
        waits: ["sidecar"],
        pattern: /lacks the label `[^`]+` of K10's `(namespace|object)Selector`/,
        reason: "`crossing:k10.sidecar` selects by labels that nobody gave the namespace or the workload",
        fix: "Give it the label, and restart the workload with `kubectl rollout restart`, or have the selectors of `crossing:k10.sidecar` mean it",
        command: ({ namespace }) => `kubectl get namespace ${namespace} --show-labels`,
        source: "field D10",
        examples: [
            {
                messages: [
                    "K10's selectors do not mean Deployment web: namespace `shop` lacks the label `backup=sidecar` of K10's `namespaceSelector`.",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-kind",
        waits: ["sidecar"],
        pattern: /K10 gives (its sidecar )?to Deployments and StatefulSets alone/,
        reason: "K10's webhook leaves DaemonSets and pods by themselves alone",
        fix: "Use volumes that can be snapshotted there, or put a container `kanister-sidecar` into its pods that mounts them, with the annotation `k10.kasten.io/forcegenericbackup`",
        command: showWorkload,
        source: "field D10, D13",
        examples: [
            {
                messages: [
                    "DaemonSet log has PVC `logs`, which cannot be snapshotted, and no sidecar: K10 gives its sidecar to Deployments and StatefulSets alone.",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-parity",
        waits: ["sidecar"],
        pattern: /container `kanister-sidecar` that does not mount PVC/,
        reason: "the sidecar was put there by hand, or the volume came after it; a block device no sidecar can mount",
        fix: "Have the sidecar mount what the application mounts, at any path",
        command: showWorkload,
        source: "field D12",
        examples: [
            {
                messages: [
                    "Deployment web has a container `kanister-sidecar` that does not mount PVC `logs`",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "sidecar-annotation",
        waits: ["sidecar"],
        pattern: /has container `kanister-sidecar` and not the annotation/,
        reason: "somebody put the sidecar there by hand, without what tells K10 to use it, or took the annotation off again",
        fix: "Annotate the workload with `k10.kasten.io/forcegenericbackup=true`",
        command: showWorkload,
        source: "field D11; k10-api 13",
        examples: [
            {
                messages: [
                    'Deployment web has container `kanister-sidecar` and not the annotation `k10.kasten.io/forcegenericbackup: "true"`',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
];
