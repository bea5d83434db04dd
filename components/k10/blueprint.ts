import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { blueprintActions, BlueprintSettings } from "./blueprints";
import { blueprintBindingSpec, Requirement } from "./policy-specs";
import { k10Namespace } from "./specs";
import { Validated } from "./validated";

export interface BlueprintArgs {
    cluster: Cluster;
    /** The name of the Blueprint and of its binding. */
    blueprintName: string;
    /** What is dumped, and how. */
    settings: BlueprintSettings;
    /** The workloads that K10 backs up by it in place of their volumes. */
    resources: { matchAll?: readonly Requirement[]; matchAny?: readonly Requirement[] };
    /** Seconds that K10 may take to validate the binding. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/**
 * A Blueprint for logical dumps and its binding, both in K10's namespace. It is there once K10 has validated the
 * binding: until then K10 would back the volumes up instead.
 */
export class Blueprint extends pulumi.ComponentResource {
    constructor(name: string, args: BlueprintArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:Blueprint", name, args, opts);
        const here = inside(args.cluster, { parent: this });
        const metadata = { name: args.blueprintName, namespace: k10Namespace };
        const blueprint = new k8s.apiextensions.CustomResource(
            name,
            {
                ...{ apiVersion: "cr.kanister.io/v1alpha1", kind: "Blueprint", metadata },
                // Kanister's Blueprints have no spec.
                actions: blueprintActions(args.settings),
            },
            here,
        );
        const spec = blueprintBindingSpec({
            ...{ blueprint: args.blueprintName, resources: args.resources, disabled: false },
        });
        const binding = new k8s.apiextensions.CustomResource(
            `${name}-binding`,
            {
                ...{ apiVersion: "config.kio.kasten.io/v1alpha1", kind: "BlueprintBinding" },
                ...{ metadata, spec },
            },
            { ...here, dependsOn: [blueprint] },
        );
        new Validated(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                kind: "BlueprintBinding",
                ...{ namespace: k10Namespace, name: args.blueprintName },
                version: pulumi
                    .all([binding.id, binding.metadata.uid])
                    .apply(([, uid]) => `${uid} ${JSON.stringify(spec)}`),
                timeout: args.timeout,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: args.cluster.owner, dependsOn: [binding] },
        );
        this.registerOutputs({});
    }
}
