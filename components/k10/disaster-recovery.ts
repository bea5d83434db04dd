import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdInputs, ClusterIdOutputs, DiagnosticsInputs } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { dynamicResource } from "../dynamic";
import { k10Namespace } from "./specs";
import { disasterRecoverySpec, Frequency } from "./disaster-recovery-spec";
import type { Location } from "./locations";
import { Passphrase } from "./passphrase";
import { RecoveryRecord, recoveryRecord } from "./recovery-record";
import { Validated } from "./validated";

export interface DisasterRecoveryArgs {
    cluster: Cluster;
    /** The location profile that K10 writes its own data to. */
    profile: pulumi.Input<string>;
    /** What it is of, for whoever recovers K10 on another cluster. */
    location: pulumi.Input<Location>;
    k10Version: string;
    frequency: Frequency;
    /** Whether a snapshot of the catalogue is taken, too. */
    catalogSnapshot: boolean;
    /** What the backup is sealed with. */
    passphrase: Passphrase;
    /** Seconds that K10 may take to validate the policy. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** K10 itself looks for these names (K10 documentation, "Veeam Kasten Disaster Recovery"). */
const policyName = "k10-disaster-recovery-policy";

/** Asks a cluster for what K10 calls it. */
class ClusterId extends dynamicResource<ClusterIdInputs, ClusterIdOutputs>(
    "clusterId",
    "k10:ClusterId",
    ["clusterId"],
) {}

/** K10's backup of itself, and what it takes to recover from it once the cluster is gone. */
export class DisasterRecovery extends pulumi.ComponentResource {
    /** How K10 names the cluster in the location: the UID of namespace `default`. */
    readonly clusterId: pulumi.Output<string>;
    /** Secret. All that it takes to recover K10, and how. */
    readonly record: pulumi.Output<RecoveryRecord>;

    constructor(name: string, args: DisasterRecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:DisasterRecovery", name, args, opts);
        const { passphrase, secret } = args.passphrase;
        const policy = new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "config.kio.kasten.io/v1alpha1",
                kind: "Policy",
                metadata: { name: policyName, namespace: k10Namespace },
                spec: disasterRecoverySpec(args),
            },
            inside(args.cluster, { parent: this, dependsOn: [secret] }),
        );
        new Validated(
            name,
            {
                ...{ kubeconfig: args.cluster.kubeconfig, kind: "Policy" },
                ...{ namespace: k10Namespace, name: policyName },
                version: pulumi
                    .all([policy.id, args.profile, args.frequency, `${args.catalogSnapshot}`])
                    .apply(parts => parts.join(" ")),
                timeout: args.timeout,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: args.cluster.owner },
        );
        const { kubeconfig, uid, owner } = args.cluster;
        const known = new ClusterId(
            name,
            { kubeconfig, clusterUid: uid },
            { parent: this, deletedWith: owner },
        );
        this.clusterId = known.clusterId;
        const { k10Version } = args;
        this.record = pulumi.secret(
            pulumi
                .all([this.clusterId, passphrase, args.profile, pulumi.output(args.location)])
                .apply(([clusterId, sealedWith, profileName, location]) =>
                    recoveryRecord({
                        ...{ k10Version, clusterId, profileName, location },
                        passphrase: sealedWith,
                    }),
                ),
        );
        this.registerOutputs({ clusterId: this.clusterId, record: this.record });
    }
}
