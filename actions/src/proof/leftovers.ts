/** What K10 may leave behind in a namespace that it has restored into. */
import type { V1ObjectMeta } from "@kubernetes/client-node";
import { Cluster } from "../kube/client";
import { poll } from "../kube/poll";
import type { ObserveInputs } from "./baseline";
import type { Check } from "./verification";

/** How the check is called. */
export const leftoversCheck = "leftovers of the restore";

/**
 * The pod that brings a volume's data, and the claim that Kanister makes for a time, which K10 removes by itself (pods seen
 * on live clusters; Kanister generates the names, in `RestoreData` and `CreatePVC`). What a controller made under such a
 * name is the application's own.
 */
const helpers = { pod: /^restore-data-[a-z0-9]{5}$/, claim: /^kanister-pvc-[a-z0-9]{5}$/ };

const namesOf = (kind: keyof typeof helpers, items: { metadata?: V1ObjectMeta }[]): string[] =>
    items
        .filter(({ metadata }) => helpers[kind].test(metadata?.name ?? ""))
        .filter(({ metadata }) => !metadata?.ownerReferences?.some(owner => owner.controller))
        .map(({ metadata }) => `${kind} ${metadata?.name}`);

/** Seconds that a pod may take to vanish after the restore: its volume has to be unmounted before. */
const patience = 60;

/** Whether nothing is left. It is given time to vanish; what is left then is a result, not a time-out. */
export async function checkLeftovers(
    inputs: Pick<ObserveInputs, "kubeconfig" | "namespace" | "timeout">,
    report: (line: string) => void,
): Promise<Check> {
    const { namespace } = inputs;
    const cluster = await Cluster.connect(inputs.kubeconfig);
    const deadline = Date.now() + Math.min(inputs.timeout, patience) * 1_000;
    const left = await poll(
        {
            what: `the helpers of the restore to be gone from namespace \`${namespace}\``,
            timeout: inputs.timeout + patience,
            hint: `Details: kubectl -n ${namespace} get pods,persistentvolumeclaims`,
            report,
        },
        async () => {
            const [pods, claims] = await Promise.all([
                cluster.request(cluster.core.listNamespacedPod({ namespace })),
                cluster.request(cluster.core.listNamespacedPersistentVolumeClaim({ namespace })),
            ]);
            const names = [...namesOf("pod", pods.items), ...namesOf("claim", claims.items)];
            return names.length === 0 || Date.now() >= deadline
                ? { done: true, value: names.sort() }
                : { done: false, seen: `${names.length} are there` };
        },
    );
    return {
        ...{ name: leftoversCheck, passed: left.length === 0 },
        ...{ expected: "none", actual: left.join(", ") || "none" },
    };
}
