/** K10 by its operator: what the Operator Lifecycle Manager of OpenShift (OLM) needs, and the resource `K10`. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type {
    DeployedInputs,
    DeployedOutputs,
    OperatorInputs,
    OperatorOutputs,
} from "crossing-actions";
import { inside } from "../cluster/cluster";
import { dynamicResource } from "../dynamic";
import type { K10Args } from "./k10";
import { digest, type Values } from "./values";

/** Where the operator comes from. */
export interface OperatorSettings {
    /** A package of `source`, and a channel of it. */
    package: string;
    channel: string;
    /** A CatalogSource, and its namespace. */
    source: string;
    sourceNamespace: string;
    /** The ClusterServiceVersion to install and to stay with. @default the newest of the channel, and each newer one */
    startingCSV?: string;
}

/** How K10 is called there: its release, and hence its service account, have the same name. */
const resourceName = "k10";

/**
 * Waits until OLM has installed the operator in the version that is wanted; takes away the Subscription and what it
 * has installed.
 */
class Operator extends dynamicResource<OperatorInputs, OperatorOutputs>(
    "operator",
    "k10:Operator",
    ["csv", "installedVersion"],
) {}

/** Waits until the operator has made of the resource `K10` what it asks for. */
class Deployed extends dynamicResource<DeployedInputs, DeployedOutputs>(
    "deployed",
    "k10:Deployed",
    ["deployed"],
) {}

interface InstallArgs extends Pick<K10Args, "cluster" | "version" | "timeout" | "diagnostics"> {
    operator: OperatorSettings;
    namespace: pulumi.Output<string>;
    values: Values;
    /** What has to be there before K10 starts. */
    after: pulumi.Resource[];
}

/**
 * Installs K10 by its operator.
 * @returns what stands for the installation, and a text that changes with it
 */
export function installByOperator(
    parent: pulumi.Resource,
    name: string,
    args: InstallArgs,
): { installed: pulumi.Resource; revision: pulumi.Output<string> } {
    const { cluster, values } = args;
    const { namespace } = args;
    const operator = makeOperator(parent, name, args);
    const k10 = new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "apik10.kasten.io/v1alpha1",
            kind: "K10",
            metadata: {
                name: resourceName,
                namespace,
                // As Kasten's own examples have it: a rollback does not delete what it cannot change.
                annotations: { "helm.sdk.operatorframework.io/rollback-force": "false" },
            },
            spec: values,
        },
        inside(cluster, { parent, dependsOn: [operator, ...args.after] }),
    );
    const revision = pulumi
        .all([uidOf(k10), operator.csv, pulumi.output(values)])
        .apply(([uid, csv, spec]) => `${uid}/${csv}/${digest(JSON.stringify(spec))}`);
    const installed = new Deployed(
        name,
        { ...waiting(args), namespace, name: resourceName, revision },
        { parent, deletedWith: cluster.owner, dependsOn: [k10] },
    );
    return { installed, revision };
}

function makeOperator(parent: pulumi.Resource, name: string, args: InstallArgs): Operator {
    const { cluster, version } = args;
    const { package: packageName, channel, source, sourceNamespace, startingCSV } = args.operator;
    const { namespace } = args;
    const group = new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "operators.coreos.com/v1",
            kind: "OperatorGroup",
            metadata: { name: resourceName, namespace },
            spec: { targetNamespaces: [namespace] },
        },
        inside(cluster, { parent }),
    );
    const subscription = new k8s.apiextensions.CustomResource(
        name,
        {
            apiVersion: "operators.coreos.com/v1alpha1",
            kind: "Subscription",
            metadata: { name: packageName, namespace },
            spec: {
                ...{ name: packageName, channel, source, sourceNamespace },
                // OLM would go on from a certain version to the newest, unless it has to ask.
                ...(startingCSV
                    ? { installPlanApproval: "Manual", startingCSV }
                    : { installPlanApproval: "Automatic" }),
            },
        },
        // Two packages at once would both claim K10's types.
        inside(cluster, { parent, dependsOn: [group], deleteBeforeReplace: true }),
    );
    return new Operator(
        name,
        {
            ...waiting(args),
            ...{ namespace, subscription: packageName, channel, version },
            subscriptionUid: uidOf(subscription),
            name: resourceName,
            catalog: `${sourceNamespace}/${source}`,
            ...(startingCSV && { startingCSV }),
        },
        { parent, deletedWith: cluster.owner, dependsOn: [subscription] },
    );
}

/** Not known in a preview, where the id is not known, but a part of `metadata` is. */
const uidOf = ({ id, metadata }: k8s.apiextensions.CustomResource): pulumi.Output<string> =>
    pulumi.all([id, metadata.uid]).apply(([, uid]) => uid);

const waiting = ({ cluster, timeout, diagnostics }: InstallArgs) => ({
    ...{ kubeconfig: cluster.kubeconfig, timeout, ...(diagnostics && { diagnostics }) },
});
