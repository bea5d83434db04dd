/**
 * Under which user id containers run.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/user/.
 */
import { invalid, Refusal, required } from "../problem";
import type { SecurityContext, SecurityContextConstraints } from "../types";

type Options = NonNullable<SecurityContextConstraints["runAsUser"]>;

/** The user id of a container that names none. */
export function defaultUser({ type, uid, uidRangeMin }: Options): number | undefined {
    const ids: Record<string, number | null | undefined> = {
        MustRunAs: uid,
        MustRunAsRange: uidRangeMin,
    };
    return ids[type ?? ""] ?? undefined;
}

/** @param context what is in force for the container: its own fields over the pod's. */
export function userProblems(options: Options, context: SecurityContext, at: string): string[] {
    const { runAsUser: user, runAsNonRoot: nonRoot } = context;
    const path = `${at}.runAsUser`;
    const value = String(user);
    switch (options.type) {
        case "RunAsAny":
            return [];
        case "MustRunAs":
            return user === undefined
                ? [required(path)]
                : user === options.uid
                  ? []
                  : [invalid(path, value, `must be: ${options.uid}`)];
        case "MustRunAsRange": {
            const { uidRangeMin: min, uidRangeMax: max } = options;
            return user === undefined
                ? [required(path)]
                : user >= (min ?? 0) && user <= (max ?? 0)
                  ? []
                  : [invalid(path, value, `must be in the ranges: [${min}, ${max}]`)];
        }
        default:
            // MustRunAsNonRoot: `checkUserOptions` lets nothing else through.
            if (user === undefined && nonRoot === undefined) {
                return [required(`${at}.runAsNonRoot`, "must be true")];
            }
            if (nonRoot === false) {
                return [invalid(`${at}.runAsNonRoot`, "false", "must be true")];
            }
            return user === 0
                ? [invalid(path, value, "running with the root UID is forbidden")]
                : [];
    }
}

export function checkUserOptions(options: Options): void {
    const { type, uid, uidRangeMin, uidRangeMax } = options;
    const lacks = (field: string) => new Refusal(`${type} requires a ${field}`);
    if (type === "MustRunAs" && typeof uid !== "number") {
        throw lacks("UID");
    }
    if (type === "MustRunAsRange" && typeof uidRangeMin !== "number") {
        throw lacks("UIDRangeMin");
    }
    if (type === "MustRunAsRange" && typeof uidRangeMax !== "number") {
        throw lacks("UIDRangeMax");
    }
    if (!["MustRunAs", "MustRunAsRange", "MustRunAsNonRoot", "RunAsAny"].includes(type ?? "")) {
        throw new Refusal(`Unrecognized RunAsUser strategy type ${type ?? ""}`);
    }
}
