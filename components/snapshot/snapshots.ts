import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, SnapshotSupport } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { Canary } from "./canary";

export interface SnapshotsArgs {
    cluster: Cluster;
    /** Paths or URLs of manifests: the snapshot CRDs and the snapshot-controller, of one version. */
    manifests: readonly string[];
    /** The CSI driver that takes the snapshots. */
    driver: string;
    /** Parameters of its VolumeSnapshotClass. */
    parameters: Record<string, string>;
    /** A StorageClass of the driver, to try a snapshot with. */
    storageClass: string;
    /** What the cluster had before this stack: that is left alone. */
    found: SnapshotSupport;
    /** Says that what is found later was made by this stack: project and stack. */
    owner: string;
    /** An image with `sh`, whose user may write to a new volume. */
    image: string;
    /** Seconds that each step of the trial may take. */
    timeout: number;
    /** Where diagnostics of a failure go. @default none are written */
    diagnostics?: DiagnosticsInputs;
}

/** Snapshots of one driver's volumes, as K10 needs them: CRDs, controller, one annotated class, and a trial. */
export class Snapshots extends pulumi.ComponentResource {
    /** What the trial found. */
    readonly canary: Canary;

    constructor(name: string, args: SnapshotsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:snapshot:Snapshots", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        // Made before anything else: so the next run can tell what is this stack's from what was there before.
        const marker = new k8s.core.v1.ConfigMap(
            name,
            {
                metadata: { name: "crossing-snapshots", namespace: "kube-system" },
                data: { owner: args.owner },
            },
            here,
        );
        const support = args.found.installed
            ? []
            : [
                  new k8s.yaml.v2.ConfigGroup(
                      name,
                      { files: [...args.manifests] },
                      {
                          parent: this,
                          provider: args.cluster.provider,
                          dependsOn: [marker],
                          transforms: [outlive(args.cluster)],
                      },
                  ),
              ];
        const classes = args.found.drivers.includes(args.driver)
            ? []
            : [
                  new k8s.apiextensions.CustomResource(
                      name,
                      {
                          apiVersion: "snapshot.storage.k8s.io/v1",
                          kind: "VolumeSnapshotClass",
                          metadata: {
                              name: `crossing-${args.driver}`,
                              annotations: { "k10.kasten.io/is-snapshot-class": "true" },
                          },
                          driver: args.driver,
                          deletionPolicy: "Delete",
                          parameters: args.parameters,
                      },
                      { ...here, dependsOn: [marker, ...support] },
                  ),
              ];
        this.canary = new Canary(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                clusterUid: args.cluster.uid,
                storageClass: args.storageClass,
                image: args.image,
                timeout: args.timeout,
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            {
                parent: this,
                deletedWith: args.cluster.owner,
                dependsOn: [marker, ...support, ...classes],
            },
        );
        this.registerOutputs({});
    }
}

/**
 * What is in a group does not get the group's options. Snapshots keep their resource types from going, and going they
 * would take everybody's snapshots with them: so the types go with a cluster of ours, and otherwise stay.
 */
function outlive({ owner, provider }: Cluster): pulumi.ResourceTransform {
    return ({ props, opts }) => ({
        props,
        // The provider is named again because it gets lost on the way of the others.
        opts: {
            ...opts,
            provider,
            ...(owner ? { deletedWith: owner } : { retainOnDelete: true }),
        },
    });
}
