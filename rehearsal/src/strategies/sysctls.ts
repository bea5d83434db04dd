/**
 * Kernel parameters.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/sysctl/mustmatchpatterns.go.
 */
import { forbidden } from "../problem";
import type { PodSecurityContext, SecurityContextConstraints } from "../types";

/** Namespaced and harmless to other pods. OpenShift adds three more where all kernels are new enough. */
const safe = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
];

export function sysctlProblems(
    scc: SecurityContextConstraints,
    context: PodSecurityContext,
): string[] {
    return (context.sysctls ?? []).flatMap(({ name }, index) => {
        const path = `spec.securityContext.sysctls[${index}]`;
        if (matches(scc.forbiddenSysctls, name)) {
            return [forbidden(path, `sysctl "${name}" is not allowed`)];
        }
        return safe.includes(name) || matches(scc.allowedUnsafeSysctls, name)
            ? []
            : [forbidden(path, `unsafe sysctl "${name}" is not allowed`)];
    });
}

const matches = (patterns: string[] | null | undefined, name: string) =>
    (patterns ?? []).some(pattern =>
        pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
