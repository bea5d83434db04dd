import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./specs";
import {
    backupPolicySpec,
    importPolicySpec,
    inNamespaces,
    PolicySettings,
    Schedule,
    Selector,
    writtenByK10,
} from "./policy-specs";
import type { ExportLocation } from "./specs";
import { validatedBy, Waiting } from "./validated";

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
    /** How it backs up and exports. @default on demand, with all data */
    settings?: PolicySettings;
}

export interface ImportPolicyArgs extends PolicyArgs {
    /** What the export on the other cluster handed off. */
    receiveString: pulumi.Input<string>;
    /** When K10 imports by itself, beside the runs of the crossing. @default never */
    settings?: Schedule;
}

export interface BackupPolicyArgs extends PolicyArgs, Waiting {
    /** Which applications it protects. */
    selector: Selector;
    comment?: string;
    /** The location of the export. @default `profile` */
    exportTo?: ExportLocation;
    settings: PolicySettings;
}

/** The crossing's own policy on the source: backup and export of namespaces. */
export class ExportPolicy extends pulumi.ComponentResource {
    readonly policyName: pulumi.Output<string>;

    constructor(name: string, args: ExportPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:ExportPolicy", name, args, opts);
        const spec = backupPolicySpec({
            ...args.settings,
            profile: args.profile,
            ...(args.exportTo && { exportTo: args.exportTo }),
            selector: inNamespaces(args.applicationNamespaces),
        });
        const policy = makePolicy(this, name, args, spec);
        this.policyName = policy.metadata.name;
        this.registerOutputs({ policyName: this.policyName });
    }
}

/** The crossing's own policy on the target: import of what the source exported. */
export class ImportPolicy extends pulumi.ComponentResource {
    readonly policyName: pulumi.Output<string>;

    constructor(name: string, args: ImportPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:ImportPolicy", name, args, opts);
        const { profile, receiveString } = args;
        const spec = importPolicySpec({ ...args.settings, profile, receiveString });
        const policy = makePolicy(this, name, args, spec);
        this.policyName = policy.metadata.name;
        this.registerOutputs({ policyName: this.policyName });
    }
}

/** A policy beside the crossing's own, which K10 runs by itself: validated, and run by nobody here. */
export class BackupPolicy extends pulumi.ComponentResource {
    constructor(name: string, args: BackupPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:BackupPolicy", name, args, opts);
        const { settings, profile, exportTo, selector, comment } = args;
        const spec = backupPolicySpec({
            ...{ ...settings, profile, selector, comment },
            ...(exportTo && { exportTo }),
        });
        const policy = makePolicy(this, name, args, spec);
        const of = { kind: "Policy" as const, name: args.policyName, spec };
        this.registerOutputs({ policyName: validatedBy(this, name, args, of, policy) });
    }
}

function makePolicy(
    parent: pulumi.Resource,
    name: string,
    args: PolicyArgs,
    spec: { actions: { action: string }[] },
): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "config.kio.kasten.io/v1alpha1",
            kind: "Policy",
            metadata: {
                ...{ name: args.policyName, namespace: k10Namespace },
                // K10 writes the hand-off into the list of actions, which then is K10's: without it any edit is a conflict.
                annotations: { "pulumi.com/patchForce": "true" },
            },
            spec,
        },
        {
            ...inside(args.cluster, { parent }),
            // It holds the receive string, which opens the backup.
            additionalSecretOutputs: ["spec"],
            // K10 writes the hand-off into the spec of the policy: that is no drift.
            ignoreChanges: writtenByK10(spec),
        },
    );
}
