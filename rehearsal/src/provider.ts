/**
 * A constraint with the values that it takes from a namespace.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/sccmatching/matcher.go.
 */
import { groupRanges, selinuxLevel, userRange } from "./ranges";
import { checkGroupOptions } from "./strategies/group";
import { checkLabelOptions } from "./strategies/selinux";
import { checkUserOptions } from "./strategies/user";
import type { Namespace, SecurityContextConstraints } from "./types";

/** A constraint with all that it needs to judge the pods of one namespace. */
export type Provider = SecurityContextConstraints &
    Required<
        Pick<
            SecurityContextConstraints,
            "runAsUser" | "seLinuxContext" | "fsGroup" | "supplementalGroups"
        >
    >;

/**
 * @param scc with its defaults.
 * @throws Refusal when the namespace lacks what the constraint wants of it.
 */
export function providerFor(scc: SecurityContextConstraints, namespace: Namespace): Provider {
    const runAsUser = { ...scc.runAsUser };
    const unset = (value: number | null | undefined) => typeof value !== "number";
    if (
        runAsUser.type === "MustRunAsRange" &&
        unset(runAsUser.uidRangeMin) &&
        unset(runAsUser.uidRangeMax)
    ) {
        const { start, end } = userRange(namespace);
        Object.assign(runAsUser, { uidRangeMin: start, uidRangeMax: end });
    }
    const seLinuxContext = { ...scc.seLinuxContext };
    if (seLinuxContext.type === "MustRunAs" && !seLinuxContext.seLinuxOptions?.level) {
        const level = selinuxLevel(namespace);
        seLinuxContext.seLinuxOptions = { ...seLinuxContext.seLinuxOptions, level };
    }
    const fsGroup = { ...scc.fsGroup };
    if (fsGroup.type === "MustRunAs" && !fsGroup.ranges?.length) {
        // Of the namespace's groups only the very first may own volumes.
        fsGroup.ranges = groupRanges(namespace)
            .slice(0, 1)
            .map(({ start }) => ({ min: start, max: start }));
    }
    const supplementalGroups = { ...scc.supplementalGroups };
    if (supplementalGroups.type === "MustRunAs" && !supplementalGroups.ranges?.length) {
        supplementalGroups.ranges = groupRanges(namespace).map(({ start, end }) => ({
            min: start,
            max: end,
        }));
    }
    checkUserOptions(runAsUser);
    checkLabelOptions(seLinuxContext);
    checkGroupOptions(fsGroup, "FSGroup");
    checkGroupOptions(supplementalGroups, "SupplementalGroups");
    return { ...scc, runAsUser, seLinuxContext, fsGroup, supplementalGroups };
}
