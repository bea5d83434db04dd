/** Which captured objects are workloads, when they are ready, and in which order objects are restored. */
import { at, fieldsAt, listAt, textAt, type KubeObject } from "./json.ts";
import type { Captured } from "./layout.ts";

/** Kinds that run pods: restored last, and replaced also where they exist (K10 documentation, "Restoring"). */
const WORKLOADS = new Set([
    "/pods",
    "/replicationcontrollers",
    "apps/daemonsets",
    "apps/deployments",
    "apps/statefulsets",
    "apps.openshift.io/deploymentconfigs",
    "batch/cronjobs",
    "batch/jobs",
]);

/** What others refer to comes first. */
const FIRST = [
    "/serviceaccounts",
    "/secrets",
    "/configmaps",
    "rbac.authorization.k8s.io/roles",
    "rbac.authorization.k8s.io/rolebindings",
    "/limitranges",
    "networking.k8s.io/networkpolicies",
    "/services",
];

type Named = Pick<Captured, "group" | "resource">;

const nameOf = ({ group, resource }: Named) => `${group}/${resource}`;

export function isWorkload(resource: Named): boolean {
    return WORKLOADS.has(nameOf(resource));
}

export function isClaim(resource: Named): boolean {
    return nameOf(resource) === "/persistentvolumeclaims";
}

/** Objects other than claims in the order in which they are created. */
export function inOrder(objects: Captured[]): Captured[] {
    const rank = (object: Captured) => {
        const first = FIRST.indexOf(nameOf(object));
        return isWorkload(object) ? FIRST.length + 1 : first < 0 ? FIRST.length : first;
    };
    return objects
        .filter(object => !isClaim(object))
        .map((object, index) => ({ object, index }))
        .sort((a, b) => rank(a.object) - rank(b.object) || a.index - b.index)
        .map(({ object }) => object);
}

/** K10 waits for these (K10 documentation, `skipWaitForWorkloadReady`). */
export function isAwaited(resource: Named): boolean {
    return [
        "apps/deployments",
        "apps/statefulsets",
        "apps.openshift.io/deploymentconfigs",
    ].includes(nameOf(resource));
}

/** Whether all replicas of a Deployment, StatefulSet or DeploymentConfig run in their present form. */
export function isReady(workload: KubeObject): boolean {
    const status = fieldsAt(workload, "status");
    const wanted = at(workload, "spec", "replicas") ?? 1;
    const observed = Number(status["observedGeneration"] ?? 0);
    const partitioned = at(workload, "spec", "updateStrategy", "type") === "OnDelete";
    return (
        observed >= (workload.metadata.generation ?? 0) &&
        (status["readyReplicas"] ?? 0) === wanted &&
        (partitioned || (status["updatedReplicas"] ?? 0) === wanted)
    );
}

/** Whether pods are among those that a workload's selector means. */
export function selects(workload: KubeObject, pod: KubeObject): boolean {
    const matchLabels = fieldsAt(workload, "spec", "selector", "matchLabels");
    // A DeploymentConfig's selector is the map itself.
    const wanted =
        Object.keys(matchLabels).length > 0 ? matchLabels : fieldsAt(workload, "spec", "selector");
    const entries = Object.entries(wanted);
    return entries.length > 0 && entries.every(([k, v]) => pod.metadata.labels?.[k] === v);
}

/** Why a workload has no ready pods, as far as its pods and its own conditions say. */
export function whyNotReady(workload: KubeObject, pods: KubeObject[]): string {
    const conditions = listAt(workload, "status", "conditions");
    const refusal = conditions.find(
        each => textAt(each, "type") === "ReplicaFailure" && textAt(each, "status") === "True",
    );
    if (refusal) {
        return textAt(refusal, "message");
    }
    for (const pod of pods.filter(each => selects(workload, each))) {
        const containers = [
            ...listAt(pod, "status", "initContainerStatuses"),
            ...listAt(pod, "status", "containerStatuses"),
        ];
        for (const container of containers) {
            const waiting = fieldsAt(container, "state", "waiting");
            const ended = fieldsAt(container, "lastState", "terminated");
            if (textAt(waiting, "reason") !== "") {
                const code = ended["exitCode"];
                const exit = typeof code === "number" ? `, exit code ${code}` : "";
                return `pod ${pod.metadata.name}: ${textAt(waiting, "reason")}${exit} ${textAt(waiting, "message")}`.trim();
            }
        }
        const pending = listAt(pod, "status", "conditions").find(
            each => textAt(each, "status") === "False" && textAt(each, "message") !== "",
        );
        if (pending) {
            return `pod ${pod.metadata.name}: ${textAt(pending, "message")}`;
        }
    }
    return "no pod was created";
}
