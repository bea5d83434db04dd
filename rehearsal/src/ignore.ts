/**
 * Requests that are none of the constraints' business.
 * Source: github.com/openshift/apiserver-library-go, sccadmission/admission.go (shouldIgnore) and Kubernetes'
 * pkg/registry/rbac/helpers.go (IsOnlyMutatingGCFields).
 */
import { isDeepStrictEqual } from "node:util";
import type { Pod } from "./types";

const ignoredSubresources = [
    ...["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"],
];
/** Written by OpenShift's network. */
const ignoredAnnotations = ["k8s.ovn.org/pod-networks"];

export function ignores(pod: Pod, oldPod: Pod | undefined, subresource = ""): boolean {
    return (
        ignoredSubresources.includes(subresource) ||
        pod.spec.os?.name === "windows" ||
        (oldPod !== undefined && isDeepStrictEqual(rest(pod), rest(oldPod)))
    );
}

/** A pod without what the garbage collector and the network change. */
function rest(pod: Pod): unknown {
    const {
        annotations = {},
        ownerReferences: _owners,
        finalizers: _finalizers,
        managedFields: _fields,
        ...metadata
    } = pod.metadata;
    const kept = Object.entries(annotations).filter(([key]) => !ignoredAnnotations.includes(key));
    return { ...pod, metadata: { ...metadata, annotations: Object.fromEntries(kept) } };
}
