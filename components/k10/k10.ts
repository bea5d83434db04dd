import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type {
    DiagnosticsInputs,
    ReadyInputs,
    ReadyOutputs,
    RegistrationsInputs,
    RegistrationsOutputs,
} from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { ownNamespace } from "../cluster/namespace";
import { dynamicResource } from "../dynamic";
import { installByOperator, OperatorSettings } from "./operator";
import { k10Namespace } from "./specs";
import { digest, helmValues, K10Settings, Values } from "./values";

/** The release name of Kasten's own instructions. K10's service account is named after it. */
const release = "k10";

/** Where K10 looks for the passphrase of its first Passkey (K10 documentation, "Bootstrapping Passkeys"). */
const passphraseSecret = "k10-cluster-passphrase";
const pullSecretName = "k10-image-pull";

export interface K10Args extends K10Settings {
    cluster: Cluster;
    /** A chart's name in `repository`, or the path of a chart. */
    chart: string;
    /** The chart's version, or the one that the operator has to bring. */
    version: string;
    /** A Helm repository. Empty for a chart by path. */
    repository: string;
    /** K10's operator, which then installs K10 in place of the chart. @default the chart is installed */
    operator?: OperatorSettings;
    /** Whether K10's namespace is there, and stays. @default the stack makes it */
    existingNamespace?: boolean;
    /** How the cluster is called in K10's dashboard. */
    clusterName: string;
    /** Whether the cluster has OpenShift's security context constraints, and K10 needs its own. */
    openshift: boolean;
    /** Certificates in PEM form of authorities that K10 trusts beside the known ones. @default none */
    certificates?: string;
    /** Helm values beyond those above, which they override. */
    values: Values;
    /** What K10's first Passkey is made of. @default K10 makes one up */
    encryptionPassphrase?: pulumi.Input<string>;
    /** A Docker configuration with the account that images are pulled with. @default none */
    imagePullSecret?: pulumi.Input<string>;
    /** Seconds that the installation may take. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** Waits until K10 serves its aggregated APIs and all of it runs, and tells how it is reached. */
class Ready extends dynamicResource<ReadyInputs, ReadyOutputs>("ready", "k10:Ready", [
    "apis",
    "dashboard",
    "footprint",
]) {}

/** Removes the registrations of K10's aggregated APIs when K10 is gone, and its namespace is not. */
class Registrations extends dynamicResource<RegistrationsInputs, RegistrationsOutputs>(
    "registrations",
    "k10:Registrations",
    [],
) {}

/** Kasten K10 on one cluster. */
export class K10 extends pulumi.ComponentResource {
    /** Where the dashboard is, and how a token for it is made. */
    readonly dashboard: pulumi.Output<ReadyOutputs["dashboard"]>;
    /** What K10 asks the cluster for, and what its licence counts. */
    readonly footprint: pulumi.Output<ReadyOutputs["footprint"]>;

    constructor(name: string, args: K10Args, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:K10", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const made = args.existingNamespace
            ? undefined
            : ownNamespace(name, { name: k10Namespace }, here);
        const namespace = made?.metadata.name ?? pulumi.output(k10Namespace);
        const authorities = this.makeAuthorities(name, args, namespace);
        const passphrase = this.makePassphrase(name, args, namespace);
        const pullSecret = this.makePullSecret(name, args, namespace);
        const values = helmValues({
            ...args,
            imagePullSecret: pullSecret && pullSecretName,
            certificates: authorities?.metadata.name,
        });
        const registrations = new Registrations(
            name,
            { kubeconfig: args.cluster.kubeconfig, namespace: k10Namespace },
            { parent: this, deletedWith: args.cluster.owner, dependsOn: made ? [made] : [] },
        );
        // What comes before K10 goes after it.
        const after = [registrations, passphrase, pullSecret].filter(each => each !== undefined);
        const { operator } = args;
        const { installed, revision } = operator
            ? installByOperator(this, name, { ...args, operator, namespace, values, after })
            : this.installByHelm(name, args, namespace, values, after);
        const ready = new Ready(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                namespace: k10Namespace,
                // After each change of what is installed it is looked at again.
                revision,
                timeout: args.timeout,
                registrations: registrations.id,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            { parent: this, deletedWith: args.cluster.owner, dependsOn: [installed] },
        );
        this.dashboard = ready.dashboard;
        this.footprint = ready.footprint;
        this.registerOutputs({
            namespace,
            dashboard: this.dashboard,
            footprint: this.footprint,
        });
    }

    private installByHelm(
        name: string,
        args: K10Args,
        namespace: pulumi.Output<string>,
        values: Values,
        after: pulumi.Resource[],
    ): { installed: pulumi.Resource; revision: pulumi.Output<number> } {
        const chart = new k8s.helm.v3.Release(
            name,
            {
                name: release,
                namespace,
                chart: args.chart,
                version: args.version,
                ...(args.repository ? { repositoryOpts: { repo: args.repository } } : {}),
                values,
                timeout: args.timeout,
            },
            inside(args.cluster, { parent: this, dependsOn: after }),
        );
        return {
            installed: chart,
            revision: chart.status.apply(status => status?.revision ?? 0),
        };
    }

    private makeAuthorities(name: string, args: K10Args, namespace: pulumi.Output<string>) {
        const { certificates } = args;
        return certificates === undefined
            ? undefined
            : new k8s.core.v1.ConfigMap(
                  `${name}-ca`,
                  {
                      metadata: {
                          // K10 reads it when it starts: other certificates make another name, hence other pods.
                          name: `crossing-ca-${digest(certificates)}`,
                          namespace,
                      },
                      data: { "custom-ca-bundle.pem": certificates },
                  },
                  inside(args.cluster, { parent: this }),
              );
    }

    private makePassphrase(name: string, args: K10Args, namespace: pulumi.Output<string>) {
        const { encryptionPassphrase } = args;
        return encryptionPassphrase === undefined
            ? undefined
            : new k8s.core.v1.Secret(
                  `${name}-passphrase`,
                  {
                      metadata: { name: passphraseSecret, namespace },
                      // As `data`, so that the API server refuses it where K10 has made up its own, instead of replacing that.
                      data: {
                          passphrase: pulumi
                              .secret(encryptionPassphrase)
                              .apply(text => Buffer.from(text).toString("base64")),
                      },
                  },
                  // K10 reads it once. It must not change afterwards: another passphrase is another Passkey.
                  inside(args.cluster, { parent: this, ignoreChanges: ["data"] }),
              );
    }

    private makePullSecret(name: string, args: K10Args, namespace: pulumi.Output<string>) {
        const { imagePullSecret } = args;
        return imagePullSecret === undefined
            ? undefined
            : new k8s.core.v1.Secret(
                  `${name}-image-pull`,
                  {
                      metadata: { name: pullSecretName, namespace },
                      type: "kubernetes.io/dockerconfigjson",
                      stringData: { ".dockerconfigjson": pulumi.secret(imagePullSecret) },
                  },
                  inside(args.cluster, { parent: this }),
              );
    }
}
