/**
 * What a constraint means that leaves fields out.
 * Source: github.com/openshift/apiserver-library-go, SetDefaults_SCC of the admission plugin
 * `security.openshift.io/DefaultSecurityContextConstraints`, which fills them in when a constraint is stored.
 */
import type { SecurityContextConstraints } from "./types";
import { volumeTypes } from "./strategies/volumes";

export function withDefaults(scc: SecurityContextConstraints): SecurityContextConstraints {
    return {
        ...scc,
        fsGroup: { ...scc.fsGroup, type: scc.fsGroup?.type || "RunAsAny" },
        supplementalGroups: {
            ...scc.supplementalGroups,
            type: scc.supplementalGroups?.type || "RunAsAny",
        },
        volumes: allowedVolumes(scc),
        allowPrivilegeEscalation: scc.allowPrivilegeEscalation ?? true,
    };
}

/** `allowHostDirVolumePlugin` is older than `volumes` and wins over it. No list at all means all types. */
function allowedVolumes({ volumes, allowHostDirVolumePlugin }: SecurityContextConstraints) {
    const listed = volumes ?? ["*"];
    const all = listed.includes("*");
    if (allowHostDirVolumePlugin) {
        return all || listed.includes("hostPath") ? listed : [...listed, "hostPath"];
    }
    return (all ? volumeTypes : listed).filter(type => type !== "hostPath");
}
