import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, ValidatedInputs, ValidatedOutputs } from "crossing-actions";
import { Cluster } from "../cluster/cluster";
import { k10Namespace } from "./specs";
import { dynamicResource } from "../dynamic";

/** Waits until K10 has validated an object, and fails with K10's reasons when it does not accept it. */
export class Validated extends dynamicResource<ValidatedInputs, ValidatedOutputs>(
    "validated",
    "k10:Validated",
    ["validated"],
) {}

export interface Waiting {
    /** Seconds that K10 may take to validate it. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/**
 * Waits for what is in K10's namespace.
 * @returns its name, known once K10 has validated it
 */
export function validatedBy(
    parent: pulumi.Resource,
    name: string,
    args: Waiting & { cluster: Cluster },
    of: { kind: ValidatedInputs["kind"]; name: string; spec: object },
    object: k8s.apiextensions.CustomResource,
): pulumi.Output<string> {
    const { cluster, timeout, diagnostics } = args;
    const validated = new Validated(
        name,
        {
            ...{ kubeconfig: cluster.kubeconfig, kind: of.kind, timeout },
            ...{ namespace: k10Namespace, name: of.name },
            // What we say of it, not what K10 writes into it.
            version: pulumi
                .all([object.id, object.metadata.uid, pulumi.output(of.spec)])
                .apply(([, uid, said]) => `${uid} ${JSON.stringify(said)}`),
            ...(diagnostics && { diagnostics }),
        },
        { parent, deletedWith: cluster.owner, dependsOn: [object] },
    );
    return validated.id.apply(() => of.name);
}
