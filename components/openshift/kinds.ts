import * as pulumi from "@pulumi/pulumi";
import { apiManifests } from "crossing-openshift-rehearsal";
import { Cluster, inside } from "../cluster/cluster";
import { declaring } from "./declare";

export interface OpenShiftKindsArgs {
    /** A plain cluster. */
    cluster: Cluster;
}

/**
 * OpenShift's kinds on a plain cluster: Route, Project, ImageStream, DeploymentConfig and ClusterVersion. What asks a
 * cluster for its APIs, charts among it, then takes it for OpenShift. Only Routes are acted on, by `Router`.
 */
export class OpenShiftKinds extends pulumi.ComponentResource {
    constructor(name: string, args: OpenShiftKindsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:openshift:OpenShiftKinds", name, args, opts);
        const add = declaring(name, inside(args.cluster, { parent: this }));
        const isKind = ({ kind }: { kind: string }) => kind === "CustomResourceDefinition";
        const manifests = apiManifests();
        const kinds = manifests.filter(isKind).map(each => add(each));
        manifests.filter(each => !isKind(each)).forEach(each => add(each, kinds));
        this.registerOutputs({});
    }
}
