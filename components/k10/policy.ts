import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./k10";
import { ExportLocation, exportPolicySpec, importPolicySpec } from "./specs";

interface PolicyArgs {
    cluster: Cluster;
    /** The policy's name. */
    policyName: string;
    /** The location profile on the same cluster. */
    profile: pulumi.Input<string>;
}

export interface ExportPolicyArgs extends PolicyArgs {
    /** The namespaces to back up. */
    applicationNamespaces: string[];
    /** The location of the export. @default `profile` */
    exportTo?: ExportLocation;
}

export interface ImportPolicyArgs extends PolicyArgs {
    /** What the export on the other cluster handed off. */
    receiveString: pulumi.Input<string>;
}

/** A policy on the source: backup and export of namespaces, on demand. */
export class ExportPolicy extends pulumi.ComponentResource {
    readonly policyName: pulumi.Output<string>;

    constructor(name: string, args: ExportPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:ExportPolicy", name, args, opts);
        const policy = makePolicy(this, name, args, exportPolicySpec(args), [
            // K10 writes the hand-off into the spec of the policy: that is no drift.
            "spec.actions[1].exportParameters.receiveString",
            "spec.actions[1].exportParameters.migrationToken",
        ]);
        this.policyName = policy.metadata.name;
        this.registerOutputs({ policyName: this.policyName });
    }
}

/** A policy on the target: import of what the source exported, on demand. */
export class ImportPolicy extends pulumi.ComponentResource {
    readonly policyName: pulumi.Output<string>;

    constructor(name: string, args: ImportPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:ImportPolicy", name, args, opts);
        const policy = makePolicy(this, name, args, importPolicySpec(args), []);
        this.policyName = policy.metadata.name;
        this.registerOutputs({ policyName: this.policyName });
    }
}

function makePolicy(
    parent: pulumi.Resource,
    name: string,
    args: PolicyArgs,
    spec: object,
    ignoreChanges: string[],
): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "config.kio.kasten.io/v1alpha1",
            kind: "Policy",
            metadata: { name: args.policyName, namespace: k10Namespace },
            spec,
        },
        {
            ...inside(args.cluster, { parent }),
            // It holds the receive string, which opens the backup.
            additionalSecretOutputs: ["spec"],
            ignoreChanges,
        },
    );
}
