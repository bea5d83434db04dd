import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { blueprintActions, BlueprintSettings } from "./blueprints";
import { blueprintBindingSpec, Requirement } from "./policy-specs";
import { k10Namespace } from "./specs";
import { validatedBy, Waiting } from "./validated";

export interface BlueprintArgs extends Waiting {
    cluster: Cluster;
    /** The name of the Blueprint and of its binding. */
    blueprintName: string;
    /** What is dumped, and how. */
    settings: BlueprintSettings;
    /** The workloads that K10 backs up by it in place of their volumes. */
    resources: { matchAll?: readonly Requirement[]; matchAny?: readonly Requirement[] };
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
        validatedBy(
            ...([this, name, args] as const),
            { kind: "BlueprintBinding", name: args.blueprintName, spec },
            binding,
        );
        this.registerOutputs({});
    }
}
