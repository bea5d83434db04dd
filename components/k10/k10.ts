import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, ReadyInputs } from "crossing-actions";
import { createHash } from "node:crypto";
import { Cluster, inside } from "../cluster/cluster";
import { dynamicOptions, Inputs, shim } from "../dynamic";

/** The namespace and release name of Kasten's own instructions. K10's service account is named after the release. */
export const k10Namespace = "kasten-io";
const release = "k10";

export interface K10Args {
    cluster: Cluster;
    /** A chart's name in `repository`, or the path of a chart. */
    chart: string;
    version: string;
    /** A Helm repository. Empty for a chart by path. */
    repository: string;
    /** How the cluster is called in K10's dashboard. */
    clusterName: string;
    /** Whether the cluster has OpenShift's security context constraints, and K10 needs its own. */
    openshift: boolean;
    /** Helm values beyond those above, which they override. */
    values: Record<string, unknown>;
    /** Certificates in PEM form of authorities that K10 trusts beside the known ones. @default none */
    certificates?: string;
    /** Seconds that the installation may take. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

const provider = shim("ready");

/** Waits until K10 serves its aggregated APIs; removes their registrations before K10 itself is removed. */
class Ready extends pulumi.dynamic.Resource {
    constructor(name: string, args: Inputs<ReadyInputs>, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { ...args, apis: undefined }, dynamicOptions(opts), "k10", "Ready");
    }
}

/** Kasten K10 on one cluster. */
export class K10 extends pulumi.ComponentResource {
    /** Where K10 is installed. */
    readonly namespace: pulumi.Output<string>;
    /** What has to be there before K10 can be used. */
    readonly ready: pulumi.Resource;

    constructor(name: string, args: K10Args, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:K10", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const namespace = new k8s.core.v1.Namespace(
            name,
            { metadata: { name: k10Namespace } },
            here,
        );
        const authorities =
            args.certificates === undefined
                ? undefined
                : new k8s.core.v1.ConfigMap(
                      `${name}-ca`,
                      {
                          metadata: {
                              // K10 reads it when it starts: other certificates make another name, hence other pods.
                              name: `crossing-ca-${digest(args.certificates)}`,
                              namespace: namespace.metadata.name,
                          },
                          data: { "custom-ca-bundle.pem": args.certificates },
                      },
                      here,
                  );
        const chart = new k8s.helm.v3.Release(
            name,
            {
                name: release,
                namespace: namespace.metadata.name,
                chart: args.chart,
                version: args.version,
                ...(args.repository ? { repositoryOpts: { repo: args.repository } } : {}),
                values: {
                    clusterName: args.clusterName,
                    auth: { tokenAuth: { enabled: true } },
                    scc: { create: args.openshift },
                    ...(authorities && { cacertconfigmap: { name: authorities.metadata.name } }),
                    ...args.values,
                },
                timeout: args.timeout,
            },
            here,
        );
        this.ready = new Ready(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                namespace: k10Namespace,
                timeout: args.timeout,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: args.cluster.owner, dependsOn: [chart] },
        );
        this.namespace = namespace.metadata.name;
        this.registerOutputs({ namespace: this.namespace });
    }
}
