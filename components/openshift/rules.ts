import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    constraintManifests,
    Manifest,
    program,
    webhookManifests,
} from "crossing-openshift-rehearsal";
import { Cluster, inside } from "../cluster/cluster";

export interface OpenShiftRulesArgs {
    /** A plain cluster. */
    cluster: Cluster;
    /** A Node.js image, 22 or newer. */
    image: string;
}

type Make = (
    name: string,
    manifest: Manifest,
    opts: pulumi.CustomResourceOptions,
) => pulumi.Resource;

const make =
    <T extends pulumi.Resource>(
        Type: new (name: string, args: never, opts: pulumi.CustomResourceOptions) => T,
    ): Make =>
    (name, manifest, opts) =>
        new Type(name, manifest as never, opts);

const { core, apps, rbac, apiextensions, admissionregistration } = k8s;

const makers: Record<string, Make> = {
    ClusterRole: make(rbac.v1.ClusterRole),
    ClusterRoleBinding: make(rbac.v1.ClusterRoleBinding),
    ConfigMap: make(core.v1.ConfigMap),
    CustomResourceDefinition: make(apiextensions.v1.CustomResourceDefinition),
    Deployment: make(apps.v1.Deployment),
    MutatingWebhookConfiguration: make(admissionregistration.v1.MutatingWebhookConfiguration),
    Namespace: make(core.v1.Namespace),
    Role: make(rbac.v1.Role),
    RoleBinding: make(rbac.v1.RoleBinding),
    Secret: make(core.v1.Secret),
    Service: make(core.v1.Service),
    ServiceAccount: make(core.v1.ServiceAccount),
    ValidatingWebhookConfiguration: make(admissionregistration.v1.ValidatingWebhookConfiguration),
};

/**
 * OpenShift's admission on a plain cluster: its security context constraints as objects, a range of user ids for
 * each namespace, and a webhook that chooses, completes and refuses as OpenShift does. To rehearse a crossing to
 * OpenShift without one.
 */
export class OpenShiftRules extends pulumi.ComponentResource {
    constructor(name: string, args: OpenShiftRulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:openshift:OpenShiftRules", name, args, opts);
        const here = inside(args.cluster, { parent: this });
        const add = (manifest: Manifest, dependsOn: pulumi.Resource[] = []) => {
            const { apiVersion, kind, metadata } = manifest;
            const own = makers[kind] ?? make(apiextensions.CustomResource);
            // `metadata.name` alone is not enough: a role and its binding have the same.
            const suffix = `${kind}-${metadata.name}`.toLowerCase().replaceAll(":", "-");
            return own(`${name}-${suffix}`, manifest, {
                ...here,
                dependsOn,
                // The webhook fills in its own registration when it is ready.
                ...(apiVersion.startsWith("admissionregistration")
                    ? { ignoreChanges: ["webhooks"] }
                    : {}),
            });
        };
        const manifests = [
            ...constraintManifests(),
            ...webhookManifests({ image: args.image, program: program() }),
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
