import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DiagnosticsInputs } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./specs";
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
    /** For how long K10 keeps what it exports from being deleted, such as `240h`. @default it does not */
    protectionPeriod?: string;
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
        const { endpoint, bucket, region, protectionPeriod } = args;
        this.profileName = validatedProfile(this, name, args, {
            secret: {
                type: "secrets.kanister.io/aws",
                stringData: {
                    aws_access_key_id: args.accessKey,
                    aws_secret_access_key: args.secretKey,
                },
            },
            spec: secret => profileSpec({ secret, endpoint, bucket, region, protectionPeriod }),
            version: [endpoint, bucket, region, ...(protectionPeriod ? [protectionPeriod] : [])],
        });
        this.registerOutputs({ profileName: this.profileName });
    }
}

interface ProfileParts {
    /** What opens the location, if anything has to. */
    secret?: { type: string; stringData: Record<string, pulumi.Input<string>> };
    spec: (secretName: pulumi.Input<string>) => object;
    /** What changes with the location: a changed one is validated anew. */
    version: pulumi.Input<string>[];
}

/**
 * Other keys are another Secret, of another name: K10 validates a profile anew when its spec changes (K10's API, "Profiles",
 * "Update a Profile"), and keys alone do not change it.
 */
function secretOf(
    name: string,
    profileName: string,
    { type, stringData }: NonNullable<ProfileParts["secret"]>,
    here: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
    const { parent } = here;
    // Recorded before there is anything in the cluster. A name of the Kubernetes provider's would be lost with a kill.
    const keepers = pulumi.secret(stringData);
    const id = new random.RandomId(`${name}-keys`, { byteLength: 4, keepers }, { parent });
    const metadata = {
        name: pulumi.interpolate`${profileName}-${id.hex}`,
        namespace: k10Namespace,
    };
    return new k8s.core.v1.Secret(name, { metadata, type, stringData }, here);
}

/**
 * A Profile with its Secret.
 * @returns its name, known once K10 has validated it
 */
export function validatedProfile(
    parent: pulumi.Resource,
    name: string,
    args: Pick<ProfileArgs, "cluster" | "profileName" | "timeout" | "diagnostics">,
    parts: ProfileParts,
): pulumi.Output<string> {
    const here = inside(args.cluster, { parent });
    const secret = parts.secret && secretOf(name, args.profileName, parts.secret, here);
    const secretName = secret?.metadata.name ?? "";
    const profile = new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "config.kio.kasten.io/v1alpha1",
            kind: "Profile",
            metadata: { name: args.profileName, namespace: k10Namespace },
            spec: parts.spec(secretName),
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
                .all([profile.id, profile.metadata, secretName, pulumi.all(parts.version)])
                .apply(([, { uid }, keys, location]) =>
                    [uid, keys, ...location].filter(Boolean).join(" "),
                ),
            timeout: args.timeout,
            ...(args.diagnostics && { diagnostics: args.diagnostics }),
        },
        { parent, deletedWith: args.cluster.owner },
    );
    return validated.id.apply(() => args.profileName);
}
