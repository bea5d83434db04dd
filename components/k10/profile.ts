import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./k10";
import { profileSpec } from "./specs";
import { Validated } from "./validated";

export interface ProfileArgs {
    cluster: Cluster;
    /** The profile's name. */
    profileName: string;
    /** The store as this cluster reaches it. */
    endpoint: pulumi.Input<string>;
    /** The bucket. It must exist before K10 validates the profile. */
    bucket: pulumi.Input<string>;
    region: pulumi.Input<string>;
    accessKey: pulumi.Input<string>;
    secretKey: pulumi.Input<string>;
    /** Seconds that K10 may take to validate the profile. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** A location profile of K10 on an S3 store, validated. */
export class Profile extends pulumi.ComponentResource {
    /** The profile's name, known once K10 has validated it. */
    readonly profileName: pulumi.Output<string>;

    constructor(name: string, args: ProfileArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:Profile", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const secret = new k8s.core.v1.Secret(
            name,
            {
                metadata: { name: args.profileName, namespace: k10Namespace },
                type: "secrets.kanister.io/aws",
                stringData: {
                    aws_access_key_id: args.accessKey,
                    aws_secret_access_key: args.secretKey,
                },
            },
            here,
        );
        const profile = new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "config.kio.kasten.io/v1alpha1",
                kind: "Profile",
                metadata: { name: args.profileName, namespace: k10Namespace },
                spec: profileSpec({
                    secret: secret.metadata.name,
                    endpoint: args.endpoint,
                    bucket: args.bucket,
                    region: args.region,
                }),
            },
            here,
        );
        const validated = new Validated(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                kind: "Profile",
                namespace: k10Namespace,
                name: args.profileName,
                // Not the generation: K10 completes the spec by itself, which is no change of ours.
                version: pulumi
                    .all([profile.id, profile.metadata, args.endpoint, args.bucket, args.region])
                    .apply(([, metadata, ...location]) => [metadata.uid, ...location].join(" ")),
                timeout: args.timeout,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: args.cluster.owner },
        );
        this.profileName = validated.id.apply(() => args.profileName);
        this.registerOutputs({ profileName: this.profileName });
    }
}
