/** The messages of csi.proto that this driver reads, as proto-loader gives them: camel case, numbers for int64. */

export interface CapacityRange {
    requiredBytes: number;
    limitBytes: number;
}

export interface VolumeCapability {
    block: object | null;
    mount: { fsType: string; mountFlags: string[] } | null;
    accessMode: { mode: string } | null;
}

export interface Topology {
    segments: Record<string, string>;
}

export interface TopologyRequirement {
    requisite: Topology[];
    preferred: Topology[];
}

export interface ContentSource {
    snapshot: { snapshotId: string } | null;
    volume: { volumeId: string } | null;
}

export interface CreateVolumeRequest {
    name: string;
    capacityRange: CapacityRange | null;
    volumeCapabilities: VolumeCapability[];
    parameters: Record<string, string>;
    volumeContentSource: ContentSource | null;
    accessibilityRequirements: TopologyRequirement | null;
}

export interface ValidateRequest {
    volumeId: string;
    volumeContext: Record<string, string>;
    volumeCapabilities: VolumeCapability[];
    parameters: Record<string, string>;
}

export interface ListRequest {
    maxEntries: number;
    startingToken: string;
}

export interface ListSnapshotsRequest extends ListRequest {
    sourceVolumeId: string;
    snapshotId: string;
}

export interface GetCapacityRequest {
    volumeCapabilities: VolumeCapability[];
    parameters: Record<string, string>;
    accessibleTopology: Topology | null;
}

export interface CreateSnapshotRequest {
    sourceVolumeId: string;
    name: string;
    parameters: Record<string, string>;
}

export interface ExpandRequest {
    volumeId: string;
    capacityRange: CapacityRange | null;
    volumeCapability: VolumeCapability | null;
}

export interface NodeExpandRequest extends ExpandRequest {
    volumePath: string;
}

export interface PublishRequest {
    volumeId: string;
    targetPath: string;
    volumeCapability: VolumeCapability | null;
    readonly: boolean;
}

export interface UnpublishRequest {
    volumeId: string;
    targetPath: string;
}

export interface StatsRequest {
    volumeId: string;
    volumePath: string;
}
