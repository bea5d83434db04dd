/** What a constraint does not allow of a pod, in the order and the words of OpenShift 4.12 to 4.20. */
import { containersOf, effective } from "./containers";
import { invalid, missing } from "./problem";
import { Provider } from "./provider";
import { capabilityProblems } from "./strategies/capabilities";
import { groupProblems } from "./strategies/group";
import * as seccomp from "./strategies/seccomp";
import { labelProblems } from "./strategies/selinux";
import { sysctlProblems } from "./strategies/sysctls";
import { userProblems } from "./strategies/user";
import { volumeProblems } from "./strategies/volumes";
import type { Container, Pod } from "./types";

export function podProblems(provider: Provider, pod: Pod, at: string): string[] {
    const context = pod.spec.securityContext ?? {};
    const path = `${at}.spec.securityContext`;
    const { fsGroup, supplementalGroups = [] } = context;
    return [
        ...groupProblems(
            provider.fsGroup,
            fsGroup === undefined ? [] : [fsGroup],
            `${path}.fsGroup`,
        ),
        ...groupProblems(
            provider.supplementalGroups,
            supplementalGroups,
            `${path}.supplementalGroups`,
        ),
        ...seccomp.podSeccompProblems(provider.seccompProfiles ?? [], pod),
        ...labelProblems(provider.seLinuxContext, context.seLinuxOptions, path),
        ...hostNetworkProblems(provider, pod, path),
        ...hostProcessProblems(provider, pod, path),
        ...sysctlProblems(provider, context),
        ...volumeProblems(provider, pod, at),
    ];
}

export function containerProblems(
    provider: Provider,
    pod: Pod,
    container: Container,
    path: string,
): string[] {
    const context = effective(pod, container);
    const { readOnlyRootFilesystem: readOnly, allowPrivilegeEscalation: escalation } = context;
    const refused = (field: string, value: boolean | undefined, why: string) => [
        invalid(`${path}.${field}`, value === undefined ? missing : String(value), why),
    ];
    return [
        ...userProblems(provider.runAsUser, context, path),
        ...labelProblems(provider.seLinuxContext, context.seLinuxOptions, path),
        ...seccomp.containerSeccompProblems(provider.seccompProfiles ?? [], pod, container),
        ...(context.privileged && !provider.allowPrivilegedContainer
            ? refused("privileged", true, "Privileged containers are not allowed")
            : []),
        ...capabilityProblems(provider, context.capabilities, path),
        ...hostNetworkProblems(provider, pod, path),
        ...hostPortProblems(provider, pod, path),
        ...hostProcessProblems(provider, pod, path),
        ...(provider.readOnlyRootFilesystem && readOnly !== true
            ? refused(
                  "readOnlyRootFilesystem",
                  readOnly,
                  "ReadOnlyRootFilesystem must be set to true",
              )
            : []),
        ...(provider.allowPrivilegeEscalation === false && escalation !== false
            ? refused(
                  "allowPrivilegeEscalation",
                  escalation,
                  "Allowing privilege escalation for containers is not allowed",
              )
            : []),
    ];
}

function hostNetworkProblems({ allowHostNetwork }: Provider, { spec }: Pod, path: string) {
    return spec.hostNetwork && !allowHostNetwork
        ? [invalid(`${path}.hostNetwork`, "true", "Host network is not allowed to be used")]
        : [];
}

function hostProcessProblems(
    { allowHostPID, allowHostIPC }: Provider,
    { spec }: Pod,
    path: string,
) {
    return [
        ...(spec.hostPID && !allowHostPID
            ? [invalid(`${path}.hostPID`, "true", "Host PID is not allowed to be used")]
            : []),
        ...(spec.hostIPC && !allowHostIPC
            ? [invalid(`${path}.hostIPC`, "true", "Host IPC is not allowed to be used")]
            : []),
    ];
}

/** OpenShift looks at the ports of all containers once for each container, and its message shows it. */
function hostPortProblems({ allowHostPorts }: Provider, pod: Pod, path: string): string[] {
    if (allowHostPorts) {
        return [];
    }
    const why = "Host ports are not allowed to be used";
    return containersOf(pod).flatMap(({ container, path: inner }) =>
        (container.ports ?? [])
            .filter(({ hostPort = 0 }) => hostPort > 0)
            .map(({ hostPort }) => invalid(`${path}.${inner}.hostPort`, String(hostPort), why)),
    );
}
