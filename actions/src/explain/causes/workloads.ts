/** Pods that do not run: refused, not scheduled, without an image, ending again and again. */
import { Cause, Names, showEvents, showPods, without } from "../cause";
import { grantFor } from "../scc";
import { sidecarCapability } from "./sidecars";

const showQuota = ({ namespace }: Names) =>
    `kubectl -n ${namespace} describe resourcequotas,limitranges`;

/** What does not run is told by pods and events; the words are Kubernetes' and OpenShift's own. */
export const workloads: Cause[] = [
    {
        id: "webhook",
        pattern: /failed calling webhook/,
        reason: "the API server does not reach an admission webhook that must answer",
        fix: "Let the webhook's pods run, or remove its configuration if what it belongs to is gone",
        command: () => "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
        source: "field 3 (webhooks), 4.1 API, D1",
        examples: [
            {
                messages: [
                    'Failed to restore deployments.apps/v1 web: Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://gone.default.svc:443/?timeout=10s": service "gone" not found',
                ],
                evidence: "software",
            },
            {
                messages: [
                    'ReplicaSet web-1: Error creating: Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://check.default.svc:443/": dial tcp 10.96.1.1:443: connect: connection refused',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "image-pull",
        pattern: /ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull/,
        reason: "nodes of this cluster cannot pull the image: it is in a private or unreachable registry, only on the source's nodes, or has no such tag",
        fix: "Copy the image into a registry that this cluster pulls from, or give the namespace a pull secret",
        command: showPods,
        source: "field A8, A57, 3 (image registry), 4.1 IMAGES; k10-api 4.3",
        examples: [
            {
                messages: [
                    'Pod web-1: ImagePullBackOff: Back-off pulling image "registry.example.com/shop/web:1"',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "scc",
        pattern: without(
            sidecarCapability,
            /unable to validate against any security context constraint/,
        ),
        reason: "OpenShift's security context constraints do not allow the pod to run as it asks to",
        fix: "Let the pod ask for no user id and no privilege, or let its ServiceAccount use an SCC that allows it by `crossing:grants`, `nonroot-v2` before `anyuid`",
        more: grantFor,
        command: showEvents,
        source: "field 0.9, A7, A48, 3 (OpenShift); k10-api 15 (workloads)",
        examples: [
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-" is forbidden: unable to validate against any security context constraint: [provider "restricted-v2": Forbidden: not usable by user or serviceaccount]',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "pod-security",
        pattern: without(sidecarCapability, /violates PodSecurity/),
        reason: "the namespace enforces a Pod Security Standard that the pod does not meet",
        fix: "Let the pod meet it, or lower the namespace's label `pod-security.kubernetes.io/enforce`",
        command: ({ namespace }) => `kubectl get namespace ${namespace} --show-labels`,
        source: "field A7, 0.9, 4.1 OPENSHIFT",
        examples: [
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "quota",
        pattern: /exceeded quota: |failed quota: /,
        reason: "a ResourceQuota of the namespace leaves no room for what is restored, or wants requests and limits that it does not have",
        fix: "Raise the quota",
        command: showQuota,
        source: "field 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "limit-range",
        pattern: /(maximum|minimum) \S+ usage per (Container|Pod|PersistentVolumeClaim)/,
        reason: "a LimitRange of the namespace forbids the requests or limits of what is restored",
        fix: "Widen the LimitRange",
        command: showQuota,
        source: "field 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    'ReplicaSet web-1: Error creating: pods "web-1-x" is forbidden: maximum memory usage per Container is 64Mi, but limit is 128Mi',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "unschedulable-resources",
        pattern: /Insufficient (cpu|memory|ephemeral-storage|pods)/,
        reason: "no node has enough of what the pod requests",
        fix: "Give the cluster larger or further nodes, or let the pod request less",
        command: () => "kubectl describe nodes",
        source: "field A53, E7, 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    "Pod web-1: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "volume-unbound",
        pattern: without(/Insufficient /, /unbound immediate PersistentVolumeClaims/),
        reason: "the pod waits for a volume that nobody provides",
        fix: "Look why the PersistentVolumeClaim is Pending",
        command: ({ namespace }) => `kubectl -n ${namespace} describe persistentvolumeclaims`,
        source: "field 3 (storage class), 4.1 STORAGE",
        examples: [
            {
                messages: [
                    "Pod web-1: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "unschedulable-placement",
        pattern: without(
            /Insufficient /,
            /didn't match Pod's node affinity|had untolerated taint|volume node affinity conflict/,
        ),
        reason: "the pod wants nodes that this cluster does not have: by label, by a taint that it does not tolerate, or because its volume is on another node",
        fix: "Label or untaint nodes of this cluster, or take the node selector out of the application",
        command: () => "kubectl get nodes --show-labels",
        source: "field 2.4 (node selectors)",
        examples: [
            {
                messages: [
                    "Pod web-1: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "run-as-root",
        pattern: /runAsNonRoot and image (will run as root|has non-numeric user)/,
        reason: "the image runs as root by itself, and the pod or the cluster forbids that",
        fix: "Use an image that runs as an ordinary user",
        command: showPods,
        source: "field 4.1 OPENSHIFT (root by image default)",
        examples: [
            {
                messages: [
                    "Pod web-1: CreateContainerConfigError: container has runAsNonRoot and image will run as root",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "config-missing",
        pattern: without(/runAsNonRoot|couldn't find key/, /CreateContainerConfigError/),
        reason: "the pod refers to a Secret or ConfigMap that was not restored",
        fix: "Make it in the namespace: it is not in the backup, or belongs to the source cluster",
        command: showPods,
        source: "field A1, A8 (pull secrets), 4.1 IMAGES",
        examples: [
            {
                messages: ['Pod web-1: CreateContainerConfigError: secret "database" not found'],
                evidence: "software",
            },
        ],
    },
    {
        id: "out-of-memory",
        pattern: /OOMKilled/,
        reason: "the container needs more memory than its limit",
        fix: "Raise its memory limit",
        command: showPods,
        source: "field A53, 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    "Pod web-1: CrashLoopBackOff, OOMKilled: back-off 10s restarting failed container",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "crash-loop",
        // A pod says the former while it waits to start again, and the latter before.
        pattern: without(/OOMKilled/, /CrashLoopBackOff|: Error, exit code \d/),
        reason: "the container starts and ends again: on OpenShift often because it may not write as the user that it was given",
        fix: "Read its log and put right what it says",
        // A selector that all pods meet: `logs` wants one, or a name.
        command: ({ namespace }) =>
            `kubectl -n ${namespace} logs -l '!no-such-label' --all-containers --prefix --tail=50`,
        source: "field 0.9, A48, 3 (Completed before it works), 4.1 OPENSHIFT",
        examples: [
            {
                messages: [
                    "Pod web-1: CrashLoopBackOff, exit code 1: back-off 10s restarting failed container",
                ],
                evidence: "software",
            },
            { messages: ["Pod web-1: Error, exit code 3"], evidence: "software" },
        ],
    },
    {
        id: "node-port",
        pattern: /provided port is already allocated/,
        reason: "another Service of this cluster has the node port already",
        fix: "Free that port, or take it out of the application's Service",
        command: () => "kubectl get services -A",
        source: "field A6, 3 (NodePort clash), 4.1 NETWORK",
        examples: [
            {
                messages: [
                    "Failed to restore services/v1 web",
                    'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "cluster-ip",
        pattern:
            /provided IP is already allocated|provided IP is not in the valid range|failed to allocate IP/,
        reason: "the Service asks for the address that it had on the source, which is taken or not of this cluster",
        fix: "Take `clusterIP` out of the application's Service",
        command: () => "kubectl get services -A",
        source: "field A6, 3 (ClusterIP clash), 4.1 NETWORK",
        examples: [
            {
                messages: [
                    'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.1.2.3"]: failed to allocate IP 10.1.2.3: the provided IP is not in the valid range.',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "kind-missing",
        pattern:
            /no matches for kind "(?!VolumeSnapshot)|the server could not find the requested resource/,
        waits: ["restore", "export"],
        reason: "this cluster does not serve a kind of object that the application has",
        fix: "Install the CRDs or the operator of that kind first",
        command: () => "kubectl api-resources",
        source: "field A9, 4.1 API; k10-api 16.17",
        examples: [
            {
                messages: [
                    "Failed to restore widgets.example.com/v1 blue",
                    "the server could not find the requested resource",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "rights",
        pattern: /forbidden: User "[^"]+" cannot /,
        reason: "the named user lacks a right that is needed here",
        fix: "Give it the right by a role, or give a kubeconfig whose user may administer the cluster",
        command: () => "kubectl auth can-i --list",
        source: "field E6, 3 (SCC, PSA); k10-api 12 (ClusterRoles)",
        examples: [
            {
                messages: [
                    'namespaces is forbidden: User "system:serviceaccount:kasten-io:k10-k10" cannot create resource "namespaces" in API group "" at the cluster scope',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "immutable",
        pattern: /field is immutable|updates to \S+ spec for fields other than/,
        reason: "an object is there already, and differs from the restored one in what cannot be changed",
        fix: "Delete that object, or the namespace, on the target",
        command: ({ namespace }) => `kubectl -n ${namespace} get all`,
        source: "field A45; k10-api 4.3 (overwriteExisting)",
        examples: [
            {
                messages: [
                    "Failed to restore services/v1 web",
                    'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.9"]: field is immutable',
                ],
                evidence: "software",
            },
        ],
    },
];
