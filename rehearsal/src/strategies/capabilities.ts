/**
 * Linux capabilities.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/capabilities/mustrunas.go.
 */
import { capabilities as goList, invalid, missing, quoted } from "../problem";
import type { Capabilities, SecurityContextConstraints } from "../types";

/** A container's capabilities with what the constraint adds and drops; the very same if that is nothing. */
export function fillCapabilities(
    scc: SecurityContextConstraints,
    own: Capabilities | undefined,
): Capabilities | undefined {
    const add = new Set(own?.add);
    const drop = new Set(own?.drop);
    // What a container drops is not added again.
    const defaults = (scc.defaultAddCapabilities ?? []).filter(name => !drop.has(name));
    const allAdded = new Set([...add, ...defaults]);
    const allDropped = new Set([...drop, ...(scc.requiredDropCapabilities ?? [])]);
    if (allAdded.size === add.size && allDropped.size === drop.size) {
        return own;
    }
    return {
        ...(allAdded.size > 0 ? { add: [...allAdded].sort() } : {}),
        ...(allDropped.size > 0 ? { drop: [...allDropped].sort() } : {}),
    };
}

export function capabilityProblems(
    scc: SecurityContextConstraints,
    own: Capabilities | undefined,
    at: string,
): string[] {
    const defaults = scc.defaultAddCapabilities ?? [];
    const required = scc.requiredDropCapabilities ?? [];
    const allowed = scc.allowedCapabilities ?? [];
    const path = `${at}.capabilities`;
    if (!own) {
        const why = "required capabilities are not set on the securityContext";
        return defaults.length + required.length === 0 ? [] : [invalid(path, missing, why)];
    }
    if (allowed.includes("*")) {
        return [];
    }
    return [
        ...(own.add ?? [])
            .filter(name => !defaults.includes(name) && !allowed.includes(name))
            .map(name => invalid(`${path}.add`, quoted(name), "capability may not be added")),
        ...required
            .filter(name => !own.drop?.includes(name))
            .map(name => {
                const why = `${name} is required to be dropped but was not found`;
                return invalid(`${path}.drop`, goList(own.drop), why);
            }),
    ];
}
