/**
 * Seccomp profiles. OpenShift still keeps the annotations that Kubernetes had before the fields.
 * Source: github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints/seccomp/strategy.go and
 * sccmatching/provider.go (seccompFieldForAnnotation).
 */
import { forbidden } from "../problem";
import type { Container, Pod, SeccompProfile } from "../types";

export const podAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
export const containerAnnotation = (name: string) =>
    `container.seccomp.security.alpha.kubernetes.io/${name}`;

const runtimeDefault = ["runtime/default", "docker/default"];
const localhost = "localhost/";

/** The profile of a pod: its own, or else the first that the constraint names. */
export function podProfile(profiles: string[], pod: Pod): string {
    const { seccompProfile } = pod.spec.securityContext ?? {};
    return seccompProfile
        ? nameOf(seccompProfile)
        : pod.metadata.annotations?.[podAnnotation] ||
              (profiles.find(profile => profile !== "*") ?? "");
}

function nameOf({ type, localhostProfile }: SeccompProfile): string {
    const names: Record<string, string> = {
        Unconfined: "unconfined",
        RuntimeDefault: "runtime/default",
        ...(localhostProfile ? { Localhost: `${localhost}${localhostProfile}` } : {}),
    };
    return names[type] ?? "";
}

/** The field that says what an annotation says. */
export function profileOf(name: string): SeccompProfile | undefined {
    if (name === "unconfined") {
        return { type: "Unconfined" };
    }
    if (runtimeDefault.includes(name)) {
        return { type: "RuntimeDefault" };
    }
    const localhostProfile = name.startsWith(localhost) ? name.slice(localhost.length) : "";
    return localhostProfile ? { type: "Localhost", localhostProfile } : undefined;
}

export function podSeccompProblems(profiles: string[], pod: Pod): string[] {
    const field = pod.spec.securityContext?.seccompProfile;
    const name = pod.metadata.annotations?.[podAnnotation] || (field ? nameOf(field) : "");
    return problems(profiles, name, podAnnotation);
}

export function containerSeccompProblems(profiles: string[], pod: Pod, container: Container) {
    const own = container.securityContext?.seccompProfile;
    const ofPod = pod.spec.securityContext?.seccompProfile;
    const annotations = pod.metadata.annotations ?? {};
    const key = containerAnnotation(container.name);
    const name = own
        ? nameOf(own)
        : (annotations[key] ?? (ofPod ? nameOf(ofPod) : (annotations[podAnnotation] ?? "")));
    return problems(profiles, name, key);
}

function problems(profiles: string[], name: string, annotation: string): string[] {
    const path = `pod.metadata.annotations[${annotation}]`;
    if (profiles.length === 0) {
        return name === "" ? [] : [forbidden(path, "seccomp may not be set")];
    }
    // Docker's name for the runtime's profile and the runtime's own are one.
    const names = runtimeDefault.includes(name) ? runtimeDefault : [name];
    if (profiles.includes("*") || names.some(each => profiles.includes(each))) {
        return [];
    }
    const valid = `Valid values are [${profiles.join(" ")}]`;
    return [forbidden(path, `${name} is not an allowed seccomp profile. ${valid}`)];
}
