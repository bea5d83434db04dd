/**
 * Which groups own the volumes of a pod (fsGroup), and which others it is in (supplementalGroups).
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/group/.
 */
import { int64s, invalid, Refusal } from "../problem";
import type { GroupOptions } from "../types";

/** The group of a pod that names none. */
export function defaultGroup({ type, ranges }: GroupOptions): number | undefined {
    return type === "MustRunAs" ? ranges?.[0]?.min : undefined;
}

export function groupProblems(options: GroupOptions, groups: number[], path: string): string[] {
    if (options.type !== "MustRunAs") {
        return [];
    }
    if (groups.length === 0) {
        const why = "unable to validate empty groups against required ranges";
        return [invalid(path, int64s(groups), why)];
    }
    const ranges = options.ranges ?? [];
    return groups
        .filter(group => !ranges.some(({ min = 0, max = 0 }) => group >= min && group <= max))
        .map(group => invalid(path, int64s(groups), `${group} is not an allowed group`));
}

export function checkGroupOptions(options: GroupOptions, title: string): void {
    if (!["MustRunAs", "RunAsAny"].includes(options.type ?? "")) {
        throw new Refusal(`Unrecognized ${title} strategy type ${options.type ?? ""}`);
    }
}
