/**
 * Which constraint is tried first: the one of highest priority; of equal ones the most restrictive; of those the
 * first by name.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/util/sort/.
 */
import type { SecurityContextConstraints } from "./types";

const strategyPoints: Record<string, number> = {
    RunAsAny: 40_000,
    MustRunAsNonRoot: 30_000,
    MustRunAsRange: 20_000,
    MustRunAs: 10_000,
};

/** Volumes that no restriction is worth. */
const trivial = ["secret", "configMap", "emptyDir", "downwardAPI", "projected", "none"];

export function byPriority(sccs: SecurityContextConstraints[]): SecurityContextConstraints[] {
    return sccs.toSorted(
        (one, other) =>
            (other.priority ?? 0) - (one.priority ?? 0) ||
            points(one) - points(other) ||
            (one.metadata.name < other.metadata.name ? -1 : 1),
    );
}

/** The more, the less restrictive. */
export function points(scc: SecurityContextConstraints): number {
    return (
        (scc.allowPrivilegedContainer ? 1_000_000 : 0) +
        (scc.allowHostPorts ? 400_000 : 0) +
        (scc.allowHostNetwork ? 200_000 : 0) +
        volumePoints(scc.volumes ?? []) +
        capabilityPoints(scc) +
        (strategyPoints[scc.seLinuxContext?.type ?? ""] ?? 0) +
        (strategyPoints[scc.runAsUser?.type ?? ""] ?? 0)
    );
}

function volumePoints(volumes: string[]): number {
    if (volumes.includes("hostPath") || volumes.includes("*")) {
        return 100_000;
    }
    return volumes.every(type => trivial.includes(type)) ? 0 : 50_000;
}

function capabilityPoints(scc: SecurityContextConstraints): number {
    const upper = (names: string[] | null | undefined) =>
        (names ?? []).map(name => name.toUpperCase());
    const allowed = upper(scc.allowedCapabilities);
    const dropped = upper(scc.requiredDropCapabilities);
    const total =
        5_000 +
        300 * upper(scc.defaultAddCapabilities).length +
        (allowed.includes("*") || allowed.includes("ALL") ? 4_000 : 10 * allowed.length) +
        (dropped.includes("ALL") ? -3_000 : -50 * dropped.length);
    return Math.min(Math.max(total, 0), 9_999);
}
