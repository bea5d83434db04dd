import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DiagnosticsInputs, MadeAnnotation, SnapshotSupport } from "crossing-actions";
import { Cluster, inside } from "../cluster/cluster";
import { mistake } from "../mistake";
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
    /** What K10 finds the class by: an annotation of it, or one of the StorageClass that names it. */
    bind: "driver" | "storageClass";
    /** A VolumeSnapshotClass that is there already. Absent: one is made where K10 would find none. */
    snapshotClass?: string;
    /** Whether K10 may export the StorageClass's volumes in block mode. */
    blockModeExports: boolean;
    /** What the cluster had before this stack: that is left alone. */
    found: SnapshotSupport;
    /** Says that what is found later, or tried, is this stack's: project and stack. */
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
        const { found, storageClass } = args;
        checkBinding(args);
        const binds = args.bind === "storageClass" && !(storageClass in found.bound);
        const allows = args.blockModeExports && !found.blockModeExports.includes(storageClass);
        const made: Partial<Record<MadeAnnotation, string>> = {
            ...(binds && { "crossing/bound-storage-class": storageClass }),
            ...(allows && { "crossing/block-mode-exports": storageClass }),
        };

        // Made before anything else: so the next run can tell what is this stack's from what was there before.
        const marker = new k8s.core.v1.ConfigMap(
            name,
            {
                metadata: {
                    name: "crossing-snapshots",
                    namespace: "kube-system",
                    ...(Object.keys(made).length > 0 && { annotations: made }),
                },
                data: { owner: args.owner },
            },
            here,
        );
        const support = found.installed
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
        const ownClass = `crossing-${args.driver}`;
        const classes = usable(args)
            ? []
            : [
                  new k8s.apiextensions.CustomResource(
                      name,
                      {
                          apiVersion: "snapshot.storage.k8s.io/v1",
                          kind: "VolumeSnapshotClass",
                          metadata: {
                              name: ownClass,
                              ...(args.bind === "driver" && {
                                  annotations: { "k10.kasten.io/is-snapshot-class": "true" },
                              }),
                          },
                          driver: args.driver,
                          deletionPolicy: "Delete",
                          parameters: args.parameters,
                      },
                      { ...here, dependsOn: [marker, ...support] },
                  ),
              ];
        const annotate = (
            key: string,
            annotations: Record<string, string>,
            dependsOn: pulumi.Resource[],
        ) =>
            new k8s.storage.v1.StorageClassPatch(
                `${name}-${key}`,
                { metadata: { name: storageClass, annotations } },
                { ...here, dependsOn },
            );
        const bindings = binds
            ? [
                  annotate(
                      "binding",
                      { "k10.kasten.io/volume-snapshot-class": args.snapshotClass ?? ownClass },
                      [marker, ...classes],
                  ),
              ]
            : [];
        this.canary = new Canary(
            name,
            {
                kubeconfig: args.cluster.kubeconfig,
                clusterUid: args.cluster.uid,
                storageClass,
                owner: args.owner,
                image: args.image,
                timeout: args.timeout,
                ...(args.blockModeExports && { block: true }),
                ...(args.diagnostics && { diagnostics: args.diagnostics }),
            },
            {
                parent: this,
                deletedWith: args.cluster.owner,
                dependsOn: [marker, ...support, ...classes, ...bindings],
            },
        );
        if (allows) {
            // Not before it was tried that there are block devices at all.
            const annotations = { "k10.kasten.io/sc-supports-block-mode-exports": "true" };
            annotate("block-mode-exports", annotations, [this.canary]);
        }
        this.registerOutputs({});
    }
}

/** @throws pulumi.RunError where somebody else has bound the StorageClass to another class than is asked for */
function checkBinding({ bind, storageClass, snapshotClass, found }: SnapshotsArgs): void {
    const there = found.bound[storageClass];
    if (bind === "storageClass" && snapshotClass && there && there !== snapshotClass) {
        throw mistake(
            `StorageClass \`${storageClass}\` names VolumeSnapshotClass \`${there}\` by annotation \`k10.kasten.io/volume-snapshot-class\`, which this stack did not write: remove that annotation, or set \`crossing:snapshots.snapshotClass\` to \`${there}\`.`,
        );
    }
}

/** Whether there is a class already that K10 will use. */
function usable({ bind, driver, storageClass, snapshotClass, found }: SnapshotsArgs): boolean {
    return bind === "storageClass"
        ? snapshotClass !== undefined || storageClass in found.bound
        : found.drivers.includes(driver);
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
