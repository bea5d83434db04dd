import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { namespaceRanges, podDefaults, podRefusals } from "./admission";
import { constraints, definition } from "./scc";

export interface OpenShiftRulesArgs {
    /** A plain cluster of Kubernetes 1.36 or newer. */
    cluster: Cluster;
}

/**
 * OpenShift's admission on a plain cluster: its security context constraints as objects, a range of user ids for
 * each namespace, and the refusal of pods outside it. To rehearse a crossing to OpenShift without one.
 */
export class OpenShiftRules extends pulumi.ComponentResource {
    constructor(name: string, args: OpenShiftRulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:openshift:OpenShiftRules", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const crd = new k8s.apiextensions.v1.CustomResourceDefinition(
            name,
            {
                metadata: { name: "securitycontextconstraints.security.openshift.io" },
                spec: definition,
            },
            here,
        );
        for (const [constraint, fields] of Object.entries(constraints)) {
            new k8s.apiextensions.CustomResource(
                `${name}-${constraint}`,
                {
                    ...(fields as { apiVersion: string; kind: string }),
                    metadata: { name: constraint },
                },
                { ...here, dependsOn: [crd] },
            );
            // OpenShift grants a constraint by binding a role of this name.
            new k8s.rbac.v1.ClusterRole(
                `${name}-${constraint}`,
                {
                    metadata: { name: `system:openshift:scc:${constraint}` },
                    rules: [
                        {
                            apiGroups: ["security.openshift.io"],
                            resources: ["securitycontextconstraints"],
                            resourceNames: [constraint],
                            verbs: ["use"],
                        },
                    ],
                },
                here,
            );
        }

        const policy = (kind: "Mutating" | "Validating", policyName: string, spec: object) => {
            const apiVersion = "admissionregistration.k8s.io/v1";
            const made = new k8s.apiextensions.CustomResource(
                `${name}-${policyName}`,
                {
                    ...{ apiVersion, kind: `${kind}AdmissionPolicy` },
                    metadata: { name: policyName },
                    spec,
                },
                here,
            );
            new k8s.apiextensions.CustomResource(
                `${name}-${policyName}-binding`,
                {
                    ...{ apiVersion, kind: `${kind}AdmissionPolicyBinding` },
                    metadata: { name: policyName },
                    spec: {
                        policyName,
                        ...(kind === "Validating" ? { validationActions: ["Deny"] } : {}),
                    },
                },
                { ...here, dependsOn: [made] },
            );
        };
        policy("Mutating", "openshift-namespace-ranges", namespaceRanges);
        policy("Mutating", "openshift-restricted-v2", podDefaults);
        policy("Validating", "openshift-refusals", podRefusals);
        this.registerOutputs({});
    }
}
