import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, TokenInputs, TokenOutputs } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { dynamicResource } from "../dynamic";
import { k10Namespace } from "./specs";

export interface DashboardTokenArgs {
    cluster: Cluster;
    /** The ServiceAccount in K10's namespace that it is of. */
    serviceAccount: string;
    /** Seconds that it is to be good. */
    seconds: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** The token itself, which Kubernetes does not keep. */
class Token extends dynamicResource<TokenInputs, TokenOutputs>(
    "token",
    "k10:Token",
    ["token", "issueTime", "expirationTime"],
    ["token"],
) {}

/** A token to log in to K10's dashboard and API with, until it expires or this is destroyed. */
export class DashboardToken extends pulumi.ComponentResource {
    /** Secret. */
    readonly token: pulumi.Output<string>;

    constructor(name: string, args: DashboardTokenArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:DashboardToken", name, args, opts);
        const { kubeconfig, uid, owner } = args.cluster;
        // It holds nothing: the token is good as long as it is there.
        const bond = new k8s.core.v1.Secret(
            name,
            { metadata: { name: "crossing-dashboard-token", namespace: k10Namespace } },
            inside(args.cluster, { parent: this }),
        );
        const token = new Token(
            name,
            {
                ...{ kubeconfig, clusterUid: uid, namespace: k10Namespace },
                ...{ serviceAccount: args.serviceAccount, seconds: args.seconds },
                boundTo: bond.metadata.apply(({ name: of, uid: is }) => ({ name: of, uid: is })),
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: owner },
        );
        this.token = pulumi.secret(token.token);
        this.registerOutputs({ token: this.token });
    }
}
