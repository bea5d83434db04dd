/**
 * SELinux labels.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/selinux/mustrunas.go.
 */
import { invalid, quoted, Refusal, required } from "../problem";
import type { SecurityContextConstraints, SELinuxOptions } from "../types";

type Options = NonNullable<SecurityContextConstraints["seLinuxContext"]>;

/** The labels of a pod or container that names none. */
export function defaultLabels({ type, seLinuxOptions }: Options): SELinuxOptions | undefined {
    return type === "MustRunAs" ? { ...seLinuxOptions } : undefined;
}

export function labelProblems(
    { type, seLinuxOptions }: Options,
    labels: SELinuxOptions | undefined,
    at: string,
): string[] {
    if (type !== "MustRunAs") {
        return [];
    }
    const path = `${at}.seLinuxOptions`;
    if (!labels) {
        return [required(path)];
    }
    return (["level", "role", "type", "user"] as const)
        .map(field => ({ field, wanted: seLinuxOptions?.[field] ?? "", given: labels[field] }))
        .filter(({ field, wanted, given = "" }) =>
            field === "level" ? ordered(wanted) !== ordered(given) : wanted !== given,
        )
        .map(({ field, wanted, given }) =>
            invalid(`${path}.${field}`, quoted(given), `must be ${wanted}`),
        );
}

/** `s0:c5,c2` is `s0:c2,c5`. */
function ordered(level: string): string {
    const colon = level.indexOf(":");
    return colon < 0
        ? level
        : `${level.slice(0, colon)}:${level
              .slice(colon + 1)
              .split(",")
              .sort()
              .join(",")}`;
}

export function checkLabelOptions({ type }: Options): void {
    if (!["MustRunAs", "RunAsAny"].includes(type ?? "")) {
        throw new Refusal(`Unrecognized SELinuxContext strategy type ${type ?? ""}`);
    }
}
