import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, RecoveryInputs, RecoveryOutputs } from "crossing-actions";
import type { Cluster } from "../cluster/cluster";
import { dynamicResource } from "../dynamic";
import type { Passphrase } from "./passphrase";
import { k10Namespace } from "./specs";

export interface RecoveryArgs {
    cluster: Cluster;
    /** The location profile that the lost cluster's K10 wrote its own data to. */
    profile: pulumi.Input<string>;
    /** How K10 names the lost cluster there: the UID of its namespace `default`. */
    clusterId: string;
    /** The id of a point. @default the newest one */
    point?: string;
    /** What is not restored. */
    skip: string[];
    /** What the backup was sealed with. */
    passphrase: Passphrase;
    /** Seconds that looking through the backups may take, and restoring one. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** Has K10 look through its backups, and restore one. */
class Recovered extends dynamicResource<RecoveryInputs, RecoveryOutputs>(
    "recovery",
    "k10:Recovery",
    ["result"],
) {}

/** K10 brought back on another cluster, from the backup that it made of itself on a lost one. */
export class Recovery extends pulumi.ComponentResource {
    /** The point that K10 was recovered from. */
    readonly result: pulumi.Output<RecoveryOutputs["result"]>;

    constructor(name: string, args: RecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:Recovery", name, args, opts);
        const { cluster, profile, clusterId, point, skip, timeout, diagnostics, passphrase } = args;
        const recovered = new Recovered(
            name,
            {
                ...{ kubeconfig: cluster.kubeconfig, clusterUid: cluster.uid },
                ...{ namespace: k10Namespace, profile, clusterId, skip, timeout },
                ...(point !== undefined && { point }),
                ...(diagnostics && { diagnostics }),
            },
            {
                ...{ parent: this, deletedWith: cluster.owner, dependsOn: [passphrase.secret] },
                // K10 allows one recovery at a time: what is left of another one would be in its way.
                deleteBeforeReplace: true,
            },
        );
        this.result = recovered.result;
        this.registerOutputs({ result: this.result });
    }
}
