import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./specs";
import { blueprintBindingSpec, BlueprintBindingSettings } from "./policy-specs";

export interface BlueprintBindingArgs extends BlueprintBindingSettings {
    cluster: Cluster;
    /** The binding's name. Among several that fit K10 takes the oldest. */
    bindingName: string;
}

/** Makes K10 use a Blueprint for certain resources. */
export class BlueprintBinding extends pulumi.ComponentResource {
    constructor(name: string, args: BlueprintBindingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:BlueprintBinding", name, args, opts);
        new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "config.kio.kasten.io/v1alpha1",
                kind: "BlueprintBinding",
                metadata: { name: args.bindingName, namespace: k10Namespace },
                spec: blueprintBindingSpec(args),
            },
            inside(args.cluster, { parent: this }),
        );
        this.registerOutputs({});
    }
}
