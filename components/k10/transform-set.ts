import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { k10Namespace } from "./specs";
import { validatedBy, Waiting } from "./validated";

/** Operations on the objects that a subject means. */
export interface NamedTransform {
    name: string;
    subject: { group?: string; version?: string; resource?: string; name?: string };
    json: readonly { op: string; path: string; from?: string; value?: unknown; regex?: string }[];
}

export interface TransformSetArgs extends Waiting {
    cluster: Cluster;
    /** The set's name. */
    setName: string;
    transforms: readonly NamedTransform[];
}

/** Changes that restores refer to by name, validated. */
export class TransformSet extends pulumi.ComponentResource {
    constructor(name: string, args: TransformSetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:TransformSet", name, args, opts);
        const spec = { transforms: args.transforms };
        const set = new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "config.kio.kasten.io/v1alpha1",
                kind: "TransformSet",
                metadata: { name: args.setName, namespace: k10Namespace },
                spec,
            },
            inside(args.cluster, { parent: this }),
        );
        const of = { kind: "TransformSet" as const, name: args.setName, spec };
        this.registerOutputs({ setName: validatedBy(this, name, args, of, set) });
    }
}
