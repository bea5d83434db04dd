/** What a constraint fills in where a pod says nothing. What is said stays, right or wrong. */
import { effective } from "./containers";
import { Provider } from "./provider";
import { fillCapabilities } from "./strategies/capabilities";
import { defaultGroup } from "./strategies/group";
import * as seccomp from "./strategies/seccomp";
import { defaultLabels } from "./strategies/selinux";
import { defaultUser } from "./strategies/user";
import type { Container, Pod, SecurityContext } from "./types";

export function fillPod(provider: Provider, pod: Pod): void {
    const context = { ...pod.spec.securityContext };
    const supplementalGroup = defaultGroup(provider.supplementalGroups);
    if (supplementalGroup !== undefined) {
        context.supplementalGroups ??= [supplementalGroup];
    }
    const fsGroup = context.fsGroup ?? defaultGroup(provider.fsGroup);
    if (fsGroup !== undefined) {
        context.fsGroup = fsGroup;
    }
    const labels = context.seLinuxOptions ?? defaultLabels(provider.seLinuxContext);
    if (labels) {
        context.seLinuxOptions = labels;
    }
    const name = seccomp.podProfile(provider.seccompProfiles ?? [], pod);
    if (name !== "") {
        (pod.metadata.annotations ??= {})[seccomp.podAnnotation] = name;
        const profile = seccomp.profileOf(name);
        if (profile) {
            context.seccompProfile ??= profile;
        }
    }
    if (Object.keys(context).length > 0) {
        pod.spec.securityContext = context;
    }
}

export function fillContainer(provider: Provider, pod: Pod, container: Container): void {
    const set = (fields: SecurityContext) => {
        container.securityContext = { ...container.securityContext, ...fields };
    };
    const before = effective(pod, container);
    const user = before.runAsUser ?? defaultUser(provider.runAsUser);
    if (user !== undefined && before.runAsUser === undefined) {
        set({ runAsUser: user });
    }
    const labels = before.seLinuxOptions ?? defaultLabels(provider.seLinuxContext);
    if (labels && !before.seLinuxOptions) {
        set({ seLinuxOptions: labels });
    }
    // Without a user id the kubelet is to look at the image's. With one this pleases Pod Security admission.
    const nonRoot = user === undefined ? provider.runAsUser.type === "MustRunAsNonRoot" : user > 0;
    if (nonRoot && before.runAsNonRoot === undefined) {
        set({ runAsNonRoot: true });
    }
    const capabilities = fillCapabilities(provider, before.capabilities);
    if (capabilities !== before.capabilities) {
        set({ capabilities });
    }
    if (provider.readOnlyRootFilesystem && before.readOnlyRootFilesystem === undefined) {
        set({ readOnlyRootFilesystem: true });
    }
    const annotated = pod.metadata.annotations?.[seccomp.containerAnnotation(container.name)];
    const seccompProfile = annotated === undefined ? undefined : seccomp.profileOf(annotated);
    if (seccompProfile) {
        set({ seccompProfile });
    }
    const escalation = escalationDefault(provider, before);
    if (escalation !== undefined && before.allowPrivilegeEscalation === undefined) {
        set({ allowPrivilegeEscalation: escalation });
    }
}

function escalationDefault(provider: Provider, { privileged, capabilities }: SecurityContext) {
    // Kubernetes refuses `false` for these two.
    const needsIt = privileged === true || capabilities?.add?.includes("CAP_SYS_ADMIN") === true;
    const byDefault = needsIt ? undefined : (provider.defaultAllowPrivilegeEscalation ?? undefined);
    return byDefault ?? (provider.allowPrivilegeEscalation === false ? false : undefined);
}
