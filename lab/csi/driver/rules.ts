/** What this driver can do with a volume, and where. */
import { elsewhere, invalid } from "./errors.ts";
import type { Topology, TopologyRequirement, VolumeCapability } from "./messages.ts";

/** The key of the topology: each node is a place of its own. */
export const TOPOLOGY_KEY = "topology.csi.crossing.lab/node";

/** May be mounted at one target path alone. */
export const SINGLE_WRITER = "SINGLE_NODE_SINGLE_WRITER";

const ACCESS_MODES = [
    "SINGLE_NODE_WRITER",
    "SINGLE_NODE_READER_ONLY",
    "SINGLE_NODE_MULTI_WRITER",
    SINGLE_WRITER,
];

/** Why the driver cannot serve a capability; undefined where it can. */
export function objection(capability: VolumeCapability): string | undefined {
    if (capability.block) {
        return "volumes are directories: they have no block mode";
    }
    if (!capability.mount) {
        return "`volume_capability` has no access type";
    }
    const mode = capability.accessMode?.mode ?? "UNKNOWN";
    if (!ACCESS_MODES.includes(mode)) {
        return `volumes lie on one node: they have no access mode \`${mode}\``;
    }
    if (capability.mount.mountFlags.length > 0) {
        const flags = capability.mount.mountFlags.join(",");
        return `volumes are directories: they have no mount options like \`${flags}\``;
    }
    return undefined;
}

/** @throws INVALID_ARGUMENT when there are none, or one that the driver cannot serve */
export function checkCapabilities(capabilities: VolumeCapability[]): void {
    if (capabilities.length === 0) {
        throw invalid("`volume_capabilities` is missing");
    }
    for (const capability of capabilities) {
        checkCapability(capability);
    }
}

/** @throws INVALID_ARGUMENT when it is missing or cannot be served */
export function checkCapability(capability: VolumeCapability | null): void {
    const text = capability ? objection(capability) : "`volume_capability` is missing";
    if (text) {
        throw invalid(text);
    }
}

/** The parameters that nobody here knows. Those of the sidecars only tell what the call is for. */
export function unknownParameters(parameters: Record<string, string>): string[] {
    return Object.keys(parameters).filter(key => !key.startsWith("csi.storage.k8s.io/"));
}

/** @throws INVALID_ARGUMENT for a parameter of a class: a misspelt one must not pass for a working one */
export function checkParameters(parameters: Record<string, string>): void {
    const [unknown] = unknownParameters(parameters);
    if (unknown !== undefined) {
        throw invalid(`the driver has no parameter \`${unknown}\`: take it out of the class`);
    }
}

export const topologyOf = (node: string): Topology => ({ segments: { [TOPOLOGY_KEY]: node } });

/** Whether a place is this node. */
export const isHere = (place: Topology, node: string) => place.segments[TOPOLOGY_KEY] === node;

/** @throws RESOURCE_EXHAUSTED when a volume is wanted on other nodes only */
export function checkTopology(wanted: TopologyRequirement | null, node: string): void {
    const places = wanted?.requisite ?? [];
    if (places.length > 0 && !places.some(place => isHere(place, node))) {
        throw elsewhere(`the volume is wanted elsewhere than on node \`${node}\``);
    }
}
