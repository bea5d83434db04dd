/**
 * A cluster with OpenShift's admission, asked as somebody without rights of his own: an administrator may use every
 * constraint, and would get other answers.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Namespace, V1Pod, V1PodSpec, V1SecurityContext } from "@kubernetes/client-node";
import type { Scratch } from "../scratch.ts";
import { Cluster, Refusal, scratchLabels, until } from "../support/cluster.ts";

export const uidRange = "openshift.io/sa.scc.uid-range";
export const supplementalGroups = "openshift.io/sa.scc.supplemental-groups";
export const mcs = "openshift.io/sa.scc.mcs";
export const chosen = "openshift.io/scc";

/** A namespace, and who makes pods in it. */
export interface Place {
    namespace: string;
    /** What OpenShift has written about it. */
    annotations: Record<string, string>;
    /** The first and the last of its user ids. */
    users: [number, number];
    /** A service account that may edit the namespace and nothing else. */
    maker: Cluster;
}

interface Asked {
    /** @default the world's own */
    place?: Place;
    /** Who runs the pod. @default a service account without grants */
    account?: string;
    annotations?: Record<string, string>;
}

const rbac = "rbac.authorization.k8s.io";
export const editor = "maker";

export class OpenShift {
    readonly kube: Cluster;
    /** For all behaviours that need none of their own. */
    readonly place: Place;

    private constructor(kube: Cluster, place: Place) {
        this.kube = kube;
        this.place = place;
    }

    static async start(kube: Cluster): Promise<OpenShift> {
        return new OpenShift(kube, await prepare(kube, `crossing-conformance-${Date.now()}`, {}));
    }

    async close(): Promise<void> {
        await this.kube.remove(namespaceNamed(this.place.namespace));
    }

    /** Another namespace, as long as the behaviour lasts. */
    newPlace(scratch: Scratch, annotations: Record<string, string> = {}): Promise<Place> {
        const name = `crossing-conformance-${scratch.suffix}-${Math.random().toString(36).slice(2, 6)}`;
        scratch.later(`Namespace \`${name}\``, () => this.kube.remove(namespaceNamed(name)));
        return prepare(this.kube, name, annotations);
    }

    /** A new service account to which the constraints are granted, as `oc adm policy add-scc-to-user` does it. */
    async account(scratch: Scratch, ...constraints: string[]): Promise<string> {
        const { namespace } = this.place;
        const name = `account-${scratch.suffix}`;
        await this.kube.make(serviceAccount(namespace, name), scratch);
        for (const constraint of constraints) {
            await this.grant(scratch, constraint, name);
        }
        return name;
    }

    async grant(scratch: Scratch, constraint: string, account: string): Promise<void> {
        const { namespace } = this.place;
        const role = `system:openshift:scc:${constraint}`;
        const name = `${account}-${constraint}`;
        await this.kube.make(binding(namespace, name, role, account), scratch);
        await this.untilMayUse(constraint, account, true);
    }

    /** Whether somebody may use a constraint takes the API server a moment to learn. */
    async untilMayUse(constraint: string, account: string, expected: boolean): Promise<void> {
        await allowed(this.kube, this.place.namespace, account, expected, {
            ...{ group: "security.openshift.io", resource: "securitycontextconstraints" },
            ...{ verb: "use", name: constraint },
        });
    }

    /** What becomes of a pod. It is decided in full, and not kept. @throws Refusal */
    pod(spec: Partial<V1PodSpec> = {}, asked: Asked = {}): Promise<V1Pod> {
        const { place = this.place } = asked;
        return decided(() => place.maker.create(podOf(place.namespace, spec, asked), true));
    }

    /** The same for one container with this security context. */
    container(securityContext: V1SecurityContext, asked: Asked = {}): Promise<V1Pod> {
        return this.pod({ containers: [{ ...main, securityContext }] }, asked);
    }
}

/** An internal error is no decision: on a busy machine a webhook may not be reached in time. */
export async function decided<T>(request: () => Promise<T>, attempts = 5): Promise<T> {
    try {
        return await request();
    } catch (error) {
        if (attempts > 1 && error instanceof Refusal && error.code === 500) {
            await sleep(1_000);
            return decided(request, attempts - 1);
        }
        throw error;
    }
}

const main = { name: "main", image: "crossing.invalid/never-pulled:1" };

/** A pod that is admitted but that no node ever runs. */
export function podOf(
    namespace: string,
    spec: Partial<V1PodSpec> = {},
    { account = editor, annotations }: Asked = {},
): V1Pod {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "web", namespace, annotations },
        spec: {
            serviceAccountName: account,
            nodeSelector: { "crossing.lab/conformance": "no-node" },
            ...spec,
            containers: (spec.containers ?? [main]).map(each => ({ ...main, ...each })),
        },
    };
}

const namespaceNamed = (name: string) => ({
    ...{ apiVersion: "v1", kind: "Namespace", metadata: { name } },
});

async function prepare(
    kube: Cluster,
    name: string,
    annotations: Record<string, string>,
): Promise<Place> {
    const labels = scratchLabels;
    await kube.create<V1Namespace>({
        ...{ apiVersion: "v1", kind: "Namespace", metadata: { name, labels, annotations } },
    });
    await kube.create(serviceAccount(name, editor));
    await kube.create(binding(name, editor, "edit", editor));
    const given = await until(`the ids of Namespace \`${name}\``, async () => {
        const found = await kube.find(namespaceNamed(name));
        const { [uidRange]: range, [mcs]: label } = found?.metadata?.annotations ?? {};
        return range !== undefined && (label !== undefined || uidRange in annotations)
            ? found?.metadata?.annotations
            : undefined;
    });
    await allowed(kube, name, editor, true, { resource: "pods", verb: "create", name: "" });
    const [start, size] = (given[uidRange] ?? "").split("/").map(Number);
    return {
        namespace: name,
        annotations: given,
        users: [start ?? Number.NaN, (start ?? Number.NaN) + (size ?? Number.NaN) - 1],
        maker: await kube.as(name, editor),
    };
}

const serviceAccount = (namespace: string, name: string) => ({
    ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
});

const binding = (namespace: string, name: string, role: string, account: string) => ({
    ...{ apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata: { name, namespace } },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
});

async function allowed(
    kube: Cluster,
    namespace: string,
    account: string,
    expected: boolean,
    attributes: object,
): Promise<void> {
    await until(`the rights of \`${account}\` to be ${expected}`, async () => {
        const review = await kube.create({
            ...{ apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", metadata: {} },
            spec: {
                user: `system:serviceaccount:${namespace}:${account}`,
                groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
                resourceAttributes: { namespace, ...attributes },
            },
        });
        const { status } = review as { status?: { allowed?: boolean } };
        return status?.allowed === expected ? true : undefined;
    });
}
