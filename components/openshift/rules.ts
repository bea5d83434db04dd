import * as pulumi from "@pulumi/pulumi";
import { constraintManifests, program, webhookManifests } from "crossing-openshift-rehearsal";
import { Cluster, inside } from "../cluster/cluster";
import { declaring } from "./declare";

export interface OpenShiftRulesArgs {
    /** A plain cluster. */
    cluster: Cluster;
    /** A Node.js image, 22 or newer. */
    image: string;
}

/**
 * OpenShift's admission on a plain cluster: its security context constraints as objects, a range of user ids for
 * each namespace, and a webhook that chooses, completes and refuses as OpenShift does. To rehearse a crossing to
 * OpenShift without one.
 */
export class OpenShiftRules extends pulumi.ComponentResource {
    constructor(name: string, args: OpenShiftRulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:openshift:OpenShiftRules", name, args, opts);
        const add = declaring(name, inside(args.cluster, { parent: this }));
        const manifests = [
            ...constraintManifests(),
            ...webhookManifests({ image: args.image, program: program("webhook") }),
        ];
        const those = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind));
        const foundations = those("CustomResourceDefinition", "Namespace").map(each => add(each));
        // Pulumi waits for the pods of a Service: no pod may wait for it.
        those("Service").forEach(each => add(each, foundations));
        const late = ["CustomResourceDefinition", "Namespace", "Service", "Deployment"];
        const others = manifests
            .filter(({ kind }) => !late.includes(kind))
            .map(each => add(each, foundations));
        // Last: when its pod is ready, the rules are in force.
        those("Deployment").forEach(each => add(each, [...foundations, ...others]));
        this.registerOutputs({});
    }
}
