/** What K10 may leave behind in a namespace that it has restored into. */
import type { V1Pod } from "@kubernetes/client-node";
import { Cluster } from "../kube/client";
import { poll } from "../kube/poll";
import type { ObserveInputs } from "./baseline";
import type { Check } from "./verification";

/** How the check is called. */
export const leftoversCheck = "leftovers of the restore";

/**
 * The pod that brings a volume's data, which K10 makes and removes by itself (seen on live clusters; Kanister,
 * `RestoreData`, generates the name). What a controller made under such a name is the application's own. The claims
 * that K10 may make beside it have no name that is known, so they are not looked for.
 */
const isHelper = ({ metadata }: V1Pod): boolean =>
    /^restore-data-[a-z0-9]{5}$/.test(metadata?.name ?? "") &&
    !metadata?.ownerReferences?.some(owner => owner.controller);

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
            hint: `Details: kubectl -n ${namespace} get pods`,
            report,
        },
        async () => {
            const { items } = await cluster.request(cluster.core.listNamespacedPod({ namespace }));
            const names = items.filter(isHelper).map(({ metadata }) => `pod ${metadata?.name}`);
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
