/** The resource `K10`, which K10's operator makes a Helm release of: waited for until that is deployed. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster, KubeObject } from "../kube/client";
import { sentence, UserError } from "../kube/errors";
import { lasting, poll } from "../kube/poll";
import { Condition, k10s, said, trueConditions } from "./olm";

export interface DeployedInputs extends ClusterInputs {
    namespace: string;
    /** The name of the resource `K10`. */
    name: string;
    /** Which resource it is, and what it asks for: after another one it is looked at again. */
    revision: string;
    /** Seconds until the wait fails. */
    timeout: number;
    /** Seconds that the operator has for noticing a change. @default 15 */
    settle?: number;
}

export interface DeployedOutputs {
    /** What the operator did: `InstallSuccessful`. */
    deployed: string;
}

interface K10Resource extends KubeObject {
    status?: { conditions?: Condition[] };
}

/** What operators that are made of a chart say where they cannot install it. */
const failures = ["ReleaseFailed", "Irreconcilable"];

export const deployed: Definition<DeployedInputs, DeployedOutputs> = {
    title: "k10",
    replaceOn: [],
    outputs: ["deployed"],
    id: ({ namespace, name }) => `${namespace}/${name}`,
    // What is deployed is of an earlier revision.
    serves: () => false,

    async run(inputs, report) {
        const { namespace, name, timeout, settle = 15 } = inputs;
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const details = `Details: kubectl -n ${namespace} get k10s.apik10.kasten.io ${name} -o yaml; kubectl -n ${namespace} get pods`;
        const fails = lasting(settle);
        const isDeployed = lasting(settle);
        let looks = 0;
        let wasDeployed = false;
        return poll(
            {
                what: `K10 \`${namespace}/${name}\` to be Deployed by its operator`,
                timeout,
                hint: details,
                report,
            },
            async () => {
                const found = await cluster.get<K10Resource>(k10s, name, namespace);
                const conditions = trueConditions(found?.status?.conditions);
                const failure = conditions.find(({ type }) => failures.includes(type));
                const success = conditions.find(({ type }) => type === "Deployed");
                if (fails(failure !== undefined) && failure) {
                    throw new UserError(
                        `K10 \`${namespace}/${name}\` is not deployed by its operator: ${sentence(said(failure))} Correct \`crossing:k10\`, or what that names, then run \`pulumi up\` again. ${details}`,
                    );
                }
                // The conditions do not say of which revision they are: what stands at once may be of the one before.
                wasDeployed ||= looks++ === 0 && success !== undefined;
                const stands = isDeployed(success !== undefined && !failure);
                if (success && !failure && (stands || !wasDeployed)) {
                    return { done: true, value: { deployed: success.reason ?? success.type } };
                }
                const seen = failure ? said(failure) : conditions.map(({ type }) => type).join();
                return { done: false, seen: seen || "its operator has said nothing yet" };
            },
        );
    },
};
