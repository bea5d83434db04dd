/** The containers of a pod. */
import type { Container, Pod, SecurityContext } from "./types";

/** In Kubernetes' order, and where each stands. */
export function containersOf({ spec }: Pod): { container: Container; path: string }[] {
    return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap(list =>
        (spec[list] ?? []).map((container, index) => ({ container, path: `${list}[${index}]` })),
    );
}

/** What is in force for a container: its own fields over the pod's. */
export function effective(pod: Pod, { securityContext: own }: Container): SecurityContext {
    const { runAsUser, runAsNonRoot, seLinuxOptions } = pod.spec.securityContext ?? {};
    return {
        ...own,
        runAsUser: own?.runAsUser ?? runAsUser,
        runAsNonRoot: own?.runAsNonRoot ?? runAsNonRoot,
        seLinuxOptions: own?.seLinuxOptions ?? seLinuxOptions,
    };
}
