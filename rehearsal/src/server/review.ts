/** Kubernetes' AdmissionReview, in and out. */
import { createPatch } from "rfc6902";
import { admit, Request, validate, Verdict } from "../admit";
import { missingShipped } from "../shipped";
import type { Pod, SecurityContextConstraints, Namespace } from "../types";
import { mayUse, User } from "./rights";
import type { KubeApi } from "./kube";

export interface AdmissionRequest {
    uid: string;
    namespace: string;
    operation: "CREATE" | "UPDATE";
    subResource?: string;
    userInfo: User;
    object: Pod;
    oldObject?: Pod | null;
}

export interface AdmissionResponse {
    uid: string;
    allowed: boolean;
    patchType?: "JSONPatch";
    /** Base64. */
    patch?: string;
    status?: { code: number; reason: string; message: string };
}

/** What the server knows of the cluster. */
export interface Knowledge {
    api: KubeApi;
    sccs(): SecurityContextConstraints[];
    /** Waits until the namespace has its ids. */
    namespace(name: string): Promise<Namespace>;
}

export type Step = "mutate" | "validate";

export async function review(
    step: Step,
    request: AdmissionRequest,
    knowledge: Knowledge,
): Promise<AdmissionResponse> {
    const { uid, object: pod } = request;
    const verdict = await decide(step, request, knowledge);
    if (!verdict.allowed) {
        const { message } = verdict;
        return { uid, allowed: false, status: { code: 403, reason: "Forbidden", message } };
    }
    const operations = createPatch(pod, verdict.pod);
    if (operations.length === 0) {
        return { uid, allowed: true };
    }
    const patch = Buffer.from(JSON.stringify(operations)).toString("base64");
    return { uid, allowed: true, patchType: "JSONPatch", patch };
}

async function decide(
    step: Step,
    request: AdmissionRequest,
    { api, ...known }: Knowledge,
): Promise<Verdict> {
    const { object: pod, oldObject, operation, subResource, userInfo, namespace } = request;
    const sccs = known.sccs();
    const missing = missingShipped(sccs);
    if (missing) {
        const name = pod.metadata.name || pod.metadata.generateName || "Unknown";
        return { allowed: false, message: `pods "${name}" is forbidden: ${missing}` };
    }
    const asked: Request = {
        pod,
        oldPod: operation === "UPDATE" ? (oldObject ?? undefined) : undefined,
        subresource: subResource,
        namespace: await known.namespace(namespace),
        sccs,
        mayUse: mayUse(api, userInfo, namespace, pod.spec.serviceAccountName ?? ""),
    };
    return step === "mutate" ? admit(asked) : validate(asked);
}
