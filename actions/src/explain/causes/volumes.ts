/** Volumes: their classes, their snapshots, their export. */
import { Cause, showEvents, without } from "../cause";

/** A provisioner that makes no snapshots, whatever class there is. */
const noCsi = /for driver (rancher\.io\/local-path|k8s\.io\/minikube-hostpath|kubernetes\.io\/)/;

const showClasses = () =>
    "kubectl get volumesnapshotclasses -o custom-columns=NAME:.metadata.name,DRIVER:.driver,K10:.metadata.annotations";
const showSnapshots = ({ namespace }: { namespace: string }) =>
    `kubectl -n ${namespace} describe volumesnapshots`;

export const volumes: Cause[] = [
    {
        id: "volume-no-csi",
        pattern: new RegExp(
            `cannot find CSI PersistentVolumeSource|snapshotting non-CSI volumes|${noCsi.source}`,
        ),
        reason: "the volume is not of a CSI driver, kind's `local-path` for example, and only those can be snapshotted",
        fix: "Put the application on a StorageClass of a CSI driver with snapshots and name that by `crossing:snapshots`, or use Kasten's generic volume backup with its token",
        command: () => "kubectl get storageclasses,csidrivers",
        source: "field 0.6, A54; k10-api 1.16, 16.1",
        examples: [
            {
                messages: [
                    "VolumeSnapshot shop/k10-csi-snap-x failed",
                    "Failed to create snapshot content with error cannot find CSI PersistentVolumeSource for volume pvc-1",
                ],
                evidence: "seen",
            },
            {
                messages: [
                    'no VolumeSnapshotClass with annotation k10.kasten.io/is-snapshot-class: "true" for driver rancher.io/local-path, and generic volume backup is not activated',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "snapshot-class-missing",
        pattern: without(
            noCsi,
            /Failed to find (any )?VolumeSnapshotClass|no VolumeSnapshotClass with annotation/i,
        ),
        reason: "no VolumeSnapshotClass of the volume's driver has the annotation `k10.kasten.io/is-snapshot-class`",
        fix: "Annotate one VolumeSnapshotClass of that driver with `k10.kasten.io/is-snapshot-class=true`, or set `crossing:snapshots`",
        command: showClasses,
        source: "field 0.6, C6, C16; k10-api 1.17; K10 documentation, Storage Integration",
        examples: [
            {
                messages: [
                    "Job failed to be executed",
                    "Failed snapshot precheck for workload",
                    "Failed to check for CSI PVC",
                    "Failed to run CSI prechecks for PVC",
                    "Failed to get K10 VolumeSnapshotClass",
                    "Failed to find VolumeSnapshotClass with k10.kasten.io/is-snapshot-class=true annotation in the cluster",
                ],
                evidence: "seen",
            },
            {
                messages: [
                    'no VolumeSnapshotClass with annotation k10.kasten.io/is-snapshot-class: "true" for driver csi.example.com',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "snapshot-class-several",
        pattern:
            /([2-9]|\d\d+) VolumeSnapshotClasses with annotation|more than one VolumeSnapshotClass/i,
        reason: "several VolumeSnapshotClasses of the volume's driver have K10's annotation, and it needs exactly one",
        fix: "Remove the annotation `k10.kasten.io/is-snapshot-class` from all but one",
        command: showClasses,
        source: "field 5 (VSC), 4.1 STORAGE; k10-api 1.17",
        examples: [
            {
                messages: [
                    '2 VolumeSnapshotClasses with annotation k10.kasten.io/is-snapshot-class: "true" for driver csi.example.com: a, b',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "snapshot-class-named",
        pattern:
            /volumesnapshotclasses(\.snapshot\.storage\.k8s\.io)?( "[^"]+")? not found|VolumeSnapshotClass \S+ is for driver/,
        reason: "the StorageClass names, by its annotation `k10.kasten.io/volume-snapshot-class`, a VolumeSnapshotClass that does not exist or is of another driver",
        fix: "Correct that annotation, or set `crossing:snapshots` with `bind: storageClass`, which names the right VolumeSnapshotClass",
        command: () => "kubectl get storageclasses,volumesnapshotclasses -o yaml",
        source: "field C16, 5 (SC annotations); k10-api 13",
        examples: [
            {
                messages: ['volumesnapshotclasses.snapshot.storage.k8s.io "rbd" not found'],
                evidence: "software",
            },
        ],
    },
    {
        id: "snapshot-api-missing",
        pattern: /no matches for kind "VolumeSnapshot/,
        reason: "the cluster does not have the snapshot CRDs",
        fix: "Install external-snapshotter's CRDs and controller, or set `crossing:snapshots`, which does it",
        command: () => "kubectl get crds | grep snapshot.storage.k8s.io",
        source: "field A4, A29, C5",
        examples: [
            {
                messages: [
                    'no matches for kind "VolumeSnapshot" in version "snapshot.storage.k8s.io/v1"',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "snapshot-controller",
        pattern: /has no VolumeSnapshotContent|it has no content yet/,
        reason: "no snapshot-controller runs in the cluster, so nobody answers the VolumeSnapshot",
        fix: "Install the snapshot-controller of the version of the snapshot CRDs, or set `crossing:snapshots`",
        command: () => "kubectl get pods -A -l app.kubernetes.io/name=snapshot-controller",
        source: "field A4, C5",
        examples: [
            {
                messages: [
                    "it has no VolumeSnapshotContent, as if no snapshot-controller were running",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "snapshot-handle",
        pattern: /no snapshot handle/,
        reason: "the driver's csi-snapshotter does not run, or is a build that makes no snapshots (`canary` and `latest` images are known for it)",
        fix: "Install the driver with its csi-snapshotter, in a released version equal to the snapshot-controller's",
        command: () => "kubectl get volumesnapshotcontents -o yaml",
        source: "field C4, C8",
        examples: [
            {
                messages: [
                    "VolumeSnapshotContent c has no snapshot handle, as if no csi-snapshotter of the driver were running",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "snapshot-driver",
        pattern:
            /failed to take snapshot of the volume|Failed to check and update snapshot content/,
        reason: "the CSI driver refused to take the snapshot, in the words above",
        fix: "Look into the driver's log and put right what it says",
        command: showSnapshots,
        source: "field A4, C7, C8",
        examples: [
            {
                messages: [
                    "VolumeSnapshot shop/k10-csi-snap-x failed",
                    'Failed to check and update snapshot content: failed to take snapshot of the volume pvc-1: "rpc error: code = ResourceExhausted desc = pool is full"',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "snapshot-gone",
        pattern: /volumesnapshots(\.snapshot\.storage\.k8s\.io)? "[^"]+" not found/,
        reason: "somebody deleted the VolumeSnapshot between backup and export",
        fix: "Make sure that nothing removes VolumeSnapshots from the namespace while K10 works",
        command: ({ namespace }) => `kubectl -n ${namespace} get volumesnapshots`,
        source: "field C20; k10-api 4.3",
        examples: [
            {
                messages: [
                    'volumesnapshots.snapshot.storage.k8s.io "k10-csi-snap-x" not found in namespace shop',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "export-unsupported",
        pattern: /does not support (volume )?export|not support(ed)? .*block mode|no exportable/i,
        reason: "K10 does not know that volumes of this StorageClass can be exported",
        fix: "Give the StorageClass the annotation `k10.kasten.io/sc-supports-block-mode-exports=true` if its driver serves volumes in block mode, or set `crossing:snapshots.blockModeExports`, which does it",
        command: () => "kubectl get storageclasses -o yaml",
        source: "field C17, 5 (SC annotations); k10-api 13",
        examples: [
            {
                messages: ["Failed to export volumes", "CSI does not support export"],
                evidence: "seen",
            },
        ],
    },
    {
        id: "generic-backup",
        pattern: without(
            /VolumeSnapshotClass/,
            /generic (volume|storage) backup is not (activated|enabled)|genericStorageBackup\.token|GenericVolumeBackupSidecar\.\w+Selector/i,
        ),
        reason: "the workload asks for Kasten's generic volume backup, which is off without its token and its injection",
        fix: "Set `crossing:k10.sidecar`, and `genericStorageBackup.token` in `crossing:k10.values`, or take the annotation `k10.kasten.io/forcegenericbackup` off the workload",
        command: ({ namespace }) => `kubectl -n ${namespace} get deployments,statefulsets -o yaml`,
        source: "field A54, D9, D11, 5 (GSB); k10-api 1.16",
        examples: [
            {
                messages: [
                    'Deployment web has annotation k10.kasten.io/forcegenericbackup: "true", and generic volume backup is not activated (chart values genericStorageBackup.token and injectGenericVolumeBackupSidecar.enabled)',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "storage-class-missing",
        pattern:
            /storageclass(es)?\.storage\.k8s\.io "[^"]+" not found|StorageClass "?[^" ]+"? not found/,
        reason: "this cluster does not have the StorageClass that the volume is of",
        fix: "Make a StorageClass of that name here, with a provisioner of this cluster",
        command: () => "kubectl get storageclasses",
        source: "field A5, 3 (storage class), 4.1 STORAGE; k10-api 11",
        examples: [
            {
                messages: [
                    "Failed to restore PVC data",
                    'storageclasses.storage.k8s.io "fast" not found',
                ],
                evidence: "software",
            },
            {
                messages: ['PVC data: storageclass.storage.k8s.io "fast" not found'],
                evidence: "software",
            },
        ],
    },
    {
        id: "storage-class-default",
        pattern:
            /no default StorageClass|no persistent volumes available for this claim and no storage class is set/,
        reason: "the volume names no StorageClass, and this cluster has no default one",
        fix: "Annotate one StorageClass with `storageclass.kubernetes.io/is-default-class=true`",
        command: () => "kubectl get storageclasses",
        source: "field A5, 4.1 STORAGE",
        examples: [
            {
                messages: ["Failed to restore PVC data", "the cluster has no default StorageClass"],
                evidence: "unconfirmed",
            },
            {
                messages: [
                    "PVC data: no persistent volumes available for this claim and no storage class is set",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "volume-provision",
        pattern: /failed to provision volume with StorageClass/,
        reason: "the provisioner of the StorageClass cannot make a volume as it is asked for, in the words above",
        fix: "Give the storage system what it lacks, or choose another StorageClass",
        command: showEvents,
        source: "field 4.1 STORAGE (size, access mode)",
        examples: [
            {
                messages: [
                    'PVC data: failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = not enough space',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "volume-mount",
        pattern:
            /MountVolume\.\w+ failed|Multi-Attach error|AttachVolume\.\w+ failed|Unable to attach or mount volumes/,
        reason: "the node cannot mount the pod's volume: another node still has it, or the driver does not run there",
        fix: "Let the driver's node plugin run on every node, and wait until the volume's last user is gone",
        command: showEvents,
        source: "field 4.1 STORAGE (access mode)",
        examples: [
            {
                messages: [
                    'Pod web-1: MountVolume.MountDevice failed for volume "pvc-1": rpc error: code = Internal desc = no such device',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "volume-full",
        pattern: /no space left on device|ENOSPC/i,
        reason: "a volume, or a node's disk, is full",
        fix: "Make the volume larger than the data, or free the disk of the node",
        command: ({ namespace }) => `kubectl -n ${namespace} get persistentvolumeclaims`,
        source: "field 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    "Mover pod shop/restore-data-x failed",
                    "write: no space left on device",
                ],
                evidence: "software",
            },
        ],
    },
];
