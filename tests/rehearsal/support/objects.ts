/** Pods, namespaces and constraints for the cases. */
import type {
    Namespace,
    Pod,
    Request,
    SecurityContextConstraints,
    Subject,
    Verdict,
} from "../../../rehearsal/src";
import { shipped } from "../../../rehearsal/src";

type Spec = Pod["spec"];
type Container = NonNullable<Spec["containers"]>[number];
export type Context = NonNullable<Container["securityContext"]>;

/** As Kubernetes hands it to admission: with an empty security context and a service account. */
export function pod(spec: Partial<Spec> = {}, annotations?: Record<string, string>): Pod {
    return {
        metadata: { name: "web", namespace: "shop", ...(annotations ? { annotations } : {}) },
        spec: {
            serviceAccountName: "default",
            securityContext: {},
            containers: [{ name: "main" }],
            ...spec,
        },
    };
}

/** A pod whose one container has these fields. */
export const podWith = (securityContext: Context, more: Partial<Spec> = {}) =>
    pod({ containers: [{ name: "main", securityContext }], ...more });

export function namespace(annotations: Record<string, string> = {}): Namespace {
    return {
        metadata: {
            name: "shop",
            annotations: {
                "openshift.io/sa.scc.uid-range": "1000660000/10000",
                "openshift.io/sa.scc.supplemental-groups": "1000660000/10000",
                "openshift.io/sa.scc.mcs": "s0:c26,c5",
                ...annotations,
            },
        },
    };
}

export function scc(name: string): SecurityContextConstraints {
    const found = shipped.find(({ metadata }) => metadata.name === name);
    if (!found) {
        throw new Error(`OpenShift ships no ${name}`);
    }
    return found;
}

/** Everybody may use `restricted-v2`, as on a new cluster, and these besides. */
export function request(asked: Pod, usable: string[] = [], more: Partial<Request> = {}): Request {
    const names = ["restricted-v2", ...usable];
    return {
        pod: asked,
        namespace: namespace(),
        sccs: shipped,
        mayUse: ({ metadata }) =>
            Promise.resolve<Subject | undefined>(
                names.includes(metadata.name) ? "serviceaccount" : undefined,
            ),
        ...more,
    };
}

export function admitted(verdict: Verdict): Pod {
    if (!verdict.allowed) {
        throw new Error(verdict.message);
    }
    return verdict.pod;
}

export function refusal(verdict: Verdict): string {
    if (verdict.allowed) {
        throw new Error(`admitted by ${verdict.scc}`);
    }
    return verdict.message;
}
