/** The rehearsal's manifests as resources of Pulumi. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "crossing-openshift-rehearsal";

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
 * @param name what the names of all resources begin with
 * @returns a function that makes one resource of a manifest
 */
export const declaring =
    (name: string, options: pulumi.CustomResourceOptions) =>
    (manifest: Manifest, dependsOn: pulumi.Resource[] = []): pulumi.Resource => {
        const { apiVersion, kind, metadata } = manifest;
        const own = makers[kind] ?? make(apiextensions.CustomResource);
        // `metadata.name` alone is not enough: a role and its binding have the same.
        const suffix = `${kind}-${metadata.name}`.toLowerCase().replaceAll(":", "-");
        return own(`${name}-${suffix}`, manifest, {
            ...options,
            dependsOn,
            // The webhook fills in its own registration when it is ready.
            ...(apiVersion.startsWith("admissionregistration")
                ? { ignoreChanges: ["webhooks"] }
                : {}),
        });
    };
