/** What K10 validates, a Profile or Policy for example, as a step of the graph that ends when K10 has validated it. */
import type { ClusterInputs, Definition } from "../action";
import { Cluster } from "../kube/client";
import { blueprintBindings, policies, policyPresets, profiles, transformSets } from "./api";
import { ValidatedKind, waitValidated } from "./validation";

const resources = {
    ...{ Profile: profiles, Policy: policies },
    ...{ PolicyPreset: policyPresets, TransformSet: transformSets },
    BlueprintBinding: blueprintBindings,
};

export interface ValidatedInputs extends ClusterInputs {
    kind: ValidatedKind;
    namespace: string;
    name: string;
    /** Changes with the object: a changed object is validated anew. */
    version: string;
    /** Seconds until the wait fails. */
    timeout: number;
}

export interface ValidatedOutputs {
    validated: boolean;
}

export const validated: Definition<ValidatedInputs, ValidatedOutputs> = {
    title: "k10",
    replaceOn: ["kind", "namespace", "name"],
    serves: () => false,
    outputs: ["validated"],
    id: inputs => `${inputs.namespace}/${inputs.name}`,

    async run(inputs, report) {
        await waitValidated({
            cluster: await Cluster.connect(inputs.kubeconfig),
            resource: resources[inputs.kind],
            ...{ kind: inputs.kind, namespace: inputs.namespace, name: inputs.name },
            ...{ timeout: inputs.timeout, report },
        });
        report(`${inputs.kind} ${inputs.namespace}/${inputs.name} is valid`);
        return { validated: true };
    },
};
